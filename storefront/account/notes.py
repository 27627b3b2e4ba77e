"""What staff keep in mind about a customer: notes and tags. The customer's copy holds them too."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.account.belongings import at_export
from storefront.account.models import Customer
from storefront.audit import record_change
from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.refusal import Refusal

KIND = "customer"
LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 2000, 30, 12


class CustomerNote(Model):
    __tablename__ = "customer_notes"
    __table_args__ = (Index("ix_customer_notes_customer", "customer_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    body: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CustomerTag(Model):
    __tablename__ = "customer_tags"
    __table_args__ = (Index("ix_customer_tags_tag", "tag", "customer_id"),)

    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(String(LONGEST_TAG), primary_key=True)


class BadTags(Refusal):
    status = 422


def notes_of(customer_id: int) -> Sequence[CustomerNote]:
    """The newest first."""
    return db.session.scalars(
        select(CustomerNote)
        .where(CustomerNote.customer_id == customer_id)
        .order_by(CustomerNote.id.desc())
    ).all()


def tags_of(customer_ids: Sequence[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {id_: [] for id_ in customer_ids}
    rows = select(CustomerTag).where(CustomerTag.customer_id.in_(list(customer_ids)))
    for row in db.session.scalars(rows.order_by(CustomerTag.tag)):
        found[row.customer_id].append(row.tag)
    return found


def add_note(customer_id: int, body: str, now: datetime, actor: str) -> None:
    """Inside write_tx(), as is the next. The log tells that there is a note, not what it says."""
    note = CustomerNote(customer_id=customer_id, body=body, actor=actor, created_at=now)
    db.session.add(note)
    db.session.flush()
    record_change(KIND, customer_id, "added a note", {}, {"note": note.id}, actor=actor, now=now)


def set_tags(customer_id: int, written: str, now: datetime, actor: str) -> None:
    """Tags between commas, as staff write them. Raises BadTags."""
    tags = sorted({" ".join(one.lower().split()) for one in written.split(",")} - {""})
    if len(tags) > MOST_TAGS:
        raise BadTags(f"A customer has {MOST_TAGS} tags at most.")
    if long := [tag for tag in tags if len(tag) > LONGEST_TAG]:
        raise BadTags(f"“{long[0][:40]}” is longer than the {LONGEST_TAG} letters of a tag.")
    had = tags_of([customer_id])[customer_id]
    if had == tags:
        return
    db.session.execute(delete(CustomerTag).where(CustomerTag.customer_id == customer_id))
    db.session.add_all(CustomerTag(customer_id=customer_id, tag=tag) for tag in tags)
    before, after = {"tags": len(had)}, {"tags": f"{len(tags)} now"}
    record_change(KIND, customer_id, "changed tags", before, after, actor=actor, now=now)


@at_export
def tell_notes(customer: Customer) -> dict[str, Any]:
    return {
        "notes_of_staff": [
            {"said": note.body, "at": note.created_at.isoformat()} for note in notes_of(customer.id)
        ],
        "tags": tags_of([customer.id])[customer.id],
    }
