"""What a shopper asks of a list, as its address says it: filters and order, read and written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlencode

from slugify import slugify
from werkzeug.datastructures import MultiDict

from storefront.languages import N_
from storefront.money import Money

FEATURED = "featured"
SORTS = {
    FEATURED: N_("Featured"),
    "newest": N_("Newest"),
    "price-up": N_("Price, low to high"),
    "price-down": N_("Price, high to low"),
    "name": N_("Name"),
}
LOW, HIGH, STOCK, IN_STOCK = "min", "max", "stock", "in"
# Names a facet may not take as its own.
TAKEN = frozenset({LOW, HIGH, STOCK, "sort", "after", "upto", "page", "q", "variant", "from"})
HIGHEST = 2_000_000_000  # minor units a column can hold

FacetCounts = Mapping[str, Mapping[str, int]]  # name -> value -> products


@dataclass(frozen=True, slots=True)
class FacetWords:
    """A facet and its values, and how both are spelled in an address."""

    name: str
    param: str
    values: Mapping[str, str]  # "second-flush" -> "Second flush"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of one list; a value that its facets do not know was left out."""

    words: tuple[FacetWords, ...] = ()
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # param -> spellings
    low: Money | None = None
    high: Money | None = None
    in_stock: bool = False
    sort: str = FEATURED
    unread: Mapping[str, str] = field(default_factory=dict)  # prices that are none, as typed

    @property
    def groups(self) -> tuple[str, ...]:
        """The filters in use: facets by parameter, then "price" and "stock"."""
        price = () if self.low is self.high is None else ("price",)
        return (*self.chosen, *price, *((STOCK,) if self.in_stock else ()))

    @property
    def plain(self) -> bool:
        """Nothing is filtered and the order is the owner's."""
        return not self.groups and self.sort == FEATURED and not self.unread

    def values(self, words: FacetWords) -> list[str]:
        """What was chosen of a facet, in the catalogue's own words."""
        return [words.values[spelling] for spelling in self.chosen.get(words.param, ())]

    def without(self, group: str, spelling: str | None = None) -> "Wish":
        """The same with one filter less, or with one value of a facet less."""
        if group == "price":
            return replace(self, low=None, high=None)
        if group == STOCK:
            return replace(self, in_stock=False)
        left = tuple(s for s in self.chosen.get(group, ()) if spelling not in (None, s))
        others = {param: values for param, values in self.chosen.items() if param != group}
        return replace(self, chosen={**others, group: left} if left else others)

    def query(self, **more: str) -> str:
        """The query of an address that asks for this; empty when it asks for nothing."""
        pairs = [*self._pairs(), *more.items()]
        return "?" + urlencode(pairs) if pairs else ""

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for words in self.words:
            for spelling in self.chosen.get(words.param, ()):
                yield words.param, spelling
        for name, price in ((LOW, self.low), (HIGH, self.high)):
            if price is not None:
                yield name, str(price.decimal)
        if self.in_stock:
            yield STOCK, IN_STOCK
        if self.sort != FEATURED:
            yield "sort", self.sort


def read_wish(args: "MultiDict[str, str]", facets: FacetCounts, currency: str) -> Wish:
    """What this address asks of a list with these facets. What it does not know is no wish."""
    words = spell(facets)
    unread: dict[str, str] = {}
    chosen = {}
    for facet in words:
        asked = set(args.getlist(facet.param))
        if spellings := tuple(s for s in facet.values if s in asked):
            chosen[facet.param] = spellings
    sort = args.get("sort", FEATURED)
    return Wish(
        words=words,
        chosen=chosen,
        low=_price(args, LOW, currency, unread),
        high=_price(args, HIGH, currency, unread),
        in_stock=args.get(STOCK) == IN_STOCK,
        sort=sort if sort in SORTS else FEATURED,
        unread=unread,
    )


def spell(facets: FacetCounts) -> tuple[FacetWords, ...]:
    """How the facets of a list are spelled in its address; no two alike."""
    params = set(TAKEN)
    found = []
    for name, values in facets.items():
        spellings: dict[str, str] = {}
        for value in values:
            spellings[_free(value, spellings)] = value
        param = _free(name, params)
        params.add(param)
        found.append(FacetWords(name, param, spellings))
    return tuple(found)


def _free(text: str, taken: "set[str] | Mapping[str, str]") -> str:
    stem = _slug(text) or "other"
    spelling, n = stem, 1
    while spelling in taken:
        n += 1
        spelling = f"{stem}-{n}"
    return spelling


@lru_cache(maxsize=8192)
def _slug(text: str) -> str:
    return slugify(text)


def _price(
    args: "MultiDict[str, str]", name: str, currency: str, unread: dict[str, str]
) -> Money | None:
    """A price bound; what cannot be read as one is kept in `unread`, to be shown again."""
    text = args.get(name, "").strip()
    if not text:
        return None
    try:
        price = Money.parse(text.replace(",", "."), currency)
    except ValueError:
        unread[name] = text[:40]
        return None
    return min(price, Money(HIGHEST, currency))
