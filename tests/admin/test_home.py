"""The work queue: what waits, counted; each role sees its own part."""

from datetime import timedelta

from sqlalchemy import select

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import pack, ship
from storefront.orders.models import Order
from storefront.orders.returning import approve, arrive, ask_return
from storefront.orders.settling import follow, send_to_review
from storefront.outbox import OutboxMail, owe_mail
from storefront.payments.models import Dispute, PaymentAttempt
from storefront.transactions import write_tx
from tests.factories import a_product, a_variant, an_order
from tests.page import Page
from tests.reviews.journey import bought
from tests.statements import count_statements


def queue(page: Page) -> dict[str, tuple[int, list[str]]]:
    """Each part: its number and its first few, as they read; of idle ones the name."""
    found = {one.get_text(): (0, []) for one in page.soup.select(".queue__idle li")}
    for part in page.soup.select(".queue:not(.queue--idle)"):
        heading, _, count = part.h2.get_text().partition(": ")
        shown = [" ".join(one.get_text().split()) for one in part.select("li")]
        found[heading] = (int(count), shown)
        assert part.select_one(".queue__count").get_text() == count
    return found


def look(staff_client, role: str = "owner") -> dict[str, tuple[int, list[str]]]:
    return queue(Page.open(staff_client(role), "/admin"))


def moved(order: Order, *moves) -> None:
    with write_tx():
        for move in moves:
            move(db.session.get_one(Order, order.id))


def paid(order: Order) -> None:
    follow(order, "paid", now(), "test")


def test_a_new_shop_has_nothing_waiting(staff_client):
    assert {count for count, _ in look(staff_client).values()} == {0}


def test_paid_orders_wait_until_they_are_sent(staff_client):
    mug = a_variant(on_hand=50)
    orders = [an_order((mug, 1)) for _ in range(10)]
    for order in orders[:8]:
        moved(order, paid)
    moved(orders[0], lambda order: pack(order, now(), "test"))
    moved(orders[1], lambda order: ship(order, now(), "test"))
    with write_tx() as session:
        session.get_one(Order, orders[2].id).disputed = True
        returned = session.get_one(Order, orders[3].id)
        returned.refunded_minor = returned.total_minor
    count, shown = look(staff_client)["Orders to pack and send"]
    assert count == 5  # of 8 paid one is sent, one disputed, one given back
    assert len(shown) == 5
    assert shown[0].startswith("Order 1001 · ada@example.com packed $")


def test_orders_in_review_wait(staff_client):
    order = an_order()
    moved(order, lambda order: send_to_review(order, "odd", now()))
    count, (shown,) = look(staff_client)["Payments to look at"]
    assert count == 1
    assert "ada@example.com" in shown


def test_returns_wait_to_be_answered_and_when_they_arrive_to_be_looked_at(staff_client):
    mug = a_variant(on_hand=9)
    order = an_order((mug, 2))
    moved(order, paid, lambda order: ship(order, now(), "test"))
    with write_tx() as session:
        sent = session.get_one(Order, order.id)
        wanted = {sent.lines[0].id: 1}
        asked = ask_return(sent, wanted, "Too small", "shopper", "shop@example.com", now()).id
    assert look(staff_client)["Returns"][0] == 1
    moved(order, lambda order: approve(order, asked, "By post.", "test", now()))
    assert look(staff_client)["Returns"][0] == 0
    moved(order, lambda order: arrive(order, asked, "test", now()))
    count, (shown,) = look(staff_client)["Returns"]
    assert count == 1
    assert "arrived: look at it" in shown


def test_disputes_wait_with_the_day_they_are_due(staff_client):
    order = an_order()
    with write_tx() as session:
        attempt = PaymentAttempt(
            order_id=order.id, seq=1, provider="stripe", state="paid", currency="USD",
            amount_minor=1800, key="k", created_at=now(), expires_at=now(),
        )  # fmt: skip
        session.add(attempt)
        session.flush()
        for ref, state, days in (("a", "needs_response", 9), ("b", "won", 2), ("c", "lost", 2),
                                 ("d", "under_review", 3)):  # fmt: skip
            session.add(
                Dispute(
                    attempt_id=attempt.id, provider_ref=ref, state=state, currency="USD",
                    amount_minor=1800, due_at=now() + timedelta(days=days), created_at=now(),
                    updated_at=now(),
                )
            )  # fmt: skip
    count, shown = look(staff_client)["Disputes"]
    assert count == 2
    assert all("answer by" in one for one in shown)


def test_what_is_low_or_out_waits_the_fewest_first(staff_client):
    a_product("Kettle", variants=[{"on_hand": 3, "low_at": 3}])
    a_product("Teapot", variants=[{"on_hand": 0, "low_at": 3}])
    a_product("Whisk", variants=[{"on_hand": 4, "low_at": 3}])
    a_product("Download", variants=[{"track_stock": False}])
    a_product("Not on sale", status="draft", variants=[{"on_hand": 0}])
    count, shown = look(staff_client, "stock")["Low or out of stock"]
    assert count == 2
    assert [one.split()[0] for one in shown] == ["Teapot", "Kettle"]
    assert shown[0].endswith("none left")
    assert shown[1].endswith("3 left")


def test_mails_given_up_wait_and_those_that_were_erased_do_not(staff_client):
    with write_tx() as session:
        for number, (state, error) in enumerate(
            [
                ("dead", "SMTPError: no"),
                ("dead", None),
                ("owed", "SMTPError: later"),
                ("sent", None),
            ]
        ):
            owe_mail("no_account", f"a{number}@example.com", now(), ref=str(number))
            kept = session.scalars(select(OutboxMail).where(OutboxMail.ref == str(number))).one()
            kept.state, kept.last_error, kept.attempts = state, error, 8
    count, (shown,) = look(staff_client)["Mails that could not be sent"]
    assert count == 1
    assert shown.startswith("a0@example.com no account, given up after 8 tries")


def test_reviews_wait_until_they_are_read(staff_client, client):
    mug = bought()
    form = Page.open(client, mug.path).form(mug.path)
    form.send(stars="5", title="Good", body="It keeps its heat.")
    count, (shown,) = look(staff_client)["Reviews to read"]
    assert count == 1
    assert "Good" in shown
    assert shown.endswith("5/5")


def test_each_role_sees_its_own_part(staff_client):
    everything = set(look(staff_client))
    stock, orders = set(look(staff_client, "stock")), set(look(staff_client, "orders"))
    assert stock == {"Low or out of stock"}
    assert "Orders to pack and send" in orders
    assert not stock & orders
    assert stock | orders <= everything
    assert not set(look(staff_client, "writer")) & (stock | orders)


def test_the_page_asks_few_questions_however_much_waits(staff_client):
    browser = staff_client("owner")
    mug = a_variant(on_hand=50, low_at=60)
    moved(an_order((mug, 1)), paid)
    browser.get("/admin")
    with count_statements() as few:
        browser.get("/admin")
    for _ in range(7):
        moved(an_order((mug, 1)), paid)
    browser.get("/admin")  # reads once what changes with the catalogue only
    with count_statements() as many:
        browser.get("/admin")
    assert len(many) <= len(few) <= 22
