"""The approved reviews of a product, as its page and search engines have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import bindparam, select

from storefront.extensions import db
from storefront.reviews.models import APPROVED, Review

MOST_SHOWN = 50  # the newest of them
SHOWN = (
    select(
        Review.id, Review.name, Review.stars, Review.title, Review.body, Review.written_at,
        Review.reply, Review.replied_at,
    )
    .where(Review.product_id == bindparam("product"), Review.state == APPROVED)
    .order_by(Review.written_at.desc(), Review.id.desc())
    .limit(MOST_SHOWN)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rating:
    """What the approved reviews add up to."""

    count: int
    total: int  # stars

    @property
    def average(self) -> Decimal:
        """4.3: rounded once, for the page and for search engines."""
        return (Decimal(self.total) / self.count).quantize(Decimal("0.1"), ROUND_HALF_UP)


def rating_of(count: int, total: int) -> Rating | None:
    """None before anything is approved: no stars are drawn of nothing."""
    return Rating(count, total) if count else None


def approved_of(product_id: int) -> Sequence[Any]:
    return db.session.execute(SHOWN, {"product": product_id}).all()
