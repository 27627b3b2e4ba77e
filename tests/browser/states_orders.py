"""Orders as staff find them, in the states of their pages; and what buyers see of returns."""

from collections.abc import Iterator

from storefront.cart.models import Cart
from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money
from storefront.orders.asking import ask
from storefront.orders.drafting import Buyer, begin_draft, keep_buyer, put_line
from storefront.orders.fulfilment import pack, send
from storefront.orders.models import Order
from storefront.orders.queries import order_to_change
from storefront.orders.returning import SHOPPER, approve, arrive, ask_return
from storefront.orders.states import record
from storefront.payments.receiving import receive_transfer
from storefront.stock.ledger import receive
from storefront.transactions import write_tx
from tests.browser.staff_cookie import staff_cookie
from tests.browser.states import (
    State,
    bought,
    by_transfer,
    moved,
    paid,
    shipped,
    variant,
    withdrawn,
)
from tests.factories import HOME
from tests.processes.watched import WatchedShop

SHOP = "shop@example.com"


def staff_orders(shop: WatchedShop) -> Iterator[State]:
    with write_tx():
        for sku in ("TE-SE-50", "BG-TP"):
            receive(variant(sku).id, 50, now(), "test")
    cookie = staff_cookie()
    partly, review = moved(sent_in_part), by_transfer(shop)
    made = {
        "paid": moved(asked_about), "partly": partly, "transfer": review,
        "withdrawn": withdrawn(), "pending": bought(),
    }  # fmt: skip
    for name, order in made.items():
        yield State(f"admin-order-{name}", f"/admin/orders/{order.id}", cookie)
    path = f"/admin/orders/{partly.id}"
    yield State("admin-orders", "/admin/orders?view=all", cookie)
    yield State("admin-orders-none", "/admin/orders?view=all&q=nobody", cookie)
    yield State("admin-order-pack", f"/admin/orders/{made['paid'].id}/parcels", cookie)
    yield State("admin-order-pack-refused", f"{path}/parcels", cookie, press="Packed")
    refund = f"/admin/orders/{by_transfer_and_here(shop).id}/refund"
    yield State("admin-order-refund", refund, cookie)
    yield State("admin-order-refund-refused", refund, cookie, press="See what it does")
    yield State("admin-order-review", f"/admin/orders/{too_little(shop).id}", cookie)
    picks = "&".join(f"pick={order.id}" for order in made.values())
    yield State("admin-order-slips", f"/admin/orders/slips?{picks}", cookie)
    yield State("admin-order-picks", f"/admin/orders/pick-list?{picks}", cookie)
    for name, return_id, order in returns():
        yield State(f"admin-return-{name}", f"/admin/orders/{order.id}/returns/{return_id}", cookie)
        yield State(f"return-{name}", f"/orders/{order.token}/return")
    yield State("admin-return-new", f"{path}/returns", cookie)
    yield State("admin-drafts", "/admin/orders/drafts", cookie)
    yield State("admin-draft", f"/admin/orders/drafts/{a_draft()}?find=tea", cookie)


def by_transfer_and_here(shop: WatchedShop) -> Order:
    order = by_transfer(shop)
    providers = shop.app.extensions["payment_providers"]
    receive_transfer(order.number or 0, order.total, providers, now(), "ana@example.com")
    return order


def too_little(shop: WatchedShop) -> Order:
    order = by_transfer(shop)
    providers = shop.app.extensions["payment_providers"]
    some = Money(1000, order.currency)
    receive_transfer(order.number or 0, some, providers, now(), "ana@example.com")
    return order


def asked_about(order: Order) -> None:
    paid(order)
    order.gift_note = "Happy birthday, Greta."
    ask(order, "Can it come on a Saturday?", SHOP, now())
    record(order, "note", now(), "ana@example.com", "Rang back: Saturday is fine.")


def sent_in_part(order: Order) -> None:
    paid(order)
    first, *_ = order.lines
    parcel = pack(order, now(), "ana@example.com", {first.id: 1})
    assert parcel is not None
    db.session.flush()
    send(order, parcel.id, now(), "ana@example.com", "UPS", "1Z999AA10123456784")


def returns() -> Iterator[tuple[str, int, Order]]:
    """One in each state that waits for somebody."""
    for name in ("asked", "approved", "received"):
        order = moved(shipped)
        with write_tx():
            kept = order_to_change(order.token)
            wanted = {kept.lines[0].id: 1}
            made = ask_return(kept, wanted, "It is too small.", SHOPPER, SHOP, now())
            if name != "asked":
                approve(kept, made.id, "Send it to 12 Harrow Lane.", "ana@example.com", now())
            if name == "received":
                arrive(kept, made.id, "ana@example.com", now())
            return_id = made.id
        yield name, return_id, order


def a_draft() -> int:
    with write_tx() as session:
        draft = begin_draft("ana@example.com", now())
        cart = session.get_one(Cart, draft.cart_id)
        put_line(cart, "TE-SE-50", 2, now())
        keep_buyer(cart, Buyer("greta@example.com", HOME, "Rang on Friday."), now())
        return draft.id
