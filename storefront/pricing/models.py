"""What delivery costs and which tax a market adds or includes."""

from sqlalchemy import JSON, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.extensions import Model
from storefront.money import Money


class ShippingMethod(Model):
    """A way to deliver to some countries at a flat price, free over an amount if set."""

    __tablename__ = "shipping_methods"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("0 <= min_days and min_days <= max_days", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    countries: Mapped[list[str]] = mapped_column(JSON)  # ISO 3166-1 alpha-2
    currency: Mapped[str] = mapped_column(String(3))
    price_minor: Mapped[int]
    free_over_minor: Mapped[int | None]
    min_days: Mapped[int]  # working days until it arrives
    max_days: Mapped[int]
    needs_phone: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    @property
    def list_price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def free_over(self) -> Money | None:
        if self.free_over_minor is None:
            return None
        return Money(self.free_over_minor, self.currency)

    def price(self, subtotal: Money) -> Money:
        """What it costs for goods of this worth; free from the threshold on, itself included."""
        if self.free_over_minor is not None and subtotal.minor >= self.free_over_minor:
            return Money.zero(self.currency)
        return Money(self.price_minor, self.currency)


class TaxRate(Model):
    """The one tax rule of a market, which is a country here."""

    __tablename__ = "tax_rates"
    __table_args__ = (CheckConstraint("0 <= rate_ppm and rate_ppm <= 1000000", name="rate"),)

    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))  # "VAT", "Sales tax"
    rate_ppm: Mapped[int]  # millionths: 19 % is 190000
    included: Mapped[bool]  # prices contain it, or it is added on top
    on_shipping: Mapped[bool] = mapped_column(default=True)
