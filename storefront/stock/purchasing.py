"""Suppliers and what is ordered of them: drafted, ordered, closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.models import Variant
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.stock.purchase_models import (
    CLOSED,
    DRAFT,
    ORDERED,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
)

KIND, SUPPLIER = "purchase order", "supplier"
MOST = 1_000_000  # units in one line


class NoSuchOrder(Refusal):
    status = 404


class NoSuchSupplier(Refusal):
    status = 404


class KnownSupplier(Refusal):
    """Two suppliers of one name would be mixed up."""


class NotADraft(Refusal):
    """What was ordered is not changed any more: the supplier has it in writing."""


class NothingOrdered(Refusal):
    status = 422


class NoSuchVariant(Refusal):
    status = 422


@dataclass(frozen=True, slots=True)
class SupplierDetails:
    name: str
    email: str = ""
    reference: str = ""
    note: str = ""


def supplier_of(supplier_id: int) -> Supplier:
    found = db.session.get(Supplier, supplier_id)
    if found is None:
        raise NoSuchSupplier("There is no such supplier.")
    return found


def add_supplier(details: SupplierDetails, now: datetime, actor: str) -> Supplier:
    """Inside write_tx(); raises KnownSupplier."""
    _check_name(details.name, None)
    supplier = Supplier(
        name=details.name, email=details.email, reference=details.reference,
        note=details.note, created_at=now,
    )  # fmt: skip
    db.session.add(supplier)
    db.session.flush()
    record_change(SUPPLIER, supplier.id, "added", {}, _said(supplier), actor=actor, now=now)
    return supplier


def change_supplier(supplier_id: int, details: SupplierDetails, now: datetime, actor: str) -> None:
    """Inside write_tx(); raises KnownSupplier, NoSuchSupplier."""
    supplier = supplier_of(supplier_id)
    _check_name(details.name, supplier_id)
    before = _said(supplier)
    supplier.name, supplier.email = details.name, details.email
    supplier.reference, supplier.note = details.reference, details.note
    record_change(SUPPLIER, supplier_id, "changed", before, _said(supplier), actor=actor, now=now)


def draft_order(
    supplier_id: int, currency: str, expected_on: date | None, now: datetime, actor: str
) -> PurchaseOrder:
    """Inside write_tx(); raises NoSuchSupplier."""
    supplier = supplier_of(supplier_id)
    order = PurchaseOrder(
        supplier_id=supplier.id, currency=currency, expected_on=expected_on,
        created_by=actor, created_at=now,
    )  # fmt: skip
    db.session.add(order)
    db.session.flush()
    after = {"supplier": supplier.name}
    record_change(KIND, order.id, "drafted", {}, after, actor=actor, now=now)
    return order


def change_order(
    order_id: int, reference: str, expected_on: date | None, note: str, now: datetime, actor: str
) -> None:
    """What may be noted at any time. Inside write_tx(); raises NoSuchOrder."""
    order = order_to_change(order_id)
    before = _head(order)
    order.reference, order.expected_on, order.note = reference, expected_on, note
    record_change(KIND, order_id, "changed", before, _head(order), actor=actor, now=now)


def set_line(
    order_id: int, sku: str, quantity: int, cost_minor: int | None, now: datetime, actor: str
) -> None:
    """So many of this SKU; 0 takes the line out. Inside write_tx().

    Raises NoSuchOrder, NotADraft, NoSuchVariant.
    """
    order = order_to_change(order_id)
    _check_draft(order)
    variant_id = variant_of_sku(sku)
    line = next((one for one in order.lines if one.variant_id == variant_id), None)
    before = {sku: _line_said(line.quantity, line.cost_minor)} if line else {}
    if not quantity:
        if line is not None:
            order.lines.remove(line)
            db.session.delete(line)
    elif line is None:
        order.lines.append(
            PurchaseLine(variant_id=variant_id, quantity=quantity, cost_minor=cost_minor)
        )
    else:
        line.quantity, line.cost_minor = quantity, cost_minor
    after = {sku: _line_said(quantity, cost_minor)} if quantity else {}
    record_change(KIND, order_id, "changed", before, after, actor=actor, now=now)
    db.session.flush()


def place(order_id: int, now: datetime, actor: str) -> None:
    """The supplier has it. Twice is once. Inside write_tx(); raises NoSuchOrder, NothingOrdered."""
    order = order_to_change(order_id)
    if order.state == ORDERED:
        return
    _check_draft(order)
    if not order.lines:
        raise NothingOrdered("Nothing is in this order. Add what you need, then order it.")
    order.ordered_at = now
    _move(order, ORDERED, now, actor)


def close(order_id: int, now: datetime, actor: str) -> None:
    """Nothing more will come of it, or all of it has. Inside write_tx(); raises NoSuchOrder."""
    order = order_to_change(order_id)
    if order.state != CLOSED:
        order.closed_at = now
        _move(order, CLOSED, now, actor)


def reopen(order_id: int, now: datetime, actor: str) -> None:
    """More comes after all. Inside write_tx(); raises NoSuchOrder."""
    order = order_to_change(order_id)
    if order.state == CLOSED:
        order.closed_at = None
        _move(order, ORDERED if order.ordered_at else DRAFT, now, actor)


def order_to_change(order_id: int) -> PurchaseOrder:
    """Held until the change is done. Inside write_tx(); raises NoSuchOrder."""
    order: PurchaseOrder | None = db.session.scalar(
        select(PurchaseOrder)
        .where(PurchaseOrder.id == order_id)
        .with_for_update(of=PurchaseOrder)
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise NoSuchOrder("There is no such order.")
    return order


def variant_of_sku(sku: str) -> int:
    found = db.session.scalar(select(Variant.id).where(Variant.sku == sku))
    if found is None:
        raise NoSuchVariant(f"Nothing here has the SKU {sku}. Look at the label again.")
    return found


def _move(order: PurchaseOrder, to: str, now: datetime, actor: str) -> None:
    before, order.state = order.state, to
    record_change(KIND, order.id, to, {"state": before}, {"state": to}, actor=actor, now=now)


def _check_draft(order: PurchaseOrder) -> None:
    if order.state != DRAFT:
        raise NotADraft(f"This order is {order.state}: its lines stay as the supplier has them.")


def _check_name(name: str, own_id: int | None) -> None:
    known = db.session.scalar(select(Supplier.id).where(Supplier.name == name))
    if known not in (None, own_id):
        raise KnownSupplier(f"{name} is among the suppliers already. Choose it there.")


def _said(supplier: Supplier) -> Mapping[str, Any]:
    return {name: getattr(supplier, name) for name in ("name", "email", "reference", "note")}


def _head(order: PurchaseOrder) -> Mapping[str, Any]:
    day = order.expected_on.isoformat() if order.expected_on else ""
    return {"reference": order.reference, "expected_on": day, "note": order.note}


def _line_said(quantity: int, cost_minor: int | None) -> str:
    return f"{quantity}" if cost_minor is None else f"{quantity} at {cost_minor}"
