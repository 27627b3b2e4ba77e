"""The page of a lot, put into words: a part for each product that has a lot of this code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from storefront.catalog.models import ACTIVE, Product
from storefront.catalog.saying import name_of
from storefront.compliance.models import LabReport
from storefront.compliance.public_lots import PublicLot, public_lots
from storefront.compliance.recalls import PublicRecall, recalls_of_lot
from storefront.compliance.shown import Line, lines_of
from storefront.extensions import db
from storefront.languages import _


@dataclass(frozen=True, slots=True)
class LotPart:
    lot: PublicLot
    name: str  # of the product
    slug: str  # "" where it is no longer sold
    restricted_class: str  # the code of its class, where that is restricted
    state: str  # in words
    short: bool  # good for a short time only
    recall: PublicRecall | None  # the newest
    lines: list[Line]  # of the newest report

    @property
    def newest(self) -> LabReport | None:
        return self.lot.newest

    @property
    def earlier(self) -> tuple[LabReport, ...]:
        return self.lot.reports[1:]


def lot_page(code: str, day: date) -> list[LotPart]:
    """Empty where the lot has no page."""
    lots = public_lots(code)
    if not lots:
        return []
    products = {
        one.id: one
        for one in db.session.scalars(
            select(Product)
            .where(Product.id.in_([lot.product_id for lot in lots]))
            .options(joinedload(Product.product_class))
        )
    }
    recalls = recalls_of_lot(code)
    return [_part(lot, products[lot.product_id], recalls, day) for lot in lots]


def _part(lot: PublicLot, product: Product, recalls: Sequence[PublicRecall], day: date) -> LotPart:
    own = product.product_class
    recall = next((one for one in recalls if lot.product_id in one.product_ids), None)
    return LotPart(
        lot=lot,
        name=name_of(product),
        slug=product.slug if product.status == ACTIVE else "",
        restricted_class=own.code if own is not None and own.restricted else "",
        state=_state(lot, day),
        short=lot.is_short(day) and not lot.recalled,
        recall=recall if lot.recalled else None,
        lines=lines_of(lot.newest) if lot.newest else [],
    )


def _state(lot: PublicLot, day: date) -> str:
    if lot.recalled:
        return _("Called back: do not use it")
    if lot.is_over(day):
        return _("Past its day: no longer for sale")
    return _("Released for sale")
