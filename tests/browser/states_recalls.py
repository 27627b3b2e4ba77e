"""A recall as staff, its buyers and everybody else see it; one that is closed beside it."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from storefront.clock import now
from storefront.compliance.models import RecallNotice
from storefront.extensions import db
from storefront.orders.fulfilment import ship
from storefront.orders.models import Order
from storefront.orders.queries import order_to_change
from storefront.orders.recall_steps import close_recall, confirm_read
from storefront.orders.recalling import RecallWords, begin_recall
from storefront.orders.settling import follow
from storefront.transactions import write_tx
from tests.browser.staff_cookie import staff_cookie
from tests.browser.states import State, variant
from tests.factories import a_cart, a_lot, an_order

WHO = "kim@quillmoss.example"
SAID = RecallWords(
    "A splinter of glass was found in a jar of this lot.",
    "Do not eat from it. Put the jar in the bin: you need not send it back.",
    {
        "de": {
            "reason": "In einem Glas dieser Charge war ein Splitter.",
            "advice": "Bitte nicht essen.",
        }
    },
)
SKU = "HO-WF-500"


def recalls() -> Iterator[State]:
    cookie = staff_cookie("owner")
    honey = variant(SKU)
    slug = honey.product.slug
    soon = (now() + timedelta(days=1)).date()
    lot_id, over_id = a_lot(honey, "WF-2610-A", 12, soon), a_lot(variant("TE-AS-75"), "AS-1", 4)
    left, waits, silent = _order(sent=True), _order(sent=False), _order(sent=True)
    cart = a_cart((variant(SKU), 1))
    yield State("admin-recall-new", f"/admin/recalls/new/{over_id}", cookie)
    yield State("admin-recall-refused", f"/admin/recalls/new/{over_id}", cookie,
                press="See what it touches")  # fmt: skip
    with write_tx():
        recall_id = begin_recall([lot_id], SAID, now(), WHO).id
        over = begin_recall([over_id], SAID, now(), WHO).id
        close_recall(over, "It was another lot.", now(), WHO)
    with write_tx():
        confirm_read(_token(left), "destroyed", now())
    yield State("admin-recalls", "/admin/recalls?view=all", cookie)
    yield State("admin-recalls-none", "/admin/recalls?view=closed&after=0", cookie)
    yield State("admin-recall", f"/admin/recalls/{recall_id}", cookie)
    yield State("admin-recall-closed", f"/admin/recalls/{over}", cookie)
    yield State("admin-lot-recalled", f"/admin/lots/{lot_id}", cookie)
    yield State("recall", f"/recalls/{_token(silent)}")
    yield State("recall-read", f"/recalls/{_token(left)}")
    yield State("order-recalled", f"/orders/{left.token}")
    yield State("order-recalled-unsent", f"/orders/{waits.token}")
    yield State("product-recalled", f"/products/{slug}")
    yield State("cart-recalled", "/cart", {"cart": cart.token})


def _order(sent: bool) -> Order:
    order = an_order((variant(SKU), 2))
    with write_tx():
        kept = order_to_change(order.token)
        follow(kept, "paid", now(), "test")
        if sent:
            ship(kept, now(), "test")
    return db.session.get_one(Order, order.id)


def _token(order: Order) -> str:
    return db.session.scalars(
        select(RecallNotice.token).where(RecallNotice.order_id == order.id)
    ).one()
