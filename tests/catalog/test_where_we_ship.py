"""The page that says where goods may go that the law restricts, by the rows that count."""

from datetime import timedelta

import pytest

from storefront.catalog.version import bump_version
from storefront.compliance.models import Restriction
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.admin.test_classes import a_class
from tests.admin.test_restrictions_page import OHIO, SHOP_WIDE, sent, taken_in, the_day
from tests.markets.abroad import sell_abroad
from tests.page import Page

PAGE = "/pages/where-we-ship"
LABEL = (
    "kratom,US,GA,,needs_label,seven_oh_mg_per_g<=0.5|ingredients,Ga. Code 16-13-122,2026-01-02\n"
)
COUNTY = "kratom,US,FL,county:Sarasota,deny,,VERIFY; retailer lists,2026-04-01\n"


def switched_on(row_id: int, **values) -> None:
    with write_tx():
        row = db.session.get_one(Restriction, row_id)
        row.enabled, row.enabled_by, row.checked_on = True, "Olga", the_day()
        for name, value in values.items():
            setattr(row, name, value)
        bump_version()


def said_of(page: Page) -> dict[str, str]:
    """What stands under each heading of a class."""
    return {
        head.get_text(): " ".join(head.find_next_sibling("dl").get_text(" ").split())
        for head in page.soup.select("main h3")
    }


def test_a_shop_without_the_law_has_no_such_page_and_no_link_to_it(client):
    switched_on(taken_in(OHIO)[0])
    assert client.get(PAGE).status_code == 404
    assert PAGE not in Page.open(client, "/pages/delivery").response.text


def test_only_rows_that_count_are_said_with_who_says_so(client):
    a_class()
    for row_id in taken_in(SHOP_WIDE, OHIO, LABEL, COUNTY, "kava,US,,,deny,,Another,\n"):
        switched_on(row_id)
    taken_in("kratom,US,TX,,deny,,Not looked at,2026-01-02\n")
    page = Page.open(client, "/pages/delivery").follow("where we ship them, and why")
    assert page.heading == "Where we ship"
    said = said_of(page)
    closed = said["Closed"]
    assert "Ohio, United States Not sold Source, still to be confirmed: a ban." in closed
    assert "Sarasota County, Florida, United States Not sold" in closed
    conditions = said["Sold there, on these conditions"]
    assert "United States From age 21 Source: Shop policy. Looked at on" in conditions
    assert "Georgia, United States Only with no more than 0.5 mg" in conditions
    assert "a list of ingredients on the label" in conditions
    assert "Texas" not in page.text
    assert "Another" not in page.text
    assert [h.get_text() for h in page.soup.select("main h2")] == ["Kratom leaf"]


def test_what_would_hold_in_a_closed_place_is_not_said(client):
    a_class()
    for row_id in taken_in(SHOP_WIDE, OHIO, "kratom,US,OH,,min_age,18,An old law,2026-01-02\n"):
        switched_on(row_id)
    page = Page.open(client, PAGE)
    assert "An old law" not in page.text
    assert "Ohio" in said_of(page)["Closed"]


def test_a_class_that_nothing_opens_ships_nowhere(client):
    a_class()
    assert "Ships nowhere at present." in Page.open(client, PAGE).text


def test_a_row_planned_one_ended_and_one_out_of_date_are_told_apart(client):
    a_class()
    planned, ended, old = taken_in(OHIO, COUNTY, SHOP_WIDE)
    switched_on(planned, starts_on=the_day() + timedelta(5))
    switched_on(ended, ends_on=the_day() - timedelta(1))
    switched_on(old, checked_on=the_day() - timedelta(181), as_of=None)
    said = said_of(Page.open(client, PAGE))
    assert "on: not sold" in said["Closed"]
    assert "Sarasota" not in said["Closed"]
    assert "Closed for now" in said["Sold there, on these conditions"]


def test_the_page_follows_what_staff_enable_and_is_kept_for_everyone(client, staff_client):
    a_class()
    owner, (row_id,) = staff_client("owner"), taken_in(OHIO)
    first = client.get(PAGE)
    assert first.headers["Cache-Control"].startswith("public")
    assert "Ohio" not in first.text
    sent(owner, row_id, "enabling", note="Read")
    assert "Ohio" in client.get(PAGE).text
    sent(owner, row_id, "end", note="Repealed")
    assert client.get(PAGE).text == first.text


@pytest.mark.parametrize("row", [SHOP_WIDE, OHIO])
def test_a_row_that_is_only_reviewed_is_not_said(client, staff_client, row):
    a_class()
    (row_id,) = taken_in(row)
    sent(staff_client("owner"), row_id, "review", note="Read")
    assert said_of(Page.open(client, PAGE)) == {}


def test_the_page_speaks_the_language_of_its_market(client):
    sell_abroad()
    a_class()
    switched_on(taken_in(OHIO)[0])
    page = Page.open(client, f"/de{PAGE}")
    assert page.heading == "Wohin wir liefern"
    assert "Ohio, Vereinigte Staaten" in said_of(page)["Geschlossen"]
