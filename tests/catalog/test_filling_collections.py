"""Which products a collection lists: picked, gathered by rule, or listed by its children."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.catalog.addresses import BadSlug
from storefront.catalog.arranging import (
    BadPlace,
    change_collection_slug,
    create_collection,
    move_collection,
    pick,
    set_rule,
    unpick,
)
from storefront.catalog.editing import archive, describe, publish, withdraw
from storefront.catalog.listing import refresh_by_clock
from storefront.catalog.models import Collection, Facet, Listing, Product, ProductClass
from storefront.catalog.prices import schedule_sale
from storefront.catalog.rules import BadRule
from storefront.catalog.version import current_version
from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money
from storefront.transactions import write_tx
from tests.factories import a_collection, a_product

pytestmark = pytest.mark.usefixtures("app")


def listed(slug: str) -> list[str]:
    """Names in a collection, in its own order."""
    return list(
        db.session.scalars(
            select(Product.name)
            .join(Listing, Listing.product_id == Product.id)
            .join(Collection, Collection.id == Listing.collection_id)
            .where(Collection.slug == slug)
            .order_by(Listing.position, Listing.product_id)
        )
    )


def counted(slug: str) -> int:
    return db.session.scalars(select(Collection.product_count).where(Collection.slug == slug)).one()


def facets_of(slug: str) -> dict[str, dict[str, int]]:
    return db.session.scalars(select(Collection.facet_counts).where(Collection.slug == slug)).one()


def collection(slug: str) -> Collection:
    return db.session.scalars(select(Collection).where(Collection.slug == slug)).one()


def gathers(rule: list[dict[str, str]], name: str = "Gathered") -> None:
    with write_tx():
        create_collection(name, now(), slug="gathered", rule=rule)


def test_everything_for_sale_is_in_the_list_of_all_products():
    a_product("Mug")
    a_product("Bowl")
    assert listed("all") == ["Mug", "Bowl"]
    assert counted("all") == 2


def test_a_picked_product_stands_where_it_was_put():
    a_collection("shelf")
    for name, place in (("Third", 30), ("First", 10), ("Second", 20)):
        product = a_product(name)
        with write_tx():
            pick(collection("shelf"), product, place, now())
    assert listed("shelf") == ["First", "Second", "Third"]
    assert counted("shelf") == 3


def test_a_pick_can_be_moved_and_taken_back():
    a_collection("shelf")
    first, second = a_product("First", collections=["shelf"]), a_product("Second")
    with write_tx():
        pick(collection("shelf"), second, 5, now())
        pick(collection("shelf"), first, 9, now())
    assert listed("shelf") == ["Second", "First"]
    with write_tx():
        unpick(collection("shelf"), second, now())
    assert listed("shelf") == ["First"]
    assert counted("shelf") == 1


def test_a_newly_tagged_product_shows_up_unedited():
    gathers([{"field": "tag", "is": "lab-tested"}])
    assert listed("gathered") == []
    mug = a_product("Mug")
    a_product("Bowl", tags=["Lab-Tested"])
    assert listed("gathered") == ["Bowl"]
    with write_tx():
        describe(mug, now(), tags=["lab-tested"])
    assert listed("gathered") == ["Mug", "Bowl"]
    with write_tx():
        describe(mug, now(), tags=[])
    assert listed("gathered") == ["Bowl"]


def test_a_new_rule_gathers_what_is_there_already():
    a_product("Mug", tags=["gift"])
    gathers([{"field": "tag", "is": "gift"}])
    assert listed("gathered") == ["Mug"]
    with write_tx():
        set_rule(collection("gathered"), [{"field": "tag", "is": "other"}], now())
    assert listed("gathered") == []


def test_all_conditions_of_a_rule_must_hold():
    origin = {"name": "Origin", "value": "Japan"}
    a_product("Both", tags=["green"], facts=[origin])
    a_product("Tag only", tags=["green"])
    a_product("Fact only", facts=[origin])
    gathers([{"field": "tag", "is": "green"}, {"field": "fact:origin", "is": "japan"}])
    assert listed("gathered") == ["Both"]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("price_under", "10.00", ["Cheap"]),
        ("price_under", "9.99", []),
        ("price_under", "100", ["Cheap", "Dear"]),
        ("class", "fragile", ["Dear"]),
        ("fact:Colour", "red", ["Cheap"]),
        ("on_sale", "yes", ["Dear"]),
        ("on_sale", "no", ["Cheap"]),
    ],
)
def test_rules_ask_for_price_class_fact_and_sale(field: str, value: str, expected: list[str]):
    a_product(
        "Cheap",
        variants=[{"price": 2000}, {"price": 999}],
        facts=[{"name": "Colour", "value": "Red"}],
    )
    with write_tx():
        fragile = ProductClass(code="fragile", name="Fragile")
        db.session.add(fragile)
    a_product("Dear", class_id=fragile.id, variants=[{"price": 5000, "sale_price_minor": 4500}])
    gathers([{"field": field, "is": value}])
    assert listed("gathered") == expected


def test_a_variant_nobody_can_buy_does_not_set_the_price():
    a_product("Mug", variants=[{"price": 500, "archived": True}, {"price": 1500}])
    assert db.session.scalars(select(Listing.price_minor)).all() == [1500]


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ([{"field": "colour", "is": "red"}], "colour"),
        ([{"field": "tag"}], "condition"),
        ([{"field": "tag", "is": " "}], "tag"),
        ([{"field": "price_under", "is": "cheap"}], "cheap"),
        ([{"field": "price_under", "is": "-1"}], "-1"),
        ([{"field": "added_within_days", "is": "soon"}], "soon"),
        ([{"field": "added_within_days", "is": "²"}], "days"),
        ([{"field": "fact:", "is": "x"}], "fact:"),
        ([{"field": "on_sale", "is": "maybe"}], "on_sale"),
        ([{"field": "tag", "is": "a", "or": "b"}], "condition"),
        ("tag=gift", "list"),
        (["tag"], "condition"),
    ],
)
def test_a_rule_with_unknown_words_is_refused(rule, word: str):
    with pytest.raises(BadRule) as refusal, write_tx():
        create_collection("Gifts", now(), rule=rule)
    assert word in refusal.value.message
    assert db.session.scalar(select(Collection).where(Collection.name == "Gifts")) is None


def test_a_collection_holds_what_its_children_hold_once():
    with write_tx():
        tea = create_collection("Tea", now())
        green = create_collection("Green", now(), parent=tea)
        create_collection("Japan", now(), parent=green, rule=[{"field": "tag", "is": "japan"}])
    a_product("Sencha", tags=["japan"], collections=["green", "tea"])
    a_product("Bancha", tags=["japan"])
    assert listed("tea") == listed("green") == listed("japan") == ["Sencha", "Bancha"]
    assert counted("tea") == 2


def test_moving_a_collection_moves_what_it_holds():
    with write_tx():
        create_collection("Tea", now())
        create_collection("Herbs", now())
        create_collection("Green", now(), parent=collection("tea"))
    a_product("Sencha", collections=["green"])
    with write_tx():
        move_collection(collection("green"), collection("herbs"), now())
    assert (listed("tea"), listed("herbs")) == ([], ["Sencha"])
    assert (counted("tea"), counted("herbs")) == (0, 1)


def test_a_collection_cannot_stand_below_itself():
    with write_tx():
        tea = create_collection("Tea", now())
        create_collection("Green", now(), parent=tea)
    with pytest.raises(BadPlace), write_tx():
        move_collection(collection("tea"), collection("green"), now())
    with pytest.raises(BadPlace), write_tx():
        move_collection(collection("tea"), collection("tea"), now())


def test_the_list_of_all_products_keeps_its_address():
    with pytest.raises(BadSlug), write_tx():
        change_collection_slug(collection("all"), "everything", now())


def test_what_is_not_for_sale_is_listed_nowhere():
    a_collection("shelf")
    shown = a_product("Mug", collections=["shelf"])
    a_product("Draft", status="draft", collections=["shelf"])
    a_product("Nothing to buy", variants=[{"archived": True}], collections=["shelf"])
    assert listed("all") == listed("shelf") == ["Mug"]
    with write_tx():
        archive(shown, None, now())
    assert listed("all") == listed("shelf") == []
    assert counted("shelf") == 0
    assert db.session.scalars(select(Facet)).all() == []
    with write_tx():
        publish(shown, now())
    assert listed("shelf") == ["Mug"]
    with write_tx():
        withdraw(shown, now())
    assert listed("shelf") == []


def test_filters_are_made_of_options_and_of_facts_meant_for_it():
    facts = [
        {"name": "Origin", "value": "Japan", "filter": True},
        {"name": "Lot", "value": "T-21", "filter": False},
    ]
    a_product("Sencha", facts=facts, variants=[{}, {}, {"archived": True}])
    a_product("Bancha", facts=[{"name": "Origin", "value": "Japan", "filter": True}])
    a_product("Assam", facts=[{"name": "Origin", "value": "India", "filter": True}])
    assert facets_of("all") == {
        "Origin": {"India": 1, "Japan": 2},
        "Size": {"Size 1": 1, "Size 2": 1},
    }


def test_filter_values_stand_as_people_count():
    for weight in ("150 g", "1 kg", "50 g", "Loose"):
        a_product(option_names=["Weight"], variants=[{"option_values": [weight]}])
    assert list(facets_of("all")["Weight"]) == ["50 g", "150 g", "1 kg", "Loose"]


def test_filter_counts_follow_a_change_of_facts():
    mug = a_product("Mug", facts=[{"name": "Colour", "value": "Red", "filter": True}])
    with write_tx():
        describe(mug, now(), facts=[{"name": "Colour", "value": "Blue", "filter": True}])
    assert facets_of("all") == {"Colour": {"Blue": 1}}


def test_a_sale_that_begins_by_the_clock_moves_the_product_in_its_lists():
    gathers([{"field": "on_sale", "is": "yes"}])
    mug = a_product("Mug", variants=[{"price": 2000}])
    later = now() + timedelta(hours=1)
    with write_tx():
        variant = mug.variants[0]
        schedule_sale(variant, Money(1500, "USD"), later, later + timedelta(days=1), now(), "staff")
    assert listed("gathered") == []

    before = current_version()
    with write_tx():
        assert not refresh_by_clock(now())
    assert current_version() == before

    with write_tx():
        assert refresh_by_clock(later)
    assert listed("gathered") == ["Mug"]
    assert set(db.session.scalars(select(Listing.price_minor))) == {1500}
    assert counted("gathered") == 1
    assert current_version() > before

    with write_tx():
        assert refresh_by_clock(later + timedelta(days=1))
    assert listed("gathered") == []
    assert set(db.session.scalars(select(Listing.price_minor))) == {2000}


def test_a_product_is_new_for_as_long_as_the_rule_says():
    gathers([{"field": "added_within_days", "is": "30"}])
    a_product("Old", created_at=now() - timedelta(days=31))
    a_product("Mug")
    assert listed("gathered") == ["Mug"]
    with write_tx():
        refresh_by_clock(now() + timedelta(days=29))
    assert listed("gathered") == ["Mug"]
    with write_tx():
        refresh_by_clock(now() + timedelta(days=30))
    assert listed("gathered") == []
    assert counted("all") == 2


def test_every_change_is_news_to_public_pages(app: Flask):
    before = current_version()
    mug = a_product("Mug")
    made = current_version()
    with write_tx():
        describe(mug, now(), description="A **better** mug.")
    assert before < made < current_version()
    assert (
        db.session.get_one(Product, mug.id).description_html
        == "<p>A <strong>better</strong> mug.</p>"
    )


def test_counts_are_right_when_several_people_edit_at_once(app: Flask):
    a_collection("shelf")

    def add_five() -> int:
        with app.app_context():
            for _ in range(5):
                a_product(collections=["shelf"])
            db.session.remove()
        return 5

    with ThreadPoolExecutor(4) as people:
        added = sum(person.result() for person in [people.submit(add_five) for _ in range(4)])
    assert added == counted("shelf") == counted("all") == len(listed("shelf"))
