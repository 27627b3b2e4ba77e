"""Delivery zones from a file and back: `flask delivery load` and `flask delivery show`.

A file says all there is: what it does not name any more is taken out. Loaded twice, the second
time changes nothing. delivery_lines() writes what load_delivery() reads.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from storefront.catalog.models import Variant
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.languages import _
from storefront.money import Money
from storefront.pricing.entries import (
    BadFile,
    Changes,
    Entry,
    Row,
    entries_of,
    read_toml,
    replace_rows,
    told_at,
    written,
)
from storefront.pricing.models import BY_PRICE, BY_WEIGHT, FLAT, DeliveryZone, ShippingMethod
from storefront.pricing.places import checked_place, keys_of

Values = dict[str, Any]


def load_delivery(text: str, currency: str) -> tuple[Changes, Changes]:
    """All of the file or none, inside write_tx(); what it did to zones and to methods.

    Raises BadFile, naming the line or the row.
    """
    return bring_delivery(read_toml(text), currency)


def bring_delivery(given: Entry, currency: str) -> tuple[Changes, Changes]:
    """The same of a file that was read already."""
    zones, methods = _read(given, currency)
    kept, zone_changes = replace_rows(DeliveryZone, zones, take_out=False)
    rows = [{**values, "zone_id": kept[zone].id} for zone, values in methods]
    method_changes = replace_rows(ShippingMethod, rows)[1]
    gone = replace_rows(DeliveryZone, zones)[1]
    zone_changes.gone = gone.gone
    if zone_changes or method_changes:
        bump_version()
    return zone_changes, method_changes


def _read(given: Entry, currency: str) -> tuple[list[Values], list[tuple[str, Values]]]:
    zones: list[Values] = []
    methods: list[tuple[str, Values]] = []
    taken: dict[tuple[str, str, str], str] = {}
    file = Row(_("The file"), given)
    for number, entry in enumerate(entries_of(file.get("zones", []), "zones", file.where), 1):
        zone = Row(_("zone %(num)s", num=number), entry)
        code = zone.text("code", 40)
        zone.where = _("zone “%(code)s”", code=code)
        if any(values["code"] == code for values in zones):
            raise zone.refused(_("there are two of that code."))
        zones.append(
            {"code": code, "name": zone.text("name", 120), "places": _places(zone, code, taken)}
        )
        for own in entries_of(zone.get("methods", []), "zones.methods", zone.where):
            values = _method(Row(zone.where, own), currency)
            if any(values["code"] == other["code"] for _zone, other in methods):
                raise zone.refused(
                    _("there are two methods with the code “%(code)s”.", code=values["code"])
                )
            methods.append((code, values))
        zone.finish()
    file.finish()
    if not zones:
        raise BadFile(_("The file names no zone. Begin one with [[zones]]."))
    return zones, methods


def _places(zone: Row, code: str, taken: dict[tuple[str, str, str], str]) -> list[Values]:
    given = zone.get("places", [])
    if not isinstance(given, list) or not given:
        raise zone.refused(_("places is a list, such as [{ country = “US” }]."))
    places = []
    for number, one in enumerate(given, 1):
        with told_at(_("%(zone)s, place %(num)s", zone=zone.where, num=number)):
            places.append(checked_place(one))
        for key in keys_of(places[-1]):
            other = taken.setdefault(key, code)
            if other != code:
                named = ", ".join(part for part in key if part)
                raise zone.refused(_("%(place)s is in zone “%(other)s” already.",
                                     place=named, other=other))  # fmt: skip
    return places


def _method(row: Row, shop_currency: str) -> Values:
    code = row.text("code", 40)
    row.where = _("%(zone)s, method “%(code)s”", zone=row.where, code=code)
    currency = row.text("currency", 3, shop_currency)
    by = row.choice("by", (FLAT, BY_WEIGHT, BY_PRICE), FLAT)
    threshold = row.get("free_over")
    free_over = None if threshold is None else row.minor("free_over", threshold, currency)
    days = row.get("days")
    if not isinstance(days, list) or len(days) != 2:
        raise row.refused(_("days are two whole numbers, such as [2, 4]."))
    least, most = (row.whole("days", number) for number in days)
    if least > most:
        raise row.refused(_("the first of the days is the smaller one."))
    if by == FLAT:
        bands = []
        price = row.minor("price", row.get("price"), currency)
    else:
        bands = _bands(row, by, currency)
        price = min(band["price_minor"] for band in bands)
    values = {
        "code": code,
        "name": row.text("name", 120),
        "currency": currency,
        "rate_by": by,
        "price_minor": price,
        "bands": bands,
        "free_over_minor": free_over,
        "min_days": least,
        "max_days": most,
        "needs_phone": row.flag("needs_phone", False),
        "adult_signature": row.flag("adult_signature", False),
        "active": row.flag("active", True),
    }  # fmt: skip
    row.finish()
    return values


def _bands(row: Row, by: str, currency: str) -> list[Values]:
    """Rising, and only the last without an end: a gap or a step back is a slip of the pen."""
    found = []
    given = entries_of(row.get("bands", []), "zones.methods.bands", row.where)
    for number, entry in enumerate(given, 1):
        band = Row(_("%(method)s, band %(num)s", method=row.where, num=number), entry)
        values: Values = {"price_minor": band.minor("price", band.get("price"), currency)}
        end = band.get("up_to")
        if end is not None:
            values["up_to"] = (
                band.whole("up_to", end) if by == BY_WEIGHT else band.minor("up_to", end, currency)
            )
        elif number < len(given):
            raise band.refused(_("only the last band may be without up_to."))
        band.finish()
        found.append(values)
    if not found:
        raise row.refused(_("it needs bands, such as [{ up_to = 2000, price = “5.00” }]."))
    for one, after in pairwise(band["up_to"] for band in found if "up_to" in band):
        if after <= one:
            raise row.refused(_("the bands rise: %(end)s is not more than the one before.",
                                end=after))  # fmt: skip
    return found


def delivery_lines() -> Iterator[str]:
    """The zones as a file that load_delivery() reads."""
    methods = list(
        db.session.scalars(
            select(ShippingMethod).order_by(ShippingMethod.position, ShippingMethod.id)
        )
    )
    zones = db.session.scalars(
        select(DeliveryZone).order_by(DeliveryZone.position, DeliveryZone.id)
    )
    for zone in zones:
        yield from ("[[zones]]", f"code = {written(zone.code)}", f"name = {written(zone.name)}")
        yield from ("places = [", *(f"  {written(place)}," for place in zone.places), "]", "")
        for method in methods:
            if method.zone_id == zone.id:
                yield from ("[[zones.methods]]", *_method_lines(method), "")


def _method_lines(method: ShippingMethod) -> Iterator[str]:
    def money(minor: int) -> str:
        return str(Money(minor, method.currency).decimal)

    yield f"code = {written(method.code)}"
    yield f"name = {written(method.name)}"
    yield f"currency = {written(method.currency)}"
    if method.rate_by == FLAT:
        yield f"price = {written(money(method.price_minor))}"
    else:
        yield f"by = {written(method.rate_by)}"
        yield "bands = ["
        for band in method.bands:
            shown = {"price": money(band["price_minor"])}
            if "up_to" in band:
                end = band["up_to"]
                shown = {"up_to": end if method.rate_by == BY_WEIGHT else money(end), **shown}
            yield f"  {written(shown)},"
        yield "]"
    if method.free_over_minor is not None:
        yield f"free_over = {written(money(method.free_over_minor))}"
    yield f"days = [{method.min_days}, {method.max_days}]"
    if method.needs_phone:
        yield "needs_phone = true"
    if method.adult_signature:
        yield "adult_signature = true"
    if not method.active:
        yield "active = false"


def without_weight() -> list[str]:
    """SKUs that ship and have no weight, where some delivery is priced by it."""
    if not db.session.scalar(
        select(ShippingMethod.id).where(ShippingMethod.rate_by == BY_WEIGHT).limit(1)
    ):
        return []
    return list(
        db.session.scalars(
            select(Variant.sku)
            .where(Variant.weight_g.is_(None), Variant.ships, Variant.archived.is_(False))
            .order_by(Variant.sku)
        )
    )
