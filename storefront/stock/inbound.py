"""What is on its way: of each variant, of each order; and what a unit cost last."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import aliased

from storefront.catalog.models import Product, Variant
from storefront.extensions import db
from storefront.stock.models import Batch
from storefront.stock.purchase_models import (
    CLOSED,
    DRAFT,
    ORDERED,
    Delivery,
    DeliveryLine,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
)

STATES = {"open": ORDERED, "draft": DRAFT, "closed": CLOSED}


class Progress(NamedTuple):
    """A line of an order, and what arrived of it."""

    line_id: int
    variant_id: int
    sku: str
    name: str
    quantity: int
    cost_minor: int | None
    arrived: int

    @property
    def to_come(self) -> int:
        return max(self.quantity - self.arrived, 0)


def inbound(variant_ids: Iterable[int]) -> dict[int, int]:
    """How many of each are ordered and have not come; what is not on its way is left out. One
    statement."""
    ids = list(variant_ids)
    came = _arrived().where(DeliveryLine.variant_id.in_(ids)).subquery()
    left = PurchaseLine.quantity - func.coalesce(came.c.arrived, 0)
    rows = db.session.execute(
        select(PurchaseLine.variant_id, func.sum(left))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.order_id)
        .outerjoin(
            came,
            (came.c.order_id == PurchaseLine.order_id)
            & (came.c.variant_id == PurchaseLine.variant_id),
        )
        .where(
            PurchaseLine.variant_id.in_(ids),
            PurchaseOrder.state == ORDERED,
            left > 0,
        )
        .group_by(PurchaseLine.variant_id)
    )
    return {variant_id: int(count) for variant_id, count in rows}


def progress_of(order_id: int) -> list[Progress]:
    came = _arrived().where(Delivery.order_id == order_id).subquery()
    rows = db.session.execute(
        select(
            PurchaseLine.id, PurchaseLine.variant_id, Variant.sku, Product.name,
            Variant.option_values, PurchaseLine.quantity, PurchaseLine.cost_minor,
            func.coalesce(came.c.arrived, 0).label("arrived"),
        )
        .join(Variant, Variant.id == PurchaseLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(came, came.c.variant_id == PurchaseLine.variant_id)
        .where(PurchaseLine.order_id == order_id)
        .order_by(PurchaseLine.id)
    )  # fmt: skip
    return [
        Progress(
            row.id, row.variant_id, row.sku, full_name(row), row.quantity, row.cost_minor,
            row.arrived,
        )
        for row in rows
    ]  # fmt: skip


class Sums(NamedTuple):
    """Units of a whole order."""

    quantity: int = 0
    arrived: int = 0
    to_come: int = 0

    def shown(self, state: str) -> str:
        """Draft, ordered, part received, received, closed."""
        if state != ORDERED or not self.arrived:
            return state
        return "part received" if self.to_come else "received"


def sums_of(order_ids: Iterable[int]) -> dict[int, Sums]:
    """Of these orders, one statement."""
    ids = list(order_ids)
    came = _arrived().where(Delivery.order_id.in_(ids)).subquery()
    arrived = func.coalesce(came.c.arrived, 0)
    left = case((PurchaseLine.quantity > arrived, PurchaseLine.quantity - arrived), else_=0)
    rows = db.session.execute(
        select(
            PurchaseLine.order_id, func.sum(PurchaseLine.quantity), func.sum(arrived),
            func.sum(left),
        )
        .outerjoin(
            came,
            (came.c.order_id == PurchaseLine.order_id)
            & (came.c.variant_id == PurchaseLine.variant_id),
        )
        .where(PurchaseLine.order_id.in_(ids))
        .group_by(PurchaseLine.order_id)
    )  # fmt: skip
    return {row[0]: Sums(*(int(figure) for figure in row[1:])) for row in rows}


def orders(view: str, words: str) -> Select[*tuple[Any, ...]]:
    """Rows of the list; `view`: open, draft, closed or all."""
    found = select(
        PurchaseOrder.id, PurchaseOrder.reference, PurchaseOrder.state, PurchaseOrder.expected_on,
        PurchaseOrder.created_at, Supplier.name.label("supplier"),
    ).join(Supplier, Supplier.id == PurchaseOrder.supplier_id)  # fmt: skip
    if view in STATES:
        found = found.where(PurchaseOrder.state == STATES[view])
    if not words:
        return found
    has_sku = (
        select(PurchaseLine.id)
        .join(Variant, Variant.id == PurchaseLine.variant_id)
        .where(PurchaseLine.order_id == PurchaseOrder.id, Variant.sku == words)
        .exists()
    )
    fits = [
        Supplier.name.icontains(words, autoescape=True),
        PurchaseOrder.reference.icontains(words, autoescape=True),
        has_sku,
    ]
    if words.isdecimal() and len(words) < 10:
        fits.append(PurchaseOrder.id == int(words))
    return found.where(or_(*fits))


def last_costs(variant_ids: Iterable[int], currency: str) -> dict[int, int]:
    """What one of each cost when it last came, in minor units; what has no cost is left out."""
    newest = (
        select(func.max(DeliveryLine.id))
        .join(Delivery, Delivery.id == DeliveryLine.delivery_id)
        .where(
            DeliveryLine.variant_id.in_(list(variant_ids)),
            DeliveryLine.cost_minor.is_not(None),
            Delivery.currency == currency,
        )
        .group_by(DeliveryLine.variant_id)
    )
    rows = db.session.execute(
        select(DeliveryLine.variant_id, DeliveryLine.cost_minor).where(DeliveryLine.id.in_(newest))
    )
    return {variant_id: cost for variant_id, cost in rows if cost is not None}


def full_name(row: Any) -> str:
    """Of a row with `name` and `option_values`."""
    options = ", ".join(row.option_values)
    return f"{row.name} ({options})" if options else str(row.name)


def _arrived() -> Select[*tuple[Any, ...]]:
    """What came of each line of each order, damaged ones too; deliveries that were undone left
    out."""
    undoing = aliased(Batch)
    return (
        select(
            Delivery.order_id, DeliveryLine.variant_id,
            func.sum(DeliveryLine.arrived).label("arrived"),
        )
        .join(DeliveryLine, DeliveryLine.delivery_id == Delivery.id)
        .outerjoin(undoing, undoing.reverses_id == Delivery.batch_id)
        .where(undoing.id.is_(None), Delivery.order_id.is_not(None))
        .group_by(Delivery.order_id, DeliveryLine.variant_id)
    )  # fmt: skip
