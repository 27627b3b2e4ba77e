"""Discounts as owners write them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.pricing.models import Discount, DiscountUse
from storefront.pricing.using import give_back
from storefront.transactions import write_tx
from tests.checkout.journey import fill_cart, pay, to_review
from tests.factories import a_collection, a_discount, a_product
from tests.page import Page


@pytest.fixture
def owner(staff_client):
    a_product("Mug", slug="mug", variants=[{"sku": "MUG", "price_minor": 2000, "on_hand": 50}])
    return staff_client("owner")


def new(owner, **fields) -> Page:
    form = Page.open(owner, "/admin/discounts/new").form("/admin/discounts")
    return form.send(**{"name": "Spring", "code": "spring 10", "percent": "10", **fields})


def the_one() -> Discount:
    db.session.rollback()
    return db.session.scalars(select(Discount)).one()


def test_a_code_is_made_and_works_in_the_cart_at_once(owner, client):
    page = new(owner)
    assert page.flashes == ["“Spring” is kept."]
    assert (the_one().code, the_one().rate_ppm) == ("SPRING10", 100_000)
    fill_cart(client, ("MUG", 2))
    page = Page.open(client, "/cart").form("/discount").send(code="Spring10")
    assert "Spring" in page.text
    assert "$4.00" in page.text
    (line,) = changes_of("discount", the_one().id)
    assert (line.action, line.after["percent"], line.after["code"]) == ("added", "10", "SPRING10")


def test_days_are_those_of_the_shops_zone_and_times_not_touched_stay_to_the_second(owner):
    new(owner, starts_on="2090-01-10", ends_on="2090-03-12")
    assert the_one().starts_at == datetime(2090, 1, 10, 5, tzinfo=UTC)  # New York, winter
    assert the_one().ends_at == datetime(2090, 3, 13, 4, tzinfo=UTC)  # and summer by then
    exact = datetime(2090, 1, 10, 14, 30, 7, tzinfo=UTC)
    with write_tx() as session:
        session.execute(db.update(Discount).values(starts_at=exact))
    page = Page.open(owner, f"/admin/discounts/{the_one().id}")
    assert page.soup.select_one("#ends_on")["value"] == "2090-03-12"
    page.form(str(the_one().id)).send(name="Summer")
    assert (the_one().name, the_one().starts_at) == ("Summer", exact)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Enter a name."),
        ({"percent": ""}, "Enter a percentage above 0, up to 100."),
        ({"percent": "101"}, "Enter a percentage above 0, up to 100."),
        ({"percent": "x"}, "Not a valid decimal value."),
        ({"kind": "fixed", "amount": ""}, "Enter the amount that comes off."),
        ({"kind": "fixed", "amount": "5,0.0"}, "Enter an amount with digits and a point"),
        ({"kind": "fixed", "amount": "99999999999"}, "Enter an amount with digits and a point"),
        ({"kind": "buy_x_get_y", "buy_quantity": "2"}, "Enter how many come with them."),
        ({"kind": "buy_x_get_y", "get_quantity": "1"}, "Enter how many are paid for."),
        ({"starts_on": "2090-02-02", "ends_on": "2090-02-01"}, "The last day is before"),
        ({"products": "mug\nnone"}, "There is no “none” among the products."),
        ({"collections": "none"}, "There is no “none” among the collections."),
        ({"code": "TAKEN"}, "The code TAKEN belongs to “Old”."),
        ({"usage_limit": "0"}, "Enter a whole number from 1"),
        ({"minimum": "-1"}, "Enter an amount with digits"),
    ],
)
def test_what_makes_no_discount_is_said_and_kept_as_it_was_written(owner, fields, said):
    a_discount("TAKEN", name="Old")
    page = new(owner, **fields)
    assert page.status == 422
    assert said in " ".join(page.errors)
    for name, value in fields.items():
        if name != "kind" and name not in {"products", "collections"}:
            assert page.soup.select_one(f"#{name}")["value"] == value
    assert the_one().code == "TAKEN"


def test_it_is_tried_on_a_cart_as_it_stands_in_the_form_and_nothing_is_kept(owner):
    form = Page.open(owner, "/admin/discounts/new").form("/admin/discounts")
    page = form.send("act", name="Spring", percent="25", sample="MUG:3")
    assert page.status == 200
    assert db.session.scalars(select(Discount)).all() == []
    tried = " ".join(page.soup.select_one(".tried").get_text(" ").split())
    assert "3 × Mug (MUG)" in tried
    assert "Goods $60.00" in tried
    assert "$15.00" in tried
    assert "Total before tax $45.00" in tried
    page = page.form("/admin/discounts").send("act", minimum="100", sample="MUG:3")
    assert "worth less than its least" in page.text
    page = page.form("/admin/discounts").send("act", sample="NONE:1")
    assert page.status == 422
    assert "There is no code NONE." in page.errors[0]


def test_a_kept_one_is_tried_with_its_dates(owner):
    row = a_discount("SOON", starts_at=now() + timedelta(days=2))
    page = Page.open(owner, f"/admin/discounts/{row.id}").form(str(row.id)).send("act")
    assert "It has not begun yet." in page.text


def test_two_who_change_it_at_once_are_told_and_nothing_is_lost(owner):
    row = a_discount("TEN")
    first = Page.open(owner, f"/admin/discounts/{row.id}").form(str(row.id))
    second = Page.open(owner, f"/admin/discounts/{row.id}").form(str(row.id))
    first.send(name="First")
    page = second.send(name="Second")
    assert page.status == 409
    assert page.soup.select_one("#name")["value"] == "Second"
    assert "Name: First" in page.text
    assert the_one().name == "First"
    page.form(str(row.id)).send()
    assert the_one().name == "Second"


def test_only_goods_that_are_named_get_it(owner):
    a_collection("tea")
    new(owner, products="mug", collections="tea\n")
    page = Page.open(owner, f"/admin/discounts/{the_one().id}")
    assert page.soup.select_one("#products").get_text().strip() == "mug"
    assert page.soup.select_one("#collections").get_text().strip() == "tea"
    assert len(the_one().product_ids) == len(the_one().collection_ids) == 1


def test_lists_hold_what_their_names_say(owner):
    day = timedelta(days=1)
    a_discount("RUNS")
    a_discount("SOON", starts_at=now() + day)
    a_discount("OVER", ends_at=now() - day)
    a_discount("OFF", active=False)
    a_discount("SPENT", usage_limit=2, used=2)
    holds = {
        "active": {"RUNS"},
        "planned": {"SOON"},
        "ended": {"OVER", "OFF"},
        "used-up": {"SPENT"},
        "all": {"RUNS", "SOON", "OVER", "OFF", "SPENT"},
    }
    for view, codes in holds.items():
        page = Page.open(owner, f"/admin/discounts?view={view}")
        assert {a.get_text() for a in page.soup.select("tbody th a")} == codes, view
    page = Page.open(owner, "/admin/discounts?view=all&q=spe")
    assert [a.get_text() for a in page.soup.select("tbody th a")] == ["SPENT"]


def test_one_is_ended_at_once_and_that_is_undone(owner):
    row = a_discount("TEN")
    page = Page.open(owner, f"/admin/discounts/{row.id}").form("/end").send()
    assert "“TEN” is ended." in page.text
    assert not the_one().active
    page.form("/offer").send()
    assert the_one().active
    assert [one.action for one in changes_of("discount", row.id)] == ["offered again", "ended"]


def test_orders_with_it_are_listed_with_what_it_took_off(owner, client):
    row = a_discount("TEN")
    fill_cart(client, ("MUG", 2))
    Page.open(client, "/cart").form("/discount").send(code="TEN")
    pay(to_review(client))
    page = Page.open(owner, f"/admin/discounts/{row.id}")
    used = page.soup.select_one("#uses ~ table tbody").get_text(" ")
    assert "$4.00" in used
    assert "yes" in used
    order_id = db.session.scalars(select(Order.id)).one()
    with write_tx():
        give_back(order_id)
    assert db.session.scalars(select(DiscountUse.given_back)).one()
    assert "no, cancelled" in Page.open(owner, f"/admin/discounts/{row.id}").text
    page = Page.open(owner, f"/admin/discounts/{row.id}").form(str(row.id)).send(usage_limit="1")
    assert page.status == 200
