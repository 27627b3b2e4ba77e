"""Check and pay: one order however often it is sent, at the price that was seen."""

import threading

import pytest
from sqlalchemy import func, select

from storefront.cart.models import CartLine
from storefront.catalog.models import Variant
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.outbox import OutboxMail
from storefront.payments.models import PaymentAttempt
from storefront.payments.stripe_emulator import switches
from storefront.stock.models import StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.checkout.journey import fill_cart, pay, to_review
from tests.factories import a_product, a_variant, an_order
from tests.page import Page
from tests.statements import count_statements

pytestmark = pytest.mark.usefixtures("emulator")


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def the_order() -> Order:
    db.session.rollback()
    return db.session.scalars(select(Order).execution_options(populate_existing=True)).one()


def press(client, page: Page, button: str) -> Page:
    """A button of the test pay page; back in the shop where it leads there."""
    path = page.location.removeprefix("http://localhost")
    return Page.open(client, path, "post", {"method": button})


def test_a_mug_is_bought_with_a_card(client):
    mug = a_variant(on_hand=3, price=1000)
    fill_cart(client, (mug.sku, 2))
    page = pay(to_review(client))
    assert page.status == 303
    assert "/_stripe/c/pay/" in page.location
    assert the_order().state == "pending_payment"
    assert db.session.get_one(StockLevel, mug.id).reserved == 2
    done = press(client, page, "card")
    order = the_order()
    assert (order.state, order.number) == ("paid", 1001)
    assert done.heading.startswith("Order 1001")
    assert "Thank you" in done.text
    assert client.get_cookie("cart_count").value == "0"
    level = db.session.get_one(StockLevel, mug.id, populate_existing=True)
    assert (level.on_hand, level.reserved) == (1, 0)
    assert "Your cart is empty" in Page.open(client, "/cart").text
    assert list(db.session.scalars(select(OutboxMail.kind))) == ["order_paid"]
    assert list(findings()) == []


def test_a_declined_card_leaves_everything_as_it_was_and_can_be_tried_again(client):
    mug = a_variant(on_hand=3)
    fill_cart(client, (mug.sku, 1))
    page = pay(to_review(client))
    declined = press(client, page, "declined")
    assert "declined" in Page.open(client, declined.location.partition("#")[0]).text
    assert the_order().state == "pending_payment"
    press(client, page, "card")
    assert the_order().state == "paid"
    assert count(Order) == 1


def test_going_back_from_the_pay_page_keeps_the_cart(client):
    mug = a_product("Blue mug", variants=[{"on_hand": 1}]).variants[0]
    fill_cart(client, (mug.sku, 1))
    pay(to_review(client))
    cart = Page.open(client, "/cart")
    assert "Blue mug" in cart.text
    assert "sold out" not in cart.text.lower()
    assert "not paid yet" in cart.text
    assert "Pay" in cart.follow("Pay that order").text


def test_a_cart_that_changed_replaces_the_unpaid_order(client):
    mug = a_variant(on_hand=2)
    fill_cart(client, (mug.sku, 1))
    pay(to_review(client))
    fill_cart(client, (mug.sku, 1))
    pay(Page.open(client, "/checkout/review"))
    states = db.session.execute(select(Order.state, Order.total_minor).order_by(Order.id)).all()
    assert [state for state, _ in states] == ["cancelled", "pending_payment"]
    level = db.session.get_one(StockLevel, mug.id, populate_existing=True)
    assert (level.on_hand, level.reserved) == (2, 2)
    assert list(findings()) == []


def test_twenty_submits_at_once_are_one_order_and_one_payment(client, app):
    mug = a_variant(on_hand=30)
    fill_cart(client, (mug.sku, 1))
    form = to_review(client).form("/checkout/review")
    values = {**form.values, "provider": "stripe", "terms": "y"}
    token = client.get_cookie("cart").value
    where: list[str] = []

    def submit() -> None:
        other = app.test_client()
        other.set_cookie("cart", token)
        where.append(other.post("/checkout/review", data=values).headers.get("Location", "none"))

    threads = [threading.Thread(target=submit) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(Order) == 1
    assert count(PaymentAttempt) == 1
    assert len({url for url in where if "/_stripe/" in url}) == 1
    assert db.session.get_one(StockLevel, mug.id, populate_existing=True).reserved == 1


def test_the_terms_must_be_agreed_to(client):
    fill_cart(client, (a_variant().sku, 1))
    answer = to_review(client).form("/checkout/review").send(provider="manual")
    assert answer.status == 422
    assert answer.errors == ["Tick the box to agree to the terms, then pay."]
    assert answer.form("/checkout/review").values["provider"] == "manual"
    assert count(Order) == 0


@pytest.mark.parametrize("provider", ["paypal", "", "x" * 5000])
def test_a_way_to_pay_that_is_not_offered_is_refused(client, provider):
    fill_cart(client, (a_variant().sku, 1))
    answer = pay(to_review(client), provider)
    assert (answer.status, count(Order)) == (422, 0)


def test_a_price_that_moves_while_looking_is_shown_before_anything_is_ordered(client):
    mug = a_variant(on_hand=3, price=1000)
    fill_cart(client, (mug.sku, 1))
    page = to_review(client)
    with write_tx() as session:
        session.get_one(Variant, mug.id).price_minor = 1200
    answer = pay(page)
    assert answer.heading == "Cart"
    assert "The price was $10.00, now $12.00." in answer.text
    assert count(Order) == 0


def test_a_total_that_was_not_the_one_seen_is_refused(client):
    fill_cart(client, (a_variant(price=1000).sku, 1))
    page = to_review(client)
    answer = page.form("/checkout/review").send(provider="stripe", terms="y", seen_total="1")
    assert answer.status == 409
    assert "The total changed" in answer.text
    assert count(Order) == 0


def test_a_cart_changed_in_another_tab_is_checked_again(client):
    mug = a_variant(on_hand=9)
    fill_cart(client, (mug.sku, 1))
    page = to_review(client)
    fill_cart(client, (mug.sku, 1))
    answer = pay(page)
    assert answer.status == 409
    assert "changed in another window" in answer.text
    assert count(Order) == 0
    assert pay(answer).status == 303


def test_the_last_mug_that_somebody_else_takes_is_said_before_paying(client):
    mug = a_variant(on_hand=1)
    fill_cart(client, (mug.sku, 1))
    page = to_review(client)
    an_order((mug, 1))
    answer = pay(page)
    assert answer.heading == "Cart"
    assert "Sold out" in answer.text
    assert count(Order) == 1


def test_nothing_to_pay_needs_no_provider(client):
    gift = a_product("Sample", variants=[{"price": 0, "ships": False, "track_stock": False}])
    fill_cart(client, (gift.code, 1))
    page = Page.open(client, "/checkout").form("/checkout").send(
        email="ada@example.com", delivery__full_name="Ada", delivery__line1="1 Lane",
        delivery__city="Raleigh", delivery__region="NC", delivery__postcode="27601",
    )  # fmt: skip
    done = pay(page)
    assert done.heading.startswith("Order 1001")
    assert the_order().state == "paid"
    assert count(PaymentAttempt) == 0


@pytest.mark.parametrize("how_many", [1, 12])
def test_an_order_is_placed_in_a_bounded_number_of_statements(client, how_many):
    """Placed, sent to its page and shown; one more a line, whose stock is taken guarded."""
    mugs = [a_variant(on_hand=9) for _ in range(how_many)]
    fill_cart(client, *[(mug.sku, 1) for mug in mugs])
    page = to_review(client)
    with count_statements() as statements:
        assert pay(page, "manual").status == 200
    on_sqlite = how_many if db.engine.dialect.name == "sqlite" else 1  # lines, one by one
    assert len(statements) <= 55 + how_many + on_sqlite, "\n".join(statements)


def test_a_bank_transfer_waits_with_a_reference(client, app):
    fill_cart(client, (a_variant(on_hand=3, price=1000).sku, 1))
    done = pay(to_review(client), "manual")
    order = the_order()
    assert (order.state, order.number) == ("awaiting_funds", 1001)
    assert "reference 1001" in done.text
    runner = app.test_cli_runner()
    result = runner.invoke(
        args=["payments", "received", "1001", "--amount", str(order.total.decimal)]
    )
    assert result.exit_code == 0, result.output
    assert the_order().state == "paid"


def test_restricted_goods_are_paid_only_where_the_provider_takes_them(client, app):
    app.config["RESTRICTED_PROVIDERS"] = ["manual"]
    fill_cart(client, (a_product(payment_restricted=True).code, 1))
    page = to_review(client)
    assert "stripe" in str(page.soup)  # the built-in test provider takes everything


def test_the_checkout_of_one_visitor_is_kept_by_nobody(client):
    fill_cart(client, (a_variant().sku, 1))
    to_review(client)
    for path in ("/checkout", "/checkout/delivery", "/checkout/review"):
        assert client.get(path).headers["Cache-Control"] == "private, no-store"


def test_only_the_pay_step_may_lead_to_the_pay_page(client):
    fill_cart(client, (a_variant().sku, 1))
    to_review(client)
    policy = client.get("/checkout/review").headers["Content-Security-Policy"]
    assert "form-action 'self' https://checkout.stripe.com" in policy
    assert "checkout.stripe.com" not in client.get("/checkout").headers["Content-Security-Policy"]


def test_a_pay_page_that_does_not_open_leaves_an_order_to_be_paid_another_way(client, app):
    fill_cart(client, (a_variant().sku, 1))
    review = to_review(client)
    switches.fail_next(str(app.config["STRIPE_EMULATOR_PATH"]), "503", calls=50)
    for again in (False, True):
        page = pay(review)
        assert page.heading == "Your order", again
        assert page.status == 200
        assert "did not open, and nothing was charged. Your order is kept" in page.text
    assert count(Order) == 1
    page = page.form("/payment").send(provider="stripe")
    assert page.status == 503
    assert page.heading == "Your order"
    assert "Your order is kept" in page.text
    page = page.form("/payment").send(provider="manual")
    assert page.heading == "Order 1001"
    assert the_order().state == "awaiting_funds"


def test_paying_the_old_page_after_the_cart_changed_buys_what_it_showed(client):
    mug = a_variant(on_hand=10, price=1000)
    fill_cart(client, (mug.sku, 1))
    old = pay(to_review(client))
    fill_cart(client, (mug.sku, 2))
    review = Page.open(client, "/checkout/review")
    client.post(old.location.removeprefix("http://localhost"), data={"method": "card"})
    page = pay(review)  # in the other tab, before anyone told the shop
    assert page.status == 409
    assert "is paid, so it is not replaced" in page.text
    order = the_order()
    assert (order.state, order.lines[0].quantity) == ("paid", 1)
    left = db.session.scalars(select(CartLine.quantity)).all()
    assert left == [2]
    assert list(findings()) == []


def test_a_token_no_database_can_hold_is_only_an_unknown_one(client):
    assert client.post("/checkout/review", data={"checkout_token": "\0x"}).status_code == 303
