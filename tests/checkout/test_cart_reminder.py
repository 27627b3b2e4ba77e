"""One mail about a cart that was left, to who asked for it: never twice, never after an order."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from sqlalchemy import select, update

from storefront import jobs, mail
from storefront.account.models import Customer
from storefront.account.tokens import signed
from storefront.cart.forgetting import forget_old_carts
from storefront.cart.models import Cart
from storefront.catalog.models import Product, ProductClass, Variant
from storefront.catalog.prices import set_price
from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money
from storefront.orders.reminding import (
    CONSENT,
    CartReminder,
    erase_customers_reminders,
    tell_reminders_of,
)
from storefront.outbox import OutboxMail
from storefront.transactions import write_tx
from tests.checkout.journey import ADA, fill_cart, pay, to_review
from tests.factories import a_product, a_variant, an_order
from tests.mail_server import MailServer
from tests.page import Page

pytestmark = pytest.mark.usefixtures("emulator")
LINK = re.compile(r"http://localhost(/\S+)")
MONDAY = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as travelling:
        yield travelling


def leave(client, *wishes, remind: str | None = "y", **details) -> Page:
    """Fill a cart, tell contact and address, and go no further."""
    fill_cart(client, *wishes)
    page = (
        Page.open(client, "/checkout").form("/checkout").send(**{**ADA, **details}, remind=remind)
    )
    assert page.heading == "Delivery", page.errors
    return page


def sent(app) -> list[EmailMessage]:
    """What leaves when the worker's clock strikes now."""
    jobs.remind_of_carts(app)
    with MailServer() as server:
        app.config["MAIL_URL"] = server.url
        mail.deliver(now())
    app.config["MAIL_URL"] = ""
    return [one for one in server.messages if one["Subject"].startswith("Your cart")]


def path_in(message: EmailMessage, part: str) -> str:
    text = message.get_body(("plain",)).get_content()
    return next(path for path in LINK.findall(text) if part in path)


def rows() -> list[CartReminder]:
    db.session.rollback()
    return list(db.session.scalars(select(CartReminder).order_by(CartReminder.id)))


def test_it_names_nothing_that_the_law_restricts(client, app, clock):
    tea, leaf = a_product("Sencha"), a_product("Red leaf")
    leave(client, (tea.variants[0].sku, 1), (leaf.variants[0].sku, 1))
    with write_tx() as session:
        made = ProductClass(code="leaf", name="Leaf", restricted=True)
        session.add(made)
        session.flush()
        session.get_one(Product, leaf.id).class_id = made.id
    clock.shift(timedelta(hours=25))
    (message,) = sent(app)
    text = message.get_body(("plain",)).get_content()
    assert "Sencha" in text
    assert "Red leaf" not in text


def test_a_cart_left_for_a_day_is_written_about_once(client, app, clock):
    mug = a_product("Mug", variants=[{"price": 1250}, {"price": 2000}])
    leave(client, (mug.variants[1].sku, 2))
    (wish,) = rows()
    assert (wish.email, wish.consent) == ("ada@example.com", CONSENT)
    clock.shift(timedelta(hours=23, minutes=59))
    assert sent(app) == []
    clock.shift(timedelta(minutes=1))
    (message,) = sent(app)
    assert message["To"] == "ada@example.com"
    words = message.get_body(("plain",)).get_content()
    assert "2 x Mug, Size 2" in words
    assert "20.00" not in words  # prices are those of the day of the order
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for _ in range(3):
        clock.shift(timedelta(days=1))
        assert sent(app) == []


def test_nobody_is_written_to_without_the_tick_and_the_box_comes_unticked(client, app, clock):
    fill_cart(client, (a_variant().sku, 1))
    page = Page.open(client, "/checkout")
    box = page.soup.find("input", attrs={"name": "remind"})
    assert not box.has_attr("checked")
    page.form("/checkout").send(**ADA)
    assert rows() == []
    clock.shift(timedelta(days=2))
    assert sent(app) == []


def test_the_tick_is_shown_again_and_can_be_taken_back(client, app, clock):
    leave(client, (a_variant().sku, 1))
    page = Page.open(client, "/checkout")
    assert page.soup.find("input", attrs={"name": "remind"}).has_attr("checked")
    page.form("/checkout").send(remind=None)
    assert rows()[0].ended_at is not None
    clock.shift(timedelta(days=2))
    assert sent(app) == []


def test_what_is_wrong_with_the_address_keeps_the_tick_and_writes_nothing_down(client, clock):
    fill_cart(client, (a_variant().sku, 1))
    page = Page.open(client, "/checkout").form("/checkout").send(
        **{**ADA, "email": "ada@"}, remind="y"
    )  # fmt: skip
    assert page.status == 422
    assert page.soup.find("input", attrs={"name": "remind"}).has_attr("checked")
    assert rows() == []


def test_a_cart_that_is_changed_again_is_not_left(client, app, clock):
    mug = a_variant(on_hand=9)
    leave(client, (mug.sku, 1))
    clock.shift(timedelta(hours=20))
    fill_cart(client, (mug.sku, 1))
    clock.shift(timedelta(hours=20))
    assert sent(app) == []
    clock.shift(timedelta(hours=4))
    assert len(sent(app)) == 1


def test_who_ordered_from_it_is_never_written_to(client, app, clock):
    mug = a_variant(on_hand=9)
    leave(client, (mug.sku, 1))
    pay(to_review(client, remind="y"))  # and never paid
    clock.shift(timedelta(days=2))
    assert sent(app) == []
    assert Page.open(client, "/cart").status == 200


def test_who_ordered_in_another_browser_is_not_written_to(client, app, clock):
    leave(client, (a_variant().sku, 1))
    clock.shift(timedelta(hours=1))
    an_order(email="Ada@Example.com")
    clock.shift(timedelta(days=2))
    assert sent(app) == []


def test_an_emptied_cart_is_not_written_about(client, app, clock):
    leave(client, (a_variant().sku, 1))
    Page.open(client, "/cart").form("").send(quantity="0")
    clock.shift(timedelta(days=2))
    assert sent(app) == []


def test_a_cart_left_long_ago_is_not_dug_out(client, app, clock):
    leave(client, (a_variant().sku, 1))
    clock.shift(timedelta(days=9))  # the worker stood still
    assert sent(app) == []


def test_who_comes_back_while_the_mail_waits_is_not_written_to(client, app, clock):
    mug = a_variant(on_hand=9)
    leave(client, (mug.sku, 1))
    clock.shift(timedelta(days=1))
    jobs.remind_of_carts(app)
    clock.shift(timedelta(minutes=5))
    fill_cart(client, (mug.sku, 1))
    assert sent(app) == []
    assert [one.state for one in db.session.scalars(select(OutboxMail))] == ["dropped"]


def test_one_click_stops_them_until_the_box_is_ticked_again(client, app, clock):
    mug = a_variant(on_hand=50)
    leave(client, (mug.sku, 1))
    other = app.test_client()
    leave(other, (mug.sku, 1))
    clock.shift(timedelta(days=1))
    with write_tx() as session:  # only the first is due yet
        late = session.scalars(select(Cart).order_by(Cart.id.desc())).first()
        late.updated_at = now()
    (message,) = sent(app)
    stop = message["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    answer = app.test_client().post(stop, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    clock.shift(timedelta(days=1))
    assert sent(app) == []
    Page.open(other, "/checkout").form("/checkout").send(remind="y")
    clock.shift(timedelta(days=1))
    assert len(sent(app)) == 1


def test_the_link_rebuilds_the_cart_in_another_browser_at_todays_prices(client, app, clock):
    mug, cup = a_variant(on_hand=9, price=1250), a_variant(on_hand=9, price=500)
    leave(client, (mug.sku, 2), (cup.sku, 1))
    clock.shift(timedelta(days=1))
    (message,) = sent(app)
    with write_tx() as session:
        set_price(session.get(Variant, mug.id), Money(1390, "USD"), now(), "test")
    phone = app.test_client()
    page = Page.open(phone, path_in(message, "/cart/again/"))
    assert page.heading == "The cart you left"
    assert "$13.90" in page.text
    assert "ada@" not in page.text
    assert "Your cart is empty" in Page.open(phone, "/cart").text  # looking adds nothing
    cart = page.form().send()
    assert cart.heading == "Cart"
    assert "$32.80" in cart.text  # 2 × 13.90 + 5.00
    page.form().send()
    assert phone.get_cookie("cart_count").value == "3"  # twice is once
    assert Page.open(phone, "/checkout").form("/checkout").values["email"] == ""


def test_in_its_own_browser_the_link_leads_to_the_cart_itself(client, app, clock):
    leave(client, (a_variant().sku, 2))
    clock.shift(timedelta(days=1))
    (message,) = sent(app)
    assert Page.open(client, path_in(message, "/cart/again/")).path.endswith("/cart")
    assert client.get_cookie("cart_count").value == "2"


def test_what_cannot_be_had_any_more_is_named_and_the_rest_put_back(client, app, clock):
    mug, cup = a_variant(on_hand=9), a_variant(on_hand=9)
    leave(client, (mug.sku, 1), (cup.sku, 1))
    clock.shift(timedelta(days=1))
    (message,) = sent(app)
    with write_tx() as session:
        session.execute(
            update(Product).where(Product.id == cup.product_id).values(status="archived")
        )
    phone = app.test_client()
    page = Page.open(phone, path_in(message, "/cart/again/"))
    assert f"Not here any more: {cup.sku}" in page.text
    page.form().send()
    assert phone.get_cookie("cart_count").value == "1"


def test_a_link_that_is_old_made_up_or_about_nothing_leads_nowhere(client, app, clock):
    leave(client, (a_variant().sku, 1))
    clock.shift(timedelta(days=1))
    (message,) = sent(app)
    good = path_in(message, "/cart/again/")
    phone = app.test_client()
    other = signed("unsubscribe", rows()[0].id, now() + timedelta(days=1))
    for path in (good[:-1] + "x", "/cart/again/" + "x" * 3000, f"/cart/again/{other}"):
        assert phone.get(path).status_code == 410
        assert phone.post(path).status_code == 410
    Page.open(client, "/cart").form("").send(quantity="0")
    page = Page.open(phone, good)
    assert (page.status, "it was ordered or emptied" in page.text) == (410, True)
    clock.shift(timedelta(days=14))
    assert "This link was good for 14 days." in Page.open(phone, good).text


def test_a_forgotten_cart_takes_the_wish_with_it(client, app, clock):
    leave(client, (a_variant().sku, 1))
    clock.shift(timedelta(days=91))
    with write_tx():
        forget_old_carts(now())
    assert rows() == []


def test_who_is_erased_is_not_written_to_and_a_copy_tells_of_the_wish(client, app, clock):
    leave(client, (a_variant().sku, 1), email="Ada@Example.com")
    ada = Customer(email="ada@example.com")
    (told,) = tell_reminders_of(ada)["cart_reminders"]
    assert told["consent"] == CONSENT
    with write_tx():
        erase_customers_reminders(ada, now())
    assert rows() == []
    clock.shift(timedelta(days=1))
    assert sent(app) == []
