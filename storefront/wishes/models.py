"""A list of things somebody wants to remember, and the link that shows it to others."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.transactions import insert

MOST = 100  # of one list


class ListFull(Refusal):
    """Nobody remembers more than that by looking."""

    status = 422


def new_token() -> str:
    return secrets.token_urlsafe(24)


class WishList(Model):
    """A visitor's list, found by the token in their cookie, or an account's. Its verbs run inside
    write_tx()."""

    __tablename__ = "wish_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)  # may change it
    share_token: Mapped[str | None] = mapped_column(String(64), unique=True)  # may look at it
    customer_id: Mapped[int | None] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), unique=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def add(self, variant_id: int, now: datetime) -> None:
        """Remember a variant; twice is once. Raises ListFull."""
        count = select(func.count()).select_from(Wish).where(Wish.list_id == self.id)
        if (db.session.scalar(count) or 0) >= MOST:
            raise ListFull(
                _("A wish list holds %(num)s things. Remove one, then keep this.", num=MOST)
            )
        row = {"list_id": self.id, "variant_id": variant_id, "added_at": now}
        db.session.execute(insert(Wish).values(row).on_conflict_do_nothing())
        self.updated_at = now

    def remove(self, wish: "Wish", now: datetime) -> None:
        db.session.execute(delete(Wish).where(Wish.id == wish.id))
        self.updated_at = now

    def share(self, now: datetime) -> None:
        """Have a link that shows it; the same one until sharing ends."""
        self.share_token = self.share_token or new_token()
        self.updated_at = now

    def end_sharing(self, now: datetime) -> None:
        """The link shows nothing any more; a later one is another."""
        self.share_token = None
        self.updated_at = now


class Wish(Model):
    """A variant on a list."""

    __tablename__ = "wishes"
    __table_args__ = (UniqueConstraint("list_id", "variant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("wish_lists.id", ondelete="CASCADE"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
