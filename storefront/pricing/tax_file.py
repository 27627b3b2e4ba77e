"""Taxes from a file and back: `flask tax load` and `flask tax show`.

A file says all there is: what it does not name any more is taken out. Loaded twice, the second
time changes nothing. tax_lines() writes what load_taxes() reads.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select

from storefront.catalog.models import Product
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.languages import _
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
from storefront.pricing.models import TaxRate
from storefront.pricing.places import checked_place, keys_of
from storefront.pricing.taxes import DELIVERY, MILLION, STANDARD

Values = dict[str, Any]


def load_taxes(text: str) -> Changes:
    """All of the file or none, inside write_tx(). Raises BadFile, naming the line or the row."""
    return bring_taxes(read_toml(text))


def bring_taxes(given: Entry) -> Changes:
    """The same of a file that was read already."""
    changes = replace_rows(TaxRate, _read(given))[1]
    if changes:
        bump_version()
    return changes


def _read(given: Entry) -> list[Values]:
    rates: list[Values] = []
    file = Row(_("The file"), given)
    for number, entry in enumerate(entries_of(file.get("rates", []), "rates", file.where), 1):
        row = Row(_("rate %(num)s", num=number), entry)
        values = _rate(row)
        for other in rates:
            if other["code"] == values["code"]:
                raise row.refused(_("there are two of that code."))
            if _clash(other, values):
                raise row.refused(
                    _("“%(other)s” is for the same goods, place and days.", other=other["code"])
                )
        rates.append(values)
    file.finish()
    if not rates:
        raise BadFile(_("The file names no rate. Begin one with [[rates]]."))
    return rates


def _rate(row: Row) -> Values:
    code = row.text("code", 60)
    row.where = _("rate “%(code)s”", code=code)
    with told_at(row.where):
        place = checked_place(row.get("place"))
    values: Values = {
        "code": code,
        "tax_class": row.text("class", 40, STANDARD),
        "name": row.text("name", 60),
        "rate_ppm": _ppm(row, row.get("percent")),
        "place": place,
        "starts_on": _day(row, "from"),
        "ends_on": _day(row, "until"),
    }
    if values["starts_on"] and values["ends_on"] and values["ends_on"] < values["starts_on"]:
        raise row.refused(_("it ends before it begins."))
    row.finish()
    return values


def _ppm(row: Row, given: Any) -> int:
    """Percent with at most four decimals, in millionths."""
    try:
        ppm = Decimal(str(given)) * 10_000
    except InvalidOperation:
        ppm = Decimal(-1)
    if not ppm.is_finite() or isinstance(given, bool) or ppm != int(ppm) or not 0 <= ppm <= MILLION:
        raise row.refused(_("percent is a number from 0 to 100, such as 6.75."))
    return int(ppm)


def _day(row: Row, name: str) -> date | None:
    found = row.get(name)
    if found is not None and type(found) is not date:  # a moment is a date too
        raise row.refused(_("%(name)s is a day, such as 2027-01-01 (without quotes).", name=name))
    return found


def _clash(one: Values, other: Values) -> bool:
    if one["tax_class"] != other["tax_class"]:
        return False
    if not set(keys_of(one["place"])) & set(keys_of(other["place"])):
        return False
    begins = max(values["starts_on"] or date.min for values in (one, other))
    return begins <= min(values["ends_on"] or date.max for values in (one, other))


def tax_file_lines() -> Iterator[str]:
    """The rates as a file that load_taxes() reads."""
    for rate in db.session.scalars(select(TaxRate).order_by(TaxRate.position, TaxRate.id)):
        yield from ("[[rates]]", f"code = {written(rate.code)}")
        yield f"class = {written(rate.tax_class)}"
        yield f"name = {written(rate.name)}"
        yield f"percent = {written(percent_text(rate.rate_ppm))}"
        yield f"place = {written(rate.place)}"
        if rate.starts_on:
            yield f"from = {rate.starts_on.isoformat()}"
        if rate.ends_on:
            yield f"until = {rate.ends_on.isoformat()}"
        yield ""


def percent_text(rate_ppm: int) -> str:
    whole, rest = divmod(rate_ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")


def classes_without_rate() -> list[str]:
    """Tax classes of products that no rate names; they are taxed as standard everywhere."""
    named = {STANDARD, DELIVERY, *db.session.scalars(select(TaxRate.tax_class))}
    used = db.session.scalars(select(Product.tax_class).distinct().order_by(Product.tax_class))
    return [tax_class for tax_class in used if tax_class not in named]
