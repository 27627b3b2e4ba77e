"""Claim rules held against the texts of a catalogue file: those alone that it would change."""

from collections.abc import Iterator

from sqlalchemy import select

from storefront.catalog.comparing import Differences
from storefront.catalog.contents import Contents, Problem, ProductLine, Values
from storefront.catalog.details import KIND
from storefront.catalog.models import ACTIVE, ProductClass
from storefront.compliance.letting_through import let_through, standing
from storefront.compliance.shop_texts import look_at, product_texts
from storefront.extensions import db

LOOKED_AT = {"name", "summary", "description", "seo_description", "status", "product_class"}


def claim_problems(contents: Contents, compared: Differences) -> list[Problem]:
    """Lines that would show shoppers what a rule forbids and no owner let through."""
    restricted = frozenset(
        db.session.scalars(select(ProductClass.code).where(ProductClass.restricted.is_(True)))
    )
    return [
        (line.number, words)
        for line, had in _told(contents, compared)
        if (words := _forbidden({**had, **line.values}, restricted))
    ]


def _told(contents: Contents, compared: Differences) -> Iterator[tuple[ProductLine, Values]]:
    """What is new, and what changes in a text or goes on sale; with what is there of it."""
    for line in compared.new_products:
        yield line, {}
    for had, new in compared.changed_products:
        if LOOKED_AT & new.keys():
            yield contents.products[had["code"]], had


def _forbidden(values: Values, restricted: frozenset[str]) -> str:
    if values.get("status", ACTIVE) != ACTIVE:
        return ""  # a draft may say anything
    texts = product_texts(
        values.get("name") or "",
        values.get("summary") or "",
        values.get("description") or "",
        values.get("seo_description") or "",
    )
    found = [one for one in look_at(texts, values.get("product_class") in restricted) if one.blocks]
    if not found:
        return ""
    left = standing(found, let_through(KIND, values["id"]) if "id" in values else {})
    if not left:
        return ""
    first = left[0].finding
    return f"its {left[0].field} says “{first.words}”: {first.title.lower()}. {first.rewrite}"
