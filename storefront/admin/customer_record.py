"""What staff see of one customer, and of many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from sqlalchemy import Select, func, or_, select

from storefront.account.address_book import addresses_of
from storefront.account.models import Customer, SavedAddress, email_key
from storefront.account.notes import CustomerNote, CustomerTag, notes_of, tags_of
from storefront.account.staff import staff_of
from storefront.blog.newsletter import Subscriber
from storefront.extensions import db
from storefront.money import Money
from storefront.orders.joining import money_of, orders_by
from storefront.orders.models import Order
from storefront.pricing.models import TaxExemption
from storefront.reviews.models import Review
from storefront.wishes.models import Wish, WishList

MOST_ORDERS = 50


@dataclass(frozen=True, slots=True)
class Record:
    """Everything of one customer that a page shows."""

    customer: Customer
    is_staff: bool
    orders: Sequence[Order]
    spent: Sequence[tuple[Money, int]]  # in how many paid orders, by currency
    addresses: Sequence[SavedAddress]
    reviews: Mapping[str, int]  # by state
    wishes: int
    newsletter: Subscriber | None
    exemptions: Sequence[TaxExemption]
    notes: Sequence[CustomerNote]
    tags: list[str]


def listed(words: str) -> Select[*tuple[Any, ...]]:
    """Customers by a part of their name or address, or by "tag:vip"."""
    found = select(Customer.id, Customer.email, Customer.full_name, Customer.created_at)
    if words.startswith("tag:"):
        return found.where(
            Customer.id.in_(
                select(CustomerTag.customer_id).where(
                    CustomerTag.tag == words.removeprefix("tag:").strip().lower()
                )
            )
        )
    if words:
        part = email_key(words)
        found = found.where(
            or_(
                Customer.email_key.contains(part, autoescape=True),
                func.lower(Customer.full_name).contains(part, autoescape=True),
            )
        )
    return found


def record_of(customer: Customer) -> Record:
    orders = orders_by(customer, MOST_ORDERS)
    return Record(
        customer=customer,
        is_staff=staff_of(customer.id) is not None,
        orders=orders,
        spent=[(Money(int(one.minor), one.currency), one.orders) for one in money_of(customer)],
        addresses=addresses_of(customer.id),
        reviews=_reviews_of([order.id for order in orders]),
        wishes=_wishes_of(customer.id),
        newsletter=db.session.scalars(
            select(Subscriber)
            .where(Subscriber.email.in_([customer.email, customer.email_key]))
            .order_by(Subscriber.id.desc())
            .limit(1)
        ).one_or_none(),
        exemptions=db.session.scalars(
            select(TaxExemption)
            .where(TaxExemption.email == customer.email_key)
            .order_by(TaxExemption.id)
        ).all(),
        notes=notes_of(customer.id),
        tags=tags_of([customer.id])[customer.id],
    )


def _reviews_of(order_ids: Sequence[int]) -> dict[str, int]:
    rows = db.session.execute(
        select(Review.state, func.count())
        .where(Review.order_id.in_(list(order_ids)))
        .group_by(Review.state)
        .order_by(Review.state)
    )
    return {state: count for state, count in rows}


def _wishes_of(customer_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Wish)
            .join(WishList, WishList.id == Wish.list_id)
            .where(WishList.customer_id == customer_id)
        )
        or 0
    )


def order_url(order_id: int) -> str | None:
    """Where staff work on an order."""
    known = "admin.orders.show" in current_app.view_functions
    return url_for("admin.orders.show", order_id=order_id) if known else None
