"""`flask tax load` and `show`: all of a file or none, the same twice, what is wrong named."""

from datetime import date

import pytest
from sqlalchemy import func, select

from storefront.account.address import Address
from storefront.catalog.version import current_version
from storefront.extensions import db
from storefront.pricing.models import TaxRate
from storefront.pricing.queries import tax_table
from storefront.seed import demo
from tests.factories import a_product

SMALL = """
[[rates]]
code = "de"
name = "VAT"
percent = 19
place = { country = "DE" }
until = 2026-12-31

[[rates]]
code = "de-2027"
name = "VAT"
percent = 20.5
place = { country = "DE" }
from = 2027-01-01

[[rates]]
code = "de-books"
class = "books"
name = "VAT"
percent = "7"
place = { country = "DE" }

[[rates]]
code = "nc"
name = "Sales tax"
percent = "6.75"
place = { country = "US", regions = ["NC"] }

[[rates]]
code = "raleigh"
name = "Sales tax"
percent = "7.25"
place = { country = "US", postcodes = ["27601-27620"] }
"""


@pytest.fixture
def run(app, tmp_path):
    def load(text: str):
        path = tmp_path / "taxes.toml"
        path.write_text(text, encoding="utf-8")
        return app.test_cli_runner().invoke(args=["tax", "load", str(path)])

    return load


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(TaxRate)) or 0


def rate(tax_class: str, day: date = date(2026, 6, 1), **where: str) -> int | None:
    found = tax_table().at(Address(**where), day, "DE").rate(tax_class)
    return found.rate_ppm if found else None


def test_the_nearest_place_and_the_class_decide(run):
    assert "rates: 5 new" in run(SMALL).output
    assert rate("standard", country="DE") == 190_000
    assert rate("books", country="DE") == 70_000
    assert rate("toys", country="DE") == 190_000
    assert rate("standard", country="US", region="NC", postcode="28801") == 67_500
    assert rate("standard", country="US", region="NC", postcode="27601") == 72_500
    assert rate("standard", country="US", region="OR", postcode="97201") is None


@pytest.mark.parametrize(
    ("day", "ppm"), [(date(2026, 12, 31), 190_000), (date(2027, 1, 1), 205_000)]
)
def test_a_rate_holds_from_its_first_to_its_last_day(run, day, ppm):
    run(SMALL)
    assert rate("standard", day, country="DE") == ppm


def test_loaded_twice_the_second_time_changes_nothing(run):
    run(SMALL)
    before = current_version()
    assert "0 new, 0 changed, 0 taken out, 5 as they were" in run(SMALL).output
    assert current_version() == before
    assert "0 new, 1 changed" in run(SMALL.replace("6.75", "6.8")).output
    assert current_version() > before


@pytest.mark.parametrize("text", [SMALL, (demo.HERE / "taxes.toml").read_text(encoding="utf-8")])
def test_what_show_prints_is_what_load_reads(run, app, text):
    run(text)
    shown = app.test_cli_runner().invoke(args=["tax", "show"]).output
    assert "0 new, 0 changed, 0 taken out" in run(shown).output


def test_classes_that_no_rate_names_are_told(run):
    a_product(tax_class="seeds")
    assert "No rate names these classes of products: seeds" in run(SMALL).output


ONE = '[[rates]]\ncode = "x"\nname = "VAT"\npercent = "19"\nplace = { country = "FR" }\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file names no rate"),
        ("rates = 1", "write each as [[rates]]"),
        (ONE + ONE, "rate “x”: there are two of that code"),
        (ONE + ONE.replace('"x"', '"y"'), "rate “y”: “x” is for the same goods, place and days"),
        (ONE.replace('"19"', '"101"'), "rate “x”: percent is a number from 0 to 100"),
        (ONE.replace('"19"', '"-1"'), "percent is a number"),
        (ONE.replace('"19"', '"19 %"'), "percent is a number"),
        (ONE.replace('"19"', '"nan"'), "percent is a number"),
        (ONE.replace('"19"', '"0.00001"'), "percent is a number"),
        (ONE.replace('"19"', "true"), "percent is a number"),
        (ONE.replace("percent", "per_cent"), "percent is a number"),
        (ONE + 'from = "2027-01-01"', "from is a day"),
        (ONE + "from = 2027-01-01T00:00:00", "from is a day"),
        (ONE + "from = 2027-01-02\nuntil = 2027-01-01", "it ends before it begins"),
        (ONE.replace('"FR"', '"XX"'), "rate “x”: country “XX” is none"),
        (
            ONE.replace('"FR" }', '"FR", postcodes = ["SW1A*"] }'),
            "rate “x”: postcode pattern “SW1A*”",
        ),
        (ONE + "rate = 1", "“rate” means"),
        (ONE.replace('name = "VAT"\n', ""), "name is a text"),
    ],
)
def test_a_file_with_a_mistake_changes_nothing_and_says_where_it_is(run, text, said):
    run(SMALL)
    answer = run(text)
    assert answer.exit_code == 1
    assert said in answer.output
    assert count() == 5
