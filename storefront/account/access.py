"""Who is signed in: current_customer() reads, enter() and leave() change it.

A cookie of its own, read only where a page asks: pages for everyone never do.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, select

from storefront.account.belongings import SIGN_IN, SIGN_OUT
from storefront.account.browsers import named
from storefront.account.models import Customer, SignIn
from storefront.account.staff import has_second_factor, staff_of
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.languages import _

COOKIE = "account"
STAYS_FOR = timedelta(days=60)
FRESH_FOR = timedelta(minutes=30)  # what must not be done by whoever finds the browser open
View = Callable[..., ResponseReturnValue]


class SignedIn(NamedTuple):
    """This browser's sign-in."""

    customer_id: int
    since: datetime
    sign_in_id: int
    proven_at: datetime | None  # when a second factor was shown in it


def current_customer() -> Customer | None:
    """Who is signed in with this browser. One statement, once a request."""
    if "signed_in" not in g:
        g.signed_in = _find()
    if g.signed_in is None:
        return None
    return db.session.get(Customer, g.signed_in.customer_id)


def this_sign_in() -> SignedIn | None:
    """How this browser is signed in; None where it is not."""
    if current_customer() is None:
        return None
    found: SignedIn | None = g.signed_in
    return found


def signed_in_customer() -> Customer:
    """The same behind customer_required, where there is one."""
    return db.session.get_one(Customer, g.signed_in.customer_id)


def customer_required(view: View) -> View:
    """Whoever is not signed in is asked to, and comes back."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if current_customer() is None:
            return _to_sign_in()
        return view(*args, **kwargs)

    return answer


def fresh_sign_in_required(view: View) -> View:
    """The same, and it must not be long ago."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if current_customer() is None:
            return _to_sign_in()
        if g.signed_in.since < now() - FRESH_FOR:
            flash("warn", _("Sign in once more first: this changes who can use your account."))
            return _to_sign_in()
        if _owes_second_factor():
            return redirect(url_for("admin.second_factor.show", next=_back()), 303)
        return view(*args, **kwargs)

    return answer


def _owes_second_factor() -> bool:
    """Or whoever learnt a staff member's password could give themselves a passkey."""
    if g.signed_in.proven_at is not None:
        return False
    staff = staff_of(g.signed_in.customer_id)
    return staff is not None and has_second_factor(staff)


def _to_sign_in() -> ResponseReturnValue:
    return redirect(url_for("sign_in.show", next=_back()), 303)


def _back() -> str:
    return request.path if request.method == "GET" else url_for("account.home")


def enter(customer: Customer, at: datetime, proven: bool = False) -> list[str]:
    """Sign this browser in; what to tell the customer. Inside write_tx(), the customer locked.

    `proven`: this sign-in was two factors in one, as a passkey is.
    """
    token = secrets.token_urlsafe(32)
    db.session.execute(
        delete(SignIn).where(
            SignIn.customer_id == customer.id,
            (SignIn.created_at < at - STAYS_FOR) | (SignIn.digest == _digest(_cookie())),
        )
    )
    made = SignIn(
        customer_id=customer.id,
        digest=_digest(token),
        created_at=at,
        proven_at=at if proven else None,
        browser=named(request.headers.get("User-Agent", "")),
    )
    db.session.add(made)
    db.session.flush()
    said = [word for join in SIGN_IN for word in join(customer, at)]
    g.new_account_cookie = token
    g.signed_in = SignedIn(customer.id, at, made.id, made.proven_at)
    return said


def leave(everywhere: bool = False) -> None:
    """Sign this browser out, or all of them. Inside write_tx()."""
    customer = current_customer()
    if customer is None:
        return
    mine = SignIn.digest == _digest(_cookie())
    if everywhere:
        mine = SignIn.customer_id == customer.id
    db.session.execute(delete(SignIn).where(mine))
    _part(customer.id, everywhere)
    forget_browser()


def forget_browser() -> None:
    """Take the cookie back: who it spoke of is signed out, or gone."""
    g.new_account_cookie = ""
    g.signed_in = None


def others_leave(customer: Customer) -> None:
    """Who was signed in before is not any more. Inside write_tx(), before enter()."""
    db.session.execute(delete(SignIn).where(SignIn.customer_id == customer.id))
    _part(customer.id, True)


def _part(customer_id: int, everywhere: bool) -> None:
    for part in SIGN_OUT:
        part(customer_id, everywhere)


def safe_next(wanted: str | None, home: str = "") -> str:
    """A page of ours to go on to; `home`, or the account's own, where the wish is anything else."""
    home = home or url_for("account.home")
    text = wanted or ""
    if not text.startswith("/") or text.startswith("//") or len(text) > 500:
        return home
    if "\\" in text or not text.isprintable() or not text.isascii():
        return home
    try:
        parts = urlsplit(text)
    except ValueError:
        return home
    return home if parts.scheme or parts.netloc else text


def _find() -> SignedIn | None:
    token = _cookie()
    if not token or len(token) > 64 or not token.isascii():
        return None
    row = db.session.execute(
        select(Customer, SignIn)
        .join(SignIn, SignIn.customer_id == Customer.id)
        .where(SignIn.digest == _digest(token), SignIn.created_at > now() - STAYS_FOR)
    ).first()
    if row is None:
        return None
    g.customer = row[0]  # held, or the session forgets what it was just told
    return SignedIn(row[0].id, row[1].created_at, row[1].id, row[1].proven_at)


def _cookie() -> str:
    return request.cookies.get(COOKIE, "")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _set_cookie(response: Response) -> Response:
    token = g.get("new_account_cookie")
    if token:
        response.set_cookie(
            COOKIE, token, max_age=STAYS_FOR, httponly=True, samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )  # fmt: skip
    elif token == "":
        response.delete_cookie(COOKIE)
    return response


def init_app(app: Flask) -> None:
    app.after_request(_set_cookie)
