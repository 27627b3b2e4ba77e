"""Makes the demo's products, collections and discounts from entries of JSON files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storefront.catalog.arranging import change_collection_slug, create_collection
from storefront.catalog.editing import NewVariant, change_slug, create_product
from storefront.catalog.models import (
    ACTIVE,
    Collection,
    Picture,
    Product,
    ProductClass,
    ShopPicture,
    Variant,
)
from storefront.catalog.prices import schedule_sale
from storefront.extensions import db
from storefront.money import Money
from storefront.pricing.delivery_file import bring_delivery
from storefront.pricing.entries import read_toml
from storefront.pricing.models import Discount
from storefront.pricing.tax_file import load_taxes
from storefront.refusal import Refusal
from storefront.seed.pictures import Kept
from storefront.seed.plates.draw import HERO, PLATES, SOCIAL
from storefront.stock.ledger import Change

HERE = Path(__file__).parent
ACTOR = "seed"
TAX_CLASSES = {"TE": "food", "HB": "food", "HO": "food", "BK": "books"}  # by the code's beginning

Entry = dict[str, Any]  # one entry of a JSON file


class NoCents(Refusal):
    """The demo's prices cannot be written in this currency."""


@dataclass(frozen=True, slots=True)
class Sower:
    """Sows the demo shop in one currency at one moment."""

    pictures: Mapping[str, Kept]
    currency: str
    now: datetime
    opening: list[Change] = field(default_factory=list)  # what is there on the first day

    def money(self, text: str) -> Money:
        try:
            return Money.parse(text, self.currency)
        except ValueError:
            raise NoCents(
                f"The demo shop's prices have cents and {self.currency} has none. "
                "Set SHOP_CURRENCY to another currency, such as USD or EUR."
            ) from None

    def collections(self, entries: Sequence[Entry]) -> dict[str, Collection]:
        made: dict[str, Collection] = {}
        for place, entry in enumerate(entries):
            parent = made[entry["parent"]] if "parent" in entry else None
            made[entry["slug"]] = self.collection(entry, place, parent)
        return made

    def collection(self, entry: Entry, place: int, parent: Collection | None = None) -> Collection:
        slugs = [*entry.get("formerly", []), entry["slug"]]
        collection = create_collection(
            entry["name"],
            self.now,
            slug=slugs[0],
            parent=parent,
            description=entry["description"],
            rule=entry.get("rule"),
            position=place,
            in_menu=entry.get("in_menu", True),
        )
        for slug in slugs[1:]:
            change_collection_slug(collection, slug, self.now)
        return collection

    def product(self, entry: Entry, place: int, of: ProductClass | None = None) -> Product:
        slugs = [*entry.get("formerly", []), entry["slug"]]
        code = entry["code"]
        product = create_product(
            code,
            entry["name"],
            [self._variant(variant) for variant in entry["variants"]],
            self.now,
            ACTOR,
            slug=slugs[0],
            summary=entry["summary"],
            description=(HERE / "prose" / f"{code.lower()}.md").read_text(encoding="utf-8"),
            option_names=[entry["option"]] if "option" in entry else [],
            facts=[self._fact(fact) for fact in entry["facts"]],
            tags=entry.get("tags", ()),
            product_class=of,
            tax_class=TAX_CLASSES.get(code.partition("-")[0], "standard"),
            position=place,
            status=ACTIVE,
            created_at=self.now - timedelta(days=entry["added_days_ago"]),
        )
        for slug in slugs[1:]:
            change_slug(product, slug, self.now)
        self._hang_pictures(product)
        for variant in entry["variants"]:
            self._stock_and_sell(variant)
        return product

    def _variant(self, entry: Entry) -> NewVariant:
        amount, unit = entry.get("content", (None, None))
        return NewVariant(
            sku=entry["sku"],
            price=self.money(entry["price"]),
            option_values=[entry["value"]] if "value" in entry else [],
            content_amount=amount,
            content_unit=unit,
            weight_g=entry.get("weight_g"),
            ships=not entry.get("download", False),
            track_stock=not entry.get("unlimited", False),
        )

    def _fact(self, entry: Entry) -> Entry:
        """A fact; "months_ahead" is a best-before month, counted from the day of seeding."""
        if "months_ahead" not in entry:
            return entry
        months = self.now.year * 12 + self.now.month - 1 + entry["months_ahead"]
        month = f"{months % 12 + 1:02}/{months // 12}"
        return {"name": entry["name"], "value": month}

    def _hang_pictures(self, product: Product) -> None:
        for place, plate in enumerate(PLATES.get(product.code, ())):
            kept = self.pictures[plate.name]
            db.session.add(
                Picture(product_id=product.id, position=place, alt=plate.alt, **kept._asdict())
            )
        db.session.flush()

    def _stock_and_sell(self, entry: Entry) -> None:
        variant = db.session.scalars(select(Variant).where(Variant.sku == entry["sku"])).one()
        if variant.track_stock:
            self.opening.append(Change(variant.id, entry["stock"], "received"))
        if "plate" in entry:
            variant.picture_id = db.session.scalar(
                select(Picture.id).where(
                    Picture.product_id == variant.product_id,
                    Picture.digest == self.pictures[entry["plate"]].digest,
                )
            )
        for sale in entry.get("sales", ()):
            starts = self.now + timedelta(days=sale["from_days"])
            ends = self.now + timedelta(days=sale["to_days"])
            schedule_sale(variant, self.money(sale["price"]), starts, ends, starts, ACTOR)

    def delivery_and_tax(self, more: Sequence[Entry] = ()) -> None:
        """`more`: methods for the first zone of the file, the shop's own country."""
        given = read_toml((HERE / "delivery.toml").read_text(encoding="utf-8"))
        given["zones"][0]["methods"] += more
        bring_delivery(given, self.currency)
        load_taxes((HERE / "taxes.toml").read_text(encoding="utf-8"))

    def discounts(self, entries: Sequence[Entry], collections: Mapping[str, Collection]) -> None:
        for entry in entries:
            percent, minimum = entry.pop("percent"), entry.pop("minimum", None)
            slugs = entry.pop("collections")
            db.session.add(
                Discount(
                    **entry,
                    currency=self.currency,
                    rate_ppm=int(Decimal(percent) * 10_000),
                    minimum_minor=self.money(minimum).minor if minimum else None,
                    collection_ids=[collections[slug].id for slug in slugs],
                    created_at=self.now,
                )
            )

    def shop_pictures(self) -> None:
        for plate in (HERO, SOCIAL):
            kept = self.pictures[plate.name]
            db.session.add(ShopPicture(place=plate.name, alt=plate.alt, **kept._asdict()))
