"""Which deliveries and which tax a place has."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from storefront.extensions import db
from storefront.pricing.models import DeliveryZone, ShippingMethod, TaxRate
from storefront.pricing.places import place_of
from storefront.pricing.quote import Tax
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


def tax_of(country: str) -> Tax | None:
    """The tax rule of a market; None where the shop charges none."""
    rate = db.session.get(TaxRate, country)
    if rate is None:
        return None
    return Tax(rate.name, rate.rate_ppm, rate.included, rate.on_shipping)
