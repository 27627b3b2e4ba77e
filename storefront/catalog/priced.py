"""What has a price and may be reduced for a time: a variant at home, its prices abroad."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.money import Money


class Priced:
    """The columns of a price and what they mean at a moment."""

    if TYPE_CHECKING:
        currency: Mapped[str]

    price_minor: Mapped[int]
    sale_price_minor: Mapped[int | None]
    sale_starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sale_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def list_price(self) -> Money:
        return Money(self.price_minor, self.currency)

    def on_sale(self, now: datetime) -> bool:
        """The start belongs to the sale, the end does not."""
        if self.sale_price_minor is None or self.sale_price_minor >= self.price_minor:
            return False
        started = self.sale_starts_at is None or self.sale_starts_at <= now
        return started and (self.sale_ends_at is None or now < self.sale_ends_at)

    def price(self, now: datetime) -> Money:
        """What one costs at this moment."""
        if self.on_sale(now) and self.sale_price_minor is not None:
            return Money(self.sale_price_minor, self.currency)
        return self.list_price
