"""The visitor's cart, found by the cookie: read it, lock it for a change, or start one."""

from flask import Flask, Response, current_app, g, request
from sqlalchemy import func, select

from storefront.account.access import current_customer
from storefront.account.opening import customer_to_change
from storefront.cart.forgetting import KEPT_FOR
from storefront.cart.merging import cart_of
from storefront.cart.models import Cart, CartLine, new_token
from storefront.clock import now
from storefront.extensions import db

COOKIE, COUNT_COOKIE = "cart", "cart_count"


def current_cart() -> Cart | None:
    token = g.get("new_cart_token", request.cookies.get(COOKIE, ""))
    if not token or len(token) > 64 or not token.isascii():
        return None
    return db.session.scalar(select(Cart).where(Cart.token == token))


def locked_cart() -> Cart | None:
    """The visitor's cart for a change of it, in write_tx().

    Everybody locks a cart before its lines, so that no two wait for each other.
    """
    found = current_cart()
    if found is not None:
        db.session.refresh(found, with_for_update=True)
    return found


def start_cart() -> Cart:
    """The visitor's cart, locked; made, with its cookie, where there is none. In write_tx()."""
    if (found := locked_cart()) is not None:
        return found
    customer = current_customer()
    owner = customer_to_change(customer.id) if customer else None  # one browser at a time
    cart = cart_of(owner.id) if owner else None
    if cart is None:
        cart = Cart(
            token=new_token(), checkout_token=new_token(), created_at=now(), updated_at=now()
        )
        cart.customer_id = owner.id if owner else None
        db.session.add(cart)
        db.session.flush()
    use_cart(cart)
    return cart


def use_cart(cart: Cart) -> None:
    """Have this browser find this cart from now on."""
    g.new_cart_token = cart.token


def lose_cart() -> None:
    """Have this browser find none."""
    g.new_cart_token = ""
    show_count(0)


def show_count(count: int) -> None:
    """Have the figure beside "Cart" follow with this answer."""
    g.cart_count = count


def recount() -> int:
    """The same, counted anew: after a change, or where a payment may have emptied the cart."""
    cart = current_cart()
    total = select(func.sum(CartLine.quantity)).where(CartLine.cart_id == cart.id) if cart else None
    count = 0 if total is None else int(db.session.scalar(total) or 0)
    show_count(count)
    return count


def _set_cookies(response: Response) -> Response:
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    if g.get("new_cart_token") == "":
        response.delete_cookie(COOKIE)
    elif "new_cart_token" in g:
        response.set_cookie(
            COOKIE, g.new_cart_token, max_age=KEPT_FOR, httponly=True, samesite="Lax",
            secure=secure,
        )  # fmt: skip
    if "cart_count" in g and request.cookies.get(COUNT_COOKIE, "0") != str(g.cart_count):
        response.set_cookie(
            COUNT_COOKIE, str(g.cart_count), max_age=KEPT_FOR, samesite="Lax", secure=secure
        )  # read by the page's script: a figure, nothing else
    return response


def init_app(app: Flask) -> None:
    app.after_request(_set_cookies)
