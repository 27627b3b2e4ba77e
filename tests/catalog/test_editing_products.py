"""Making, publishing and archiving products."""

import pytest
from sqlalchemy import select

from storefront.catalog.addresses import SlugTaken
from storefront.catalog.editing import (
    BadFact,
    BadSuccessor,
    CodeTaken,
    NewVariant,
    NothingToSell,
    add_variant,
    archive,
    create_product,
    describe,
    publish,
)
from storefront.catalog.models import PriceChange, Product
from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money
from storefront.transactions import write_tx
from tests.factories import a_product

pytestmark = pytest.mark.usefixtures("app")


def one_for(sku: str, **values: object) -> NewVariant:
    return NewVariant(sku=sku, price=Money(1250, "USD"), **values)  # type: ignore[arg-type]


def make(code: str = "M", name: str = "Blue mug", **values: object) -> Product:
    with write_tx():
        return create_product(code, name, [one_for(code)], now(), "staff", **values)  # type: ignore[arg-type]


def test_a_new_product_is_a_draft_with_an_address_made_of_its_name():
    mug = make(name="Blaue Tasse, groß", description="# Blue\n\nA mug.")
    assert (mug.slug, mug.status) == ("blaue-tasse-gross", "draft")
    assert mug.description_html == "<h3>Blue</h3>\n<p>A mug.</p>"
    assert [variant.sku for variant in mug.variants] == ["M"]
    assert db.session.scalars(select(PriceChange.price_minor)).all() == [1250]


def test_codes_skus_and_addresses_name_one_thing_only():
    make()
    with pytest.raises(CodeTaken):
        make(name="Another")
    with pytest.raises(SlugTaken):
        make("N")
    with pytest.raises(CodeTaken), write_tx():
        create_product("N", "Another", [one_for("M")], now(), "staff")
    assert len(db.session.scalars(select(Product)).all()) == 1


def test_a_variant_added_later_stands_last():
    mug = make()
    with write_tx():
        add_variant(mug, one_for("M-2", option_values=["Large"]), now(), "staff")
    assert [variant.sku for variant in mug.variants] == ["M", "M-2"]


def test_publishing_needs_something_to_buy():
    with write_tx():
        empty = create_product("E", "Empty", [], now(), "staff")
    with pytest.raises(NothingToSell), write_tx():
        publish(empty, now())


def test_an_archived_product_names_its_successor_until_it_is_published_again():
    old, new = a_product("Old"), a_product("New")
    with write_tx():
        archive(old, new, now())
    assert (old.status, old.successor_id) == ("archived", new.id)
    with write_tx():
        publish(old, now())
    assert (old.status, old.successor_id) == ("active", None)


def test_only_something_for_sale_can_follow_an_archived_product():
    old, gone = a_product("Old"), a_product("Gone", status="archived")
    with pytest.raises(BadSuccessor, match="Gone"), write_tx():
        archive(old, gone, now())
    with pytest.raises(BadSuccessor, match="itself"), write_tx():
        archive(old, old, now())
    assert db.session.get_one(Product, old.id).status == "active"


@pytest.mark.parametrize(
    "fact",
    [
        {"name": "Origin"},
        {"name": "", "value": "Japan"},
        {"name": "n" * 61, "value": "x"},
        {"name": "Origin", "value": "v" * 121, "filter": True},
    ],
)
def test_half_a_fact_is_refused(fact: dict[str, object]):
    mug = a_product()
    with pytest.raises(BadFact), write_tx():
        describe(mug, now(), facts=[fact])


def test_a_long_fact_is_fine_unless_one_filters_by_it():
    mug = a_product()
    with write_tx():
        describe(mug, now(), facts=[{"name": "Care", "value": "v" * 500}])
    assert mug.facts == [{"name": "Care", "value": "v" * 500, "filter": False}]
