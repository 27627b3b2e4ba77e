"""Many products changed in one go: planned row by row, shown, then done or taken back as one.

A plan is a list of steps, each with what is there before and what is after it. Doing it makes sure
that "before" is what is there; undoing is doing it the other way round. Inside write_tx().
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from storefront.audit import record_change
from storefront.catalog.details import KIND
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import (
    ACTIVE,
    BulkEdit,
    Collection,
    CollectionPick,
    Product,
    ProductClass,
    Variant,
)
from storefront.catalog.price_history import drop_sale, write_price, write_sale
from storefront.catalog.selling import DONE
from storefront.extensions import db
from storefront.money import Money
from storefront.refusal import Refusal

PRICE, SALE, TAGS, COLLECTION = "price", "sale", "tags", "collection"
STATUS, CLASS, TAX_CLASS = "status", "class", "tax class"


class Moved(Refusal):
    """Something is no longer as the plan has it."""


class CannotUndo(Refusal):
    """What was done is not there any more, or was taken back before."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change to one product or variant. `before`, `after`: what JSON can hold."""

    what: str
    product_id: int
    name: str  # of the product, with the SKU of the variant
    before: Any
    after: Any
    variant_id: int | None = None
    refused: str = ""  # why it is left as it is

    @property
    def counts(self) -> bool:
        return not self.refused and self.before != self.after

    @property
    def turned(self) -> "Step":
        return replace(self, before=self.after, after=self.before)


def digest_of(steps: Sequence[Step]) -> str:
    """What a page says it has shown."""
    plain = json.dumps([asdict(step) for step in steps], sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:20]


def carry_out(
    steps: Sequence[Step], words: str, now: datetime, actor: str, undoes: int | None = None
) -> BulkEdit:
    """All that counts of a plan, or nothing. Raises Moved."""
    wanted = [step for step in steps if step.counts]
    products, variants = _held(wanted)
    done = [_do(step, products, variants, now, actor) for step in wanted]
    edit = BulkEdit(
        at=now, actor=actor, words=words[:300], undoes_id=undoes,
        rows=[asdict(step) for step in done],
    )  # fmt: skip
    db.session.add(edit)
    for product in products.values():
        product.updated_at = now
    refresh_listings(list(products), now)
    return edit


def undo(edit_id: int, now: datetime, actor: str) -> BulkEdit:
    """The other way round, as changes of their own. Raises CannotUndo."""
    edit = db.session.get(BulkEdit, edit_id)
    if edit is None:
        raise CannotUndo("There is no such change.")
    if db.session.scalar(select(BulkEdit.id).where(BulkEdit.undoes_id == edit_id)):
        raise CannotUndo("This was taken back before.")
    steps = [Step(**row).turned for row in reversed(edit.rows)]
    try:
        return carry_out(steps, f"Undid: {edit.words}", now, actor, undoes=edit_id)
    except Moved as moved:
        raise CannotUndo(f"{moved.message} Nothing was taken back.") from moved


def edits(limit: int) -> Sequence[Any]:
    """The newest bulk edits, and whether each was taken back."""
    undone = select(BulkEdit.undoes_id).where(BulkEdit.undoes_id.is_not(None))
    return db.session.execute(
        select(
            BulkEdit.id, BulkEdit.at, BulkEdit.actor, BulkEdit.words,
            BulkEdit.undoes_id, BulkEdit.id.in_(undone).label("is_undone"),
        )
        .order_by(BulkEdit.id.desc())
        .limit(limit)
    ).all()  # fmt: skip


def _held(steps: Iterable[Step]) -> tuple[Mapping[int, Product], Mapping[int, Variant]]:
    """The rows, in order of their ids, until all is done."""
    steps = list(steps)
    ids = sorted({step.product_id for step in steps})
    of_variants = sorted({step.variant_id for step in steps if step.variant_id})
    products = db.session.scalars(
        select(Product).where(Product.id.in_(ids)).order_by(Product.id).with_for_update()
    ).all()
    variants = db.session.scalars(
        select(Variant).where(Variant.id.in_(of_variants)).order_by(Variant.id).with_for_update()
    ).all()
    return {one.id: one for one in products}, {one.id: one for one in variants}


def _do(
    step: Step,
    products: Mapping[int, Product],
    variants: Mapping[int, Variant],
    now: datetime,
    actor: str,
) -> Step:
    """The step as it was done: a sale from now on knows its moment afterwards."""
    product = products.get(step.product_id)
    variant = variants.get(step.variant_id or 0)
    if product is None or (step.variant_id and variant is None):
        raise Moved(f"{step.name} is there no more.")
    there = state_of(step.what, product, variant, step.before)
    if there != step.before:
        raise Moved(f"{step.name} was changed meanwhile: look again.")
    try:
        if variant is not None:
            _reprice(step, variant, now, actor)
        else:
            _change(step, product, now, actor)
    except Refusal as refusal:
        raise Moved(f"{step.name}: {refusal.message}") from refusal
    return replace(step, after=state_of(step.what, product, variant, step.after))


def state_of(what: str, product: Product, variant: Variant | None, like: Any) -> Any:
    """What is there now, as steps say it. `like`: of a collection, which one."""
    if what == PRICE and variant is not None:
        return variant.price_minor
    if what == SALE and variant is not None:
        return sale_said(variant)
    if what == COLLECTION:
        return _place(product, like["collection"])
    now: dict[str, Any] = {
        TAGS: list(product.tags),
        STATUS: product.status,
        CLASS: product.class_id,
        TAX_CLASS: product.tax_class,
    }
    return now[what]


def sale_said(variant: Variant) -> list[Any] | None:
    if variant.sale_price_minor is None:
        return None
    times = (variant.sale_starts_at, variant.sale_ends_at)
    return [variant.sale_price_minor, *(at.isoformat() if at else None for at in times)]


def _place(product: Product, collection_id: int) -> dict[str, Any]:
    pick = db.session.get(CollectionPick, (collection_id, product.id))
    return {"collection": collection_id, "at": pick.position if pick else None}


def _reprice(step: Step, variant: Variant, now: datetime, actor: str) -> None:
    code = variant.currency
    if step.what == PRICE:
        write_price(variant, Money(step.after, code), now, actor)
    elif step.after is None:
        drop_sale(variant, code, now, actor)
    else:
        minor, *times = step.after
        starts, ends = (datetime.fromisoformat(at) if at else None for at in times)
        write_sale(variant, (Money(minor, code), starts, ends), now, actor)


def _change(step: Step, product: Product, now: datetime, actor: str) -> None:
    action = "changed"
    if step.what == TAGS:
        product.tags = list(step.after)
    elif step.what == STATUS:
        refuse_nothing_to_sell(product, step.after)
        product.status, product.successor_id = step.after, None
        action = DONE[step.after]
    elif step.what == CLASS:
        product.class_id = step.after
    elif step.what == TAX_CLASS:
        product.tax_class = step.after
    else:
        _pick(product, step.after)
    before, after = (words_of(step.what, value) for value in (step.before, step.after))
    name = step.what.capitalize()
    record_change(KIND, product.id, action, {name: before}, {name: after}, actor=actor, now=now)


def _pick(product: Product, wanted: Mapping[str, Any]) -> None:
    key = (wanted["collection"], product.id)
    db.session.execute(
        delete(CollectionPick).where(
            CollectionPick.collection_id == key[0], CollectionPick.product_id == key[1]
        )
    )
    if wanted["at"] is not None:
        db.session.add(
            CollectionPick(collection_id=key[0], product_id=key[1], position=wanted["at"])
        )
    db.session.flush()


def refuse_nothing_to_sell(product: Product, status: str) -> None:
    if status == ACTIVE and all(variant.archived for variant in product.variants):
        raise Refusal("has no variant to buy. Add one first.")


def words_of(what: str, value: Any) -> Any:
    """For the log: tags in a row, a class by its name."""
    if what == TAGS:
        return ", ".join(value)
    if what == CLASS:
        return db.session.scalar(select(ProductClass.name).where(ProductClass.id == value)) or ""
    if what == COLLECTION:
        named = select(Collection.name).where(Collection.id == value["collection"])
        return f"{'in' if value['at'] is not None else 'not in'} {db.session.scalar(named)}"
    return value
