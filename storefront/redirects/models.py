"""Addresses the shop no longer has, or never had: where they lead, and which are asked for."""

from datetime import date, datetime

from sqlalchemy import Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model

LONGEST = 300


class Redirect(Model):
    """One address leads to another; `to_path` None: what was there is gone for good."""

    __tablename__ = "redirects"
    __table_args__ = (Index("ix_redirects_to_path", "to_path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_path: Mapped[str] = mapped_column(String(LONGEST), unique=True)
    to_path: Mapped[str | None] = mapped_column(String(LONGEST))
    to_query: Mapped[str] = mapped_column(String(LONGEST), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(120))

    @property
    def to(self) -> str | None:
        """With its query, as it is written."""
        return f"{self.to_path}?{self.to_query}" if self.to_query else self.to_path


class MissingPage(Model):
    """How often people asked on one day for an address that is not there."""

    __tablename__ = "missing_pages"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    path: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
