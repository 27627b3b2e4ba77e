"""What a line of a catalogue file may say, and in which form."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from storefront.catalog.addresses import LONGEST, SLUG
from storefront.catalog.candidates import FACET_NAME, FACET_VALUE
from storefront.catalog.models import ACTIVE, ARCHIVED, DRAFT
from storefront.catalog.rules import BadRule, Rule, check_rule
from storefront.money import Money

LONGEST_TEXT = 100_000
LARGEST = 2_000_000_000  # what an integer column holds

NOT_STORED = re.compile("[\0\ud800-\udfff]")  # NUL, and halves of characters

Read = Callable[[Any], Any]  # the value as it is stored, or ValueError saying what is wrong
Column = tuple[str, Read]


def text(most: int, least: int = 0) -> Read:
    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value.strip()) < least:
            raise ValueError("is missing or not a text")
        if len(value) > most:
            raise ValueError(f"is longer than {most} characters")
        if NOT_STORED.search(value):
            raise ValueError("holds a character that cannot be stored")
        return value

    return read


def whole(most: int = LARGEST, least: int = 0) -> Read:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"is no whole number from {least} to {most}")
        return value

    return read


def slug(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST or not SLUG.fullmatch(value):
        raise ValueError("is not small letters, digits and single hyphens")
    return value


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")
    return value


def moment(value: Any) -> datetime:
    try:
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("is no date such as 2026-11-23T08:00:00Z") from None


def texts(most: int) -> Read:
    one = text(most, least=1)

    def read(value: Any) -> list[str]:
        if not isinstance(value, list):
            raise ValueError("is not a list")
        return [one(each) for each in value]

    return read


def facts(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(fact, dict) for fact in value):
        raise ValueError("is not a list of objects")
    name, said = text(FACET_NAME, least=1), text(1000, least=1)
    filtered = text(FACET_VALUE, least=1)
    return [
        {
            "name": name(fact.get("name")),
            "value": (filtered if fact.get("filter") else said)(fact.get("value")),
            "filter": flag(fact.get("filter", False)),
        }
        for fact in value
    ]


def day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("is no day such as 2026-11-23") from None


def sources(value: Any) -> list[dict[str, str]]:
    """What an article rests on: [{title, url, note}]."""
    if not isinstance(value, list) or not all(isinstance(source, dict) for source in value):
        raise ValueError("is not a list of objects")
    title, more = text(300, least=1), text(1000)
    return [
        {
            "title": title(source.get("title")),
            "url": more(source.get("url", "")),
            "note": more(source.get("note", "")),
        }
        for source in value
    ]


def _one_of(*known: str) -> Read:
    def read(value: Any) -> str:
        if value not in known:
            raise ValueError(f"is none of {', '.join(known)}")
        return str(value)

    return read


def price_of(line: dict[str, Any], currency: str, name: str = "price") -> int:
    """price_cents (minor units) or price ("12.50"), in minor units."""
    if line.get(f"{name}_cents") is not None:
        try:
            return int(whole()(line[f"{name}_cents"]))
        except ValueError as problem:
            raise ValueError(f"{name}_cents {problem}") from None
    price = line.get(name)
    try:
        minor = Money.parse(price if isinstance(price, str) else "", currency).minor
        return int(whole()(minor))
    except ValueError:
        raise ValueError(f'{name} is missing or not written like "12.50"') from None


def rule(value: Any) -> Rule | None:
    """What a collection gathers by; None: nothing but what was picked."""
    try:
        return None if value is None else check_rule(value)
    except BadRule as refused:
        raise ValueError(f"is not one: {refused.message}") from None


def _only(read: Read) -> Read:
    """One value where the column holds a list; null is none."""
    return lambda value: [] if value is None else [read(value)]


def _or_none(read: Read) -> Read:
    return lambda value: None if value is None else read(value)


CATEGORY_FIELDS: dict[str, Column] = {
    "slug": ("slug", slug),
    "name": ("name", text(200, least=1)),
    "description": ("description", text(LONGEST_TEXT)),
    "position": ("position", whole()),
    "in_menu": ("in_menu", flag),
    "rule": ("rule", rule),
}
PRODUCT_FIELDS: dict[str, Column] = {
    "slug": ("slug", slug),
    "name": ("name", text(200, least=1)),
    "summary": ("summary", text(300)),
    "description": ("description", text(LONGEST_TEXT)),
    "created": ("created_at", moment),
    "featured": ("position", lambda value: 0 if flag(value) else 1),
    "position": ("position", whole()),
    "option": ("option_names", _only(text(FACET_NAME, least=1))),
    "options": ("option_names", texts(FACET_NAME)),
    "tags": ("tags", texts(60)),
    "facts": ("facts", facts),
    "status": ("status", _one_of(DRAFT, ACTIVE, ARCHIVED)),
    "tax_class": ("tax_class", text(40, least=1)),
    "product_class": ("product_class", _or_none(text(60, least=1))),  # by its code
    "successor": ("successor", _or_none(text(60, least=1))),  # the same
    "min_quantity": ("min_quantity", whole(least=1)),
    "max_quantity": ("max_quantity", _or_none(whole(least=1))),
}
VARIANT_FIELDS: dict[str, Column] = {
    "value": ("option_values", _only(text(FACET_VALUE, least=1))),
    "values": ("option_values", texts(FACET_VALUE)),
    "content_amount": ("content_amount", _or_none(whole(least=1))),
    "content_unit": ("content_unit", _or_none(_one_of("g", "ml"))),
    "weight_g": ("weight_g", _or_none(whole())),
    "ships": ("ships", flag),
    "track_stock": ("track_stock", flag),
    "sale_starts": ("sale_starts_at", _or_none(moment)),
    "sale_ends": ("sale_ends_at", _or_none(moment)),
}
AUTHOR_FIELDS: dict[str, Column] = {
    "slug": ("slug", slug),
    "name": ("name", text(120, least=1)),
    "role": ("role", text(120)),
    "credentials": ("credentials", text(300)),
    "bio": ("bio", text(LONGEST_TEXT)),
    "connection": ("connection", _one_of("none", "staff", "supplier", "affiliate", "gifted")),
}
POST_FIELDS: dict[str, Column] = {
    "slug": ("slug", slug),
    "title": ("title", text(200, least=1)),
    "description": ("description", text(300)),
    "body": ("body", text(2 * LONGEST_TEXT, least=1)),
    "tags": ("tags", texts(80)),
    "author": ("author", _or_none(slug)),
    "reviewer": ("reviewer", _or_none(slug)),
    "reviewed_on": ("reviewed_on", _or_none(day)),
    "series": ("series", text(120)),
    "series_position": ("series_position", whole(10_000)),
    "disclosure": ("disclosure", text(300)),
    "sources": ("sources", sources),
}
