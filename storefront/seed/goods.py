"""How the demo's goods came in: orders to two suppliers, deliveries, lots, and a count begun."""

import calendar
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from storefront.catalog.models import Collection, Product, Variant
from storefront.extensions import db
from storefront.stock.arriving import Arrival, DeliveryNote, receive_delivery
from storefront.stock.ledger import Change, post
from storefront.stock.lots import open_lot
from storefront.stock.models import FOR_SALE, Lot
from storefront.stock.purchasing import SupplierDetails, add_supplier, draft_order, place, set_line
from storefront.stock.shelf import today
from storefront.stock.stocktaking import Scope, begin_count, enter

BY = "stock@quillmoss.example"
LEAF = SupplierDetails(
    "Harbour Leaf Importers", "orders@harbourleaf.example", "QM-204", "Ships on Tuesdays."
)
BEES = SupplierDetails("Vale Apiaries", "hello@valeapiaries.example", "Quillmoss")
BOUGHT = {"TE-AS": LEAF.name, "HO-WF": BEES.name, "HO-CN": BEES.name}
SOON_OVER = "TE-TG-50"  # of which some are best before next month


class Goods:
    """What is there on the first day, by the ways it came."""

    def __init__(self, opening: Sequence[Change], opened: datetime, now: datetime) -> None:
        self.opened, self.now = opened, now
        self.counts = {change.variant_id: change.delta for change in opening}
        rows: Sequence[Any] = db.session.execute(
            select(Variant, Product.code, Product.facts)
            .join(Product, Product.id == Variant.product_id)
            .where(Variant.id.in_(self.counts))
            .order_by(Variant.id)
        ).all()
        self.rows: list[tuple[Variant, str, date | None]] = [
            (variant, code, _best_before(facts)) for variant, code, facts in rows
        ]
        self.ids = {variant.sku: variant.id for variant, _code, _day in self.rows}

    def open_stock(self) -> None:
        """What was there before the shop kept orders to suppliers, in its lots."""
        changes = []
        for variant, code, day in self.rows:
            count = self.counts[variant.id]
            if code in BOUGHT:
                continue
            if variant.sku == SOON_OVER:
                near, part = today(self.now) + timedelta(days=25), count * 2 // 5
                changes.append(self._into(variant.id, f"{code}-{near:%y%m}", near, part))
                count -= part
            changes.append(
                self._into(variant.id, f"{code}-{day:%y%m}", day, count)
                if day and count
                else Change(variant.id, count, "received")
            )
        post(changes, "received", self.opened, "seed", "Opening stock")

    def _into(self, variant_id: int, code: str, day: date, count: int) -> Change:
        lot = open_lot(variant_id, code, day, FOR_SALE, self.opened)
        return Change(variant_id, count, "received", lot_id=lot.id)

    def bought(self, supplier: SupplierDetails, currency: str, more: int, days_ago: int) -> int:
        """An order of what came of a supplier, and of `more` that is still to come of each; the
        supplier's id."""
        at = self.now - timedelta(days=days_ago)
        supplier_id = add_supplier(supplier, at, BY).id
        order_id = draft_order(supplier_id, currency, _in(self.now, 4), at, BY).id
        arrivals = []
        for variant, code, day in self.rows:
            if BOUGHT.get(code) != supplier.name:
                continue
            count, cost = self.counts[variant.id], variant.price_minor * 2 // 5
            set_line(order_id, variant.sku, count + more, cost, at, BY)
            lot = f"{code}-{day:%y%m}" if day else ""
            arrivals.append(Arrival(variant.id, count + 1, 1, lot, day, cost_minor=cost))
        place(order_id, at, BY)
        note = DeliveryNote(f"seed-{order_id}", currency, order_id, reference=f"DN-{2200 + more}")
        receive_delivery(note, arrivals, at + timedelta(days=8), BY)
        return supplier_id

    def on_hold(self, currency: str) -> None:
        """A few that came by themselves and wait to be looked at."""
        sku = "TE-DJ-150"
        lot = Arrival(self.ids[sku], 6, 0, "TE-DJ-SAMPLE", _in(self.now, 400), hold=True)
        receive_delivery(DeliveryNote("seed-hold", currency), [lot], self.now, BY)

    def drafted(self, currency: str, supplier_id: int) -> None:
        order_id = draft_order(supplier_id, currency, None, self.now, BY).id
        for sku, count in (("TE-SE-50", 40), ("TE-TG-100", 20)):
            set_line(order_id, sku, count, None, self.now, BY)

    def count_begun(self, honey: Collection) -> None:
        scope = Scope("collection", collection_id=honey.id, label=honey.name)
        count_id = begin_count("Honey shelf", scope, True, 10, self.now, BY)
        for sku, off in (("HO-CN-250", 0), ("HO-WF-250", -1)):
            id_ = self.ids[sku]
            lot_id = db.session.scalars(select(Lot.id).where(Lot.variant_id == id_)).one()
            found: dict[int | None, int] = {lot_id: self.counts[id_] + off}
            enter(count_id, id_, found, lambda _id: {}, f"seed-{sku}", self.now, BY)


def sow_goods(
    opening: Sequence[Change], honey: Collection, currency: str, opened: datetime, now: datetime
) -> None:
    """Inside write_tx(), once the products are there and listed."""
    goods = Goods(opening, opened, now)
    goods.open_stock()
    leaf = goods.bought(LEAF, currency, more=1, days_ago=60)
    goods.bought(BEES, currency, more=13, days_ago=20)
    goods.on_hold(currency)
    goods.drafted(currency, leaf)
    goods.count_begun(honey)


def _best_before(facts: Sequence[dict[str, str]]) -> date | None:
    """The last day of the month that is printed on it."""
    month = next((fact["value"] for fact in facts if fact["name"] == "Best before"), None)
    if month is None:
        return None
    number, year = (int(part) for part in month.split("/"))
    return date(year, number, calendar.monthrange(year, number)[1])


def _in(now: datetime, days: int) -> date:
    return today(now) + timedelta(days=days)
