"""The demo's restricted goods: a class, its collection, eight products, their labels and lots."""

import json
from datetime import datetime
from functools import cached_property
from typing import Any

from storefront.catalog.arranging import pick
from storefront.catalog.models import Product, ProductClass
from storefront.compliance.classes import ClassDetails, make_class
from storefront.compliance.models import ProductLabel
from storefront.compliance.risk_texts import standard_text, write_risk_text
from storefront.extensions import db
from storefront.seed.kratom_lots import sow_lots
from storefront.seed.sower import ACTOR, HERE, Entry, Sower


class Kratom:
    """What kratom.json says, sown by its own Sower: what came in of it lies in lots."""

    def __init__(self, sower: Sower) -> None:
        self.sower = Sower(sower.pictures, sower.currency, sower.now)
        self.now = sower.now

    @cached_property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((HERE / "kratom.json").read_text(encoding="utf-8"))
        return found

    def products(self, place: int) -> dict[str, Product]:
        """In a collection that comes after so many others."""
        product_class = self._class()
        collection = self.sower.collection(self.said["collection"], place)
        made = {}
        for number, entry in enumerate(self.said["products"]):
            product = self.sower.product(self._whole(entry), 100 + number, product_class)
            pick(collection, product, number, self.now)
            label = ProductLabel(
                product_id=product.id, words=self._label(entry), updated_at=self.now
            )
            db.session.add(label)
            made[product.code] = product
        return made

    def _class(self) -> ProductClass:
        details = ClassDetails(**self.said["class"], risk_text=standard_text())
        made = make_class(details, ACTOR, self.now)
        write_risk_text(details.code, "de", standard_text("de"), ACTOR, self.now)
        return made

    def _label(self, entry: Entry) -> dict[str, str]:
        """What is printed on it. Nothing of a serving: whoever asks for that is closed to us."""
        words: dict[str, str] = self.said["label"]
        if entry["form"] != "Capsules":
            return words
        return words | {"ingredients": f"{words['ingredients']}; capsule: plant cellulose"}

    def _whole(self, entry: Entry) -> Entry:
        """An entry with the facts that all of them share."""
        first, *rest = self.said["facts"]
        facts = [
            first,
            {"name": "Form", "value": entry["form"], "filter": True},
            {"name": "Vein colour (trade name)", "value": entry["vein"], "filter": True},
            *rest[:-1],
            *entry["facts"],
            rest[-1],
        ]
        return entry | {"facts": facts}

    def lots(self, opened: datetime) -> None:
        """What came in on the day the shop opened."""
        sow_lots(self.said["lots"], self.sower.opening, opened, self.now)
