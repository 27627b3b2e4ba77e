"""What a catalogue file would change: its lines held against the shop's rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select

from storefront.catalog.contents import (
    BadLines,
    Contents,
    Problem,
    ProductLine,
    Values,
    VariantLine,
)
from storefront.catalog.models import Product, ProductClass, Variant
from storefront.catalog.rows_there import collections_there, picks_of, products_of, variants_of
from storefront.extensions import db

CHUNK = 1000

SALE = ("sale_price_minor", "sale_starts_at", "sale_ends_at")
PRICES = {"price_minor", *SALE}


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
    class_ids: dict[str, int] = field(default_factory=dict)  # of all there are, by code

    @property
    def reworded(self) -> set[int]:
        """Products that may be found by other words once this is written: all but those of which
        only prices change."""
        new = [line.code for line in self.new_products] + [code for code, _ in self.new_variants]
        return (
            {self.product_ids[code] for code in new}
            | {change.had["id"] for change in self.changed_products}
            | {c.had["product_id"] for c in self.changed_variants if c.new.keys() - PRICES}
        )


def compare(contents: Contents) -> Differences:
    """Reads only; BadLines where a line does not fit what the shop has already."""
    found, problems = differences(contents)
    if problems:
        raise BadLines(problems)
    return found


def differences(contents: Contents) -> tuple[Differences, list[Problem]]:
    """The same, with all that does not fit beside it."""
    problems: list[Problem] = []
    found = Differences(collections_there())
    found.class_ids = {
        code: id_ for code, id_ in db.session.execute(select(ProductClass.code, ProductClass.id))
    }
    _compare_categories(contents, found, problems)
    for lines in _chunks(list(contents.products.values())):
        _find_taken(lines, contents, problems)
        _find_unknown(lines, contents, found, problems)
        _compare_products(lines, contents, found, problems)
    return found, sorted(problems)


def _chunks(lines: Sequence[ProductLine]) -> Iterator[Sequence[ProductLine]]:
    yield from (lines[at : at + CHUNK] for at in range(0, len(lines), CHUNK))


def _compare_categories(contents: Contents, found: Differences, problems: list[Problem]) -> None:
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


def _find_taken(lines: Sequence[ProductLine], contents: Contents, problems: list[Problem]) -> None:
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


def _find_unknown(
    lines: Sequence[ProductLine], contents: Contents, found: Differences, problems: list[Problem]
) -> None:
    """Classes and successors that are not there."""
    named = {line.values["successor"] for line in lines if line.values.get("successor")}
    outside = named - contents.products.keys()
    known = set(db.session.scalars(select(Product.code).where(Product.code.in_(outside))))
    for line in lines:
        successor = line.values.get("successor")
        if successor == line.code or (successor in outside and successor not in known):
            problems.append((line.number, f"its successor {successor} is no other product"))
        class_ = line.values.get("product_class")
        if class_ is not None and class_ not in found.class_ids:
            problems.append((line.number, f"its product class {class_} does not exist"))


def _compare_products(
    lines: Sequence[ProductLine],
    contents: Contents,
    found: Differences,
    problems: list[Problem],
) -> None:
    known = products_of([line.code for line in lines])
    ids = [row["id"] for row in known.values()]
    found.product_ids.update((code, row["id"]) for code, row in known.items())
    variants, picks = variants_of(ids), picks_of(ids)
    decided = {
        row["id"]: slug
        for slug, row in found.collections.items()
        if contents.names_all or slug in contents.categories
    }
    for line in lines:
        for slug in line.categories or ():
            if not _is_known(slug, contents, found):
                problems.append((line.number, f"its category {slug} does not exist"))
        had = known.get(line.code)
        if had is None:
            found.new_products.append(line)
            found.new_variants += ((line.code, variant) for variant in line.variants)
            for variant in line.variants:
                _check_sale(variant, {}, problems)
            found.added_picks += (
                (line.code, slug, line.values.get("position", 0)) for slug in line.categories or ()
            )
            continue
        new = _differing(had, line.values)
        if new:
            found.changed_products.append(Change(had, new))
        before = _size(found)
        _compare_variants(line, variants.get(had["id"], {}), found, problems)
        _compare_picks(line, had, picks.get(had["id"], {}), decided, found)
        if _size(found) != before:
            found.touched.add(line.code)


def _size(found: Differences) -> int:
    variants = len(found.new_variants) + len(found.changed_variants)
    return variants + len(found.added_picks) + len(found.dropped_picks) + len(found.moved_picks)


def _compare_variants(
    line: ProductLine, known: dict[str, Values], found: Differences, problems: list[Problem]
) -> None:
    """A variant the file no longer names is archived, never deleted: orders speak of it."""
    for variant in line.variants:
        had = known.pop(variant.sku, None)
        if had is None:
            found.new_variants.append((line.code, variant))
            _check_sale(variant, {}, problems)
        elif new := _settled_sale(had, variant.values, _differing(had, variant.values)):
            found.changed_variants.append(Change(had, new))
            if new.keys() & {*SALE, "price_minor"}:
                _check_sale(variant, had, problems)
    found.changed_variants += (
        Change(had, {"archived": True}) for had in known.values() if not had["archived"]
    )


def _settled_sale(had: Values, wanted: Values, new: Values) -> Values:
    """A sale changes as a whole. Where only its start is not told, it goes on as it began."""
    told = {name: wanted.get(name, had[name]) for name in SALE}
    if told["sale_price_minor"] is None:
        told = dict.fromkeys(SALE)
    elif told["sale_starts_at"] is None and told["sale_price_minor"] == had["sale_price_minor"]:
        told["sale_starts_at"] = had["sale_starts_at"]
    rest = {name: value for name, value in new.items() if name not in SALE}
    return rest if _differing(had, told) == {} else {**rest, **told}


def _check_sale(variant: VariantLine, had: Values, problems: list[Problem]) -> None:
    """A sale is cheaper than no sale, and ends after it starts."""
    on = {**dict.fromkeys(SALE), **had, **variant.values}
    sale, starts, ends = (on[name] for name in SALE)
    if sale is not None and sale >= on["price_minor"]:
        problems.append((variant.number, "sale_price is not lower than price"))
    if sale is not None and starts and ends and ends <= starts:
        problems.append((variant.number, "sale_ends is not after sale_starts"))


def _compare_picks(
    line: ProductLine,
    had: Values,
    picked: dict[int, int],
    decided: dict[int, str],
    found: Differences,
) -> None:
    """The file decides about the categories it names; other collections keep their picks."""
    if line.categories is None:
        return
    place: int = {**had, **line.values}["position"]
    moved = place != had["position"]
    ids = {slug: row["id"] for slug, row in found.collections.items()}
    for slug in line.categories:
        if ids.get(slug) not in picked:
            found.added_picks.append((line.code, slug, place))
        elif moved:
            found.moved_picks.append((ids[slug], had["id"], place))
    found.dropped_picks += (
        (id_, had["id"]) for id_ in picked if id_ in decided and decided[id_] not in line.categories
    )


def _differing(had: Values, wanted: Values) -> Values:
    return {column: value for column, value in wanted.items() if had[column] != value}
