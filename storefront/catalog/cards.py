"""Product cards: what a list shows of each product, from columns, two statements for any number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from storefront.catalog.renditions import PictureRef
from storefront.languages import _
from storefront.money import Money
from storefront.stock.queries import OnShelf, State, on_shelf


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    url: str
    price: Money
    was: Money | None
    from_: bool
    stock: State
    left: int | None
    pic: PictureRef | None
    flag: str | None


def cards_of(rows: Sequence[Any], now: datetime) -> list[Card]:
    """Cards for rows with product_id, slug, name, min_quantity and the cover's columns."""
    shelf = on_shelf(row.product_id for row in rows)
    return cards_from(rows, shelf, {row.product_id: picture_ref(row) for row in rows}, now)


def cards_from(
    rows: Iterable[Any],
    shelf: Mapping[int, Sequence[OnShelf]],
    covers: Mapping[int, PictureRef | None],
    now: datetime,
) -> list[Card]:
    """The same with variants and covers already read."""
    return [
        _card(row, shelf[row.product_id], covers.get(row.product_id), now)
        for row in rows
        if shelf.get(row.product_id)
    ]


def _card(row: Any, shelf: Sequence[OnShelf], cover: PictureRef | None, now: datetime) -> Card:
    cheapest = min((one.variant for one in shelf), key=lambda variant: variant.price(now).minor)
    price = cheapest.price(now)
    stock, left = stock_of(shelf, row.min_quantity)
    return Card(
        name=row.name,
        url=url_for("catalog.product", slug=row.slug),
        price=price,
        was=cheapest.list_price if cheapest.on_sale(now) else None,
        from_=any(one.variant.price(now) != price for one in shelf),
        stock=stock,
        left=left,
        pic=cover,
        flag=_("Sale") if any(one.variant.on_sale(now) for one in shelf) else None,
    )


def stock_of(shelf: Sequence[OnShelf], at_least: int) -> tuple[State, int | None]:
    """In stock when any variant is; else low, with how many are left in all, or out."""
    states = [one.state(at_least) for one in shelf]
    if "in" in states:
        return "in", None
    if "low" in states:
        counted = zip(states, shelf, strict=True)
        return "low", sum(one.available or 0 for state, one in counted if state == "low")
    return "out", None


def picture_ref(row: Any) -> PictureRef | None:
    """The picture in a row's columns; None where there is none."""
    if row.digest is None:
        return None
    focus = getattr(row, "focus_x", 50), getattr(row, "focus_y", 50)
    return PictureRef(row.digest, row.width, row.height, row.alt, focus)
