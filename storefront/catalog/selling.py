"""Whether a product is for sale, as staff decide it: each step in the log. Inside write_tx()."""

from datetime import datetime

from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.details import KIND
from storefront.catalog.editing import archive, publish, withdraw
from storefront.catalog.models import ACTIVE, ARCHIVED, DRAFT, Product
from storefront.extensions import db

DONE = {ACTIVE: "put on sale", DRAFT: "made a draft", ARCHIVED: "archived"}


def set_status(
    product: Product, status: str, successor: Product | None, now: datetime, actor: str
) -> None:
    """On sale, a draft or archived; an archived one may name what takes its place."""
    before = _said(product)
    if status == ACTIVE:
        publish(product, now)
    elif status == ARCHIVED:
        archive(product, successor, now)
    else:
        withdraw(product, now)
    db.session.flush()
    record_change(KIND, product.id, DONE[status], before, _said(product), actor=actor, now=now)


def _said(product: Product) -> dict[str, str]:
    followed_by = db.session.scalar(select(Product.name).where(Product.id == product.successor_id))
    return {"status": product.status, "successor": followed_by or ""}
