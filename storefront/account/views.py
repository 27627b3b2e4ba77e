"""The account's own page: what is to be seen and done there."""

from flask import Blueprint, render_template

from storefront.account.access import customer_required, signed_in_customer
from storefront.account.opening import signed_in_browsers

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
@customer_required
def home() -> str:
    customer = signed_in_customer()
    return render_template(
        "account/home.html", customer=customer, browsers=signed_in_browsers(customer.id)
    )
