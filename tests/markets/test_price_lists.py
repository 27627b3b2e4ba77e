"""Each market has its own prices; what has none there is not sold there, and says so."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storefront.cart.models import CartLine
from storefront.catalog.listing import refresh_by_clock
from storefront.catalog.models import PriceChange, Variant
from storefront.catalog.price_history import WrongCurrency, price_row
from storefront.catalog.prices import (
    end_sale,
    schedule_sale,
    set_price,
    withdraw_price,
)
from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money
from storefront.transactions import write_tx
from tests.factories import a_collection, a_product
from tests.markets.abroad import euros, price_abroad, sell_abroad
from tests.page import Page
from tests.statements import count_statements


def prices_on(page: Page) -> list[str]:
    return [one.text.replace("\xa0", " ") for one in page.soup.select(".card .price__now")]


def names_on(page: Page) -> list[str]:
    return [one.text.strip() for one in page.soup.select(".card h3")]


@pytest.fixture
def shelf(app):
    """Three mugs: the dear one at home is the cheap one abroad, and one is not sold there."""
    a_collection("mugs", rule=[])
    blue = a_product("Blue mug", slug="blue", variants=({"price": 1000},))
    red = a_product("Red mug", slug="red", variants=({"price": 2000},))
    a_product("Home mug", slug="home", variants=({"price": 1500},))
    sell_abroad()
    price_abroad(blue, 123450)
    price_abroad(red, 900)


def test_the_product_page_shows_the_markets_price_as_its_language_writes_it(client, shelf):
    german, home = Page.open(client, "/de/products/blue"), Page.open(client, "/products/blue")
    assert german.soup.select_one(".buy .price__now").text == "1.234,50\xa0€"
    assert "Preis inkl. MwSt." in german.text
    assert home.soup.select_one(".buy .price__now").text == "$10.00"
    assert "Plus sales tax." in home.text
    assert german.soup.find("meta", property="product:price:currency")["content"] == "EUR"


def test_what_has_no_price_in_a_market_is_not_sold_there(client, shelf):
    page = Page.open(client, "/de/products/home")
    assert page.status == 200
    assert page.heading == "Home mug"
    assert page.soup.find("form", action="/de/cart/lines") is None
    assert "€" not in page.text
    assert "$" not in page.text
    assert page.soup.find("meta", attrs={"name": "robots"})["content"] == "noindex"


def test_adding_what_is_not_sold_there_is_refused_in_words(client, shelf):
    sku = db.session.scalars(select(Variant).join(Variant.product).filter_by(slug="home")).one().sku
    page = Page.open(client, "/de/cart/lines", "post", {"sku": sku, "quantity": "1"})
    assert page.status == 422
    assert "Home mug" in page.errors[0]
    assert db.session.scalar(select(CartLine.id)) is None


def test_lists_show_sort_and_filter_by_the_markets_prices(client, shelf):
    assert names_on(Page.open(client, "/de/products?sort=price-up")) == ["Red mug", "Blue mug"]
    assert prices_on(Page.open(client, "/de/products?sort=price-down")) == ["1.234,50 €", "9,00 €"]
    assert names_on(Page.open(client, "/de/products?min=5&max=10")) == ["Red mug"]
    assert "2 Produkte" in Page.open(client, "/de/products").text
    assert names_on(Page.open(client, "/products?sort=price-up")) == [
        "Blue mug",
        "Home mug",
        "Red mug",
    ]


def test_search_finds_what_is_sold_in_the_market_at_its_price(client, shelf):
    page = Page.open(client, "/de/search?q=mug")
    assert sorted(names_on(page)) == ["Blue mug", "Red mug"]
    assert "2 Produkte" in page.text
    assert len(names_on(Page.open(client, "/search?q=mug"))) == 3


def test_a_sale_in_one_market_leaves_the_others_alone(client, shelf):
    red = db.session.scalars(select(Variant).join(Variant.product).filter_by(slug="red")).one()
    with write_tx():
        schedule_sale(red, euros(700), None, now() + timedelta(days=3), now(), "test")
    german, home = Page.open(client, "/de/products/red"), Page.open(client, "/products/red")
    assert german.soup.select_one(".buy .price__was").text.endswith("9,00\xa0€")
    assert german.soup.select_one(".buy .price__now").text == "7,00\xa0€"
    assert home.soup.select_one(".buy .price__was") is None
    assert names_on(Page.open(client, "/de/products?max=8")) == ["Red mug"]
    with write_tx():
        end_sale(red, now(), "test", "EUR")
    assert Page.open(client, "/de/products/red").soup.select_one(".buy .price__was") is None


def test_the_lowest_of_the_30_days_before_is_the_markets_own(client, app):
    then = now() - timedelta(days=20)
    mug = a_product("Mug", slug="mug", variants=({"price": 400},), created_at=then)
    sell_abroad()
    price_abroad(mug, 800, at=then)
    price_abroad(mug, 1000, at=now() - timedelta(days=10))
    variant = db.session.get_one(Variant, mug.variants[0].id)
    with write_tx():
        schedule_sale(variant, euros(900), None, None, now(), "test")
    page = Page.open(client, "/de/products/mug")
    assert "30 Tage davor: 8,00\xa0€." in page.soup.select_one(".buy__notes").text


def test_a_sale_abroad_that_ends_by_the_clock_ends_in_lists_too(client, shelf):
    red = db.session.scalars(select(Variant).join(Variant.product).filter_by(slug="red")).one()
    with write_tx():
        schedule_sale(red, euros(700), None, now() + timedelta(hours=1), now(), "test")
    with write_tx():
        refresh_by_clock(now() + timedelta(hours=2))
    assert names_on(Page.open(client, "/de/products?max=8")) == []


def test_a_withdrawn_price_takes_the_product_out_of_the_market(client, shelf):
    blue = db.session.scalars(select(Variant).join(Variant.product).filter_by(slug="blue")).one()
    with write_tx():
        withdraw_price(blue, "EUR", now(), "test")
    assert names_on(Page.open(client, "/de/products")) == ["Red mug"]
    assert price_row(blue, "EUR") is None
    kept = db.session.scalars(select(PriceChange).filter_by(variant_id=blue.id, currency="EUR"))
    assert [change.valid_to is not None for change in kept] == [True]


def test_a_price_in_a_currency_of_no_market_is_refused(app, shelf):
    blue = db.session.scalars(select(Variant).join(Variant.product).filter_by(slug="blue")).one()
    with pytest.raises(WrongCurrency), write_tx():
        set_price(blue, Money(100, "JPY"), now(), "test")


@pytest.mark.parametrize(("path", "per"), [("/de/products/tea", "100 g"), ("/products/tea", "oz")])
def test_unit_prices_are_per_what_the_market_measures_by(client, path, per):
    tea = a_product(
        "Tea", slug="tea", variants=({"price": 1000, "content_amount": 50, "content_unit": "g"},)
    )
    sell_abroad()
    price_abroad(tea, 1100)
    notes = Page.open(client, path).soup.select_one(".buy__notes").text.replace("\xa0", " ")
    expected = {"100 g": "22,00 € je 100 g, 220,00 € je kg", "oz": "$5.67 per oz"}[per]
    assert expected in notes


def test_a_product_and_a_list_abroad_cost_no_more_statements(client, shelf):
    Page.open(client, "/de/pages/terms")
    with count_statements() as sent:
        Page.open(client, "/de/products/red")
    assert len(sent) <= 6, sent
    with count_statements() as sent:
        Page.open(client, "/de/products?sort=price-up&max=10")
    assert len(sent) <= 8, sent
