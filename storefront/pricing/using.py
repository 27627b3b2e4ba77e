"""Counting what discounts were used for: use() at placing, give_back() when an order is cancelled.

Each count changes in one guarded statement, discounts in id order and before any stock, so that
two orders for the last use wait for each other: one gets it, the other is told.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update

from storefront.extensions import db
from storefront.languages import _
from storefront.pricing.discounts import AppliedDiscount
from storefront.pricing.models import Discount, DiscountUse
from storefront.refusal import Refusal


class DiscountUsedUp(Refusal):
    """Somebody else was first."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "“%(name)s” was used up a moment ago. Check the total without it, then pay.",
                name=name,
            )
        )


def use(order_id: int, email: str, applied: Sequence[AppliedDiscount], now: datetime) -> None:
    """Count each discount of an order, all or none; raises DiscountUsedUp. Inside write_tx()."""
    for one in sorted(applied, key=lambda one: one.id):
        counted = db.session.execute(
            update(Discount)
            .where(
                Discount.id == one.id,
                Discount.active,
                or_(Discount.usage_limit.is_(None), Discount.used < Discount.usage_limit),
            )
            .values(used=Discount.used + 1)
            .returning(Discount.limit_per_email)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if counted is None or _too_often(one.id, email, counted.limit_per_email):
            raise DiscountUsedUp(one.code or one.name)
        db.session.add(
            DiscountUse(discount_id=one.id, order_id=order_id, email=email.casefold(), used_at=now)
        )
    db.session.flush()


def give_back(order_id: int) -> None:
    """The order is cancelled: what it used may be used again."""
    for row in _uses(order_id, given_back=False):
        _count(row.discount_id, -1)
        row.given_back = True
    db.session.flush()


def take_again(order_id: int) -> None:
    """A cancelled order was paid after all, at the price it had: its uses count, limit or not."""
    for row in _uses(order_id, given_back=True):
        _count(row.discount_id, 1)
        row.given_back = False
    db.session.flush()


def _too_often(discount_id: int, email: str, limit: int | None) -> bool:
    """Exact, for the discount's row is ours since it was counted."""
    if limit is None:
        return False
    before = select(func.count()).where(
        DiscountUse.discount_id == discount_id,
        DiscountUse.email == email.casefold(),
        DiscountUse.given_back.is_(False),
    )
    return (db.session.scalar(before) or 0) >= limit


def _uses(order_id: int, *, given_back: bool) -> list[DiscountUse]:
    found = db.session.scalars(
        select(DiscountUse)
        .where(DiscountUse.order_id == order_id, DiscountUse.given_back.is_(given_back))
        .order_by(DiscountUse.discount_id)
        .with_for_update()
    )
    return list(found)


def _count(discount_id: int, change: int) -> None:
    db.session.execute(
        update(Discount)
        .where(Discount.id == discount_id)
        .values(used=Discount.used + change)
        .execution_options(synchronize_session=False)
    )
