"""Which deliveries and which tax a country has."""

from sqlalchemy import select

from storefront.extensions import db
from storefront.pricing.models import ShippingMethod, TaxRate
from storefront.pricing.quote import Tax


def shipping_methods() -> list[ShippingMethod]:
    """All that are offered somewhere, in the owner's order."""
    found = db.session.scalars(
        select(ShippingMethod)
        .where(ShippingMethod.active)
        .order_by(ShippingMethod.position, ShippingMethod.id)
    )
    return list(found)


def methods_to(country: str) -> list[ShippingMethod]:
    return [method for method in shipping_methods() if country in method.countries]


def countries_served() -> list[str]:
    """Where the shop delivers, each once, in the order of its methods."""
    return list(dict.fromkeys(code for m in shipping_methods() for code in m.countries))


def tax_of(country: str) -> Tax | None:
    """The tax rule of a market; None where the shop charges none."""
    rate = db.session.get(TaxRate, country)
    if rate is None:
        return None
    return Tax(rate.name, rate.rate_ppm, rate.included, rate.on_shipping)
