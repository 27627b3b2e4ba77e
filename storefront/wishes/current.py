"""The visitor's wish list, found by a cookie: current_list() reads, start_list() writes."""

from datetime import datetime

from flask import Flask, Response, current_app, g, request
from sqlalchemy import select

from storefront.account.access import current_customer
from storefront.account.belongings import at_sign_in
from storefront.account.models import Customer
from storefront.clock import now
from storefront.extensions import db
from storefront.languages import ngettext
from storefront.wishes.adopting import adopt, list_of
from storefront.wishes.forgetting import KEPT_FOR
from storefront.wishes.models import WishList, new_token

COOKIE = "wishes"


def current_list() -> WishList | None:
    """The account's, for who is signed in; else the one of this browser."""
    customer = current_customer()
    return list_of(customer.id) if customer else _list_by_cookie()


def _list_by_cookie() -> WishList | None:
    token = request.cookies.get(COOKIE, "")
    if not token or len(token) > 64 or not token.isascii():
        return None
    return db.session.scalar(
        select(WishList).where(WishList.token == token, WishList.customer_id.is_(None))
    )


def start_list() -> WishList:
    """The visitor's list, locked; made, with its cookie, where there is none. In write_tx()."""
    found = current_list()
    if found is not None:
        db.session.refresh(found, with_for_update=True)
    else:
        customer = current_customer()
        found = WishList(token=new_token(), created_at=now(), updated_at=now())
        found.customer_id = customer.id if customer else None
        db.session.add(found)
        db.session.flush()
    if found.customer_id is None:
        g.wishes_token = found.token  # its cookie lives on from here
    return found


@at_sign_in
def bring_wishes(customer: Customer, at: datetime) -> list[str]:
    guest = _list_by_cookie()
    if guest is None:
        return []
    brought = adopt(guest, customer.id, at)
    g.wishes_token = ""
    if not brought:
        return []
    return [
        ngettext(
            "The thing on your wish list is with your account now.",
            "The %(num)s things on your wish list are with your account now.",
            brought,
        )
    ]


def _set_cookie(response: Response) -> Response:
    if g.get("wishes_token") == "":
        response.delete_cookie(COOKIE)
    elif "wishes_token" in g:
        response.set_cookie(
            COOKIE,
            g.wishes_token,
            max_age=KEPT_FOR,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def init_app(app: Flask) -> None:
    app.after_request(_set_cookie)
