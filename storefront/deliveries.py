"""What public pages say of delivery: what it costs, and when a parcel sent today arrives."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from storefront.account.address import country_name
from storefront.extensions import db
from storefront.money import Money
from storefront.pricing.delivery import arrival
from storefront.pricing.models import ShippingMethod
from storefront.public_pages import once_a_version


@dataclass(frozen=True, slots=True)
class Delivery:
    """A way to send one thing to the shop's home country."""

    name: str
    country: str
    country_code: str
    price: Money
    free_over: Money | None
    earliest: datetime
    latest: datetime


@once_a_version
def deliveries() -> tuple[ShippingMethod, ...]:
    """The ways the shop delivers, in the owner's order; of no session, for reading."""
    columns = ShippingMethod.__table__.columns
    rows = db.session.execute(
        select(*columns)
        .where(ShippingMethod.active)
        .order_by(ShippingMethod.position, ShippingMethod.id)
    )
    return tuple(ShippingMethod(**row._mapping) for row in rows)


def home_delivery(goods: Money, now: datetime, timezone: ZoneInfo, locale: str) -> Delivery | None:
    """The first way there is, to its first country; None where the shop does not deliver."""
    method = next((m for m in deliveries() if m.currency == goods.currency), None)
    if method is None:
        return None
    earliest, latest = arrival(method, now, timezone)
    code = method.countries[0]
    return Delivery(
        method.name, country_name(code, locale), code, method.price(goods), method.free_over,
        earliest, latest,
    )  # fmt: skip


def countries_of(method: ShippingMethod, locale: str) -> str:
    return ", ".join(country_name(code, locale) for code in method.countries)
