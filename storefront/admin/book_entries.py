"""One entry of deliveries or taxes, changed and kept: what its pages share."""

from collections.abc import Callable
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from storefront.account.staff_access import signed_in_staff
from storefront.clock import now
from storefront.flash import flash
from storefront.jinja import shop
from storefront.pricing.books import Book, BookChanged, keep, written_now
from storefront.refusal import Refusal
from storefront.transactions import write_tx


def kept(
    kind: str,
    form: Any,
    change: Callable[[Book], None],
    again: Callable[[str | None], str],
    done: str,
) -> ResponseReturnValue:
    """Change one entry of all there is, and keep it; or the page again with what is wrong.

    A form without `seen` (a removal) is about what is there now. `done`: what is said then.
    """
    if not form.validate():
        return again(None), 422
    seen = getattr(form, "seen", None)
    try:
        with write_tx():
            book, mark = written_now(kind)
            change(book)
            looked_at = mark if seen is None else seen.data or ""
            keep(kind, book, looked_at, shop().currency, now(), signed_in_staff().actor)
    except BookChanged as clash:
        if seen is not None:
            seen.data = written_now(kind).mark
        return again(clash.message), clash.status
    except Refusal as refusal:
        return again(refusal.message), 404 if refusal.status == 404 else 422
    flash("ok", done)
    return redirect(url_for(f"admin.{kind}.index"), 303)
