"""Plans for bulk edits: what a wish would do to each product, and where it cannot be done."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from storefront.catalog.bulk import (
    CLASS,
    COLLECTION,
    PRICE,
    SALE,
    STATUS,
    TAGS,
    TAX_CLASS,
    Step,
    refuse_nothing_to_sell,
    sale_said,
    state_of,
)
from storefront.catalog.models import Collection, CollectionPick, Product, Variant
from storefront.extensions import db
from storefront.money import Money
from storefront.refusal import Refusal

HIGHEST_MINOR = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done to all of them; what a kind does not need stays empty."""

    what: str
    amount: int | None = None  # a price in minor units
    percent: Decimal | None = None  # by how much prices change: -10
    ending: int | None = None  # what a price ends on: 95 of 12.95
    ends_sale: bool = False
    starts: datetime | None = None
    ends: datetime | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    collection_id: int | None = None
    takes_out: bool = False
    status: str = ""
    class_id: int | None = None
    tax_class: str = ""


def plan(product_ids: Sequence[int], wish: Wish, now: datetime) -> list[Step]:
    """A step for each product, or each variant, the newest product first."""
    products = db.session.scalars(
        select(Product)
        .where(Product.id.in_(product_ids))
        .order_by(Product.id.desc())
        .options(selectinload(Product.variants))
    ).all()
    if wish.what in {PRICE, SALE}:
        return [step for product in products for step in _prices(product, wish, now)]
    if wish.what == COLLECTION:
        return _places(products, wish)
    return [_plain(product, wish) for product in products]


def _prices(product: Product, wish: Wish, now: datetime) -> Iterator[Step]:
    live = sorted((v for v in product.variants if not v.archived), key=lambda v: v.position)
    for variant in live:
        before = variant.price_minor if wish.what == PRICE else sale_said(variant)
        step = Step(
            wish.what, product.id, f"{product.name} · {variant.sku}", before, before, variant.id
        )
        try:
            after = (_price if wish.what == PRICE else _sale)(variant, wish, now)
            yield replace(step, after=after)
        except Refusal as refusal:
            yield replace(step, refused=refusal.message)


def _price(variant: Variant, wish: Wish, now: datetime) -> int:
    new = _worked_out(variant, wish)
    sale = variant.sale_price_minor
    is_over = variant.sale_ends_at is not None and variant.sale_ends_at <= now
    if sale is not None and not is_over and sale >= new:
        raise Refusal("Its sale would no longer be lower. End the sale first.")
    return new


def _sale(variant: Variant, wish: Wish, now: datetime) -> list[Any] | None:
    if wish.ends_sale:
        return None
    new = _worked_out(variant, wish)
    if new >= variant.price_minor:
        raise Refusal("A sale price is lower than the price itself.")
    if wish.ends is not None and wish.ends <= max(wish.starts or now, now):
        raise Refusal("This sale ends before it starts.")
    times = (wish.starts, wish.ends)
    return [new, *(at.isoformat() if at else None for at in times)]


def _worked_out(variant: Variant, wish: Wish) -> int:
    """The amount itself, or by percent of its price; then up or down to the ending that is
    nearest."""
    new = wish.amount if wish.amount is not None else variant.price_minor
    if wish.percent is not None:
        exact = Decimal(variant.price_minor) * (100 + wish.percent) / 100
        new = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    if wish.ending is not None:
        whole = 10 ** Money(0, variant.currency).exponent
        near = [new // whole * whole + wish.ending + step * whole for step in (-1, 0, 1)]
        new = min((one for one in near if one > 0), key=lambda one: (abs(one - new), one))
    if not 0 < new <= HIGHEST_MINOR:
        raise Refusal("No price comes of this.")
    return new


def _places(products: Sequence[Product], wish: Wish) -> list[Step]:
    """Into a collection at its end, or out of it."""
    id_ = wish.collection_id or 0
    known = db.session.scalar(select(Collection.id).where(Collection.id == id_))
    last = db.session.scalar(
        select(func.max(CollectionPick.position)).where(CollectionPick.collection_id == id_)
    )
    place = -1 if last is None else last
    picked = dict(
        db.session.execute(
            select(CollectionPick.product_id, CollectionPick.position).where(
                CollectionPick.collection_id == id_,
                CollectionPick.product_id.in_([product.id for product in products]),
            )
        ).all()
    )
    steps = []
    for product in products:
        at = picked.get(product.id)
        after = None if wish.takes_out else at
        if not wish.takes_out and at is None:
            place += 1
            after = place
        refused = "" if known else "There is no such collection."
        before = {"collection": id_, "at": at}
        steps.append(
            Step(
                COLLECTION, product.id, product.name, before,
                {"collection": id_, "at": after}, refused=refused,
            )
        )  # fmt: skip
    return steps


def _plain(product: Product, wish: Wish) -> Step:
    before = state_of(wish.what, product, None, None)
    step = Step(wish.what, product.id, product.name, before, before)
    try:
        return replace(step, after=_AFTER[wish.what](product, wish))
    except Refusal as refusal:
        return replace(step, refused=refusal.message)


def _tags(product: Product, wish: Wish) -> list[str]:
    gone = {tag.casefold() for tag in wish.remove}
    kept = [tag for tag in product.tags if tag.casefold() not in gone]
    there = {tag.casefold() for tag in kept}
    return kept + [tag for tag in wish.add if tag.casefold() not in there]


def _status(product: Product, wish: Wish) -> str:
    refuse_nothing_to_sell(product, wish.status)
    return wish.status


_AFTER: dict[str, Callable[[Product, Wish], Any]] = {
    TAGS: _tags,
    STATUS: _status,
    CLASS: lambda _product, wish: wish.class_id,
    TAX_CLASS: lambda _product, wish: wish.tax_class,
}
