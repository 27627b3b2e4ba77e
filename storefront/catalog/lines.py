"""The file a catalogue travels in: JSON lines, checked in full before anything is changed.

One object a line, its `type` first of all:
    meta      currency
    category  slug, name, description, parent
    product   sku, slug, name, price or price_cents, stock, category; variants: [{sku, value, …}]
    author    slug, name, role, credentials, bio, connection
    post      slug, title, body, published; description, tags, author, …: blog/importing.py
A key that is left out changes nothing. fields.py lists all that a product may carry.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from storefront.catalog.contents import (
    BadLines,
    CategoryLine,
    Contents,
    OtherCurrency,
    PostLine,
    Problem,
    ProductLine,
    Reading,
    Values,
    VariantLine,
)
from storefront.catalog.fields import (
    AUTHOR_FIELDS,
    CATEGORY_FIELDS,
    POST_FIELDS,
    PRODUCT_FIELDS,
    VARIANT_FIELDS,
    Column,
    Read,
    moment,
    price_of,
    text,
    whole,
)

MOST_PROBLEMS = 50
LARGEST_STOCK = 1_000_000
BOM = b"\xef\xbb\xbf"  # some editors put it before everything else


def read_lines(lines: Iterable[bytes], currency: str) -> Contents:
    """The file's contents; BadLines if any line is wrong, OtherCurrency if all of it is."""
    reading = read_all(_decoded(lines), currency, MOST_PROBLEMS)
    if reading.problems:
        raise BadLines(reading.problems)
    return reading.contents


def read_json(lines: Iterable[bytes], currency: str) -> Reading:
    """The same; what is wrong is told beside what is not."""
    return read_all(_decoded(lines), currency)


def read_all(
    lines: Iterable[tuple[int, Values | str]], currency: str, most: int = 0, priced: bool = False
) -> Reading:
    """Of numbered lines that were read already, or a word on why one was not. `most`: problems
    after which reading ends. `priced`: the prices are in the shop's currency, nothing says so."""
    reader = _Reader(Contents(currency))
    reader.priced = priced
    for number, line in lines:
        reader.read(number, line)
        if most and len(reader.problems) >= most:
            break
    else:
        reader.check_parents()
        if not reader.priced and not reader.problems:
            reader.problems.append((1, 'there is no line of type "meta" that names the currency'))
    return Reading(reader.contents, reader.problems)


def _decoded(lines: Iterable[bytes]) -> Iterator[tuple[int, Values | str]]:
    for number, raw in enumerate(lines, 1):
        text = raw.removeprefix(BOM) if number == 1 else raw
        if not text.strip():
            continue
        try:
            line = json.loads(text, parse_constant=_refuse_constant)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            yield number, "this is not JSON"
        except ValueError as problem:
            yield number, str(problem)
        else:
            yield number, line


class _WrongAt(ValueError):
    """In a line of its own within several that belong together."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__(words)
        self.number = number


class _Reader:
    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.problems: list[Problem] = []
        self.priced = False
        self.seen: set[tuple[str, str]] = set()
        self.kinds: dict[str, Callable[[int, Values], None]] = {
            "meta": self._meta,
            "category": self._category,
            "product": self._product,
            "author": self._author,
            "post": self._post,
        }

    def read(self, number: int, line: Values | str) -> None:
        try:
            if isinstance(line, str):
                raise ValueError(line)
            kind = line.get("type") if isinstance(line, dict) else None
            if not isinstance(kind, str) or kind not in self.kinds:
                raise ValueError(f"its type is none of {', '.join(self.kinds)}")
            self.kinds[kind](number, line)
        except _WrongAt as problem:
            self.problems.append((problem.number, str(problem)))
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
        code = _named("sku", text(60, least=1), line.get("sku"))
        values = _values(line, PRODUCT_FIELDS, required=("slug", "name"))
        self._once("product", code)
        self._once("address", values["slug"])
        wanted = line.get("variants") or [{**line, "sku": code}]
        if not isinstance(wanted, list):
            raise ValueError("variants is not a list")
        if line.get("variants") == [] and line.get("sells") is False:
            wanted = []  # all it had are archived
        variants = [self._variant(number, one, place) for place, one in enumerate(wanted)]
        if len({tuple(v.values.get("option_values", ())) for v in variants}) < len(variants):
            raise ValueError("two of its variants have the same value")
        self.contents.products[code] = ProductLine(
            number, code, values, _categories(line), variants
        )

    def _variant(self, number: int, line: Any, place: int) -> VariantLine:
        if not isinstance(line, dict):
            raise ValueError("a variant is not an object")
        own = line.get("line", number)
        try:
            return self._sound_variant(own, line, place)
        except ValueError as problem:
            raise _WrongAt(own, str(problem)) from None

    def _sound_variant(self, number: int, line: Values, place: int) -> VariantLine:
        sku = _named("sku", text(80, least=1), line.get("sku"))
        self._once("SKU", sku)
        values = _values(line, VARIANT_FIELDS)
        values["price_minor"] = price_of(line, self.contents.currency)
        if line.get("sale_price") is not None or line.get("sale_price_cents") is not None:
            values["sale_price_minor"] = price_of(line, self.contents.currency, "sale_price")
        elif "sale_price" in line:
            values["sale_price_minor"] = None
        stock = line.get("stock")
        known = None if stock is None else _named("stock", whole(LARGEST_STOCK), stock)
        return VariantLine(number, sku, {**values, "position": place, "archived": False}, known)

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
        values[column] = _named(name, read, line[name])
    return values


def _named(name: str, read: Read, value: Any) -> Any:
    try:
        return read(value)
    except ValueError as problem:
        raise ValueError(f"{name} {problem}") from None


def _categories(line: Values) -> list[str] | None:
    if line.get("categories", "") is None:
        return None
    wanted = line.get("categories")
    if wanted is None:
        wanted = [line["category"]] if line.get("category") is not None else []
    if not isinstance(wanted, list):
        raise ValueError("categories is not a list")
    return [text(160)(slug) for slug in wanted]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")
