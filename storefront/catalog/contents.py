"""A catalogue file as it was understood: its sound lines, and what is wrong with the others."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storefront.refusal import Refusal

Values = dict[str, Any]  # column -> value
Problem = tuple[int, str]  # a line, and what is wrong with it


class BadLines(Refusal):
    """The file was not imported; its problems by line."""

    status = 422

    def __init__(self, problems: list[Problem]) -> None:
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
    number: int  # its product's, where both stand in one line
    sku: str
    values: Values
    stock: int | None


@dataclass(slots=True)
class ProductLine:
    number: int
    code: str
    values: Values
    categories: list[str] | None  # None: they stay as they are
    variants: list[VariantLine]

    @property
    def numbers(self) -> set[int]:
        return {self.number, *(variant.number for variant in self.variants)}


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
    names_all: bool = False  # a product is in the categories its line names and in no other

    @property
    def stock(self) -> dict[str, int]:
        """What should be on hand, by SKU."""
        return {
            variant.sku: variant.stock
            for product in self.products.values()
            for variant in product.variants
            if variant.stock is not None
        }

    def without(self, numbers: set[int]) -> "Contents":
        """All but what stands in these lines: of a product all of its lines or none."""
        return Contents(
            self.currency,
            {k: line for k, line in self.categories.items() if line.number not in numbers},
            {k: line for k, line in self.products.items() if not line.numbers & numbers},
            self.authors,
            {k: line for k, line in self.posts.items() if line.number not in numbers},
            self.names_all,
        )


@dataclass(slots=True)
class Reading:
    """What of a file is sound, and what is wrong with the rest, by line."""

    contents: Contents
    problems: list[Problem] = field(default_factory=list)
