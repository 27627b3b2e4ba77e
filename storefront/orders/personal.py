"""What orders keep of a person: told on request; forgotten when they leave, but for invoices.

An order stays, with what was sold at which price and the country it went to: the shop's totals
and its tax returns are the same before and after. Invoices and credit notes are kept as they are,
as tax law asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import selectinload

from storefront.account.address import Address
from storefront.account.belongings import at_erasure, at_export
from storefront.account.models import Customer
from storefront.account.personal import GONE, forget_mails
from storefront.cart.models import new_token
from storefront.cart.touches import articles_of, slugs_of
from storefront.extensions import db
from storefront.languages import _
from storefront.orders.asking import Question, questions_of
from storefront.orders.caps import counted_of
from storefront.orders.finding import index_order
from storefront.orders.invoicing import papers_of
from storefront.orders.models import Order, OrderEvent, Shipment
from storefront.orders.returns import Return, returns_of
from storefront.orders.states import CANCELLED, PAID
from storefront.orders.withdrawals import Withdrawal, withdrawals_of
from storefront.pricing.models import DiscountUse, TaxExemption
from storefront.refusal import Refusal


class OrderUnderWay(Refusal):
    """Who left now could not be reached about it."""


@at_export
def tell_orders(customer: Customer) -> dict[str, Any]:
    exempt = db.session.scalars(
        select(TaxExemption)
        .where(TaxExemption.email == customer.email_key)
        .order_by(TaxExemption.id)
    )
    orders = _orders(customer)
    slugs = slugs_of([line.touches for order in orders for line in order.lines])
    return {
        "orders": [_told(order, slugs) for order in orders],
        "tax_exemptions": [
            {"kind": one.kind, "number": one.number, "country": one.country} for one in exempt
        ],
    }


@at_erasure
def forget_orders(customer: Customer, _now: datetime) -> None:
    """Those in the account, and those a guest placed with its address. Raises OrderUnderWay."""
    orders = _orders(customer)
    for order in orders:
        _check_it_is_over(order)
    ids = [order.id for order in orders]
    emails = {customer.email, *(order.email for order in orders)}
    emails.update(one.email for order in orders for one in withdrawals_of(order.id))
    for order in orders:
        _anonymise(order)
    db.session.flush()
    for table, values in (
        (OrderEvent, {"note": ""}),
        (Shipment, {"tracking": ""}),
        (Withdrawal, {"name": "erased", "email": GONE, "note": ""}),
        (DiscountUse, {"email": GONE}),
        (Return, {"reason": "", "answer": ""}),
    ):
        db.session.execute(update(table).where(table.order_id.in_(ids)).values(**values))
    db.session.execute(delete(Question).where(Question.order_id.in_(ids)))
    db.session.execute(
        delete(TaxExemption).where(TaxExemption.email.in_([email.lower() for email in emails]))
    )
    forget_mails(ids, sorted(emails))


def _orders(customer: Customer) -> Sequence[Order]:
    mine = or_(
        Order.customer_id == customer.id,
        (Order.email_key == customer.email_key) & Order.customer_id.is_(None),
    )
    return db.session.scalars(
        select(Order)
        .where(mine)
        .order_by(Order.id)
        .options(selectinload(Order.shipments), selectinload(Order.events))
    ).all()


def _check_it_is_over(order: Order) -> None:
    sent = order.fulfilment == "shipped" or not any(line.ships for line in order.lines)
    over = order.state == CANCELLED or order.given_back or (order.state == PAID and sent)
    if not over or order.disputed:
        raise OrderUnderWay(
            _(
                "Order %(number)s is under way. Erase the account once it was sent or cancelled.",
                number=order.number or _("without a number"),
            )
        )


def _anonymise(order: Order) -> None:
    order.customer_id = None
    order.token = new_token()  # the mailed link opened a page with a name on it
    order.email, order.email_key = GONE, ""
    order.delivery_address = _only_where(order.delivery_address)
    order.billing_address = _only_where(order.billing_address)
    order.note = order.gift_note = order.tax_number = ""
    order.decision = _only_decided(order.decision)
    index_order(order)


def _only_where(address: Address) -> Address:
    """What its tax was reckoned by."""
    return Address(country=address.country, region=address.region)


def _only_decided(decision: dict[str, Any] | None) -> dict[str, Any] | None:
    """By which rules of a country and region; not in which town."""
    if decision is None:
        return None
    return {
        sku: {
            **{name: text for name, text in one.items() if name != "before"},
            "place": {
                **dict.fromkeys(one["place"], ""),
                "country": one["place"]["country"],
                "region": one["place"]["region"],
                "counties": [],
            },
        }
        for sku, one in decision.items()
    }


def _told(order: Order, slugs: Mapping[int, str]) -> dict[str, Any]:
    return {
        "number": order.number,
        "placed_at": order.placed_at.isoformat(),
        "state": order.state,
        "email": order.email,
        "delivery_address": asdict(order.delivery_address),
        "billing_address": asdict(order.billing_address),
        "note": order.note,
        "gift_note": order.gift_note,
        "tax_number": order.tax_number,
        "lines": [
            {"sku": line.sku, "name": line.name, "options": line.options,
             "quantity": line.quantity, "total": str(line.total.decimal),
             **articles_of(line.touches, slugs)}
            for line in order.lines
        ],
        "delivery": order.shipping_name,
        "total": str(order.total.decimal),
        "currency": order.currency,
        "restricted_goods": {
            "decided": order.decision, "age": order.attestation, "risk_texts": order.risk_texts,
            "counted_for_caps": counted_of(order.id),
        } if order.decision else None,
        "agreed_to_terms": {"version": order.terms_version, "digest": order.terms_digest,
                            "at": order.placed_at.isoformat()},
        "parcels": [
            {"carrier": parcel.carrier, "tracking": parcel.tracking,
             "sent_at": parcel.shipped_at and parcel.shipped_at.isoformat()}
            for parcel in order.sent
        ],
        "history": [
            {"what": event.kind, "note": event.note, "at": event.created_at.isoformat()}
            for event in order.events
        ],
        "questions": [
            {"asked": one.body, "at": one.created_at.isoformat()} for one in questions_of(order.id)
        ],
        "withdrawals": [
            {"name": one.name, "email": one.email, "lines": one.lines, "note": one.note,
             "at": one.created_at.isoformat()}
            for one in withdrawals_of(order.id)
        ],
        "returns": [
            {"state": one.state, "reason": one.reason, "answer": one.answer,
             "at": one.created_at.isoformat()}
            for one in returns_of(order.id)
        ],
        "papers": [
            {"kind": paper.kind, "number": paper.shown_number, "says": paper.says}
            for paper in papers_of(order.id)
        ],
    }  # fmt: skip
