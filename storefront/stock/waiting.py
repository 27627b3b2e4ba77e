"""Who waits for what is out of stock: asked, confirmed from their inbox, and told once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from storefront.account.belongings import at_erasure, at_export
from storefront.account.models import Customer
from storefront.catalog.models import ACTIVE, Product, ProductClass, Variant
from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.languages import N_, _
from storefront.markets.here import here
from storefront.outbox import owe_mail
from storefront.refusal import Refusal
from storefront.stock.models import StockLevel
from storefront.transactions import insert

# What people agree to, and which version of it: change both together.
CONSENT_WORDS = N_(
    "One mail when it is back, and none besides. You confirm the address first, from your inbox."
)
CONSENT = "2026-11"
LINK_LIVES = timedelta(days=7)  # as long a request that nobody confirmed is kept
ASK_AGAIN = timedelta(days=1)
MOST_A_DAY = 5  # mails to one address, whoever asks for them
KEPT_AS_PROOF = timedelta(days=365)


class Waiting(Model):
    """One person's wish to be told of one variant, with the proof that they agreed to it."""

    __tablename__ = "waiting"
    __table_args__ = (
        Index(
            "uq_waiting_open",
            "variant_id",
            "email",
            unique=True,
            sqlite_where=text("told_at IS NULL AND ended_at IS NULL"),
            postgresql_where=text("told_at IS NULL AND ended_at IS NULL"),
        ),
        Index("ix_waiting_email", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    email: Mapped[str] = mapped_column(String(320))
    consent: Mapped[str] = mapped_column(String(20))  # which version of the words
    prefix: Mapped[str] = mapped_column(String(40), default="")  # of the market it was asked in
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the link to confirm
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # taken back


class InStock(Refusal):
    """There is nothing to wait for."""


class NothingToWaitFor(Refusal):
    """An unknown SKU, or one that is not sold any more."""

    status = 422


def ask(sku: str, email: str, now: datetime) -> None:
    """Note the wish and owe the mail that has it confirmed; once a day, whoever asks. Inside
    write_tx(). Raises InStock, NothingToWaitFor."""
    variant = _variant_that_is_out(sku)
    email = email.lower()
    if _mails_today(email, now) >= MOST_A_DAY:
        return
    values = {"variant_id": variant.id, "email": email, "consent": CONSENT, "asked_at": now}
    values["prefix"] = here().prefix
    db.session.execute(insert(Waiting).values(values).on_conflict_do_nothing())
    waiting = db.session.scalars(
        select(Waiting)
        .where(Waiting.variant_id == variant.id, Waiting.email == email, *_open())
        .with_for_update()
    ).one()
    if waiting.confirmed_at or (waiting.mailed_at and waiting.mailed_at > now - ASK_AGAIN):
        return
    waiting.mailed_at, waiting.consent = now, CONSENT
    owe_mail("back_in_stock_confirm", email, now, context=_about(waiting.id, variant))


def confirm(waiting_id: int, now: datetime) -> None:
    """The owner of the address agrees. Twice is once. Inside write_tx()."""
    waiting = db.session.get_one(Waiting, waiting_id, with_for_update=True)
    if waiting.confirmed_at or waiting.told_at or waiting.ended_at:
        return
    waiting.confirmed_at = now
    db.session.flush()
    tell_waiting(now, [waiting.variant_id])  # it may have come back in the meantime


def tell_waiting(now: datetime, variant_ids: Iterable[int] | None = None) -> int:
    """Owe a mail to everyone who waits for what can be had, of these variants or of all; how many.

    Each is told once, however often more of it comes. Inside write_tx().
    """
    due = (
        select(Waiting.id)
        .join(Variant, Variant.id == Waiting.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(
            Waiting.confirmed_at.is_not(None),
            *_open(),
            ProductClass.restricted.is_not(True),
            Variant.archived.is_(False),
            Product.status == ACTIVE,
            _can_be_had(),
        )
    )
    if variant_ids is not None:
        due = due.where(Waiting.variant_id.in_(list(variant_ids)))
    told = db.session.execute(
        update(Waiting)
        .where(Waiting.id.in_(due), *_open())
        .values(told_at=now)
        .returning(Waiting.id, Waiting.email, Waiting.variant_id, Waiting.prefix)
        .execution_options(synchronize_session=False)
    ).all()
    if told:
        _owe_news(sorted(told), now)
    return len(told)


def news_is_over(waiting_id: int) -> bool:
    """Whether it sold out again, or nobody wants to know any more, before the mail left. Who still
    waits then goes on waiting. Inside write_tx()."""
    waiting = db.session.get(Waiting, waiting_id, with_for_update=True)
    if waiting is None or waiting.ended_at:
        return True
    there = db.session.scalar(
        select(Variant.id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.id == waiting.variant_id, Product.status == ACTIVE, _can_be_had())
    )
    if there is not None:
        return False
    again = select(Waiting.id).where(
        Waiting.variant_id == waiting.variant_id, Waiting.email == waiting.email, *_open()
    )
    if db.session.scalar(again) is None:
        waiting.told_at = None
    return True


def stop_waiting(email: str, now: datetime) -> None:
    """No more of these mails to this address. Inside write_tx()."""
    db.session.execute(
        update(Waiting)
        .where(Waiting.email == email.lower(), Waiting.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def erase_waiting(email: str) -> None:
    """Forget an address, with what it waited for and agreed to. Inside write_tx()."""
    db.session.execute(
        delete(Waiting)
        .where(Waiting.email == email.lower())
        .execution_options(synchronize_session=False)
    )


@at_erasure
def erase_customers_waiting(customer: Customer, now: datetime) -> None:
    erase_waiting(customer.email)


@at_export
def tell_waiting_of(customer: Customer) -> dict[str, Any]:
    rows = db.session.execute(
        select(Variant.sku, Waiting.consent, Waiting.asked_at, Waiting.confirmed_at,
               Waiting.told_at, Waiting.ended_at)
        .join(Variant, Variant.id == Waiting.variant_id)
        .where(Waiting.email == customer.email.lower())
        .order_by(Waiting.id)
    )  # fmt: skip
    dated = ("asked_at", "confirmed_at", "told_at", "ended_at")
    return {
        "back_in_stock": [
            {
                "sku": row.sku,
                "consent": row.consent,
                **{name: at.isoformat() for name in dated if (at := getattr(row, name))},
            }
            for row in rows
        ]
    }


def forget_old_waiting(now: datetime) -> None:
    """What nobody confirmed, and what is over (or was waited for) a year long. Inside
    write_tx()."""
    last = func.coalesce(Waiting.told_at, Waiting.ended_at, Waiting.confirmed_at)
    unconfirmed = Waiting.confirmed_at.is_(None) & (Waiting.asked_at < now - LINK_LIVES)
    resent = Waiting.mailed_at.is_(None) | (Waiting.mailed_at < now - LINK_LIVES)
    db.session.execute(
        delete(Waiting)
        .where(or_(unconfirmed & resent, last < now - KEPT_AS_PROOF))
        .execution_options(synchronize_session=False)
    )


def _variant_that_is_out(sku: str) -> Any:
    row = db.session.execute(
        select(
            Variant.id, Variant.sku, Variant.option_values, Product.name, Product.slug,
            _can_be_had().label("can_be_had"), ProductClass.restricted,
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(Variant.sku == sku, Variant.archived.is_(False), Product.status == ACTIVE)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NothingToWaitFor(_("This is no longer sold. Choose another one."))
    if row.restricted:
        raise NothingToWaitFor(
            _("We send no mail about %(product)s: who opens it could be too young.",
              product=row.name)
        )  # fmt: skip
    if row.can_be_had:
        raise InStock(_("%(product)s is in stock: you can buy it now.", product=row.name))
    return row


def _open() -> tuple[ColumnElement[bool], ...]:
    return Waiting.told_at.is_(None), Waiting.ended_at.is_(None)


def _can_be_had() -> ColumnElement[bool]:
    free = StockLevel.on_hand - StockLevel.reserved - StockLevel.held_back
    enough = free >= Product.min_quantity
    return func.coalesce(or_(Variant.track_stock.is_(False), enough), False)


def _mails_today(email: str, now: datetime) -> int:
    recent = Waiting.mailed_at > now - ASK_AGAIN
    count = select(func.count()).select_from(Waiting).where(Waiting.email == email, recent)
    return db.session.scalar(count) or 0


def _owe_news(told: list[Any], now: datetime) -> None:
    variants = {
        row.id: row
        for row in db.session.execute(
            select(Variant.id, Variant.sku, Variant.option_values, Product.name, Product.slug)
            .join(Product, Product.id == Variant.product_id)
            .where(Variant.id.in_({row.variant_id for row in told}))
        )
    }
    for waiting_id, email, variant_id, prefix in told:
        context = {**_about(waiting_id, variants[variant_id]), "prefix": prefix}
        owe_mail("back_in_stock", email, now, context=context)


def _about(waiting_id: int, variant: Any) -> dict[str, Any]:
    options = ", ".join(variant.option_values)
    return {
        "waiting_id": waiting_id,
        "sku": variant.sku,
        "slug": variant.slug,
        "product": f"{variant.name}, {options}" if options else variant.name,
    }
