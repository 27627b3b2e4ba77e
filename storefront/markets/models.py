"""Where and how the shop sells, and its own words in other languages."""

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.extensions import Model


class Market(Model):
    """Buyers who share a currency, a price list and a way of showing tax.

    The one without a prefix is home: its currency is the shop's. A price list belongs to a
    currency, so that markets with one currency share their prices.
    """

    __tablename__ = "markets"
    __table_args__ = (CheckConstraint("measures in ('metric', 'us')", name="measures"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    currency: Mapped[str] = mapped_column(String(3))
    languages: Mapped[list[str]] = mapped_column(JSON)  # locales such as "de_DE", the first spoken
    countries: Mapped[list[str]] = mapped_column(JSON, default=list)  # none: wherever is delivered
    includes_tax: Mapped[bool] = mapped_column(default=False)  # prices are shown with tax
    measures: Mapped[str] = mapped_column(String(8), default="metric")  # what unit prices are per
    prefix: Mapped[str] = mapped_column(String(20), unique=True)  # "/de"; "" is home
    position: Mapped[int] = mapped_column(default=0)


class Phrase(Model):
    """A short text of the owner's, such as a collection's name or a fact, in another language."""

    __tablename__ = "phrases"

    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    original: Mapped[str] = mapped_column(String(500), primary_key=True)
    said: Mapped[str] = mapped_column(String(500))
