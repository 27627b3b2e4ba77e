"""`flask delivery load` and `show`: all of a file or none, the same twice, what is wrong named."""

import pytest
from sqlalchemy import func, select

from storefront.catalog.version import current_version
from storefront.extensions import db
from storefront.pricing.models import DeliveryZone, ShippingMethod
from storefront.pricing.queries import delivery_map
from storefront.seed import demo
from tests.factories import a_variant
from tests.page import Page

SMALL = """
[[zones]]
code = "us"
name = "United States"
places = [{ country = "US" }]
[[zones.methods]]
code = "standard"
name = "Standard"
price = "5.50"
free_over = 60
days = [4, 6]

[[zones]]
code = "anchorage"
name = "Anchorage"
places = [{ country = "US", regions = ["AK"], postcodes = ["995*", "99600-99699"] }]
[[zones.methods]]
code = "air"
name = "By air"
by = "weight"
bands = [{ up_to = 500, price = "9.50" }, { price = 12.5 }]
days = [6, 10]
needs_phone = true
active = false
"""


@pytest.fixture
def run(app, tmp_path):
    def load(text: str, *more: str):
        path = tmp_path / "delivery.toml"
        path.write_text(text, encoding="utf-8")
        return app.test_cli_runner().invoke(args=["delivery", "load", str(path), *more])

    return load


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_becomes_zones_and_methods(run):
    answer = run(SMALL)
    assert answer.exit_code == 0, answer.output
    assert "zones: 2 new, 0 changed, 0 taken out, 0 as they were" in answer.output
    us, anchorage = db.session.scalars(select(DeliveryZone).order_by(DeliveryZone.position))
    assert (us.code, us.places) == ("us", [{"country": "US"}])
    assert anchorage.places[0]["postcodes"] == ["995*", "99600-99699"]
    standard, air = db.session.scalars(select(ShippingMethod).order_by(ShippingMethod.position))
    assert (standard.zone_id, standard.price_minor, standard.free_over_minor) == (us.id, 550, 6000)
    assert (air.rate_by, air.price_minor, air.active) == ("weight", 950, False)
    assert air.bands == [{"up_to": 500, "price_minor": 950}, {"price_minor": 1250}]
    assert [len(zone.methods) for zone in delivery_map().zones] == [1, 0]  # air is not offered


def test_loaded_twice_the_second_time_changes_nothing(run):
    run(SMALL)
    before = current_version()
    assert "methods: 0 new, 0 changed, 0 taken out, 2 as they were" in run(SMALL).output
    assert current_version() == before


@pytest.mark.parametrize("text", [SMALL, (demo.HERE / "delivery.toml").read_text(encoding="utf-8")])
def test_what_show_prints_is_what_load_reads(run, app, text):
    run(text)
    shown = app.test_cli_runner().invoke(args=["delivery", "show"]).output
    assert "0 new, 0 changed, 0 taken out" in run(shown).output
    run(SMALL.replace("5.50", "7.00"))
    assert run(shown).exit_code == 0
    assert app.test_cli_runner().invoke(args=["delivery", "show"]).output == shown


def test_what_a_file_does_not_name_any_more_is_taken_out(run):
    run(SMALL)
    before = current_version()
    answer = run(SMALL.partition('[[zones]]\ncode = "anchorage"')[0])
    assert "zones: 0 new, 0 changed, 1 taken out, 1 as they were" in answer.output
    assert (count(DeliveryZone), count(ShippingMethod)) == (1, 1)
    assert current_version() > before


def test_a_method_moves_to_another_zone(run):
    run(SMALL)
    head, _, tail = SMALL.partition('[[zones]]\ncode = "anchorage"')
    zone = head.partition("[[zones.methods]]")[0]
    assert run(f'{zone}[[zones]]\ncode = "anchorage"{tail}').exit_code == 0
    swapped = SMALL.replace('"standard"', '"x"').replace('"air"', '"standard"')
    assert run(swapped.replace('"x"', '"air"')).exit_code == 0
    codes = [[m.code for m in zone.methods] for zone in delivery_map().zones]
    assert codes == [["air"], []]


METHOD = 'code = "x"\nname = "X"\nprice = "1"\ndays = [1, 2]\n'


def banded(bands: str) -> str:
    return METHOD.replace('price = "1"', f'by = "weight"\nbands = [{bands}]')


def zone_with(method: str = METHOD, place: str = '{ country = "US" }', code: str = "a") -> str:
    return (
        f'[[zones]]\ncode = "{code}"\nname = "A"\nplaces = [{place}]\n[[zones.methods]]\n{method}\n'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file names no zone"),
        ("zones = 3", "write each as [[zones]]"),
        ("[[zones]\n", "This is not TOML"),
        ('[[zones]]\nname = "A"', "zone 1: code is a text"),
        ('x = 1\n[[zones]]\ncode = "a"\nname = "A"\nplaces = [{country = "US"}]', "“x” means"),
        (zone_with() + zone_with(), "zone “a”: there are two of that code"),
        (zone_with() + zone_with(place='{ country = "DE" }', code="b"), "two methods with the"),
        (
            zone_with() + zone_with(METHOD.replace('"x"', '"y"'), code="b"),
            "zone “b”: US is in zone “a” already",
        ),
        (zone_with(place=""), "zone “a”: places is a list"),
        (zone_with(place="3"), "zone “a”, place 1: a place has a country"),
        (zone_with(place='{ country = "UK" }'), "country “UK” is none"),
        (zone_with(place='{ country = "us" }'), "country “us” is none"),
        (zone_with(place='{ country = "US", region = "AK" }'), "a place has a country"),
        (zone_with(place='{ country = "US", regions = "AK" }'), "regions are a list"),
        (zone_with(place='{ country = "US", regions = ["ZZ"] }'), "“ZZ” is no region of US"),
        (zone_with(place='{ country = "DE", regions = ["BY"] }'), "addresses in DE name no region"),
        (
            zone_with(place='{ country = "US", postcodes = ["SW1A*"] }'),
            "zone “a”, place 1: postcode pattern “SW1A*”: no postcode of US is like that",
        ),
        (zone_with(place='{ country = "DE", postcodes = ["12"] }'), "pattern “12”"),
        (zone_with(METHOD.replace('"1"', '"free"')), "method “x”: price is an amount in USD"),
        (zone_with(METHOD.replace('"1"', '"1.234"')), "price is an amount in USD"),
        (zone_with(METHOD.replace('"1"', '"-1"')), "price is an amount in USD"),
        (zone_with(METHOD.replace('"1"', '"99999999999"')), "price is an amount in USD"),
        (zone_with(METHOD.replace('"1"', "true")), "price is an amount in USD"),
        (zone_with(METHOD.replace("[1, 2]", "[2, 1]")), "the first of the days"),
        (zone_with(METHOD.replace("[1, 2]", "3")), "days are two whole numbers"),
        (zone_with(METHOD + 'by = "size"'), "by is one of flat, weight, price"),
        (zone_with(METHOD + 'by = "weight"'), "it needs bands"),
        (zone_with(METHOD + "active = 1"), "active is true or false"),
        (zone_with(METHOD + "colour = 1"), "“colour” means"),
        (
            zone_with(banded("{ up_to = 9, price = 1 }, { up_to = 9, price = 2 }")),
            "the bands rise",
        ),
        (
            zone_with(banded("{ price = 1 }, { up_to = 9, price = 2 }")),
            "only the last band",
        ),
    ],
)  # fmt: skip
def test_a_file_with_a_mistake_changes_nothing_and_says_where_it_is(run, text, said):
    run(SMALL)
    answer = run(text)
    assert answer.exit_code == 1
    assert said in answer.output
    assert (count(DeliveryZone), count(ShippingMethod)) == (2, 2)
    assert db.session.scalar(select(DeliveryZone.name).where(DeliveryZone.code == "us")) == (
        "United States"
    )


def test_a_file_that_is_no_text_is_refused(app, tmp_path):
    path = tmp_path / "delivery.toml"
    path.write_bytes(b"\xff\xfe\x00")
    answer = app.test_cli_runner().invoke(args=["delivery", "load", str(path)])
    assert answer.exit_code == 1
    assert "not UTF-8" in answer.output


def test_goods_without_a_weight_are_named_where_one_matters(run):
    light = a_variant(weight_g=None)
    assert f"these have none: {light.sku}" in run(SMALL).output
    assert light.sku not in run(zone_with()).output


def test_the_delivery_page_says_what_is_loaded(run, client):
    run(SMALL.replace("active = false", ""))
    page = Page.open(client, "/pages/delivery")
    assert "By air" in page.text
    assert "from $9.50" in page.text
    run(SMALL.replace("active = false", "").replace("9.50", "9.75"))
    assert "from $9.75" in Page.open(client, "/pages/delivery").text
