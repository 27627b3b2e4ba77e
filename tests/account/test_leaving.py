"""A copy of everything, and what is left when somebody leaves: no word of theirs but on papers."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from types import NoneType

import pytest
from sqlalchemy import func, select, update

from storefront import mail
from storefront.account.models import SignIn
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import locked_order, ship
from storefront.orders.invoicing import Paper
from storefront.orders.models import Order
from storefront.pricing.models import TaxExemption
from storefront.transactions import write_tx
from tests.account.journey import (
    ADA,
    customer,
    mailed_link,
    register,
    sign_in,
)
from tests.account.test_addresses import add
from tests.checkout.journey import fill_cart, to_review
from tests.factories import a_discount, a_variant, an_order
from tests.page import Page
from tests.payments.paying_shop import PayingShop

WORDS = ("ada", "byron", "harrow", "27601", "5550100", "porch", "happy birthday", "kingfisher1")
KEPT_BY_LAW = {"papers"}  # invoices and credit notes: the buyer's name and address stand on them


@pytest.fixture
def shop(app, monkeypatch) -> PayingShop:
    shop = PayingShop(app)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    return shop


def a_life(client, shop: PayingShop) -> Order:
    """Everything somebody can leave behind; the order that was sent."""
    mug = a_variant(on_hand=9)
    a_discount("SAVE10")
    order = an_order(
        (mug, 2), email="Ada@Example.com", note="Leave it on the porch", codes=["SAVE10"],
        gift_note="Happy birthday",
    )  # fmt: skip
    shop.paid(order)
    Page.open(client, f"/orders/{order.token}").form("/questions").send(
        question="Is it Ada's? Call 5550100."
    )
    with write_tx():
        ship(locked_order(shop.order(order).number), now(), "staff", tracking="KINGFISHER1")
    page = Page.open(client, f"/orders/{order.token}/withdrawal")
    page = page.form("/withdrawal").send(note="Harrow Lane, Ada")
    page.form("/confirmation").send()
    register(client, name="Ada Byron")
    add(client)
    fill_cart(client, (mug.sku, 1))
    to_review(client)
    an_order((mug, 1), email=ADA)  # as a guest again, and never paid
    with write_tx() as session:
        session.execute(update(Order).where(Order.number.is_(None)).values(state="cancelled"))
        session.execute(update(Order).values(tax_number="NC-BYRON-1"))
        session.add(
            TaxExemption(
                email=ADA, kind="certificate", number="NC-BYRON-1", country="US", confirmed_at=now()
            )
        )
    mail.deliver(now())
    return shop.order(order)


def every_word() -> dict[str, str]:
    """All rows of all tables, as small letters; a clock's microseconds are nobody's postcode."""
    db.session.rollback()
    return {
        table.name: "\n".join(
            repr(value)
            for row in db.session.execute(select(table))
            for value in row
            if not isinstance(value, int | float | datetime | NoneType)
        ).lower()
        for table in db.metadata.sorted_tables
    }


def stands_in(word: str, text: str) -> bool:
    """As a word: three letters of a digest or of a secret link tell of nobody."""
    return re.search(rf"\b{word}\b", text) is not None


def erase(client) -> Page:
    page = Page.open(client, "/account").follow("Erase your account")
    page = page.form("/erasure").send()
    return page.form("/confirmation").send(sure="y")


def totals() -> list[tuple[object, ...]]:
    db.session.rollback()
    columns = (
        Order.number, Order.state, Order.currency, Order.subtotal_minor, Order.discount_minor,
        Order.shipping_minor, Order.tax_minor, Order.total_minor, Order.refunded_minor,
    )  # fmt: skip
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(Order.id))]


def test_no_word_of_theirs_is_left_in_any_table_but_on_papers(client, shop):
    a_life(client, shop)
    before = every_word()
    assert all(any(stands_in(word, text) for text in before.values()) for word in WORDS)
    assert erase(client).flashes == ["Your account is erased."]
    left = {
        (table, word)
        for table, text in every_word().items()
        for word in WORDS
        if stands_in(word, text) and table not in KEPT_BY_LAW
    }
    assert left == set()


def test_orders_totals_and_invoices_are_the_same_before_and_after(client, shop):
    a_life(client, shop)
    before = totals()
    papers = [(p.digest, p.says) for p in db.session.scalars(select(Paper))]
    assert papers
    erase(client)
    assert totals() == before
    assert [(p.digest, p.says) for p in db.session.scalars(select(Paper))] == papers


def test_after_leaving_the_old_links_and_the_password_open_nothing(client, app, shop):
    order = a_life(client, shop)
    token = order.token
    cookie = client.get_cookie("account").value
    erase(client)
    assert Page.open(client, f"/orders/{token}").status == 404
    client.set_cookie("account", cookie)
    assert Page.open(client, "/account").heading == "Sign in"
    assert sign_in(app.test_client()).status == 422
    register(client)  # the address is free again, and brings nothing back
    assert "None yet." in Page.open(client, "/account").text


def test_erasing_takes_two_steps_and_a_box(client):
    register(client)
    page = Page.open(client, "/account/erasure").form("/erasure").send()
    assert customer() is not None
    page = page.form("/confirmation").send()
    assert (page.status, page.errors) == (422, ["Tick the box to erase your account."])
    assert customer() is not None
    assert page.form("/confirmation").send(sure="y").heading == "Sign in"
    assert customer() is None


def test_an_order_under_way_is_finished_first(client, shop):
    order = an_order()
    shop.paid(order)
    register(client)
    page = erase(client)
    assert page.status == 409
    number = shop.order(order).number
    assert page.errors == [
        f"Order {number} is under way. Erase the account once it was sent or cancelled."
    ]
    assert customer() is not None
    assert db.session.scalar(select(Order.email)) == ADA


def test_who_finds_a_browser_open_cannot_erase_the_account(client):
    register(client)
    with write_tx() as session:
        session.execute(update(SignIn).values(created_at=now() - timedelta(minutes=31)))
    for path in ("/account/erasure", "/account/erasure/confirmation"):
        assert Page.open(client, path, "post", {"sure": "y"}).heading == "Sign in"
    assert customer() is not None


def test_mails_to_an_address_of_before_are_forgotten_too(client):
    register(client)
    page = Page.open(client, "/account/email").form("/email").send(email="new@king.example")
    Page.open(client, mailed_link("new@king.example")).form().send()
    mail.deliver(now())
    erase(client)
    words = every_word()
    assert not [t for t, text in words.items() if "ada" in text or "king.example" in text]
    assert page.status == 200


def test_somebody_elses_data_is_untouched(client, app, shop):
    bob = app.test_client()
    register(bob, "bob@example.com", name="Bob Cray")
    add(bob, line1="1 Mill Street", full_name="Bob Cray")
    other = an_order(email="bob@example.com")
    a_life(client, shop)
    erase(client)
    assert "1 Mill Street" in Page.open(bob, "/account").text
    assert shop.order(other).email == "bob@example.com"
    assert Page.open(bob, f"/orders/{other.token}").status == 200


def test_the_copy_has_everything_and_only_theirs(client, app, shop):
    register(app.test_client(), "bob@example.com", name="Bob Cray")
    a_life(client, shop)
    answer = client.get("/account/export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="account.json"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    text = answer.get_data(as_text=True)
    for word in WORDS:
        assert word in text.lower(), word
    assert "bob" not in text.lower()
    assert "argon2" not in text
    told = json.loads(text)
    assert told["account"]["email"] == ADA
    assert told["orders"][0]["agreed_to_terms"]["version"] == "2026-11"
    assert told["tax_exemptions"][0]["number"] == "NC-BYRON-1"
    assert told["orders"][0]["papers"][0]["kind"] == "invoice"
    assert told["cart"]["lines"][0]["quantity"] == 1
    assert [one["subject"] for one in told["mails"]]


def test_asked_for_twice_at_once_it_is_one_file(client, app, shop):
    a_life(client, shop)
    cookie = client.get_cookie("account").value

    def ask(_n: int) -> bytes:
        browser = app.test_client()
        browser.set_cookie("account", cookie)
        answer = browser.get("/account/export")
        assert answer.status_code == 200
        return bytes(answer.data)

    with ThreadPoolExecutor(4) as threads:
        files = set(threads.map(ask, range(8)))
    assert len(files) == 1


def test_nobody_signed_in_no_copy(client):
    assert Page.open(client, "/account/export").heading == "Sign in"
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0
