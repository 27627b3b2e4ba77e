"""The wish list: keep things, buy or remove them, show it to others."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from storefront.age.screen import old_enough
from storefront.catalog.models import Product, Variant
from storefront.clock import now
from storefront.extensions import db, limiter
from storefront.flash import flash
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.tidying import tidied
from storefront.transactions import write_tx
from storefront.wishes.contents import NotForKeeping, variant_to_keep, wishes_in
from storefront.wishes.current import current_list, start_list
from storefront.wishes.models import Wish, WishList

bp = Blueprint("wishes", __name__)


class NotShared(Refusal):
    """A link that was ended, or never was one."""

    status = 404


@bp.get("/wish-list")
def show() -> str:
    return _page()


@bp.post("/wish-list/lines")
@limiter.limit("60/minute")
def keep() -> ResponseReturnValue:
    sku = tidied(request.form.get("sku", "")[:80]) or ""
    try:
        with write_tx():
            variant_id, name, slug, min_age = variant_to_keep(sku)
            if min_age is not None and not old_enough(min_age):
                raise NotForKeeping(_("It is shown to adults only. Tell us your age first."))
            start_list().add(variant_id, now())
    except Refusal as refusal:
        return _page(said=refusal.message), refusal.status
    if request.form.get("back") == "product":
        flash("kept", _("%(product)s is on your wish list.", product=name))
        return redirect(url_for("catalog.product", slug=slug, variant=sku, _anchor="buy"), 303)
    flash("ok", _("%(product)s is on your wish list.", product=name))
    return redirect(url_for("wishes.show"), 303)


@bp.post("/wish-list/lines/<int:wish_id>/removal")
def remove(wish_id: int) -> ResponseReturnValue:
    with write_tx():
        wishes, wish = _my_wish(wish_id)
        sku = db.session.get_one(Variant, wish.variant_id).sku
        wishes.remove(wish, now())
    return redirect(url_for("wishes.show", removed=sku), 303)


@bp.post("/wish-list/sharing")
def share() -> ResponseReturnValue:
    with write_tx():
        _my_list().share(now())
    flash("ok", _("Your list has a link now. Whoever has it can look, and change nothing."))
    return redirect(url_for("wishes.show", _anchor="sharing"), 303)


@bp.post("/wish-list/sharing/end")
def end_sharing() -> ResponseReturnValue:
    with write_tx():
        _my_list().end_sharing(now())
    flash("ok", _("The link is ended: it shows your list to nobody any more."))
    return redirect(url_for("wishes.show", _anchor="sharing"), 303)


@bp.get("/wish-lists/<token>")
def shared(token: str) -> str:
    """Somebody's list to look at: this token opens nothing else."""
    found = db.session.scalar(select(WishList).where(WishList.share_token == token[:64]))
    if found is None:
        raise NotShared(_("This list is not shared any more. Ask whoever sent you the link."))
    shown = [wish for wish in wishes_in(found.id, now()) if not wish.restricted]
    return render_template("wishes/shared.html", wishes=shown)


def _my_list() -> WishList:
    found = current_list()
    if found is None:
        abort(404)
    return found


def _my_wish(wish_id: int) -> tuple[WishList, Wish]:
    """A wish of this visitor's own list; anybody else's is not there."""
    wishes, wish = _my_list(), db.session.get(Wish, wish_id)
    if wish is None or wish.list_id != wishes.id:
        abort(404)
    return wishes, wish


def _page(said: str | None = None) -> str:
    """`said`: why something was not kept."""
    found = current_list()
    wishes = wishes_in(found.id, now()) if found else []
    shown = [wish for wish in wishes if not wish.restricted or old_enough(wish.min_age)]
    return render_template(
        "wishes/show.html",
        wishes=shown,
        hidden=len(wishes) - len(shown),
        share_token=found.share_token if found else None,
        removed=_removed(),
        said=said,
        cookieless=not request.cookies,
    )


def _removed() -> tuple[str, str] | None:
    """(name, sku) of what was just taken off, to be offered back."""
    sku = request.args.get("removed", "")[:80]
    if not sku or "\0" in sku:
        return None
    name = db.session.scalar(
        select(Product.name)
        .join(Variant, Variant.product_id == Product.id)
        .where(Variant.sku == sku)
    )
    return (name, sku) if name else None
