"""Which tax holds at a place on a day. Values in, values out."""

from dataclasses import dataclass
from datetime import date

from storefront.account.address import Address
from storefront.pricing.places import POSTCODE, Nearness, Place
from storefront.pricing.taxes import Exemption, Rate, Taxes


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rate, the class it is for, where and how long it holds."""

    rate: Rate
    tax_class: str
    place: Place
    starts_on: date | None
    ends_on: date | None

    def holds(self, day: date) -> bool:
        started = self.starts_on is None or self.starts_on <= day
        return started and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class TaxTable:
    """All rates of a shop, in the owner's order."""

    rates: tuple[Ruled, ...]

    def at(
        self, address: Address, day: date, home: str, exemption: Exemption | None = None
    ) -> Taxes:
        """What is charged there; of each class the rate of the nearest place. `home`: the country
        whose tax is in prices that include tax."""
        return Taxes(self._on(address, day), self._on(Address(country=home), day), exemption)

    def asks_postcode(self, country: str) -> bool:
        return any(
            one.place.country == country and one.place.level == POSTCODE for one in self.rates
        )

    def _on(self, address: Address, day: date) -> dict[str, Rate]:
        found: dict[str, tuple[Nearness, Rate]] = {}
        for one in self.rates:
            near = one.place.nearness(address) if one.holds(day) else None
            if near is not None and (one.tax_class not in found or near > found[one.tax_class][0]):
                found[one.tax_class] = near, one.rate
        return {tax_class: rate for tax_class, (_near, rate) in found.items()}
