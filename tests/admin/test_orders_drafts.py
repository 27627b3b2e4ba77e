"""An order on the telephone: written by staff, held, paid by the buyer through a link that ends."""

import pytest
from sqlalchemy import select

from storefront import mail
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.payments.reconcile import reconcile
from storefront.stock.models import StockLevel
from tests.factories import a_discount, a_market, a_variant
from tests.page import Page
from tests.payments.paying_shop import PayingShop, later, mails
from tests.valid_html import faults


@pytest.fixture
def shop(app, monkeypatch) -> PayingShop:
    shop = PayingShop(app)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    return shop


@pytest.fixture
def staff(staff_client, app):
    a_market()
    return staff_client("orders")


def sound(page: Page) -> Page:
    assert faults(page.response.get_data(as_text=True)) == [], page.path
    return page


def begun(staff) -> Page:
    return sound(Page.open(staff, "/admin/orders/drafts").form("/drafts").send())


def with_line(page: Page, sku: str, quantity: int) -> Page:
    found = sound(page.form("", index=0).send(find=sku))
    forms = [one for one in found.soup.select("form") if one.find("input", {"value": sku})]
    assert forms
    return sound(Page.open(page.client, f"{page.path}/lines", "post",
                           {"sku": sku, "quantity": str(quantity)}))  # fmt: skip


def for_ada(page: Page) -> Page:
    return sound(
        page.form("/buyer").send(
            email="ada@example.com", **{
                "delivery-full_name": "Ada Byron", "delivery-country": "US",
                "delivery-line1": "12 Harrow Lane", "delivery-city": "Raleigh",
                "delivery-postcode": "27601", "delivery-region": "NC",
            },
        )
    )  # fmt: skip


def ready(staff, sku: str, quantity: int = 2) -> Page:
    page = for_ada(with_line(begun(staff), sku, quantity))
    return sound(page.form("/delivery").send(method="standard"))


def level(variant) -> tuple[int, int]:
    kept = db.session.get_one(StockLevel, variant.id, populate_existing=True)
    return kept.on_hand, kept.reserved


def orders() -> list[Order]:
    db.session.rollback()
    return list(db.session.scalars(select(Order)))


def test_a_telephone_order_is_held_mailed_agreed_to_and_paid(client, staff, shop):
    mug = a_variant(on_hand=5, price=1000)
    a_discount()
    page = ready(staff, mug.sku)
    page = sound(page.form("/delivery").send(method="standard", code="SAVE10"))
    assert "SAVE10" in page.text
    assert level(mug) == (5, 0)  # nothing is held yet
    sent = sound(page.form("/order").send())
    assert "The goods are held, and the buyer has a mail with the link to pay." in sent.flashes
    (order,) = orders()
    assert (order.state, order.terms_version, order.discount_minor) == ("pending_payment", "", 200)
    assert level(mug) == (5, 2)
    mail.deliver(later())
    (told,) = mails("pay_link")
    assert f"/orders/{order.token}" in told.text
    page = sound(Page.open(client, f"/orders/{order.token}"))
    refused = sound(page.form("/payment").send())
    assert refused.errors == ["Tick the box to agree to the terms, then pay."]
    assert shop.states(order) == []
    page.form("/payment").send(terms="y")
    shop.press(shop.attempt(order))
    shop.sync(shop.attempt(order))
    order = shop.order(order)
    assert order.state == "paid"
    assert order.terms_version
    assert len(order.terms_digest) == 64
    assert "agreed" in Page.open(staff, f"/admin/orders/{order.id}").text


def test_the_link_ends_and_its_goods_are_free_again(client, staff, shop):
    mug = a_variant(on_hand=5)
    ready(staff, mug.sku).form("/order").send()
    (order,) = orders()
    reconcile(shop.providers, later(60 * 24 * 3 - 5))
    assert level(mug) == (5, 2)
    reconcile(shop.providers, later(60 * 24 * 3 + 5))
    assert (shop.order(order).state, level(mug)) == ("cancelled", (5, 0))
    assert "This order is cancelled." in Page.open(client, f"/orders/{order.token}").text


def test_sending_twice_is_one_order_and_one_mail(staff, shop):
    form = ready(staff, a_variant(on_hand=5).sku).form("/order")
    form.send()
    again = form.send()
    assert again.status == 200
    assert len(orders()) == len(mails("pay_link")) == 1


def test_a_draft_says_what_it_still_needs(staff, shop):
    mug = a_variant(on_hand=1)
    page = begun(staff)
    assert "Add what is bought." in page.text
    page = with_line(page, mug.sku, 2)
    assert "only 1 are there" in page.text
    assert "Some of it is not there" in page.text
    page = sound(page.form("/lines").send(**{f"line-{mug.sku}": "1"}))
    assert "Say who buys it and where it goes." in page.text
    assert sound(page.form("/buyer").send(email="x")).status == 422
    page = for_ada(page)
    assert "Choose how it is sent." in page.text
    answer = staff.post(f"{page.path.partition('#')[0]}/order", data={"seen_total": "1"})
    assert answer.status_code == 422
    assert orders() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"sku": "no-such"}, "is no SKU of something on sale"),
        ({"sku": "MUG", "quantity": "x"}, "as a number"),
        ({"sku": "MUG", "quantity": "999"}, "from 0 to 500"),
    ],
)
def test_what_cannot_be_put_in_is_refused(staff, shop, fields, said):
    a_variant(sku="MUG")
    page = begun(staff)
    sent = sound(Page.open(staff, f"{page.path}/lines", "post", {"quantity": "1", **fields}))
    assert sent.status == 422
    assert said in sent.errors[0]


def test_a_total_that_moved_since_it_was_seen_is_not_sent(staff, shop):
    form = ready(staff, a_variant(on_hand=5).sku).form("/order")
    page = sound(form.send(seen_total="1"))
    assert page.status == 409
    assert "The total changed since you saw it." in page.errors[0]
    assert orders() == []
