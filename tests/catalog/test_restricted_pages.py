"""Restricted goods behind the age screen: their pages, and whether they may go where one says."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from storefront.age import proof
from storefront.cart.models import Cart, CartLine
from storefront.clock import now
from storefront.compliance.models import PostcodeCounty
from storefront.extensions import db
from storefront.front_door import FrontDoor
from storefront.transactions import write_tx
from tests.factories import (
    a_collection,
    a_market,
    a_post,
    a_product,
    a_restricted_class,
    a_restriction,
    grown_up,
)
from tests.page import Page

LEAF, PRICE = "Red vein leaf", "43.21"
OHIO = {"country": "US", "region": "OH", "postcode": "43004"}
ALABAMA = {"country": "US", "region": "AL", "postcode": "35004"}
FLORIDA = {"country": "US", "region": "FL", "postcode": "33101"}


@pytest.fixture(autouse=True)
def _law(app):
    """From 21 in the US; not in Alabama and not in Sarasota County, Florida."""
    a_market()
    a_restriction()
    a_restriction("deny", region="AL", source="Schedule I since 2016-05")
    a_restriction("deny", region="FL", locality="county:Sarasota", source="Ord. 2014-06")


@pytest.fixture
def leaf(app, _law):
    a_collection("leaves", "Leaf for adults")
    return a_product(
        LEAF,
        slug="red-vein",
        code="KR-PR",
        class_id=a_restricted_class().id,
        collections=["leaves"],
        variants=[{"price": 4321}],
    )


def going_to(client: FlaskClient, **place: str) -> Page:
    return Page.open(client, "/cart/destination/of/red-vein", "post", place)


def lines() -> list[tuple[int, int]]:
    db.session.rollback()
    rows = db.session.scalars(select(CartLine).order_by(CartLine.id))
    return [(line.variant_id, line.quantity) for line in rows]


@pytest.mark.parametrize("path", ["/products/red-vein", "/collections/leaves"])
@pytest.mark.parametrize("age", [None, 0, 18])
def test_without_the_age_there_is_the_screen_and_nothing_of_it(leaf, client, path, age):
    if age is not None:
        grown_up(client, age)
    page = Page.open(client, path)
    text = page.response.get_data(as_text=True)
    assert page.status == 200
    assert page.heading == ("When were you born?" if age is None else "Not open to you")
    assert PRICE not in text
    assert "ld+json" not in text
    assert 'content="noindex"' in text
    assert page.response.headers["Cache-Control"] == "private, no-store"
    assert "<picture" not in text


def test_the_screen_leads_back_to_the_page_that_was_asked_for(leaf, client):
    page = Page.open(client, "/collections/leaves?sort=price")
    assert page.form("/age").values["next"] == "/collections/leaves?sort=price"


def test_with_the_age_the_page_is_that_visitors_own(leaf, client, app):
    own = grown_up(client)
    for path in ("/products/red-vein", "/collections/leaves"):
        page = Page.open(own, path)
        assert PRICE in page.text
        assert page.response.headers["Cache-Control"] == "private, no-store"
        assert PRICE not in Page.open(app.test_client(), path).text
    assert PRICE not in Page.open(app.test_client(), "/products/red-vein").text
    assert isinstance(app.wsgi_app.behind, FrontDoor)
    assert not [key for key in app.extensions["page_store"].pages if "red-vein" in str(key)]


def test_where_it_goes_decides_and_the_reason_is_said_with_place_and_source(leaf, client):
    page = Page.open(grown_up(client), "/products/red-vein")
    assert "Delivering to: choose where" in page.text
    assert not page.soup.select("#product-add button")
    page = going_to(client, **OHIO)
    assert "Delivering to: Ohio · change" in page.text
    assert page.soup.select("#product-add button")
    page = going_to(client, **ALABAMA)
    assert "Delivering to: Alabama" in page.text
    assert "Alabama: may not be sold there. Source: Schedule I since 2016-05." in page.text
    assert not page.soup.select("#product-add button")


def test_a_county_is_asked_only_where_it_decides(leaf, client):
    page = going_to(grown_up(client), **OHIO)
    assert not page.soup.select("#county")
    page = going_to(client, **FLORIDA)
    assert page.soup.select("#county")
    assert "Florida: whether it may be sold there depends on the county." in page.text
    assert not page.soup.select("#product-add button")
    page = going_to(client, **FLORIDA, county="Sarasota")
    assert "Sarasota County, Florida: may not be sold there. Source: Ord. 2014-06." in page.text
    page = going_to(client, **FLORIDA, county="another")
    assert page.soup.select("#product-add button")


def test_a_postcode_can_say_the_county(leaf, client):
    with write_tx() as session:
        for code, county in (("33101", "Miami-Dade"), ("34230", "Sarasota")):
            session.add(
                PostcodeCounty(country="US", postcode=code, county=county, region="FL", source="x")
            )
    page = going_to(grown_up(client), **FLORIDA)
    assert not page.soup.select("#county")
    assert page.soup.select("#product-add button")
    page = going_to(client, **{**FLORIDA, "postcode": "34230", "county": "Miami-Dade"})
    assert "Sarasota County, Florida: may not be sold there." in page.text


def test_a_destination_that_is_none_keeps_what_was_typed(leaf, client):
    page = going_to(grown_up(client), country="US", region="", postcode="43004")
    assert page.status == 422
    assert page.form("/red-vein").values["postcode"] == "43004"


def test_a_city_is_asked_only_where_it_decides(leaf, client):
    a_restriction("deny", region="IL", locality="city:Alton", source="city code 7-15")
    illinois = {"country": "US", "region": "IL", "postcode": "62002"}
    page = going_to(grown_up(client), **illinois)
    assert page.soup.select("#city")
    assert "Alton, Illinois: may not" in going_to(client, **illinois, city="alton").text
    assert going_to(client, **illinois, city="Peoria").soup.select("#product-add button")


def test_whoever_is_too_young_cannot_add_it_by_any_way(leaf, client):
    slug = a_post("::product[red-vein]").slug
    ways = [
        ("/cart/lines", {"sku": "KR-PR", "quantity": 1}),
        ("/cart/lines", {"sku": "KR-PR", "quantity": 1, "back": "post", "post": slug, "card": 1}),
        ("/cart/add/KR-PR:2", {}),
        ("/wish-list/lines", {"sku": "KR-PR"}),
        ("/back-in-stock", {"sku": "KR-PR", "email": "ada@example.com"}),
    ]
    for age in (None, 0, 18):
        if age is not None:
            grown_up(client, age)
        for path, values in ways:
            answer = Page.open(client, path, "post", values)
            text = answer.response.get_data(as_text=True)
            assert PRICE not in text, path
            assert lines() == [], path
    assert Page.open(client, "/cart/add/KR-PR:2").status == 404
    assert "Nothing is on your list" in Page.open(client, "/wish-list").text


def test_a_link_to_a_full_cart_shows_it_to_adults_only(leaf, client):
    cup = a_product("Cup")
    link = f"/cart/add/KR-PR:2,{cup.code}"
    page = Page.open(client, link)
    assert LEAF not in page.text
    assert "Cup" in page.text
    assert LEAF in Page.open(grown_up(client), link).text


def test_what_the_place_forbids_is_not_added_and_the_answer_says_why(leaf, client):
    going_to(grown_up(client), **ALABAMA)
    page = Page.open(client, "/cart/lines", "post", {"sku": "KR-PR", "quantity": 1})
    assert page.status == 422
    assert "Alabama: may not be sold there." in page.errors[0]
    assert "Schedule I since 2016-05" in page.errors[0]
    assert lines() == []


def full_cart(client: FlaskClient) -> Page:
    cup = a_product("Cup")
    going_to(grown_up(client), **OHIO)
    for sku in ("KR-PR", cup.code):
        page = Page.open(client, "/cart/lines", "post", {"sku": sku, "quantity": 1})
    return page


def test_a_mixed_cart_names_the_blocked_line_and_keeps_the_rest(leaf, client):
    page = full_cart(client)
    assert page.link("Check out") == "/checkout"
    page = Page.open(client, "/cart/destination", "post", ALABAMA)
    assert "Not everything may be sent to Alabama" in page.text
    assert "Alabama: may not be sold there. Source: Schedule I since 2016-05." in page.text
    assert "Cup" in page.text
    assert not page.soup.select('a[href="/checkout"]')
    assert Page.open(client, "/cart/destination", "post", OHIO).link("Check out")
    page = Page.open(client, "/cart/destination", "post", ALABAMA)
    line_id = db.session.scalars(select(CartLine.id).order_by(CartLine.id)).first()
    page = page.form(f"/cart/lines/{line_id}").send(quantity=0)
    assert f"Removed {LEAF}." in page.text
    assert page.link("Check out") == "/checkout"


def test_a_cart_whose_rule_is_stale_is_closed(leaf, client):
    page = full_cart(client)
    with write_tx():
        for rule in db.session.scalars(select(Cart)):
            rule.destination = None
    a_restriction(region="GA", as_of=date(2020, 1, 1))
    page = Page.open(
        client, "/cart/destination", "post", {**OHIO, "region": "GA"} | {"postcode": "30301"}
    )
    assert "it is too long since we looked at the law" in page.text


def test_no_destination_yet_is_no_block_but_said(leaf, client):
    grown_up(client)
    page = Page.open(client, "/cart/lines", "post", {"sku": "KR-PR", "quantity": 1})
    assert "Choose the destination to see whether it may be sent there." in page.text


def test_of_several_variants_each_is_judged(leaf, client):
    a_restriction("needs_label", "seven_oh_mg_per_container<=5", region="GA")
    both = a_product(
        "Two sizes", slug="two-sizes", class_id=leaf.class_id, variants=[{"on_hand": 5}, {}]
    )
    georgia = {"country": "US", "region": "GA", "postcode": "30301"}
    page = Page.open(grown_up(client), "/cart/destination/of/two-sizes", "post", georgia)
    assert "Georgia: sold only with no more than 5 mg" in page.text
    assert both.variants[1].sku not in [str(one) for one in lines()]


def test_a_thing_for_everybody_has_no_destination_of_this_kind(leaf, client):
    cup = a_product("Cup", slug="cup")
    assert client.post("/cart/destination/of/cup", data=OHIO).status_code == 404
    page = Page.open(client, "/products/cup")
    assert "Delivering to" not in page.text
    assert page.response.headers["Cache-Control"].startswith("public")
    assert cup.name in page.text


def test_a_proof_that_ended_shows_the_screen_again(leaf, client):
    old = proof.Proof(21, "attestation", now() - timedelta(days=31))
    client.set_cookie(proof.COOKIE, proof.as_cookie(old))
    assert Page.open(client, "/products/red-vein").heading == "When were you born?"
