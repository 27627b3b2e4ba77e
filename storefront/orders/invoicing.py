"""Invoices and credit notes: numbered without gaps, and never changed once they are issued.

A paper is kept as what it says, with a digest of it; the PDF is drawn from that each time.
The database refuses to change or delete one.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.money import Money
from storefront.orders.models import Order, RefundLine
from storefront.pricing.taxes import TaxLine
from storefront.seller import seller_on_papers
from storefront.stock.returning import lot_codes, lots_of_order

INVOICE, CREDIT_NOTE = "invoice", "credit_note"
_INVOICES = text("kind = 'invoice'")


class Paper(Model):
    """An invoice, or a credit note over money that went back."""

    __tablename__ = "papers"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        CheckConstraint("kind in ('invoice', 'credit_note')", name="kind"),
        CheckConstraint("(kind = 'credit_note') = (refund_id is not null)", name="refund"),
        Index(
            "uq_papers_invoice",
            "order_id",
            unique=True,
            sqlite_where=_INVOICES,
            postgresql_where=_INVOICES,
        ),
        Index("ix_papers_order", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"), unique=True)
    currency: Mapped[str] = mapped_column(String(3))
    total_minor: Mapped[int]
    tax_minor: Mapped[int]
    says: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def shown_number(self) -> str:
        return f"{'C' if self.kind == CREDIT_NOTE else 'I'}-{self.number:06d}"


class PaperNumber(Model):
    """One row for each kind: the last number given out."""

    __tablename__ = "paper_numbers"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), unique=True)
    last: Mapped[int]


def issue_invoice(order: Order, now: datetime) -> Paper:
    """The one invoice of an order that is paid. Inside write_tx(), with the order locked."""
    already = invoice_of(order.id)
    if already is not None:
        return already
    return _issue(INVOICE, order, order.total, order.tax, _invoice_says(order), now)


def issue_credit_note(
    order: Order,
    refund_id: int,
    amount: Money,
    reason: str,
    now: datetime,
    shipping: Money | None = None,
) -> Paper | None:
    """For money that goes back, once a refund; None where nothing was invoiced.

    Its tax is the order's in proportion, counted so that the notes of an order that was given
    back in parts take back its tax to the cent.
    """
    invoice = invoice_of(order.id)
    if invoice is None or note_of(refund_id) is not None:
        return None
    before = _credited(order.id)
    tax, taxes = _taxes_between(order, before, before + amount)
    says = {
        **_head(order),
        "invoice_number": invoice.number,
        "invoice_date": invoice.issued_at.isoformat(),
        "reason": reason,
        "amount_minor": amount.minor,
        "lines": _credited_lines(order, refund_id),
        "shipping_minor": shipping.minor if shipping else 0,
        "taxes": taxes,
    }
    return _issue(CREDIT_NOTE, order, amount, tax, says, now, refund_id)


def _credited_lines(order: Order, refund_id: int) -> list[dict[str, Any]]:
    """What it names of the order's lines; goods that came back with a free amount have none."""
    rows = db.session.scalars(
        select(RefundLine).where(RefundLine.refund_id == refund_id, RefundLine.amount_minor > 0)
    )
    amounts = {row.order_line_id: row for row in rows}
    return [
        {
            "sku": line.sku,
            "name": ", ".join(part for part in (line.name, line.options) if part),
            "quantity": amounts[line.id].quantity,
            "total_minor": amounts[line.id].amount_minor,
        }
        for line in order.lines
        if line.id in amounts
    ]


def invoice_of(order_id: int) -> Paper | None:
    return db.session.scalar(select(Paper).where(Paper.order_id == order_id, Paper.kind == INVOICE))


def note_of(refund_id: int) -> Paper | None:
    """The credit note of a refund."""
    return db.session.scalar(select(Paper).where(Paper.refund_id == refund_id))


def papers_of(order_id: int) -> Sequence[Paper]:
    """An order's invoice, then its credit notes."""
    return db.session.scalars(
        select(Paper).where(Paper.order_id == order_id).order_by(Paper.id)
    ).all()


def digest_of(says: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(says, sort_keys=True).encode()).hexdigest()


def _issue(
    kind: str,
    order: Order,
    total: Money,
    tax: Money,
    says: dict[str, Any],
    now: datetime,
    refund_id: int | None = None,
) -> Paper:
    number = db.session.execute(
        update(PaperNumber)
        .where(PaperNumber.kind == kind)
        .values(last=PaperNumber.last + 1)
        .returning(PaperNumber.last)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    says = {**says, "kind": kind, "number": number, "issued_at": now.isoformat()}
    paper = Paper(
        kind=kind,
        number=number,
        order_id=order.id,
        refund_id=refund_id,
        currency=order.currency,
        total_minor=total.minor,
        tax_minor=tax.minor,
        says=says,
        digest=digest_of(says),
        issued_at=now,
    )
    db.session.add(paper)
    db.session.flush()
    return paper


def _head(order: Order) -> dict[str, Any]:
    seller = seller_on_papers().as_dict()
    return {
        "seller": {**seller, "locale": order.locale or seller["locale"]},
        "buyer": order.billing_address.lines(),
        "currency": order.currency,
        "tax_number": order.tax_number,
        "exemption": asdict(order.exemption) if order.exemption else None,
        "order_number": order.number,
        "ordered_at": order.placed_at.isoformat(),
    }


def _invoice_says(order: Order) -> dict[str, Any]:
    """Lots are those that were set aside when it was paid; what was packed, the slip says."""
    lots = lots_of_order(order.id)
    return {
        **_head(order),
        "deliver_to": order.delivery_address.lines(),
        "lines": [
            {
                "sku": line.sku,
                "name": ", ".join(part for part in (line.name, line.options) if part),
                "quantity": line.quantity,
                "unit_minor": line.unit_price_minor,
                "total_minor": line.total_minor,
                "lots": lot_codes(lots.get(line.variant_id, ()), line.quantity),
            }
            for line in order.lines
        ],
        "subtotal_minor": order.subtotal_minor,
        "discounts": [
            {"name": one.name, "code": one.code, "amount_minor": one.amount.minor}
            for one in order.applied
            if one.amount
        ],
        "shipping_name": order.shipping_name,
        "shipping_minor": order.shipping_minor,
        "taxes": [_tax_row(one, one.base.minor, one.amount.minor) for one in order.taxes],
        "total_minor": order.total_minor,
    }


def _tax_row(tax: TaxLine, base_minor: int, tax_minor: int) -> dict[str, Any]:
    return {
        "name": tax.name,
        "rate_ppm": tax.rate_ppm,
        "included": tax.included,
        "base_minor": base_minor,
        "tax_minor": tax_minor,
    }


def _taxes_between(order: Order, before: Money, after: Money) -> tuple[Money, list[dict[str, Any]]]:
    """The tax that lies in this stretch of the order's total, in all and by rate."""
    rows = [
        _tax_row(
            one,
            (_within(order, one.base, after) - _within(order, one.base, before)).minor,
            (_within(order, one.amount, after) - _within(order, one.amount, before)).minor,
        )
        for one in order.taxes
    ]
    return Money(sum(row["tax_minor"] for row in rows), order.currency), rows


def _within(order: Order, part: Money, amount: Money) -> Money:
    """How much of a part of the total lies in the first `amount` of it."""
    if not order.total_minor:
        return Money.zero(order.currency)
    return part.portion(min(amount.minor, order.total_minor), order.total_minor)


def _credited(order_id: int) -> Money:
    row = db.session.execute(
        select(Paper.currency, func.sum(Paper.total_minor))
        .where(Paper.order_id == order_id, Paper.kind == CREDIT_NOTE)
        .group_by(Paper.currency)
    ).one_or_none()
    if row is None:
        invoice = invoice_of(order_id)
        return Money(0, invoice.currency if invoice else "")
    return Money(int(row[1]), row[0])
