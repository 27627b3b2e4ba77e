"""An order leaves in one parcel or several; each is told of, and nothing leaves that must not."""

import pytest
from sqlalchemy import select

from storefront import mail
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.carriers import carrier_names, tracking_url
from storefront.orders.fulfilment import NotShippable, pack, send, ship, unpack
from storefront.orders.models import Order, OrderEvent
from storefront.orders.parcels import parcels_of, rest_of
from storefront.orders.settling import follow
from storefront.orders.withdrawing import Period, Statement, withdraw
from storefront.outbox import OutboxMail
from storefront.payments.cancelling import AlreadyPacked, cancel_order
from storefront.transactions import write_tx
from tests.factories import a_variant, an_order
from tests.page import Page


@pytest.fixture
def order(app) -> Order:
    """Three mugs and a cup, paid."""
    made = an_order((a_variant(), 3), (a_variant(), 1))
    change(made, lambda kept: follow(kept, "paid", now(), "test"))
    return made


def change(order: Order, how) -> Order:
    with write_tx() as session:
        how(session.get_one(Order, order.id))
    return db.session.get_one(Order, order.id, populate_existing=True)


def packed(order: Order, *quantities: int) -> int:
    """A parcel of so many of the first line, of the second…; its id."""
    wanted = dict(zip([line.id for line in order.lines], quantities, strict=False))
    change(order, lambda kept: pack(kept, now(), "ada", wanted or None))
    return parcels_of(order.id)[-1].id


def left(order: Order) -> list[int]:
    kept = db.session.get_one(Order, order.id, populate_existing=True)
    return [rest.left for rest in rest_of(kept)]


def withdrawn(order: Order, *quantities: int) -> None:
    wanted = dict(zip([line.id for line in order.lines], quantities, strict=True))
    period = Period(14, 7, now().tzinfo)  # type: ignore[arg-type]
    said = Statement("Ada", "ada@example.com", wanted)
    change(order, lambda kept: withdraw(kept, said, "once", period, "shop@example.com", now()))


def kinds(order: Order) -> list[str]:
    return list(
        db.session.scalars(
            select(OrderEvent.kind).where(OrderEvent.order_id == order.id).order_by(OrderEvent.id)
        )
    )


def mails() -> list[OutboxMail]:
    mail.deliver(now())
    found = select(OutboxMail).where(OutboxMail.kind == "shipped").order_by(OutboxMail.id)
    return list(db.session.scalars(found))


def test_two_parcels_are_two_mails_and_the_order_is_partly_sent_between_them(order, client):
    first = packed(order, 2)
    assert left(order) == [1, 1]
    order = change(order, lambda kept: send(kept, first, now(), "ada", "UPS", "1Z 999"))
    assert order.fulfilment == "partly"
    page = Page.open(client, f"/orders/{order.token}")
    assert "A part of it is on its way. The rest follows in another parcel." in page.text
    assert page.link("1Z 999") == "https://www.ups.com/track?tracknum=1Z%20999"
    second = packed(order)
    assert db.session.get_one(Order, order.id, populate_existing=True).fulfilment == "partly"
    order = change(order, lambda kept: send(kept, second, now(), "ada"))
    assert order.fulfilment == "shipped"
    one, other = mails()
    mug, cup = order.lines
    assert one.subject == f"A part of order {order.number} is on its way · Quillmoss"
    assert f"2 × {mug.name}" in one.text
    assert cup.name not in one.text
    assert "https://www.ups.com/track?tracknum=1Z%20999" in one.text
    assert other.subject == f"Order {order.number} is on its way · Quillmoss"
    assert f"1 × {mug.name}" in other.text
    assert f"1 × {cup.name}" in other.text
    page = Page.open(client, f"/orders/{order.token}")
    assert "Parcel 1" in page.text
    assert "Parcel 2" in page.text


def test_an_order_sent_at_once_is_one_parcel_of_everything(order):
    order = change(order, lambda kept: ship(kept, now(), "ada", "Post", "1"))
    (parcel,) = parcels_of(order.id)
    assert list(parcel.quantities.values()) == [3, 1]
    assert order.fulfilment == "shipped"
    with pytest.raises(NotShippable):
        change(order, lambda kept: ship(kept, now(), "ada"))
    assert len(mails()) == 1


@pytest.mark.parametrize("wanted", [{0: 4}, {0: -1}, {0: 0}, {}, {7: 1}])
def test_a_parcel_holds_what_is_left_of_the_order_and_something(order, wanted):
    ids = [line.id for line in order.lines]
    wanted = {ids[at] if at < 2 else 999: n for at, n in wanted.items()}
    with pytest.raises(NotShippable):
        change(order, lambda kept: pack(kept, now(), "ada", wanted))
    assert parcels_of(order.id) == []


def test_packing_twice_packs_once(order):
    packed(order)
    assert left(order) == [0, 0]
    change(order, lambda kept: pack(kept, now(), "ada"))
    assert len(parcels_of(order.id)) == 1


def test_a_parcel_leaves_once(order):
    parcel = packed(order, 1)
    change(order, lambda kept: send(kept, parcel, now(), "ada"))
    with pytest.raises(NotShippable, match="has left already"):
        change(order, lambda kept: send(kept, parcel, now(), "ada"))
    with pytest.raises(NotShippable, match="has left already"):
        change(order, lambda kept: unpack(kept, parcel, now(), "ada"))
    assert len(mails()) == 1


def test_a_buyer_cancels_until_it_is_packed_and_again_once_it_is_taken_apart(order, app, client):
    parcel = packed(order, 1)
    providers = app.extensions["payment_providers"]
    with pytest.raises(AlreadyPacked):
        cancel_order(order.id, providers, now(), "shopper", "")
    assert "Cancel this order" not in Page.open(client, f"/orders/{order.token}").text
    order = change(order, lambda kept: unpack(kept, parcel, now(), "ada"))
    assert order.fulfilment == "new"
    assert "Cancel this order" in Page.open(client, f"/orders/{order.token}").text
    assert cancel_order(order.id, providers, now(), "shopper", "").state == "cancelled"
    assert kinds(order)[-3:] == ["packed", "unpacked", "cancelled"]


def test_what_the_buyer_withdrew_from_is_left_out_of_the_parcel(order):
    withdrawn(order, 1, 0)
    assert left(order) == [2, 1]
    order = change(order, lambda kept: ship(kept, now(), "ada"))
    assert order.fulfilment == "shipped"
    assert list(parcels_of(order.id)[0].quantities.values()) == [2, 1]


def test_a_parcel_with_goods_the_buyer_withdrew_from_does_not_leave(order):
    parcel = packed(order)
    withdrawn(order, 0, 1)
    with pytest.raises(NotShippable, match="Take its parcel apart"):
        change(order, lambda kept: send(kept, parcel, now(), "ada"))
    change(order, lambda kept: unpack(kept, parcel, now(), "ada"))
    order = change(order, lambda kept: ship(kept, now(), "ada"))
    assert list(parcels_of(order.id)[0].quantities.values()) == [3]
    assert order.fulfilment == "shipped"


def test_the_rest_that_was_withdrawn_from_ends_an_order_sent_in_part(order):
    parcel = packed(order, 3)
    order = change(order, lambda kept: send(kept, parcel, now(), "ada"))
    assert order.fulfilment == "partly"
    withdrawn(order, 0, 1)
    assert db.session.get_one(Order, order.id, populate_existing=True).fulfilment == "shipped"


def test_the_time_to_withdraw_runs_from_the_last_parcel(order, client):
    parcel = packed(order, 1)
    change(order, lambda kept: send(kept, parcel, now(), "ada"))
    page = Page.open(client, f"/orders/{order.token}/withdrawal")
    assert "Nothing has arrived yet, so the time has not begun to run." in page.text
    change(order, lambda kept: ship(kept, now(), "ada"))
    assert "The last day is" in Page.open(client, f"/orders/{order.token}/withdrawal").text


def test_a_tracking_number_is_a_link_for_carriers_we_know():
    assert "DHL" in carrier_names()
    assert tracking_url("dhl", "00 34/5?x=1").endswith("piececode=00%2034%2F5%3Fx%3D1")
    assert tracking_url("My cousin", "1") is None
    assert tracking_url("UPS", "") is None
    assert tracking_url("Courier", "1") is None
