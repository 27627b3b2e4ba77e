"""What lists of suppliers and deliveries show."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from storefront.catalog.models import Product, Variant
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.models import Batch, Lot
from storefront.stock.purchase_models import (
    ORDERED,
    Delivery,
    DeliveryLine,
    PurchaseOrder,
    Supplier,
)


class NoSuchDelivery(Refusal):
    status = 404


def suppliers() -> Sequence[Any]:
    """(id, name, email, reference, open_orders), by name."""
    waiting = (
        select(func.count())
        .where(PurchaseOrder.supplier_id == Supplier.id, PurchaseOrder.state == ORDERED)
        .scalar_subquery()
    )
    return db.session.execute(
        select(
            Supplier.id, Supplier.name, Supplier.email, Supplier.reference,
            waiting.label("open_orders"),
        ).order_by(Supplier.name)
    ).all()  # fmt: skip


def supplier_choices() -> list[tuple[int, str]]:
    rows = db.session.execute(select(Supplier.id, Supplier.name).order_by(Supplier.name))
    return [(row.id, row.name) for row in rows]


def expected(limit: int) -> Sequence[PurchaseOrder]:
    """Orders that goods are still to come of, the first to come first."""
    return db.session.scalars(
        select(PurchaseOrder)
        .where(PurchaseOrder.state == ORDERED)
        .order_by(PurchaseOrder.expected_on.is_(None), PurchaseOrder.expected_on, PurchaseOrder.id)
        .limit(limit)
    ).all()


def deliveries(
    words: str = "", order_id: int | None = None, without_order: bool = False
) -> Select[*tuple[Any, ...]]:
    """(id, supplier, reference, order_id, batch_id, actor, received_at, units, undone)."""
    undoing = aliased(Batch)
    units = (
        select(func.sum(DeliveryLine.arrived))
        .where(DeliveryLine.delivery_id == Delivery.id)
        .scalar_subquery()
    )
    found = (
        select(
            Delivery.id, Supplier.name.label("supplier"), Delivery.reference, Delivery.order_id,
            Delivery.batch_id, Delivery.actor, Delivery.received_at, units.label("units"),
            undoing.id.is_not(None).label("undone"),
        )
        .outerjoin(Supplier, Supplier.id == Delivery.supplier_id)
        .outerjoin(undoing, undoing.reverses_id == Delivery.batch_id)
    )  # fmt: skip
    if order_id is not None:
        found = found.where(Delivery.order_id == order_id)
    if without_order:
        found = found.where(Delivery.order_id.is_(None))
    if words:
        found = found.where(
            or_(
                Supplier.name.icontains(words, autoescape=True),
                Delivery.reference.icontains(words, autoescape=True),
                Delivery.id.in_(_with_sku_or_lot(words)),
            )
        )
    return found


def delivery_of(delivery_id: int) -> Any:
    """Its row as in deliveries(); raises NoSuchDelivery."""
    row = db.session.execute(deliveries().where(Delivery.id == delivery_id)).one_or_none()
    if row is None:
        raise NoSuchDelivery("There is no such delivery.")
    return row


def lines_of_delivery(delivery_id: int) -> Sequence[Any]:
    """(variant_id, sku, name, option_values, lot_id, lot, best_before, arrived, damaged, cost)."""
    return db.session.execute(
        select(
            DeliveryLine.variant_id, Variant.sku, Product.name, Variant.option_values,
            DeliveryLine.lot_id, Lot.code.label("lot"), Lot.best_before, Lot.state,
            DeliveryLine.arrived, DeliveryLine.damaged, DeliveryLine.cost_minor,
            Delivery.currency,
        )
        .join(Delivery, Delivery.id == DeliveryLine.delivery_id)
        .join(Variant, Variant.id == DeliveryLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(Lot, Lot.id == DeliveryLine.lot_id)
        .where(DeliveryLine.delivery_id == delivery_id)
        .order_by(DeliveryLine.id)
    ).all()  # fmt: skip


def deliveries_of_lot(lot_id: int) -> Sequence[Any]:
    """As deliveries(), the newest first."""
    with_it = select(DeliveryLine.delivery_id).where(DeliveryLine.lot_id == lot_id)
    return db.session.execute(
        deliveries().where(Delivery.id.in_(with_it)).order_by(Delivery.id.desc()).limit(20)
    ).all()


def names_of(variant_ids: Sequence[int]) -> dict[int, Any]:
    """(id, sku, name, option_values, held) by id; `held`: its class has it released first."""
    rows = db.session.execute(
        select(Variant.id, Variant.sku, Product.name, Variant.option_values)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.id.in_(variant_ids))
    )
    return {row.id: row for row in rows}


def _with_sku_or_lot(words: str) -> Select[int]:
    return (
        select(DeliveryLine.delivery_id)
        .join(Variant, Variant.id == DeliveryLine.variant_id)
        .outerjoin(Lot, Lot.id == DeliveryLine.lot_id)
        .where(or_(Variant.sku == words, Lot.code == words))
    )
