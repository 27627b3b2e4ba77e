"""The catalogue's version: what finished public pages are kept under.

Every change that a public page could show bumps it in its own transaction. Prices that change
by the clock alone need no bump: their moments are part of the key too.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, select, union_all, update

from storefront.catalog.market_models import VariantPrice
from storefront.catalog.models import CatalogVersion, Variant
from storefront.extensions import db

VERSION = f"SELECT version, markets FROM {CatalogVersion.__tablename__}"  # noqa: S608


def bump_version() -> None:
    """Tell every process that public pages have changed. Inside write_tx()."""
    db.session.execute(update(CatalogVersion).values(version=CatalogVersion.version + 1))


def bump_words() -> None:
    """Tell every process that words of the index or synonyms have changed. Inside write_tx()."""
    db.session.execute(update(CatalogVersion).values(words=CatalogVersion.words + 1))


def bump_markets() -> None:
    """Tell every process that markets or phrases have changed. Inside write_tx()."""
    counts = {"version": CatalogVersion.version + 1, "markets": CatalogVersion.markets + 1}
    db.session.execute(update(CatalogVersion).values(counts))


def words_version() -> int:
    return db.session.scalar(select(CatalogVersion.words)) or 0


def current_version(reading: Engine | None = None) -> int:
    return current_versions(reading)[0]


def current_versions(reading: Engine | None = None) -> tuple[int, int]:
    """Of the catalogue, and of its markets.

    Every public page asks this, so by the shortest way: no session, nothing compiled.
    `reading`: the engine to ask, where no application is at hand.
    """
    with (reading or db.engines["read"]).connect() as connection:
        row = connection.exec_driver_sql(VERSION).one_or_none()
    return (row[0], row[1]) if row else (0, 0)


@dataclass(frozen=True, slots=True)
class SaleClock:
    """The moments at which prices change by themselves, read once a version."""

    version: int
    moments: tuple[datetime, ...]

    def phase(self, now: datetime) -> int:
        """How many of the moments have passed: the same number, the same prices."""
        return bisect_right(self.moments, now.astimezone(UTC))


def read_sale_clock(version: int) -> SaleClock:
    rows = db.session.execute(
        union_all(
            *(
                select(priced.sale_starts_at, priced.sale_ends_at).where(
                    priced.sale_price_minor.is_not(None)
                )
                for priced in (Variant, VariantPrice)
            )
        )
    )
    return SaleClock(version, tuple(sorted({at for row in rows for at in row if at is not None})))
