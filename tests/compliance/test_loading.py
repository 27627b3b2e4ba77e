"""Files of rules and of counties: all of one or none, the same twice, what is wrong by its line."""

import pytest
from sqlalchemy import func, select

from storefront.account.address import Address
from storefront.audit import changes_of
from storefront.compliance import loading
from storefront.compliance.decide import Place
from storefront.compliance.lawbook import counties_in, place_of, rules_for
from storefront.compliance.loading import EXAMPLE_COUNTIES
from storefront.compliance.models import PostcodeCounty, Restriction
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.compliance.law import EXAMPLE

HEAD = "product_class,country,region,locality,rule,value,source,as_of\n"
GOOD = "kratom,US,OH,,deny,,A law,2026-01-02\n"
COUNTY_HEAD = "country,region,postcode,county,source\n"


@pytest.fixture
def run(app, tmp_path):
    def command(name: str, content: str | bytes, *more: str):
        path = tmp_path / "rows.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return app.test_cli_runner().invoke(args=["restrictions", name, str(path), *more])

    return command


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def the_row() -> Restriction:
    return db.session.scalars(select(Restriction)).one()


def test_the_example_comes_in_switched_off_and_not_twice(run, app):
    answer = run("import", EXAMPLE.read_bytes())
    assert answer.exit_code == 0, answer.output
    assert "rows: 138 new, 0 known already" in answer.output
    assert count(Restriction) == 138
    assert not db.session.scalars(select(Restriction).where(Restriction.enabled)).all()
    assert rules_for(["kratom_leaf"]) == []
    again = run("import", EXAMPLE.read_bytes())
    assert "rows: 0 new, 138 known already" in again.output
    assert count(Restriction) == 138
    listed = app.test_cli_runner().invoke(args=["restrictions", "list"]).output
    assert len(listed.splitlines()) == 138
    assert (
        "off\tkratom\tUS FL county:Sarasota\tdeny\t2026-04-01\tretailer lists 2018-2026" in listed
    )
    nothing_on = app.test_cli_runner().invoke(args=["restrictions", "list", "--enabled"])
    assert nothing_on.output == "No rows.\n"


def test_a_look_at_a_file_changes_nothing(run):
    answer = run("import", HEAD + GOOD, "--check")
    assert "rows: 1 new, 0 known already\nNothing was changed." in answer.output
    assert count(Restriction) == 0


def test_a_row_comes_in_as_it_is_meant_however_it_is_written(run):
    written = (
        "\ufeff# a comment\n# another\n"
        "Product_Class;Country;Region;Locality;Rule;Value;Source;As_of\r\n"
        "# between\r\n"
        'Kratom;us;fl;County: Sarasota ;NEEDS_LABEL;Ingredients | WARN_NY;"A; law";\r\n'
    )
    assert run("import", written).exit_code == 0
    row = the_row()
    assert (row.class_code, row.country, row.region) == ("kratom", "US", "FL")
    assert (row.locality, row.rule, row.value) == (
        "county:Sarasota", "needs_label", "ingredients|warn_ny",
    )  # fmt: skip
    assert (row.source, row.as_of, row.enabled, row.enabled_by) == ("A; law", None, False, "")


def test_what_came_in_is_in_the_log(run):
    run("import", HEAD + GOOD)
    change = changes_of("restriction", the_row().id)[0]
    assert (change.actor, change.action) == ("command", "imported")
    assert change.after == {
        "class": "kratom", "place": "US OH", "rule": "deny", "source": "A law",
        "as of": "2026-01-02",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("kratom,US,OH,,forbid,,A law,", "“forbid” is no rule"),
        ("kratom,XX,,,deny,,A law,", "“XX” is no country"),
        ("kratom,EU,,,deny,,A law,", "“EU” is no country"),
        ("kratom,,,,deny,,A law,", "is no country"),
        ("kratom,US,QQ,,deny,,A law,", "“QQ” is no region of US"),
        ("kratom,DE,BY,,deny,,A law,", "addresses in DE name no region"),
        ("kratom,US,FL,near the sea,deny,,A law,", "“near the sea” is no locality"),
        ("kratom,US,FL,county:,deny,,A law,", "is no locality"),
        ("kratom,US,FL,zip:%%,deny,,A law,", "is no postcode"),
        ("kratom,US,FL,,min_age,,A law,", "is no age"),
        ("kratom,US,FL,,min_age,19,A law,", "“19” is no age"),
        ("kratom,US,FL,,deny,21,A law,", "deny takes no value"),
        ("kratom,US,FL,,needs_label,,A law,", "nobody knows the word “”"),
        ("kratom,US,FL,,needs_label,ingredients|magic,A law,", "nobody knows the word “magic”"),
        ("kratom,US,FL,,needs_label,seven_oh_ppm<=lots,A law,", "“seven_oh_ppm<=lots”"),
        ("kratom,US,FL,,deny,,,", "its source is missing"),
        ("kratom,US,FL,,deny,,A law,last May", "“last May” is no day"),
        ("kratom,US,FL,,deny,,A law,2999-01-01", "has not come yet"),
        ("kra tom,US,FL,,deny,,A law,", "is no code of a product class"),
        ("kratom,US,FL,,deny,,A law, chapter 5,2026-01-01", "it has 9 cells"),
    ],
)
def test_one_wrong_row_keeps_the_whole_file_out(run, row, why):
    answer = run("import", f"# comment\n{HEAD}{GOOD}{row}\n")
    assert answer.exit_code == 1
    assert f"line 4: {why}" in answer.output or (
        "line 4: " in answer.output and why in answer.output
    )
    assert "Nothing was taken in" in answer.output
    assert count(Restriction) == 0


def test_every_wrong_row_is_named(run):
    answer = run("import", f"{HEAD}x,XX,,,deny,,s,\n{GOOD}x,US,,,no,,s,\n")
    assert "line 2: " in answer.output
    assert "line 3: " not in answer.output
    assert "line 4: " in answer.output


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "empty"),
        ("# nothing but words\n", "empty"),
        ("product_class,country\nkratom,US\n", "A column is missing: region"),
        (b"PK\x03\x04\x00\x00", "not a CSV file"),
        (HEAD + 'kratom,US,OH,,deny,,"A law,2026\n', "a quotation mark is missing"),
        (HEAD.encode() + b"kratom,US,OH,,deny,,\xff\xfe law,\n", "UTF-8"),
    ],
)
def test_what_is_no_table_of_rules_is_said_to_be_none(run, content, why):
    answer = run("import", content)
    assert answer.exit_code == 1
    assert why in answer.output
    assert count(Restriction) == 0


def test_news_of_a_source_come_in_beside_what_is_there(run):
    run("import", HEAD + GOOD)
    older = GOOD.replace("2026-01-02", "2025-12-31")
    newer = GOOD.replace("2026-01-02", "2026-03-01")
    assert "0 new, 1 known" in run("import", HEAD + older).output
    assert "1 new, 1 known" in run("import", HEAD + newer + newer).output
    assert "0 new, 2 known" in run("import", HEAD + GOOD + newer).output
    assert count(Restriction) == 2


def test_counties_of_the_example_settle_a_place(run):
    answer = run("counties", EXAMPLE_COUNTIES.read_bytes())
    assert answer.exit_code == 0, answer.output
    assert "for US FL; 0 rows were known of there before" in answer.output
    assert len(counties_in("US", "FL")) == 67

    def at(region: str = "FL", postcode: str = "", county: str = "") -> Place:
        return place_of(Address(country="US", region=region, postcode=postcode, county=county))

    assert at(postcode="34285").county == "Sarasota"
    assert at(postcode="34285-1234").county == "Sarasota"
    assert at(postcode="34285", county="Charlotte").county == "Sarasota"
    on_the_line = at(postcode="34223")
    assert (on_the_line.county, on_the_line.counties) == ("", {"Sarasota", "Charlotte"})
    assert at(postcode="34223", county="charlotte county").county == "charlotte county"
    assert at(postcode="34223", county="Orange").county == ""
    assert at(county="Orange").county == "Orange"
    assert at(county="Sarasotta").county == ""  # no county of the state
    assert at("OH", county="Sarasotta").county == "Sarasotta"  # whose counties nobody told us
    assert at("GA", postcode="34285").region == ""  # a code of Florida: one of the two is wrong
    assert at("", postcode="34285").region == "FL"
    assert place_of(None) == Place()


def test_a_file_of_counties_is_all_there_is_to_know_of_its_regions(run):
    run("counties", COUNTY_HEAD + "US,FL,34223,Sarasota,s\nUS,FL,34223,Charlotte,s\n")
    row = "US,GA,30002,DeKalb,s\n"
    assert "1 postcodes in 1 rows, for US GA; 0 rows" in run("counties", COUNTY_HEAD + row).output
    answer = run("counties", COUNTY_HEAD + "US,FL,34223-0001,Sarasota,t\nUS,FL,34223,Sarasota,t\n")
    assert "1 postcodes in 1 rows, for US FL; 2 rows were known" in answer.output
    rows = db.session.scalars(select(PostcodeCounty).order_by(PostcodeCounty.region)).all()
    assert [(one.region, one.postcode, one.county, one.source) for one in rows] == [
        ("FL", "34223", "Sarasota", "t"),
        ("GA", "30002", "DeKalb", "s"),
    ]


def test_a_code_may_lie_in_two_states_in_counties_of_one_name(run):
    run("counties", COUNTY_HEAD + "US,AR,71749,Union,s\nUS,LA,71749,Union,s\n")
    place = place_of(Address(country="US", region="LA", postcode="71749"))
    assert (place.region, place.county) == ("LA", "Union")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("XX,FL,34223,Sarasota,s", "is no country"),
        ("US,,34223,Sarasota,s", "its region is missing"),
        ("US,FL,3422,Sarasota,s", "“3422” is no postcode of US"),
        ("US,FL,34223,,s", "its county is missing"),
        ("US,FL,34223,Sarasota,", "its source is missing"),
    ],
)
def test_one_wrong_county_keeps_the_file_out(run, row, why):
    run("counties", COUNTY_HEAD + "US,FL,34285,Sarasota,s\n")
    answer = run("counties", f"{COUNTY_HEAD}US,FL,34286,Sarasota,s\n{row}\n")
    assert answer.exit_code == 1
    assert "line 3: " in answer.output
    assert why in answer.output
    assert db.session.scalars(select(PostcodeCounty.postcode)).all() == ["34285"]


def test_the_code_of_a_class_is_matched_in_any_letters(run):
    run("import", HEAD + GOOD)
    with write_tx():
        the_row().enabled = True
    assert len(rules_for(["Kratom_Leaf"])) == 1


def test_the_examples_say_that_they_are_examples():
    for file in (loading.EXAMPLE, EXAMPLE_COUNTIES):
        assert "EXAMPLE ONLY" in file.read_text(encoding="utf-8").splitlines()[0]
