"""Things bought and on their way, so that they can be reviewed."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from storefront.catalog.models import Product, Variant
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import ship
from storefront.orders.models import Order
from storefront.orders.settling import follow
from storefront.transactions import write_tx
from tests.factories import a_variant, an_order


@dataclass(frozen=True)
class Bought:
    """A product somebody has, and the secret part of their order's link."""

    slug: str
    name: str
    token: str

    @property
    def path(self) -> str:
        return f"/orders/{self.token}/reviews/{self.slug}"


def bought(slug: str | None = None, shipped: bool = True, **values: str) -> Bought:
    """An order of one mug, paid and on its way; another buyer's with email="..."."""
    variant = _variant_of(slug) if slug else a_variant(on_hand=20)
    found_slug, name = variant.product.slug, variant.product.name
    order_id = an_order((variant, 1), **values).id
    with write_tx():
        order = db.session.get_one(Order, order_id)
        follow(order, "paid", now(), "test")
        if shipped:
            ship(order, now(), "test")
        token = order.token
    return Bought(found_slug, name, token)


def _variant_of(slug: str) -> Variant:
    return db.session.scalars(
        select(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.slug == slug)
        .options(joinedload(Variant.product))
    ).one()
