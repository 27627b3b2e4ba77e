"""The daily mail about what became low: each variant once, until there is enough of it again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, delete, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.account.models import Customer
from storefront.account.staff import OWNER, STOCK, Staff
from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.outbox import owe_mail
from storefront.stock.grid import name_of
from storefront.stock.low import NEVER, low_rows
from storefront.transactions import insert

KIND = "stock_digest"
MOST_TOLD = 50  # in one mail, which then says how many more there are
MOST_LOW = 100_000


class LowAlert(Model):
    """A variant that somebody was told is low; gone when there is enough of it."""

    __tablename__ = "low_alerts"

    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DigestReader(Model):
    """Staff who want the mail; while there are none it goes to the shop's own address."""

    __tablename__ = "stock_digest_readers"

    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True
    )


def tell_what_is_low(shop_email: str, now: datetime) -> int:
    """Owe the mail where something became low since the last one; of how many variants it tells.
    Inside write_tx()."""
    low = low_rows(now, MOST_LOW)
    known = set(db.session.scalars(select(LowAlert.variant_id)))
    over = sorted(known - {row.id for row in low})
    for start in range(0, len(over), 1000):
        part = over[start : start + 1000]
        db.session.execute(delete(LowAlert).where(LowAlert.variant_id.in_(part)))
    new = [row for row in low if row.id not in known]
    if not new:
        return 0
    db.session.execute(
        insert(LowAlert).on_conflict_do_nothing(),
        [{"variant_id": row.id, "told_at": now} for row in new],
    )
    context = {
        "rows": [_told(row) for row in new[:MOST_TOLD]],
        "more": max(len(new) - MOST_TOLD, 0),
        "still": len(low) - len(new),
    }
    for recipient in _readers() or [shop_email]:
        owe_mail(KIND, recipient, now, ref=f"{now:%Y-%m-%d}", context=context)
    return len(new)


def _told(row: Any) -> dict[str, Any]:
    days = None if row.days == NEVER else row.days
    return {
        "name": name_of(row), "sku": row.sku, "available": row.available, "low_at": row.low_at,
        "sold": int(row.sold), "days": days,
    }  # fmt: skip


def _readers() -> Sequence[str]:
    return db.session.scalars(
        select(Customer.email)
        .join(Staff, Staff.customer_id == Customer.id)
        .join(DigestReader, DigestReader.customer_id == Customer.id)
        .where(Staff.role.in_((OWNER, STOCK)))
        .order_by(Customer.id)
    ).all()


def reads_digest(customer_id: int) -> bool:
    return bool(db.session.scalar(select(exists().where(DigestReader.customer_id == customer_id))))


def want_digest(customer_id: int, wanted: bool) -> None:
    """Inside write_tx()."""
    if wanted:
        db.session.execute(
            insert(DigestReader).values(customer_id=customer_id).on_conflict_do_nothing()
        )
        return
    db.session.execute(delete(DigestReader).where(DigestReader.customer_id == customer_id))
