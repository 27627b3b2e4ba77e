"""A page of a collection: what was asked, what there is, and the ways on from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request

from storefront.catalog.cards import Card, cards_of
from storefront.catalog.filtering import Counts, conditions_of, count_filtered
from storefront.catalog.filters import (
    HIGH,
    IN_STOCK,
    LOW,
    SORTS,
    STOCK,
    FacetWords,
    Wish,
    read_wish,
)
from storefront.catalog.models import Listing
from storefront.catalog.paging import Cursor, read_cursor
from storefront.catalog.queries import products_in
from storefront.jinja import money
from storefront.languages import _
from storefront.markets.here import here, is_abroad, said
from storefront.stock.queries import can_be_had

A_PAGE, MOST = 24, 240
CAN_BE_HAD = can_be_had(Listing.product_id)

Group = dict[str, Any]  # as templates/components/filter_form.html takes them


@dataclass(frozen=True, slots=True)
class ListPage:
    """All a list shows; addresses are complete but for the host."""

    cards: list[Card]
    total: int
    wish: Wish
    groups: list[Group]
    sort: Group
    prices: Group
    applied: list[tuple[str, str]]
    drops: list[tuple[str, str, int]]  # (filter, URL without it, how many there would be)
    path: str
    after: str | None
    shown: int
    next_url: str | None
    upto: int | None  # as asked for

    @property
    def is_start(self) -> bool:
        return self.after is None

    @property
    def is_plain(self) -> bool:
        """What search engines may keep: not filtered, not sorted, not grown by "Load more"."""
        return self.wish.plain and self.upto is None


def list_page(collection: Any, path: str, now: datetime) -> ListPage:
    """The page of this collection that the request's query asks for."""
    currency = here().currency
    wish = read_wish(request.args, collection.facet_counts, currency)
    after = read_cursor(request.args.get("after", ""), wish.sort)
    upto = _upto() if after is None else None
    conditions = conditions_of(wish, CAN_BE_HAD)
    size = upto or A_PAGE
    rows = products_in(collection.id, conditions, wish.sort, after, size + 1)
    counts = (
        count_filtered(collection.id, wish, conditions)
        if conditions or is_abroad()
        else Counts(collection.product_count, collection.facet_counts, {})
    )
    page, seen = rows[:size], after.seen if after else 0
    last = Cursor(seen + len(page), page[-1].product_id, page[-1].key) if page else None
    return ListPage(
        cards=cards_of(page, now),
        total=counts.total,
        wish=wish,
        groups=_groups(wish, counts.facets),
        sort={
            "name": "sort",
            "options": [(name, _(label)) for name, label in SORTS.items()],
            "chosen": wish.sort,
        },
        prices=_prices(wish),
        applied=_applied(wish, path),
        drops=[] if page else _drops(wish, counts.without, path),
        path=path,
        after=str(after) if after else None,
        shown=seen + len(page),
        next_url=path + wish.query(after=str(last)) if len(rows) > size else None,
        upto=upto,
    )


def _upto() -> int | None:
    """How many of the list were on the screen before; Back brings as many again."""
    asked = request.args.get("upto", "")
    if not asked.isascii() or not asked.isdigit():
        return None
    return min(max(int(asked[:6]), A_PAGE), MOST)


def _groups(wish: Wish, counts: Mapping[str, Mapping[str, int]]) -> list[Group]:
    """The facets with what each value would give; values that would give nothing are left out."""
    groups = [
        {"name": words.param, "legend": said(words.name), "options": options}
        for words in wish.words
        if (options := _options(words, wish, counts.get(words.name, {})))
    ]
    only = {"value": IN_STOCK, "label": _("In stock only"), "count": None, "on": wish.in_stock}
    return [*groups, {"name": STOCK, "legend": _("Stock"), "options": [only]}]


def _options(words: FacetWords, wish: Wish, counts: Mapping[str, int]) -> list[Group]:
    chosen = wish.chosen.get(words.param, ())
    return [
        {
            "value": spelling,
            "label": said(value),
            "count": counts.get(value, 0),
            "on": spelling in chosen,
        }
        for spelling, value in words.values.items()
        if counts.get(value) or spelling in chosen
    ]


def _prices(wish: Wish) -> Group:
    def written(name: str, price: Any) -> str:
        return wish.unread.get(name) or ("" if price is None else str(price.decimal))

    return {
        "legend": _("Price"),
        "low_name": LOW,
        "low": written(LOW, wish.low),
        "high_name": HIGH,
        "high": written(HIGH, wish.high),
        "unread": [name for name in (LOW, HIGH) if name in wish.unread],
    }


def _applied(wish: Wish, path: str) -> list[tuple[str, str]]:
    """Each filter in words, with the address of the list without it."""
    chips = [
        (said(words.values[spelling]), path + wish.without(words.param, spelling).query())
        for words in wish.words
        for spelling in wish.chosen.get(words.param, ())
    ]
    for group in wish.groups:
        if group not in wish.chosen:
            chips.append((_words(wish, group), path + wish.without(group).query()))
    return chips


def _drops(wish: Wish, counts: Mapping[str, int], path: str) -> list[tuple[str, str, int]]:
    """Which filters to drop from a list that came out empty, the most helpful first."""
    found = [
        (_words(wish, group), path + wish.without(group).query(), counts[group])
        for group in wish.groups
        if counts.get(group)
    ]
    return sorted(found, key=lambda drop: -drop[2])


def _words(wish: Wish, group: str) -> str:
    if group == STOCK:
        return _("In stock only")
    if group == "price":
        low, high = ("" if p is None else money(p) for p in (wish.low, wish.high))
        if low and high:
            return _("%(low)s to %(high)s", low=low, high=high)
        return _("From %(amount)s", amount=low) if low else _("Up to %(amount)s", amount=high)
    words = next(words for words in wish.words if words.param == group)
    return _(" or ").join(map(said, wish.values(words)))
