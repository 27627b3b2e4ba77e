"""What carts keep of a person: told on request, gone when they leave."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from storefront.account.belongings import at_erasure, at_export
from storefront.account.models import Customer
from storefront.cart.merging import cart_of
from storefront.cart.models import Cart, CartLine, CheckoutDetails
from storefront.cart.touches import articles_of, slugs_of
from storefront.catalog.models import Variant
from storefront.extensions import db


@at_export
def tell_cart(customer: Customer) -> dict[str, Any]:
    cart = cart_of(customer.id)
    if cart is None:
        return {"cart": None}
    lines = db.session.execute(
        select(Variant.sku, CartLine)
        .join(CartLine, CartLine.variant_id == Variant.id)
        .where(CartLine.cart_id == cart.id)
        .order_by(CartLine.id)
    ).all()
    slugs = slugs_of([line.touches for _, line in lines])
    details = db.session.get(CheckoutDetails, cart.id)
    return {
        "cart": {
            "lines": [
                {"sku": sku, "quantity": line.quantity, **articles_of(line.touches, slugs)}
                for sku, line in lines
            ],
            "codes": cart.codes,
            "checkout": {
                "email": details.email,
                "delivery_address": asdict(details.delivery_address),
                "note": details.note,
                "gift_note": details.gift_note,
            }
            if details
            else None,
        }
    }


@at_erasure
def forget_cart(customer: Customer, _now: datetime) -> None:
    """And what was typed with this address on the way to an order, in whichever browser."""
    db.session.execute(
        delete(CheckoutDetails)
        .where(func.lower(CheckoutDetails.email) == customer.email_key)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(Cart)
        .where(Cart.customer_id == customer.id)
        .execution_options(synchronize_session=False)
    )
