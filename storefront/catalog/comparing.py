"""What a catalogue file would change: its lines held against the shop's rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select

from storefront.catalog.lines import BadLines, Contents, ProductLine, Values, VariantLine
from storefront.catalog.models import Collection, CollectionPick, Product, Variant
from storefront.extensions import db

CHUNK = 1000

PRODUCT_COLUMNS = (
    "id", "code", "slug", "name", "summary", "description", "status", "option_names", "facts",
    "tags", "position", "tax_class", "created_at",
)  # fmt: skip
VARIANT_COLUMNS = (
    "id", "product_id", "sku", "option_values", "position", "archived", "price_minor",
    "content_amount", "content_unit", "weight_g", "ships", "track_stock",
)  # fmt: skip
COLLECTION_COLUMNS = ("id", "slug", "name", "description", "parent_id", "position", "in_menu")


class Change(NamedTuple):
    """A row that is there, and the columns in which the file differs."""

    had: Values
    new: Values


@dataclass(slots=True)
class Differences:
    """Everything an import would write; rows that are as the file says are only counted."""

    collections: dict[str, Values]  # all there are, by slug
    new_collections: list[str] = field(default_factory=list)
    changed_collections: dict[str, Change] = field(default_factory=dict)
    product_ids: dict[str, int] = field(default_factory=dict)  # known ones, by code
    new_products: list[ProductLine] = field(default_factory=list)
    changed_products: list[Change] = field(default_factory=list)
    new_variants: list[tuple[str, VariantLine]] = field(default_factory=list)  # code, line
    changed_variants: list[Change] = field(default_factory=list)
    added_picks: list[tuple[str, str, int]] = field(default_factory=list)  # code, slug, position
    dropped_picks: list[tuple[int, int]] = field(default_factory=list)  # collection, product
    moved_picks: list[tuple[int, int, int]] = field(default_factory=list)  # and position
    touched: set[str] = field(default_factory=set)  # codes whose variants or picks change


def compare(contents: Contents) -> Differences:
    """Reads only; BadLines where a line does not fit what the shop has already."""
    problems: list[tuple[int, str]] = []
    found = Differences(_collections())
    _compare_categories(contents, found, problems)
    for lines in _chunks(list(contents.products.values())):
        _find_taken(lines, contents, problems)
        _compare_products(lines, contents, found, problems)
    if problems:
        raise BadLines(sorted(problems))
    return found


def _chunks(lines: Sequence[ProductLine]) -> Iterator[Sequence[ProductLine]]:
    yield from (lines[at : at + CHUNK] for at in range(0, len(lines), CHUNK))


def _collections() -> dict[str, Values]:
    columns = [getattr(Collection, name) for name in COLLECTION_COLUMNS]
    return {row.slug: dict(row._mapping) for row in db.session.execute(select(*columns))}


def _compare_categories(
    contents: Contents, found: Differences, problems: list[tuple[int, str]]
) -> None:
    slugs = {row["id"]: slug for slug, row in found.collections.items()}
    for line in contents.categories.values():
        if line.parent is not None and not _is_known(line.parent, contents, found):
            problems.append((line.number, f"its parent {line.parent} does not exist"))
        had = found.collections.get(line.slug)
        if had is None:
            found.new_collections.append(line.slug)
            continue
        new = _differing(had, line.values)
        if slugs.get(had["parent_id"]) != line.parent:
            new["parent"] = line.parent
        if new:
            found.changed_collections[line.slug] = Change(had, new)


def _is_known(slug: str, contents: Contents, found: Differences) -> bool:
    return slug in contents.categories or slug in found.collections


def _find_taken(
    lines: Sequence[ProductLine], contents: Contents, problems: list[tuple[int, str]]
) -> None:
    """Addresses and SKUs that belong to another product."""
    by_slug = {line.values["slug"]: line for line in lines}
    holders = select(Product.slug, Product.code, Product.name).where(Product.slug.in_(by_slug))
    for slug, code, name in db.session.execute(holders):
        if code not in contents.products:
            problems.append((by_slug[slug].number, f"the address {slug} belongs to {name}"))
    by_sku = {variant.sku: line for line in lines for variant in line.variants}
    owners = (
        select(Variant.sku, Product.code, Product.name)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.sku.in_(by_sku))
    )
    for sku, code, name in db.session.execute(owners):
        if code != by_sku[sku].code:
            problems.append((by_sku[sku].number, f"the SKU {sku} belongs to {name}"))


def _compare_products(
    lines: Sequence[ProductLine],
    contents: Contents,
    found: Differences,
    problems: list[tuple[int, str]],
) -> None:
    columns = [getattr(Product, name) for name in PRODUCT_COLUMNS]
    rows = db.session.execute(select(*columns).where(Product.code.in_([x.code for x in lines])))
    known = {row.code: dict(row._mapping) for row in rows}
    ids = [row["id"] for row in known.values()]
    found.product_ids.update((code, row["id"]) for code, row in known.items())
    variants, picks = _variants_of(ids), _picks_of(ids)
    file_collections = {
        found.collections[slug]["id"]: slug
        for slug in contents.categories
        if slug in found.collections
    }
    for line in lines:
        for slug in line.categories:
            if not _is_known(slug, contents, found):
                problems.append((line.number, f"its category {slug} does not exist"))
        had = known.get(line.code)
        if had is None:
            found.new_products.append(line)
            found.new_variants += ((line.code, variant) for variant in line.variants)
            found.added_picks += (
                (line.code, slug, line.values.get("position", 0)) for slug in line.categories
            )
            continue
        new = _differing(had, line.values)
        if new:
            found.changed_products.append(Change(had, new))
        before = _size(found)
        _compare_variants(line, variants.get(had["id"], {}), found)
        _compare_picks(line, had, picks.get(had["id"], {}), file_collections, found)
        if _size(found) != before:
            found.touched.add(line.code)


def _size(found: Differences) -> int:
    variants = len(found.new_variants) + len(found.changed_variants)
    return variants + len(found.added_picks) + len(found.dropped_picks) + len(found.moved_picks)


def _compare_variants(line: ProductLine, known: dict[str, Values], found: Differences) -> None:
    """A variant the file no longer names is archived, never deleted: orders speak of it."""
    for variant in line.variants:
        had = known.pop(variant.sku, None)
        if had is None:
            found.new_variants.append((line.code, variant))
        elif new := _differing(had, variant.values):
            found.changed_variants.append(Change(had, new))
    found.changed_variants += (
        Change(had, {"archived": True}) for had in known.values() if not had["archived"]
    )


def _compare_picks(
    line: ProductLine,
    had: Values,
    picked: dict[int, int],
    file_collections: dict[int, str],
    found: Differences,
) -> None:
    """The file decides about the categories it names; other collections keep their picks."""
    place: int = {**had, **line.values}["position"]
    moved = place != had["position"]
    ids = {slug: row["id"] for slug, row in found.collections.items()}
    for slug in line.categories:
        if ids.get(slug) not in picked:
            found.added_picks.append((line.code, slug, place))
        elif moved:
            found.moved_picks.append((ids[slug], had["id"], place))
    found.dropped_picks += (
        (id_, had["id"])
        for id_ in picked
        if id_ in file_collections and file_collections[id_] not in line.categories
    )


def _differing(had: Values, wanted: Values) -> Values:
    return {column: value for column, value in wanted.items() if had[column] != value}


def _variants_of(product_ids: Iterable[int]) -> dict[int, dict[str, Values]]:
    columns = [getattr(Variant, name) for name in VARIANT_COLUMNS]
    found: dict[int, dict[str, Values]] = {}
    for row in db.session.execute(select(*columns).where(Variant.product_id.in_(product_ids))):
        found.setdefault(row.product_id, {})[row.sku] = dict(row._mapping)
    return found


def _picks_of(product_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    rows = select(
        CollectionPick.product_id, CollectionPick.collection_id, CollectionPick.position
    ).where(CollectionPick.product_id.in_(product_ids))
    for product_id, collection_id, position in db.session.execute(rows):
        found.setdefault(product_id, {})[collection_id] = position
    return found
