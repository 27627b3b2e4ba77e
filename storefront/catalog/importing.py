"""Bringing the catalogue to what a file says; only what differs is written.

Products are known by their code, variants by their SKU, categories by their address. What is
on hand is not the catalogue's to write: see stock/counting.py, blog/importing.py for articles,
and cli/catalog.py for the whole.
"""

from dataclasses import dataclass
from datetime import datetime

from storefront.catalog.applying import Writer
from storefront.catalog.comparing import Differences, compare
from storefront.catalog.contents import Contents
from storefront.catalog.prose import to_html
from storefront.catalog.rows_there import descriptions_of


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a kind were new, changed, and as the file says already."""

    new: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    categories: Tally
    products: Tally
    variants: Tally

    @property
    def changes_catalogue(self) -> bool:
        return any(t.new or t.changed for t in (self.categories, self.products, self.variants))


def preview(contents: Contents) -> ImportReport:
    """What bring_in() would do; reads only."""
    return _report(contents, compare(contents))


def render(contents: Contents) -> dict[str, str]:
    """The HTML of every description that is new to the shop, made before the database is held."""
    told = {
        code: line.values["description"]
        for code, line in contents.products.items()
        if "description" in line.values
    }
    kept = descriptions_of(told)
    texts = {text for code, text in told.items() if kept.get(code) != text}
    texts |= {line.values.get("description", "") for line in contents.categories.values()}
    return {text: to_html(text) for text in texts}


def bring_in(
    contents: Contents, html: dict[str, str], now: datetime, actor: str
) -> tuple[ImportReport, Differences]:
    """Inside write_tx(); stock and refresh_listings() come after. `html` is render()'s."""
    found = compare(contents)
    report = _report(contents, found)
    writer = Writer(contents, found, html, now, actor)
    writer.collections()
    writer.products()
    writer.variants()
    writer.picks()
    return report, found


def _report(contents: Contents, found: Differences) -> ImportReport:
    changed = {change.had["code"] for change in found.changed_products} | found.touched
    in_file = sum(len(line.variants) for line in contents.products.values())
    gone = sum(1 for change in found.changed_variants if change.new.get("archived"))
    return ImportReport(
        categories=_tally(
            len(contents.categories), len(found.new_collections), len(found.changed_collections)
        ),
        products=_tally(len(contents.products), len(found.new_products), len(changed)),
        variants=_tally(in_file + gone, len(found.new_variants), len(found.changed_variants)),
    )


def _tally(all_: int, new: int, changed: int) -> Tally:
    return Tally(new, changed, all_ - new - changed)
