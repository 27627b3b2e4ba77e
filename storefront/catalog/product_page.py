"""One product as its page shows it: read in at most five statements, then put into words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.numbers import format_decimal
from flask import url_for

from storefront.cart.lines import LINE_LIMIT
from storefront.catalog.cards import Card, cards_from, picture_ref
from storefront.catalog.models import ACTIVE, Listing, Variant
from storefront.catalog.navigation import Branch, Trail, branches, collection_url, deepest, trail_to
from storefront.catalog.prices import UnitPrice, lowest_prices, unit_prices
from storefront.catalog.queries import beside, neighbours, pictures_of
from storefront.catalog.renditions import PictureRef
from storefront.compliance.recalls import PublicRecall, open_recalls
from storefront.languages import _, ngettext, spoken
from storefront.markets.here import here, said
from storefront.money import Money
from storefront.pricing.models import Parcel
from storefront.reviews.shown import Rating, approved_of, rating_of
from storefront.stock.queries import OnShelf, State, can_be_had, on_shelf

RELATED = 4
ARTICLES = 4
NEIGHBOURS = neighbours(can_be_had(Listing.product_id), RELATED)


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as a shopper sees it."""

    variant_id: int
    sku: str
    label: str
    price: Money
    was: Money | None
    sale_ends: datetime | None
    lowest: Money | None  # of the 30 days before the sale
    units: list[UnitPrice]
    content: tuple[int, str] | None  # how much is in it, where prices are told by that
    stock: State
    left: int | None
    most: int  # one order may have
    ships: bool
    grams: int
    picture_id: int | None
    url: str

    @property
    def parcel(self) -> Parcel:
        """One of it, as a delivery is priced."""
        return Parcel(self.price, self.grams)

    @property
    def buyable(self) -> bool:
        return self.stock != "out"


@dataclass(frozen=True, slots=True)
class ProductPage:
    product: Any  # columns of Product, see queries.product_at
    offers: list[Offer]
    chosen: Offer
    asked: bool  # the address names the chosen variant
    pictures: list[PictureRef]
    cover: PictureRef | None
    facts: list[tuple[str, str, bool]]
    trail: Trail
    rating: Rating | None
    reviews: Sequence[Any]  # approved ones, the newest first
    shelf: Branch | None  # where the related ones stand
    related: list[Card]
    came_from: str  # slug of the article that led here, if one did
    recalls: Sequence[PublicRecall]  # open ones, the newest first

    @property
    def articles(self) -> list[dict[str, Any]]:
        """The newest that speak of it."""
        found: list[dict[str, Any]] = self.product.articles
        return found[:ARTICLES]

    @property
    def article(self) -> dict[str, Any] | None:
        """The one that led here: looked up among those that speak of it, never an address."""
        return next((one for one in self.product.articles if one["slug"] == self.came_from), None)

    @property
    def shelf_url(self) -> str | None:
        return collection_url(self.shelf.slug) if self.shelf else None

    @property
    def name(self) -> str:
        return str(self.product.name)

    @property
    def rating_words(self) -> str:
        """What the stars say, as search engines are told it too."""
        if self.rating is None:
            return ""
        average = format_decimal(self.rating.average, "0.0", locale=spoken().locale)
        return ngettext(
            "%(average)s of 5 stars, from 1 review",
            "%(average)s of 5 stars, from %(num)s reviews",
            self.rating.count,
            average=average,
        )

    @property
    def buyable(self) -> bool:
        return any(offer.buyable for offer in self.offers)

    @property
    def option(self) -> str:
        """What the variants differ in: "Size", "Strain and size"."""
        return _(" and ").join(map(said, self.product.option_names)) or _("Variant")


def product_page(
    rows: Sequence[Any],
    sku: str | None,
    now: datetime,
    came_from: str = "",
    preview: bool = False,
) -> ProductPage | None:
    """The page of a product that is for sale, or a draft's; None without a variant to show."""
    product = rows[0]
    if product.status != ACTIVE and not preview:
        return None
    stands_in = _stands_in(rows)
    shelf = deepest(stands_in, more_than=RELATED)
    near = _near(rows, shelf)
    on_shelves = on_shelf([product.id, *(row.product_id for row in near)])
    own = on_shelves.get(product.id)
    if not own:
        return None
    pictures = pictures_of(product.id, [row.product_id for row in near])
    offers = _offers(product, own, now)
    asked = next((offer for offer in offers if offer.sku == sku), None)
    chosen = asked or next((offer for offer in offers if offer.buyable), offers[0])
    covers = {id_: picture_ref(found[0]) for id_, found in pictures.items()}
    rating = rating_of(product.review_count, product.review_stars)
    return ProductPage(
        product=product,
        offers=offers,
        chosen=chosen,
        asked=asked is not None,
        pictures=_gallery(pictures.get(product.id, []), chosen),
        cover=covers.get(product.id),
        facts=_facts(product),
        rating=rating,
        reviews=approved_of(product.id) if rating else [],
        trail=trail_to(deepest(stands_in), product.name),
        shelf=shelf,
        related=cards_from(near, on_shelves, covers, now),
        came_from=came_from,
        recalls=open_recalls([product.id]) if product.under_recall else [],
    )


def _stands_in(rows: Sequence[Any]) -> list[int]:
    """Its collections; of one that everybody may see, only those whose others they may see too."""
    ids = [row.collection_id for row in rows if row.collection_id is not None]
    if rows[0].restricted:
        return ids
    known = branches()
    return [id_ for id_ in ids if id_ in known and not known[id_].restricted]


def _near(rows: Sequence[Any], shelf: Branch | None) -> list[Any]:
    if shelf is None:
        return []
    place = next(row.position for row in rows if row.collection_id == shelf.id)
    return beside(NEIGHBOURS, shelf.id, place, rows[0].id)[:RELATED]


def _offers(product: Any, shelf: Sequence[OnShelf], now: datetime) -> list[Offer]:
    lowest = lowest_prices([one.variant for one in shelf], now)
    return [offer_of(product, one, lowest.get(one.variant.id), now) for one in shelf]


def offer_of(product: Any, one: OnShelf, lowest: Money | None, now: datetime) -> Offer:
    """`product`: a row with slug, name and the quantities it is sold in."""
    variant: Variant = one.variant
    reduced = variant.on_sale(now)
    state = one.state(product.min_quantity)
    most = product.max_quantity or LINE_LIMIT
    units = unit_prices(variant, now, here().measures)
    amount, unit = variant.content_amount or 0, variant.content_unit or ""
    return Offer(
        variant_id=variant.id,
        sku=variant.sku,
        label=", ".join(said(value) for value in variant.option_values) or product.name,
        price=variant.price(now),
        was=variant.list_price if reduced else None,
        sale_ends=variant.sale_ends_at if reduced else None,
        lowest=lowest,
        units=units,
        content=(amount, unit) if units else None,
        stock=state,
        left=one.available if state == "low" else None,
        most=most if one.available is None else min(most, one.available),
        ships=variant.ships,
        grams=variant.weight_g or 0,
        picture_id=variant.picture_id,
        url=url_for("catalog.product", slug=product.slug, variant=variant.sku),
    )


def _gallery(rows: Sequence[Any], chosen: Offer) -> list[PictureRef]:
    """The chosen variant's own picture first."""
    ordered = sorted(rows, key=lambda row: row.id != chosen.picture_id)
    return [found for row in ordered if (found := picture_ref(row))]


def _facts(product: Any) -> list[tuple[str, str, bool]]:
    return [
        (said(fact["name"]), said(fact["value"]), fact["name"] == "Lot") for fact in product.facts
    ]
