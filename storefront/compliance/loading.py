"""A file of restrictions to rows, all of them off until a named person enables each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from storefront.audit import record_changes
from storefront.catalog.version import bump_version
from storefront.compliance.labels import is_known
from storefront.compliance.models import DENY, MIN_AGE, NEEDS_LABEL, RULES, Restriction
from storefront.compliance.ruled_lines import Read, Wrong, country_of, read_lines, region_of
from storefront.extensions import db

KIND = "restriction"
EXAMPLE = Path(__file__).with_name("restrictions-example.csv")
EXAMPLE_COUNTIES = Path(__file__).with_name("counties-example.csv")
COLUMNS = (
    "product_class", "country", "region", "locality", "rule", "value", "source", "as_of",
)  # fmt: skip
AGES = ("18", "21")
LONGEST_SOURCE = 2000
_CLASS = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_ZIP = re.compile(r"[0-9A-Z][0-9A-Z -]{0,11}")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file, understood."""

    line: int
    class_code: str
    country: str
    region: str
    locality: str
    rule: str
    value: str
    source: str
    as_of: date | None

    @property
    def statement(self) -> tuple[str, ...]:
        """What it says and who says so, whenever that was."""
        return _statement(self)


class Sorted(NamedTuple):
    """What of a file is new here, and what the shop has, enabled or not."""

    new: Sequence[Row]
    known: Sequence[Row]


def read_restrictions(content: bytes, day: date) -> Read[Row]:
    """Raises BadSheet for what is no table of restrictions."""

    def understood(line: int, cells: dict[str, str]) -> Row:
        country, rule = country_of(cells["country"]), cells["rule"].lower()
        if rule not in RULES:
            raise Wrong(f"“{cells['rule']}” is no rule: there are {', '.join(RULES)}")
        return Row(
            line=line,
            class_code=_class(cells["product_class"].lower()),
            country=country,
            region=region_of(country, cells["region"]),
            locality=_locality(cells["locality"]),
            rule=rule,
            value=_value(rule, cells["value"].lower()),
            source=_source(cells["source"]),
            as_of=_day(cells["as_of"], day),
        )

    return read_lines(content, COLUMNS, understood)


def _class(code: str) -> str:
    if not _CLASS.fullmatch(code):
        raise Wrong(f"“{code}” is no code of a product class")
    return code


def _locality(written: str) -> str:
    if not written:
        return ""
    kind, _, name = written.partition(":")
    kind, name = kind.strip().lower(), " ".join(name.split())
    if kind not in {"city", "county", "zip"} or not name:
        raise Wrong(f"“{written}” is no locality: it is city:Name, county:Name or zip:12345")
    if kind == "zip" and not _ZIP.fullmatch(name.upper()):
        raise Wrong(f"“{name}” is no postcode")
    if len(name) > 70:
        raise Wrong("the name of the locality is longer than 70 letters")
    return f"{kind}:{name}"


def _value(rule: str, written: str) -> str:
    if rule == DENY and written:
        raise Wrong("deny takes no value")
    if rule == MIN_AGE and written not in AGES:
        raise Wrong(f"“{written}” is no age that can be asked for: there are {', '.join(AGES)}")
    if rule != NEEDS_LABEL:
        return written
    words = list(dict.fromkeys(word.strip() for word in written.split("|")))
    if unknown := [word for word in words if not is_known(word)]:
        raise Wrong(f"nobody knows the word “{unknown[0]}”, so no goods could meet it")
    return "|".join(words)


def _source(written: str) -> str:
    if not written:
        raise Wrong("its source is missing")
    if len(written) > LONGEST_SOURCE:
        raise Wrong(f"its source is longer than {LONGEST_SOURCE} letters")
    return written


def _day(written: str, today: date) -> date | None:
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise Wrong(f"“{written}” is no day: it is written like 2026-11-27") from None
    if day > today:
        raise Wrong(f"{written} has not come yet: as_of is the day of the source")
    return day


def sort_out(rows: Iterable[Row]) -> Sorted:
    """The same again is known already, unless its source is of a newer day."""
    there: dict[tuple[str, ...], date] = {}
    for kept in db.session.scalars(select(Restriction)):
        there[_statement(kept)] = max(_latest(kept.as_of), there.get(_statement(kept), date.min))
    new: list[Row] = []
    known: list[Row] = []
    for row in rows:
        newest = there.get(row.statement)
        is_new = newest is None or _latest(row.as_of) > newest
        (new if is_new else known).append(row)
        there[row.statement] = max(_latest(row.as_of), newest or date.min)
    return Sorted(new, known)


def load(rows: Iterable[Row], now: datetime, actor: str) -> Sorted:
    """Inside write_tx(). All new ones are off."""
    found = sort_out(rows)
    made = [
        Restriction(
            class_code=row.class_code, country=row.country, region=row.region,
            locality=row.locality, rule=row.rule, value=row.value, source=row.source,
            as_of=row.as_of, created_at=now,
        )
        for row in found.new
    ]  # fmt: skip
    if made:
        bump_version()  # staff find a way to them from now on
    db.session.add_all(made)
    db.session.flush()
    record_changes(
        KIND, "imported", [(row.id, {}, described(row)) for row in made], actor=actor, now=now
    )
    return found


def described(row: Restriction) -> dict[str, Any]:
    """As the log of changes writes it."""
    place = " ".join(part for part in (row.country, row.region, row.locality) if part)
    rule = f"{row.rule} {row.value}".strip().replace("|", ", ")
    return {
        "class": row.class_code, "place": place, "rule": rule,
        "source": row.source, "as of": row.as_of.isoformat() if row.as_of else "",
    }  # fmt: skip


def _statement(row: Row | Restriction) -> tuple[str, ...]:
    said = (
        row.class_code, row.country, row.region, row.locality, row.rule, row.value, row.source,
    )  # fmt: skip
    return tuple(part.casefold() for part in said)


def _latest(day: date | None) -> date:
    return day or date.min
