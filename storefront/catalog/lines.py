"""The file a catalogue travels in: JSON lines, checked in full before anything is changed.

One object a line, its `type` first of all:
    meta      currency
    category  slug, name, description, parent
    product   sku, slug, name, price or price_cents, stock, category; variants: [{sku, value, …}]
    author    slug, name, role, credentials, bio, connection
    post      slug, title, body, published; description, tags, author, …: blog/importing.py
A key that is left out changes nothing. FIELDS below lists all that a product may carry.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from storefront.catalog.fields import (
    AUTHOR_FIELDS,
    CATEGORY_FIELDS,
    POST_FIELDS,
    PRODUCT_FIELDS,
    VARIANT_FIELDS,
    Column,
    moment,
    price_of,
    text,
    whole,
)
from storefront.refusal import Refusal

MOST_PROBLEMS = 50
LARGEST_STOCK = 1_000_000
BOM = b"\xef\xbb\xbf"  # some editors put it before everything else

Values = dict[str, Any]  # column -> value


class BadLines(Refusal):
    """The file was not imported; its problems by line."""

    status = 422

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        told = "\n".join(f"line {number}: {words}" for number, words in problems)
        super().__init__(f"Nothing was imported. Put this right and import again.\n{told}")
        self.problems = problems


class OtherCurrency(Refusal):
    """A file priced in a currency that is not the shop's."""


@dataclass(slots=True)
class CategoryLine:
    number: int
    slug: str
    values: Values
    parent: str | None


@dataclass(slots=True)
class VariantLine:
    sku: str
    values: Values
    stock: int | None


@dataclass(slots=True)
class ProductLine:
    number: int
    code: str
    values: Values
    categories: list[str]
    variants: list[VariantLine]


@dataclass(slots=True)
class PostLine:
    """An article; what its line leaves out is not among `values`."""

    number: int
    slug: str
    values: Values  # by the names of blog/content.py, but authors by their address
    published: datetime | None


@dataclass(slots=True)
class Contents:
    """A whole file, each line of it sound by itself."""

    currency: str
    categories: dict[str, CategoryLine] = field(default_factory=dict)
    products: dict[str, ProductLine] = field(default_factory=dict)
    authors: dict[str, Values] = field(default_factory=dict)
    posts: dict[str, PostLine] = field(default_factory=dict)

    @property
    def stock(self) -> dict[str, int]:
        """What should be on hand, by SKU."""
        return {
            variant.sku: variant.stock
            for product in self.products.values()
            for variant in product.variants
            if variant.stock is not None
        }


def read_lines(lines: Iterable[bytes], currency: str) -> Contents:
    """The file's contents; BadLines if any line is wrong, OtherCurrency if all of it is."""
    reader = _Reader(Contents(currency))
    for number, raw in enumerate(lines, 1):
        reader.read(number, raw.removeprefix(BOM) if number == 1 else raw)
        if len(reader.problems) >= MOST_PROBLEMS:
            break
    else:
        reader.check_parents()
        if not reader.priced and not reader.problems:
            reader.problems.append((1, 'there is no line of type "meta" that names the currency'))
    if reader.problems:
        raise BadLines(reader.problems)
    return reader.contents


class _Reader:
    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.problems: list[tuple[int, str]] = []
        self.priced = False
        self.seen: set[tuple[str, str]] = set()
        self.kinds: dict[str, Callable[[int, Values], None]] = {
            "meta": self._meta,
            "category": self._category,
            "product": self._product,
            "author": self._author,
            "post": self._post,
        }

    def read(self, number: int, raw: bytes) -> None:
        if not raw.strip():
            return
        try:
            line = json.loads(raw, parse_constant=_refuse_constant)
            kind = line.get("type") if isinstance(line, dict) else None
            if not isinstance(kind, str) or kind not in self.kinds:
                raise ValueError(f"its type is none of {', '.join(self.kinds)}")
            self.kinds[kind](number, line)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            self.problems.append((number, "this is not JSON"))
        except ValueError as problem:
            self.problems.append((number, str(problem)))

    def check_parents(self) -> None:
        """No category of the file may stand below itself."""
        categories = self.contents.categories
        for category in categories.values():
            above, steps = category.parent, 0
            while above in categories and steps <= len(categories):
                above, steps = categories[above].parent, steps + 1
            if steps > len(categories):
                self.problems.append((category.number, f"{category.slug} stands below itself"))

    def _meta(self, _number: int, line: Values) -> None:
        currency, ours = text(3)(line.get("currency")), self.contents.currency
        if currency != ours:
            raise OtherCurrency(
                f"This file is priced in {currency} and the shop sells in {ours}. "
                f"Set SHOP_CURRENCY={currency} for a shop that has no products yet, "
                f"or import a file with prices in {ours}."
            )
        self.priced = True

    def _category(self, number: int, line: Values) -> None:
        values = _values(line, CATEGORY_FIELDS, required=("slug", "name"))
        slug = values["slug"]
        self._once("category", slug)
        parent = line.get("parent")
        self.contents.categories[slug] = CategoryLine(
            number, slug, values, None if parent is None else text(160)(parent)
        )

    def _product(self, number: int, line: Values) -> None:
        code = text(60, least=1)(line.get("sku"))
        values = _values(line, PRODUCT_FIELDS, required=("slug", "name"))
        self._once("product", code)
        self._once("address", values["slug"])
        wanted = line.get("variants") or [{**line, "sku": code}]
        if not isinstance(wanted, list):
            raise ValueError("variants is not a list")
        variants = [self._variant(one, place) for place, one in enumerate(wanted)]
        if len({tuple(v.values.get("option_values", ())) for v in variants}) < len(variants):
            raise ValueError("two of its variants have the same value")
        self.contents.products[code] = ProductLine(
            number, code, values, _categories(line), variants
        )

    def _variant(self, line: Any, place: int) -> VariantLine:
        if not isinstance(line, dict):
            raise ValueError("a variant is not an object")
        sku = text(80, least=1)(line.get("sku"))
        self._once("SKU", sku)
        values = _values(line, VARIANT_FIELDS)
        values["price_minor"] = price_of(line, self.contents.currency)
        stock = line.get("stock")
        known = None if stock is None else whole(LARGEST_STOCK)(stock)
        return VariantLine(sku, {**values, "position": place, "archived": False}, known)

    def _author(self, _number: int, line: Values) -> None:
        values = _values(line, AUTHOR_FIELDS, required=("slug", "name"))
        self._once("author", values["slug"])
        self.contents.authors[values["slug"]] = values

    def _post(self, number: int, line: Values) -> None:
        values = _values(line, POST_FIELDS, required=("slug", "title", "body"))
        self._once("post", values["slug"])
        published = line.get("published")
        try:
            when = None if published is None else moment(published)
        except ValueError as problem:
            raise ValueError(f"published {problem}") from None
        self.contents.posts[values["slug"]] = PostLine(number, values["slug"], values, when)

    def _once(self, kind: str, name: str) -> None:
        if (kind, name) in self.seen:
            raise ValueError(f"the {kind} {name} is in this file twice")
        self.seen.add((kind, name))


def _values(line: Values, fields: dict[str, Column], required: Iterable[str] = ()) -> Values:
    for name in required:
        if line.get(name) is None:
            raise ValueError(f"{name} is missing")
    values: Values = {}
    for name, (column, read) in fields.items():
        if name not in line:
            continue
        try:
            values[column] = read(line[name])
        except ValueError as problem:
            raise ValueError(f"{name} {problem}") from None
    return values


def _categories(line: Values) -> list[str]:
    wanted = line.get("categories")
    if wanted is None:
        wanted = [line["category"]] if line.get("category") is not None else []
    if not isinstance(wanted, list):
        raise ValueError("categories is not a list")
    return [text(160)(slug) for slug in wanted]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")
