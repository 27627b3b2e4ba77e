"""Delivery, tax and carts for an imported catalogue: python -m bench.fill BROWSING PLACING.

Prints the tokens of the carts as JSON: each with three lines and all of the checkout filled in.
"""

import json
import secrets
import sys
from typing import Any

from sqlalchemy import insert, select

from storefront import create_app
from storefront.account.address import Address
from storefront.cart.models import Cart, CartLine, CheckoutDetails
from storefront.catalog.models import Variant
from storefront.clock import now
from storefront.extensions import db
from storefront.pricing.models import DeliveryZone, ShippingMethod, TaxRate
from storefront.stock.models import StockLevel
from storefront.transactions import write_tx

HOME = Address(
    full_name="Ada Byron", line1="Lindenweg 12", city="Berlin", postcode="10115", country="DE"
)
LINES = 3


def fill(browsing: int, placing: int) -> dict[str, Any]:
    with write_tx() as session:
        zone = DeliveryZone(code="de", name="Germany", places=[{"country": "DE"}])
        session.add(zone)
        session.flush()
        session.add(
            ShippingMethod(
                code="standard", name="Standard", zone_id=zone.id, currency="EUR",
                price_minor=490, free_over_minor=9000, min_days=2, max_days=4,
            )
        )  # fmt: skip
        session.add(
            TaxRate(
                code="de",
                tax_class="standard",
                name="VAT",
                rate_ppm=190000,
                place={"country": "DE"},
            )
        )
    variants = db.session.execute(
        select(Variant.id, Variant.sku, Variant.price_minor)
        .join(StockLevel, StockLevel.variant_id == Variant.id)
        .where(StockLevel.on_hand >= 100)
        .order_by(Variant.id)
    ).all()
    carts = [_cart(f"b{n}") for n in range(browsing)] + [_cart(f"p{n}") for n in range(placing)]
    with write_tx() as session:
        ids = session.scalars(insert(Cart).returning(Cart.id, sort_by_parameter_order=True), carts)
        numbered = list(enumerate(ids.all()))
        session.execute(
            insert(CartLine),
            [
                _line(cart_id, variants[(n * LINES + place) % len(variants)])
                for n, cart_id in numbered
                for place in range(LINES)
            ],
        )
        session.execute(insert(CheckoutDetails), [_details(cart_id) for _, cart_id in numbered])
    tokens = [(cart["token"], cart["checkout_token"]) for cart in carts]
    return {
        "browsing": tokens[:browsing],
        "placing": tokens[browsing:],
        "skus": [variant.sku for variant in variants[-2000:]],
    }


def _cart(name: str) -> dict[str, Any]:
    token = f"{name}-{secrets.token_urlsafe(18)}"
    return {
        "token": token,
        "checkout_token": f"c-{token}",
        "created_at": now(),
        "updated_at": now(),
    }


def _line(cart_id: int, variant: Any) -> dict[str, Any]:
    return {
        "cart_id": cart_id,
        "variant_id": variant.id,
        "quantity": 1,
        "seen_price_minor": variant.price_minor,
        "seen_currency": "EUR",
        "added_at": now(),
    }


def _details(cart_id: int) -> dict[str, Any]:
    return {
        "cart_id": cart_id,
        "email": "ada@example.com",
        "delivery_address": HOME,
        "billing_address": None,
        "shipping_code": "standard",
        "note": "",
        "updated_at": now(),
    }


if __name__ == "__main__":
    with create_app().app_context():
        print(json.dumps(fill(int(sys.argv[1]), int(sys.argv[2]))))
