"""The demo shop that `flask seed` makes."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from storefront.account.address import Address
from storefront.catalog.market_models import ProductTranslation, VariantPrice
from storefront.catalog.models import (
    ACTIVE,
    Collection,
    Listing,
    OldSlug,
    Picture,
    Product,
    ProductClass,
    ShopPicture,
    Variant,
)
from storefront.catalog.prices import lowest_price, unit_prices
from storefront.clock import now
from storefront.extensions import db
from storefront.markets.models import Market, Phrase
from storefront.money import Money
from storefront.pricing.models import Discount, ShippingMethod
from storefront.pricing.queries import delivery_map, tax_table
from storefront.pricing.taxes import Rate
from storefront.seed.demo import sow_demo
from storefront.seed.pictures import keep_plate
from storefront.seed.sower import NoCents
from storefront.stock.models import StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_product
from tests.seed.conftest import NOON, PICTURES

KRATOM = ("KR-PR", "KR-PG", "KR-PW", "KR-PY", "KR-CR", "KR-CG", "KR-CW", "KR-TL")


def variant(sku: str) -> Variant:
    return db.session.scalars(select(Variant).where(Variant.sku == sku)).one()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.usefixtures("demo")
class TestDemoShop:
    def test_sixteen_products_are_free_and_eight_are_of_the_restricted_class(self):
        products = db.session.scalars(select(Product).where(Product.status == ACTIVE)).all()
        [kratom] = db.session.scalars(select(ProductClass))
        assert (kratom.code, kratom.restricted, kratom.min_age) == ("kratom_leaf", True, 21)
        asked = (kratom.requires_report, kratom.release_required, kratom.payment_restricted)
        assert asked == (True, True, True)
        restricted = {product.code for product in products if product.class_id == kratom.id}
        assert len(products) - len(restricted) == 16
        assert restricted == set(KRATOM)
        assert all(product.summary and product.description_html for product in products)

    def test_every_product_for_sale_has_two_pictures_with_words(self):
        rows = db.session.execute(
            select(Product.code, func.count())
            .join(Picture, Picture.product_id == Product.id)
            .where(Picture.alt != "")
            .group_by(Product.code)
        )
        pictures = {code: number for code, number in rows}
        assert len(pictures) == 24
        assert min(pictures.values()) >= 2

    def test_the_reduced_darjeeling_shows_its_lowest_price(self):
        tea = variant("TE-DJ-150")
        assert tea.price(NOON) == Money(1800, "USD")
        assert tea.list_price == Money(2000, "USD")
        assert lowest_price(tea, NOON) == Money(1900, "USD")
        assert tea.price(NOON + timedelta(days=14)) == Money(2000, "USD")

    def test_stock_tells_every_story(self):
        stock = {
            sku: level
            for sku, level in db.session.execute(
                select(Variant.sku, StockLevel).join(
                    StockLevel, StockLevel.variant_id == Variant.id
                )
            )
        }
        assert stock["BG-KE-BK"].available == 0
        assert 0 < stock["ST-CA-250"].available <= stock["ST-CA-250"].low_at
        assert stock["HB-RO-100"].available == 70
        assert "BK-LR-PDF" not in stock
        assert not variant("BK-LR-PDF").ships
        assert list(findings()) == []

    def test_tea_and_honey_have_unit_prices_and_jars_have_none(self):
        assert unit_prices(variant("HO-WF-250"), NOON)[0] == (Money(340, "USD"), "100 g")
        assert unit_prices(variant("ST-JA-250"), NOON) == []

    def test_no_collection_is_empty(self):
        counts = {
            slug: number
            for slug, number in db.session.execute(
                select(Collection.slug, Collection.product_count)
            )
        }
        assert counts["all"] == 16
        assert counts["tea"] == 7
        assert counts["without-caffeine"] == 3
        assert counts["reduced"] == 1
        assert min(counts.values()) > 0

    def test_an_archived_teapot_names_its_successor(self):
        old = db.session.scalars(select(Product).where(Product.status == "archived")).one()
        successor = db.session.get_one(Product, old.successor_id)
        assert (old.code, successor.code) == ("BG-T6", "BG-TP")
        listings = select(Listing).where(Listing.product_id == old.id)
        assert db.session.scalars(listings).all() == []

    def test_old_addresses_lead_on(self):
        rooibos = db.session.scalars(select(Product).where(Product.slug == "rooibos")).one()
        old = select(OldSlug.slug).where(OldSlug.kind == "product", OldSlug.target_id == rooibos.id)
        assert set(db.session.scalars(old)) == {"red-bush-tea", "rooibos-loose"}

    def test_black_and_steel_kettles_show_their_own_picture(self):
        pictures = [variant(sku).picture_id for sku in ("BG-KE-ST", "BG-KE-BK")]
        assert None not in pictures
        assert pictures[0] != pictures[1]

    def test_delivery_and_tax_are_known_for_seven_countries(self):
        delivered = set(delivery_map().countries("USD"))
        assert delivered == {"US", "DE", "IE", "GB", "FR", "NL", "AT"}
        raleigh = Address(country="US", region="NC", postcode="27601")
        charged = tax_table().at(raleigh, NOON.date(), "US")
        assert charged.rate("standard") == Rate("Sales tax", 67_500)
        assert charged.rate("food") == Rate("Sales tax", 20_000)
        seattle = Address(country="US", region="WA", postcode="98101")
        assert tax_table().at(seattle, NOON.date(), "US").rate("food").rate_ppm == 103_500
        assert tax_table().at(Address(country="US", region="OR"), NOON.date(), "US").none

    def test_food_and_books_are_taxed_as_such(self):
        classes = dict(db.session.execute(select(Product.code, Product.tax_class)).all())
        assert (classes["TE-AS"], classes["HO-WF"], classes["BK-LR"], classes["BG-KE"]) == (
            "food", "food", "books", "standard",
        )  # fmt: skip

    def test_three_jars_cost_two_and_a_code_is_for_the_tea_of_a_first_order(self):
        ids = {
            slug: id_ for slug, id_ in db.session.execute(select(Collection.slug, Collection.id))
        }
        jars, welcome = db.session.scalars(select(Discount).order_by(Discount.id)).all()
        assert (jars.code, jars.kind, jars.collection_ids) == (
            None,
            "buy_x_get_y",
            [ids["storage"]],
        )
        assert (welcome.code, welcome.rate_ppm, welcome.minimum_minor) == (
            "WELCOME10",
            100_000,
            2000,
        )
        assert (welcome.first_order, welcome.collection_ids) == (True, [ids["tea"]])

    def test_the_home_page_has_its_picture(self):
        hero = db.session.get_one(ShopPicture, "hero")
        assert hero.digest == "digest-hero"
        assert hero.alt

    def test_best_before_is_a_month_ahead_of_the_day_of_seeding(self):
        facts = db.session.scalars(select(Product.facts).where(Product.code == "TE-SE")).one()
        found = {fact["name"]: fact["value"] for fact in facts}
        assert found["Best before"] == "04/2031"

    def test_nothing_is_promised_and_nobody_is_hurried(self):
        for product in db.session.scalars(select(Product)):
            words = f"{product.summary} {product.description}".casefold()
            claims = (
                r"health|cure|heal\b|relax|calm|energy|immun|detox|hurry|only today|last chance"
            )
            assert re.search(claims, words) is None, product.code

    def test_seeding_again_does_nothing_and_says_so(self, demo: Flask):
        before = count(Product), count(Collection), count(ShippingMethod)
        result = demo.test_cli_runner().invoke(args=["seed"])
        assert result.exit_code == 0
        assert "Nothing was changed" in result.output
        with write_tx():
            assert sow_demo(PICTURES, "USD", now()) == 0
        assert (count(Product), count(Collection), count(ShippingMethod)) == before


@pytest.mark.usefixtures("app")
def test_a_shop_with_products_of_its_own_is_left_alone():
    a_product()
    with write_tx():
        assert sow_demo(PICTURES, "USD", now()) == 0
    assert count(Product) == 1


@pytest.mark.usefixtures("app")
def test_a_currency_without_cents_cannot_hold_the_demo_prices():
    with pytest.raises(NoCents), write_tx():
        sow_demo(PICTURES, "JPY", NOON)
    assert count(Product) == 0


def test_a_plate_becomes_a_picture_in_the_media_folder(tmp_path: Path):
    kept = keep_plate(tmp_path, "te-as-shoot")
    assert (kept.width, kept.height) == (1280, 1280)
    assert (tmp_path / f"{kept.digest}-320.avif").exists()


@pytest.mark.usefixtures("demo")
class TestDemoShopAbroad:
    def test_every_product_has_a_german_name_and_summary(self):
        translated = db.session.scalars(select(ProductTranslation).filter_by(language="de")).all()
        assert len(translated) == count(Product)
        assert all(one.name and one.summary for one in translated)

    def test_every_fact_option_and_collection_is_said_in_german(self):
        said = set(db.session.scalars(select(Phrase.original).filter_by(language="de")))
        words = set(db.session.scalars(select(Collection.name)))
        words |= set(db.session.scalars(select(Collection.description_html)))
        for product in db.session.scalars(select(Product)):
            words |= set(product.option_names)
            words |= {fact["name"] for fact in product.facts}
            words |= {f["value"] for f in product.facts if f["name"] not in {"Lot", "Best before"}}
        same_in_both = {"", "Oolong", "Rooibos", "Shizuoka", "Anxi, Fujian", "1 l", "14 cm"}
        lacking = {word for word in words - said - same_in_both if re.search(r"[a-z]{3}", word)}
        assert lacking <= {"M. Arden Quill", "T. Okafor-Lind"}

    def test_what_is_for_sale_in_germany_has_a_price_in_euros(self):
        priced = db.session.scalars(select(VariantPrice)).all()
        assert {one.currency for one in priced} == {"EUR"}
        restricted = select(Variant.id).join(Product).where(Product.class_id.is_not(None))
        closed = len(db.session.scalars(restricted).all())
        assert count(VariantPrice) == count(Variant) - closed - 2  # one book is not sold there


def test_a_demo_in_another_currency_sells_at_home_only(app: Flask) -> None:
    with write_tx():
        sow_demo(PICTURES, "EUR", NOON)
    assert count(Market) == 0
