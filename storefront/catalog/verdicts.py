"""What an import does with each line of its file, in words: what is new, what changes and how."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from storefront.catalog.comparing import Change, Differences
from storefront.catalog.contents import CategoryLine, Contents, ProductLine
from storefront.money import Money

NEW, CHANGED, SAME = "new", "changed", "same"
LONGEST = 300
MONEY = {"price_minor": "price", "sale_price_minor": "sale_price"}
CALLED = {
    "sale_starts_at": "sale_starts", "sale_ends_at": "sale_ends", "created_at": "created",
    "option_values": "values", "option_names": "options",
}  # fmt: skip
Told = tuple[str, Any, Any]  # what, before, after: as JSON can hold it
OnHand = Mapping[str, int]  # by SKU


class Verdict(NamedTuple):
    number: int
    kind: str
    code: str  # or the address, of what has no code
    name: str
    verdict: str
    changes: list[Told]


def verdicts(contents: Contents, found: Differences, on_hand: OnHand) -> Iterator[Verdict]:
    """Of all sound lines, in the file's order within each kind."""
    for category in contents.categories.values():
        yield _of_category(category, found)
    told = _by_product(contents, found)
    new = {line.code for line in found.new_products}
    for product in contents.products.values():
        changes = told[product.code] + list(_stock(product, on_hand))
        is_new = product.code in new
        yield Verdict(
            product.number,
            "product",
            product.code,
            product.values["name"],
            NEW if is_new else CHANGED if changes else SAME,
            [] if is_new else changes,
        )


def _of_category(line: CategoryLine, found: Differences) -> Verdict:
    about = ("collection", line.slug, line.values["name"])
    if line.slug in found.changed_collections:
        change = found.changed_collections[line.slug]
        above = {row["id"]: slug for slug, row in found.collections.items()}
        had = {**change.had, "parent": above.get(change.had["parent_id"])}
        changes = list(_told(Change(had, change.new), "", ""))
        return Verdict(line.number, *about, CHANGED, changes)
    verdict = NEW if line.slug in found.new_collections else SAME
    return Verdict(line.number, *about, verdict, [])


def _by_product(contents: Contents, found: Differences) -> defaultdict[str, list[Told]]:
    told: defaultdict[str, list[Told]] = defaultdict(list)
    codes = {id_: code for code, id_ in found.product_ids.items()}
    slugs = {row["id"]: slug for slug, row in found.collections.items()}
    for change in found.changed_products:
        told[change.had["code"]] += _told(change, contents.currency, "")
    for code, variant in found.new_variants:
        told[code].append((f"variant {variant.sku}", None, "new"))
    for change in found.changed_variants:
        had = change.had
        about = "" if _is_alone(contents, codes[had["product_id"]]) else f"{had['sku']} "
        told[codes[had["product_id"]]] += _told(change, contents.currency, about)
    for code, slug, _place in found.added_picks:
        told[code].append(("collection", None, slug))
    for collection_id, product_id in found.dropped_picks:
        told[codes[product_id]].append(("collection", slugs[collection_id], None))
    for _collection, product_id, place in found.moved_picks:
        if not any(what == "position" for what, *_ in told[codes[product_id]]):
            told[codes[product_id]].append(("position", None, place))
    return told


def _is_alone(contents: Contents, code: str) -> bool:
    return len(contents.products[code].variants) == 1


def _stock(line: ProductLine, on_hand: OnHand) -> Iterator[Told]:
    for variant in line.variants:
        had = on_hand.get(variant.sku)
        if variant.stock is not None and had is not None and had != variant.stock:
            yield (
                "stock" if len(line.variants) == 1 else f"{variant.sku} stock", had, variant.stock,
            )  # fmt: skip


def _told(change: Change, currency: str, about: str) -> Iterable[Told]:
    for column, after in change.new.items():
        before = change.had.get(column)
        name = MONEY.get(column) or CALLED.get(column, column)
        yield about + name, _shown(column, before, currency), _shown(column, after, currency)


def _shown(column: str, value: Any, currency: str) -> Any:
    if column in MONEY and value is not None:
        return str(Money(value, currency).decimal)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST] + "…"
    return value
