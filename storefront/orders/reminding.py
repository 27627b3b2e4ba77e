"""One mail about a cart that was left, to those who asked for it on their way to an order."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from storefront.account.belongings import at_erasure, at_export
from storefront.account.models import Customer
from storefront.cart.models import Cart, CartLine, Touches
from storefront.catalog.models import Product, ProductClass, Variant
from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.languages import N_
from storefront.orders.models import Order
from storefront.outbox import owe_mail
from storefront.transactions import insert

KIND = "cart_reminder"
# What people agree to, and which version of it: change both together.
CONSENT_WORDS = N_("Send me one mail if I leave my cart here")
CONSENT = "2026-11"
TOO_LATE = timedelta(days=7)  # a cart left longer ago is nothing to come back to
A_RUN = 200


class CartReminder(Model):
    """The wish to be reminded of one cart, with the proof of it; it goes when the cart goes."""

    __tablename__ = "cart_reminders"
    __table_args__ = (Index("ix_cart_reminders_email", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"), unique=True)
    email: Mapped[str] = mapped_column(String(320))
    consent: Mapped[str] = mapped_column(String(20))  # which version of the words
    prefix: Mapped[str] = mapped_column(String(40), default="")  # of the addresses its owner was at
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken back


def wants_reminder(cart_id: int) -> bool:
    """Whether the box on the contact step was ticked, and is still."""
    open_one = select(CartReminder.id).where(
        CartReminder.cart_id == cart_id, CartReminder.ended_at.is_(None)
    )
    return db.session.scalar(open_one) is not None


def keep_wish(cart_id: int, email: str, wanted: bool, prefix: str, now: datetime) -> None:
    """What the box says now; no box is ever ticked for anybody. Inside write_tx()."""
    if not wanted:
        db.session.execute(
            update(CartReminder)
            .where(CartReminder.cart_id == cart_id, CartReminder.ended_at.is_(None))
            .values(ended_at=now)
            .execution_options(synchronize_session=False)
        )
        return
    says = {"email": email.lower(), "consent": CONSENT, "prefix": prefix, "agreed_at": now}
    db.session.execute(
        insert(CartReminder)
        .values(cart_id=cart_id, **says)
        .on_conflict_do_update(index_elements=["cart_id"], set_={**says, "ended_at": None})
    )


def remind(now: datetime, idle: timedelta) -> int:
    """Owe a mail for every cart that was left so long ago, each once; how many. Inside
    write_tx()."""
    due = (
        select(CartReminder.id)
        .join(Cart, Cart.id == CartReminder.cart_id)
        .where(
            CartReminder.told_at.is_(None),
            Cart.updated_at <= now - idle,
            Cart.updated_at > now - idle - TOO_LATE,
            *_still_wanted(),
        )
        .order_by(CartReminder.id)
        .limit(A_RUN)
    )
    told = db.session.execute(
        update(CartReminder)
        .where(CartReminder.id.in_(due), CartReminder.told_at.is_(None))
        .values(told_at=now)
        .returning(CartReminder.id, CartReminder.cart_id, CartReminder.email, CartReminder.prefix)
        .execution_options(synchronize_session=False)
    ).all()
    for row in sorted(told):
        context = {"reminder_id": row.id, "lines": _named(row.cart_id), "prefix": row.prefix}
        if context["lines"]:
            owe_mail(KIND, row.email, now, ref=str(row.id), context=context)
    return len(told)


def reminder_is_over(reminder_id: int) -> bool:
    """Whether it was ordered, emptied, changed or taken back before the mail left."""
    still = (
        select(CartReminder.id)
        .join(Cart, Cart.id == CartReminder.cart_id)
        .where(
            CartReminder.id == reminder_id,
            Cart.updated_at <= CartReminder.told_at,
            *_still_wanted(),
        )
    )
    return db.session.scalar(still) is None


def stop_reminders(email: str, now: datetime) -> None:
    """None for any cart there is now; whoever ticks the box again asks anew. In write_tx()."""
    db.session.execute(
        update(CartReminder)
        .where(CartReminder.email == email.lower(), CartReminder.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def erase_reminders(email: str) -> None:
    """Inside write_tx()."""
    db.session.execute(
        delete(CartReminder)
        .where(CartReminder.email == email.lower())
        .execution_options(synchronize_session=False)
    )


@at_erasure
def erase_customers_reminders(customer: Customer, now: datetime) -> None:
    erase_reminders(customer.email)


@at_export
def tell_reminders_of(customer: Customer) -> dict[str, Any]:
    rows = db.session.scalars(
        select(CartReminder)
        .where(CartReminder.email == customer.email.lower())
        .order_by(CartReminder.id)
    )
    return {
        "cart_reminders": [
            {
                "consent": row.consent,
                "agreed_at": row.agreed_at.isoformat(),
                **({"told_at": row.told_at.isoformat()} if row.told_at else {}),
                **({"ended_at": row.ended_at.isoformat()} if row.ended_at else {}),
            }
            for row in rows
        ]
    }


class Remembered(NamedTuple):
    """A line of a cart that was left."""

    sku: str
    quantity: int
    touches: Touches


def remembered_lines(reminder_id: int) -> list[Remembered]:
    """The cart a mail was about, as it is now; empty when nothing is left."""
    rows = db.session.execute(
        select(Variant.sku, CartLine)
        .join(CartLine, CartLine.variant_id == Variant.id)
        .join(CartReminder, CartReminder.cart_id == CartLine.cart_id)
        .where(CartReminder.id == reminder_id)
        .order_by(CartLine.id)
    )
    return [Remembered(sku, line.quantity, line.touches) for sku, line in rows]


def _still_wanted() -> tuple[ColumnElement[bool], ...]:
    """Nobody took it back; something is in it; its owner has not ordered since, here or in
    another browser."""
    ordered = exists().where(
        (Order.cart_id == CartReminder.cart_id)
        | ((func.lower(Order.email) == CartReminder.email) & (Order.placed_at >= Cart.created_at))
    )
    filled = exists().where(CartLine.cart_id == CartReminder.cart_id)
    return CartReminder.ended_at.is_(None), filled, ~ordered


def _named(cart_id: int) -> list[dict[str, Any]]:
    """Without what the law restricts: whoever opens a mailbox may be of any age."""
    rows = db.session.execute(
        select(Product.name, Variant.option_values, CartLine.quantity)
        .join(Variant, Variant.id == CartLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(CartLine.cart_id == cart_id, ProductClass.restricted.is_not(True))
        .order_by(CartLine.id)
    )
    return [
        {"name": ", ".join([row.name, *row.option_values]), "quantity": row.quantity}
        for row in rows
    ]
