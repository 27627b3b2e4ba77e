"""What a cart tells its quote of each line."""

from dataclasses import dataclass

from storefront.money import Money
from storefront.pricing.taxes import STANDARD


@dataclass(frozen=True, slots=True)
class LineToQuote:
    """A line as a cart knows it; `key` is the caller's own name for it."""

    key: int
    price: Money
    quantity: int
    product_id: int = 0
    tax_class: str = STANDARD

    @property
    def total(self) -> Money:
        return self.price * self.quantity
