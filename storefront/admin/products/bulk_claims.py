"""Bulk edits that would put forbidden words before shoppers: those products stay as they are."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select

from storefront.admin.claiming import found_in_product
from storefront.catalog.bulk import CLASS, STATUS, Moved, Step
from storefront.catalog.details import KIND
from storefront.catalog.models import ACTIVE, Product, ProductClass
from storefront.compliance.letting_through import ClaimForbidden, forbid, let_through, standing
from storefront.extensions import db


def refuse_claims(steps: Sequence[Step]) -> list[Step]:
    """The steps, those refused that a claim stands against."""
    against = _standing(steps)
    return [
        replace(step, refused=step.refused or against.get(step.product_id, "")) for step in steps
    ]


def refuse_all_for_claims(steps: Iterable[Step]) -> None:
    """What was just done, looked at before it is kept. Inside write_tx(). Raises Moved."""
    done = list(steps)
    against = _standing(done)
    for step in done:
        if said := against.get(step.product_id):
            raise Moved(f"{step.name}: {said}")


def _standing(steps: Iterable[Step]) -> dict[int, str]:
    """By product: the first claim that nobody let through. Two statements, and one more for each
    product with a claim."""
    wanted = {one.product_id: one for one in steps if one.counts and one.what in {STATUS, CLASS}}
    if not wanted:
        return {}
    restricted = set(db.session.scalars(select(ProductClass.id).where(ProductClass.restricted)))
    against = {}
    for product in db.session.scalars(select(Product).where(Product.id.in_(wanted))):
        step = wanted[product.id]
        status = step.after if step.what == STATUS else product.status
        class_id = step.after if step.what == CLASS else product.class_id
        if status == ACTIVE and (said := _said_against(product, class_id in restricted)):
            against[product.id] = said
    return against


def _said_against(product: Product, restricted: bool) -> str:
    found = found_in_product(product, restricted)
    try:
        forbid(standing(found, let_through(KIND, product.id) if found else {}))
    except ClaimForbidden as refusal:
        return refusal.message
    return ""
