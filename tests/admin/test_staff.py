"""Owners say who works here; the last of them stays; every change is written down for good."""

import pytest
from sqlalchemy import select, text

from storefront.account.opening import customer_of
from storefront.account.staff import DEMO, staff_of
from storefront.audit import Change, changes_of, record_change
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.account.journey import PASSWORD, mailed_link, newest_mail, register
from tests.admin.test_second_factor import ASKED, SET_UP
from tests.conftest import signed_in
from tests.factories import a_staff_member
from tests.page import Page

EVE = "eve@example.com"


@pytest.fixture
def owner(app):
    """(id, browser) of the shop's only owner."""
    staff = a_staff_member("owner", email="owner@quillmoss.example")
    return staff.customer_id, signed_in(app, staff.customer_id, proven=True)


def role_of(customer_id: int) -> str | None:
    db.session.rollback()
    staff = staff_of(customer_id)
    return staff.role if staff else None


def log() -> list[tuple[str, str, dict, dict]]:
    db.session.rollback()
    rows = db.session.scalars(select(Change).order_by(Change.id))
    return [(row.actor, row.action, row.before, row.after) for row in rows]


def open_member(browser, customer_id: int) -> Page:
    return Page.open(browser, f"/admin/staff/{customer_id}")


def test_somebody_new_is_added_and_gets_in_by_the_mailed_link(app, client, owner):
    page = Page.open(owner[1], "/admin").follow("Staff").follow("Staff")
    page = Page.open(owner[1], "/admin/staff").form("/admin/staff")
    page = page.send(email=EVE, full_name="Eve Adams", role="writer")
    assert page.flashes == [f"{EVE} is staff. A mail tells them how to get in."]
    assert "Eve Adams" in page.text
    assert newest_mail(EVE).subject == "You work in Quillmoss from now on"
    page = Page.open(client, mailed_link(EVE)).form().send(password=PASSWORD)
    page = Page.open(client, "/admin")
    assert page.heading == "What waits today"
    assert "Eve Adams · writer" in " ".join(page.soup.get_text(" ").split())
    assert log() == [("owner@quillmoss.example", "added", {}, {"role": "writer"})]


def test_a_customer_who_is_added_keeps_their_password(client, owner):
    register(client)
    page = Page.open(owner[1], "/admin/staff").form("/admin/staff")
    page.send(email="ADA@example.com", role="stock")
    said = newest_mail().text
    assert "/admin" in said
    assert "/password/" not in said
    assert Page.open(client, "/admin").heading == "What waits today"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": ""}, "Enter their email address."),
        ({"email": "eve"}, "Enter an email address like name@example.com."),
        ({"email": EVE, "role": "king"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_said_and_the_words_are_kept(owner, fields, said):
    page = Page.open(owner[1], "/admin/staff").form("/admin/staff")
    page = page.send(**{"full_name": "Eve Adams", "role": "writer", **fields})
    assert page.status == 422
    assert page.errors == [said]
    assert page.form("/admin/staff").values["full_name"] == "Eve Adams"
    assert customer_of(EVE) is None


def test_a_role_is_changed_at_once_and_the_change_is_shown(app, owner):
    ben = a_staff_member("stock").customer_id
    theirs = signed_in(app, ben, proven=True)
    page = open_member(owner[1], ben).form("/role").send(role="orders")
    assert page.flashes[0].endswith("is orders from now on.")
    assert role_of(ben) == "orders"
    assert "Orders to pack and send" in Page.open(theirs, "/admin").text
    page = open_member(owner[1], ben)
    shown = " ".join(page.soup.select_one(".changes").get_text(" ").split())
    assert "owner@quillmoss.example changed role role: stock orders" in shown
    open_member(owner[1], ben).form("/role").send(role="orders")  # the same again is no change
    assert len(log()) == 1


def test_whoever_is_taken_off_the_staff_finds_nothing_there_any_more(app, owner):
    ben = a_staff_member("stock").customer_id
    theirs = signed_in(app, ben, proven=True)
    page = open_member(owner[1], ben).form(f"{ben}/removal").send()
    assert "is off the staff" in page.flashes[0]
    assert theirs.get("/admin").status_code == 404
    assert theirs.get("/account").status_code == 200
    assert log()[-1][1:] == ("removed", {"role": "stock"}, {})
    assert open_member(owner[1], ben).status == 404


@pytest.mark.parametrize(("action", "fields"), [("/role", {"role": "stock"}), ("/removal", {})])
def test_the_last_owner_is_neither_demoted_nor_removed(owner, action, fields):
    page = open_member(owner[1], owner[0]).form(f"{owner[0]}{action}").send(**fields)
    assert page.status == 409
    assert page.errors[0].endswith("the shop’s last owner. Make somebody else an owner first.")
    assert role_of(owner[0]) == "owner"
    assert log() == []


@pytest.mark.parametrize(("action", "fields"), [("/role", {"role": "stock"}), ("/removal", {})])
def test_an_owner_may_step_down_once_there_is_another(owner, action, fields):
    a_staff_member("owner")
    page = open_member(owner[1], owner[0]).form(f"{owner[0]}{action}").send(**fields)
    assert page.status == (200 if fields else 404)  # their own home, or nothing any more
    assert role_of(owner[0]) == fields.get("role")


def test_whom_the_demo_came_with_does_not_count_as_another_owner(owner):
    a_staff_member("owner", created_by=DEMO)
    page = open_member(owner[1], owner[0]).form(f"{owner[0]}/removal").send()
    assert page.status == 409


def test_an_owner_takes_a_lost_second_factor_away(app, owner):
    ben = a_staff_member("stock").customer_id
    theirs = signed_in(app, ben, proven=False)
    assert Page.open(theirs, "/admin").heading == ASKED
    open_member(owner[1], ben).form("/second-factor/removal").send()
    assert Page.open(theirs, "/admin").heading == "Sign in"
    again = signed_in(app, ben, proven=False)
    assert Page.open(again, "/admin/second-factor").heading == SET_UP
    assert log()[-1][1] == "reset second factor"


def test_a_member_who_is_not_there_is_not_found(owner):
    for path in ("role", "removal", "second-factor/removal"):
        answer = owner[1].post(f"/admin/staff/999/{path}", data={"role": "stock"})
        assert answer.status_code == 404, path


@pytest.mark.parametrize("act", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"])
def test_the_database_refuses_to_rewrite_the_audit_log(app, act):
    with write_tx():
        record_change("thing", 1, "made", {}, {"size": 1}, actor="ada", now=now())
    with pytest.raises(Exception, match="append-only"), write_tx() as session:
        session.execute(text(act))


def test_only_what_differs_is_written_down(app):
    with write_tx():
        before, after = {"a": 1, "b": 2, "gone": 3}, {"a": 1, "b": 5, "new": None}
        record_change("thing", "x", "changed", before, after, actor="ada", now=now())
        record_change("thing", "x", "changed", {"a": 1}, {"a": 1}, actor="ada", now=now())
        record_change("thing", "y", "changed", {"a": 1}, {"a": 2}, actor="ada", now=now())
    (change,) = changes_of("thing", "x")
    assert change.differences == [("b", 2, 5), ("gone", 3, None), ("new", None, None)]
