"""Goods in and counts as staff find them, with what the demo has of each."""

from collections.abc import Iterator

from sqlalchemy import select

from storefront.extensions import db
from storefront.stock.models import Lot
from storefront.stock.purchase_models import PurchaseOrder
from tests.browser.staff_cookie import staff_cookie
from tests.browser.states import State, variant

COUNT = "/admin/stock/counts/1"


def goods() -> Iterator[State]:
    cookie = staff_cookie("stock")
    ordered, draft = (
        db.session.scalars(select(PurchaseOrder.id).where(PurchaseOrder.state == state)).first()
        for state in ("ordered", "draft")
    )
    held = db.session.scalars(select(Lot.id).where(Lot.state == "quarantine")).first()
    sold = db.session.scalars(
        select(Lot.id).where(Lot.variant_id == variant("TE-SE-50").id)
    ).first()
    for name, path in {
        "receiving": "/admin/receiving",
        "suppliers": "/admin/suppliers",
        "supplier": "/admin/suppliers/1",
        "purchase-orders": "/admin/purchase-orders?view=all",
        "purchase-order": f"/admin/purchase-orders/{ordered}",
        "purchase-order-draft": f"/admin/purchase-orders/{draft}",
        "receive": f"/admin/receiving/new?order={ordered}",
        "receive-alone": "/admin/receiving/new",
        "delivery": "/admin/receiving/1",
        "lots": "/admin/lots",
        "lot": f"/admin/lots/{sold}",
        "lot-held": f"/admin/lots/{held}",
        "counts": "/admin/stock/counts",
        "count": COUNT,
        "count-review": f"{COUNT}/review",
        "count-thing": f"{COUNT}/{variant('HO-WF-500').id}",
    }.items():
        yield State(f"admin-{name}", path, cookie)
    yield State("admin-receive-refused", f"/admin/receiving/new?order={ordered}", cookie,
                press="Receive these goods")  # fmt: skip
    yield State("admin-count-refused", f"{COUNT}/{variant('HO-WF-500').id}", cookie,
                press="Save count")  # fmt: skip
