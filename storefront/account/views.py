"""The account's own page and the orders in it."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from storefront.account.access import customer_required, signed_in_customer
from storefront.account.address_book import addresses_of
from storefront.account.opening import signed_in_browsers
from storefront.account.personal import passkeys_of
from storefront.orders.joining import A_PAGE, count_orders, orders_of

bp = Blueprint("account", __name__, url_prefix="/account")
NEWEST = 3


@bp.get("")
@customer_required
def home() -> ResponseReturnValue:
    customer = signed_in_customer()
    return render_template(
        "account/home.html",
        customer=customer,
        orders=orders_of(customer.id, size=NEWEST),
        count=count_orders(customer.id),
        addresses=addresses_of(customer.id),
        passkeys=passkeys_of(customer.id),
        browsers=signed_in_browsers(customer.id),
    )


@bp.get("/orders")
@customer_required
def orders() -> ResponseReturnValue:
    customer = signed_in_customer()
    page = request.args.get("page", 1, type=int)
    count = count_orders(customer.id)
    pages = max(-(-count // A_PAGE), 1)
    if not 1 <= page <= pages:
        abort(404)
    return render_template(
        "account/orders.html",
        customer=customer,
        orders=orders_of(customer.id, page),
        page=page,
        pages=pages,
    )
