"""All deliveries and all taxes of a shop, each in one statement."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from storefront.extensions import db
from storefront.pricing.models import DeliveryZone, ShippingMethod, TaxExemption, TaxRate
from storefront.pricing.places import place_of
from storefront.pricing.tax_table import Ruled, TaxTable
from storefront.pricing.taxes import Exemption, Rate
from storefront.pricing.zones import DeliveryMap, Zone


def delivery_map() -> DeliveryMap:
    """All zones and the deliveries that are offered, in the owner's order. One statement; what it
    gives belongs to no session."""
    columns = ShippingMethod.__table__.columns
    rows: Iterable[Any] = db.session.execute(
        select(DeliveryZone.code, DeliveryZone.name, DeliveryZone.places, *columns)
        .outerjoin(
            ShippingMethod, (ShippingMethod.zone_id == DeliveryZone.id) & ShippingMethod.active
        )
        .order_by(
            DeliveryZone.position, DeliveryZone.id, ShippingMethod.position, ShippingMethod.id
        )
    )
    zones: dict[str, tuple[Any, list[ShippingMethod]]] = {}
    for code, name, places, *values in rows:
        methods = zones.setdefault(code, ((name, places), []))[1]
        method = ShippingMethod(**dict(zip(columns.keys(), values, strict=True)))
        if method.id is not None:
            methods.append(method)
    return DeliveryMap(
        tuple(
            Zone(code, name, tuple(place_of(kept) for kept in places), tuple(methods))
            for code, ((name, places), methods) in zones.items()
        )
    )


def tax_table() -> TaxTable:
    """One statement; what it gives belongs to no session."""
    columns = TaxRate.__table__.columns
    rows: Iterable[Any] = db.session.execute(
        select(*columns).order_by(TaxRate.position, TaxRate.id)
    )
    return TaxTable(
        tuple(
            Ruled(
                Rate(row.name, row.rate_ppm),
                row.tax_class,
                place_of(row.place),
                row.starts_on,
                row.ends_on,
            )
            for row in rows
        )
    )


def exemption_of(email: str, number: str, country: str, day: date) -> Exemption | None:
    """Whether the shopkeeper has confirmed that this buyer is charged no tax there."""
    row = db.session.scalar(
        select(TaxExemption).where(
            TaxExemption.email == email.lower(),
            TaxExemption.number == number,
            TaxExemption.country == country,
        )
    )
    if row is None or (row.ends_on is not None and row.ends_on < day):
        return None
    return Exemption(row.kind, row.number)
