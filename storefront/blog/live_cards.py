"""Product cards of an article as they are now: price, stock and picture are read with the page.

Seven states: buyable, choose (one of several variants), low, out, restricted, archived (with what
takes its place), draft. A card is one of them for readers, feeds and mails alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from flask import url_for

from storefront.blog.card_products import heirs_of, products_named, siblings_of
from storefront.catalog.cards import Card, cards_from, picture_ref
from storefront.catalog.models import ACTIVE, ARCHIVED
from storefront.catalog.renditions import PictureRef
from storefront.markets.here import said
from storefront.money import Money
from storefront.stock.queries import OnShelf, on_shelf

State = Literal[
    "buyable", "choose", "low", "out", "restricted", "archived", "draft", "missing", "elsewhere"
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A card as it was written."""

    number: int
    product_id: int | None
    sku: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A variant one can put in the cart from the card."""

    sku: str
    label: str
    price: Money


@dataclass(frozen=True, slots=True)
class LiveCard:
    """What a card says now. `missing` and `elsewhere` (not sold in this market) show nothing."""

    number: int
    state: State
    name: str = ""
    url: str = ""
    note: str = ""
    price: Money | None = None
    was: Money | None = None
    from_: bool = False
    left: int | None = None
    pic: PictureRef | None = None
    choices: tuple[Choice, ...] = ()  # that can be had now
    least: int = 1
    instead: "LiveCard | None" = None

    @property
    def can_be_added(self) -> bool:
        return self.state in {"buyable", "choose", "low"}

    @property
    def stock(self) -> str:
        """As stock_state() is told."""
        return "out" if self.state == "out" else "low" if self.left else "in"

    @property
    def shown(self) -> bool:
        return self.state not in {"draft", "missing", "elsewhere"}


@dataclass(frozen=True, slots=True)
class Products:
    """Everything an article's cards and links need of the catalogue."""

    rows: Mapping[int, Any]
    heirs: Mapping[int, int]
    shelf: Mapping[int, Sequence[OnShelf]]

    def heir(self, product_id: int) -> int | None:
        """Where a product leads: itself, or what took its place; None where nothing did."""
        row = self.rows.get(product_id)
        if row is None:
            return None
        return product_id if row.status == ACTIVE else self.heirs.get(product_id)

    def product_card(self, product_id: int, now: datetime) -> Card | None:
        """As lists show it; None for what is not for sale here, or not to everybody."""
        row = self.rows.get(product_id)
        if row is None or row.status != ACTIVE or row.restricted:
            return None
        covers = {product_id: picture_ref(row)}
        return next(iter(cards_from([row], self.shelf, covers, now)), None)


def read_products(product_ids: Iterable[int]) -> Products:
    """Four statements at most, however many there are; two where none is archived."""
    rows = products_named(set(product_ids))
    gone = [id_ for id_, row in rows.items() if row.status == ARCHIVED]
    heirs: dict[int, Any] = heirs_of(gone) if gone else {}
    if without := [id_ for id_ in gone if id_ not in heirs]:
        heirs |= siblings_of(without)
    rows |= {row.product_id: row for row in heirs.values()}
    led = {id_: row.product_id for id_, row in heirs.items()}
    return Products(rows, led, on_shelf(rows) if rows else {})


def live_cards(
    wanted: Iterable[Wanted], products: Products, post: str, now: datetime
) -> dict[int, LiveCard]:
    """Cards by number. `post`: the article's slug; it goes with every link to a product."""
    return {one.number: _card(one, products, post, now) for one in wanted}


def _card(one: Wanted, products: Products, post: str, now: datetime) -> LiveCard:
    row = products.rows.get(one.product_id or 0)
    if row is None:
        return LiveCard(one.number, "missing", note=one.note)
    known = LiveCard(one.number, "restricted", name=row.name, note=one.note)
    if row.status == ARCHIVED:
        heir = products.heirs.get(row.product_id)
        other = heir and _card(Wanted(one.number, heir), products, post, now)
        return replace(known, state="archived", instead=other if other and other.shown else None)
    if row.status != ACTIVE:
        return replace(known, state="draft")
    url = product_url(row.slug, post, one.sku)
    known = replace(known, url=url)
    if row.restricted:
        return known
    return _on_sale(known, row, products.shelf.get(row.product_id, ()), one.sku, now)


def _on_sale(
    card: LiveCard, row: Any, shelf: Sequence[OnShelf], sku: str, now: datetime
) -> LiveCard:
    """With price and stock: of the variant that is meant, or of all."""
    meant = [one for one in shelf if one.variant.sku == sku] or list(shelf)
    if not meant:
        return replace(card, state="elsewhere")
    there = [one for one in meant if one.state(row.min_quantity) != "out"]
    cheapest = min(there or meant, key=lambda one: one.variant.price(now).minor).variant
    price = cheapest.price(now)
    few = [one for one in there if one.state(row.min_quantity) == "low"]
    state: State = "out" if not there else "choose" if len(there) > 1 else "buyable"
    left = None
    if there and len(few) == len(there):
        left = sum(one.available or 0 for one in few)
        state = "low" if len(there) == 1 else state
    return replace(
        card,
        state=state,
        price=price,
        was=cheapest.list_price if cheapest.on_sale(now) else None,
        from_=any(one.variant.price(now) != price for one in there or meant),
        left=left,
        pic=picture_ref(row),
        choices=tuple(_choice(one, row, now) for one in there),
        least=row.min_quantity,
    )


def _choice(one: OnShelf, row: Any, now: datetime) -> Choice:
    label = ", ".join(said(value) for value in one.variant.option_values) or row.name
    return Choice(one.variant.sku, label, one.variant.price(now))


def product_url(slug: str, post: str, sku: str = "") -> str:
    """To a product, from an article: its page leads back there."""
    values: dict[str, Any] = {"variant": sku or None, "from": post}
    return url_for("catalog.product", slug=slug, **values)
