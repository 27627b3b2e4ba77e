"""The demo shop: what the JSON and Markdown files beside this say, through the shop's own rules."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from storefront.catalog.arranging import pick
from storefront.catalog.editing import archive
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import Product
from storefront.catalog.synonyms import replace_synonyms
from storefront.extensions import db
from storefront.seed.abroad import say_restricted, sow_abroad
from storefront.seed.goods import sow_goods
from storefront.seed.kratom import Kratom
from storefront.seed.kratom_rules import sow_rules
from storefront.seed.pictures import Kept
from storefront.seed.posts import sow_posts
from storefront.seed.sower import HERE, Sower

ACTOR = "seed"
OPENED = timedelta(days=90)  # ago


def has_products() -> bool:
    return db.session.scalar(select(Product.id).limit(1)) is not None


def sow_demo(
    pictures: Mapping[str, Kept], currency: str, now: datetime, restricted: bool = True
) -> int:
    """Make the demo shop, inside write_tx(), unless there are products. How many it made.
    Without restricted goods: nor anything that is there because of them."""
    if has_products():
        return 0
    sower = Sower(pictures, currency, now)
    collections = sower.collections(_read("collections.json"))
    entries = _read("products.json")
    made = {}
    for place, entry in enumerate(entries):
        made[entry["code"]] = product = sower.product(entry, place)
        pick(collections[entry["collection"]], product, place, now)
    for entry in entries:
        if "successor" in entry:
            archive(made[entry["code"]], made[entry["successor"]], now)
    kratom = Kratom(sower) if restricted else None
    sower.delivery_and_tax(kratom.said["delivery"] if kratom else ())
    sower.discounts(_read("discounts.json"), collections)
    sower.shop_pictures()
    replace_synonyms((HERE / "synonyms.txt").read_text(encoding="utf-8").splitlines())
    sow_abroad(made, currency, now, ACTOR)
    if kratom:
        made |= (leaf := kratom.products(len(collections)))
        say_restricted(leaf, currency)
    refresh_listings(None, now)
    sow_goods(sower.opening, collections["honey"], currency, now - OPENED, now)
    if kratom:
        kratom.lots(now - OPENED)
        sow_rules(now, ACTOR)
    sow_posts(pictures, now, ACTOR, restricted)
    return len(made)


def _read(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))
