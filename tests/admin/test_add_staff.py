"""flask add-staff: whom a shop begins with."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storefront.account import password_views
from storefront.account.opening import customer_of
from storefront.account.staff import Staff, staff_of
from storefront.clock import now
from storefront.extensions import db
from storefront.health import problems
from storefront.seed.staff import PEOPLE, demo_password, engage_staff
from storefront.serving import _greet
from tests.account.journey import ADA, PASSWORD, register, sign_in
from tests.conftest import signed_in
from tests.factories import a_product, a_staff_member
from tests.page import Page

EVE = "eve@example.com"


@pytest.fixture
def run(app):
    def command(*words: str, typed: str | None = None):
        result = app.test_cli_runner().invoke(args=["add-staff", *words], input=typed)
        db.session.rollback()
        return result

    return command


def role_of(email: str) -> str | None:
    db.session.rollback()
    customer = customer_of(email)
    staff = staff_of(customer.id) if customer else None
    return staff.role if staff else None


def test_a_new_owner_sets_a_password_by_the_link_and_is_in(run, client):
    result = run(EVE, "--name", "Eve Adams")
    assert result.exit_code == 0, result.output
    assert f"{EVE} is staff: owner." in result.output
    link = result.output.rpartition("http://localhost")[2].strip()
    page = Page.open(client, link).form().send(password=PASSWORD)
    assert page.heading == "Your account"
    page = Page.open(client, "/admin")
    assert page.heading == "What waits today"
    assert "Eve Adams · owner" in page.soup.get_text()
    used = Page.open(client, link)
    assert used.status == 410


def test_the_link_is_good_for_a_day(run, client, monkeypatch):
    link = run(EVE).output.rpartition("http://localhost")[2].strip()
    later = now() + timedelta(hours=24, minutes=1)
    monkeypatch.setattr(password_views, "now", lambda: later)
    assert Page.open(client, link).status == 410


def test_a_password_can_be_piped_in(run, client):
    result = run(EVE, "--role", "writer", "--password-stdin", typed=f"{PASSWORD}\n")
    assert result.output == f"{EVE} is staff: writer.\n"
    assert sign_in(client, EVE, next="/admin").heading == "What waits today"


def test_a_customer_becomes_staff_and_keeps_name_and_password(run, client):
    register(client)
    assert run(ADA, "--role", "stock").output == f"{ADA} is staff: stock.\n"
    assert role_of(ADA) == "stock"
    assert customer_of(ADA).full_name == "Ada Byron"


def test_the_last_owner_stays_an_owner(run):
    run(EVE)
    result = run(EVE, "--role", "orders")
    assert result.exit_code == 1
    assert "is the shop’s last owner" in result.output
    assert role_of(EVE) == "owner"


def test_a_lost_second_factor_is_set_up_anew(run, app):
    staff = a_staff_member(email=EVE)
    browser = signed_in(app, staff.customer_id, proven=True)
    assert run(EVE, "--reset-second-factor").exit_code == 0
    assert Page.open(browser, "/admin").heading == "Sign in"
    browser = signed_in(app, staff.customer_id, proven=False)
    page = Page.open(browser, "/admin/second-factor")
    assert page.heading == "Set up an authenticator app"


def test_the_command_can_be_repeated_and_changes_the_role(run):
    run("first@example.com")
    for role in ("owner", "owner", "orders"):
        assert run(EVE, "--role", role).exit_code == 0
        assert role_of(EVE) == role
    assert len(db.session.scalars(select(Staff)).all()) == 2


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("eve@example.com", "--role", "king"), None, "king"),
        (("eve",), None, "“eve” is no email address."),
        (("eve@example.com", "--password-stdin"), "short\n", "A password has 10 to 200"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_changed(run, words, typed, said):
    result = run(*words, typed=typed)
    assert result.exit_code != 0
    assert said in result.output
    assert db.session.scalars(select(Staff)).all() == []
    assert customer_of(EVE) is None


def test_the_demo_engages_its_staff_once_with_a_password_of_its_own(app, client, tmp_path):
    assert engage_staff(tmp_path, now())
    password = demo_password(tmp_path)
    assert len(password) >= 16
    assert (tmp_path / "demo-staff-password.txt").stat().st_mode & 0o077 == 0
    assert not engage_staff(tmp_path, now())
    assert demo_password(tmp_path) == password
    for email, _name, role in PEOPLE:
        page = sign_in(app.test_client(), email, password, next="/admin")
        assert page.heading == "What waits today"
        assert role_of(email) == role


def test_a_live_shop_engages_no_demo_staff_and_prints_no_sign_in(app, monkeypatch, capsys):
    engage_staff(app.config["INSTANCE"], now())
    _greet(app, 8000)
    password = demo_password(app.config["INSTANCE"])
    assert f"Demo sign-in:      owner@quillmoss.example  {password}\n" in capsys.readouterr().out
    monkeypatch.setitem(app.config, "SHOWS_DEMO_PAGES", False)
    _greet(app, 8000)
    said = capsys.readouterr().out
    assert "/admin" in said
    assert password not in said


def test_seeding_a_live_shop_makes_nobody_staff(app, monkeypatch):
    a_product()  # there is something already, and so nothing else is done
    monkeypatch.setitem(app.config, "SHOWS_DEMO_PAGES", False)
    assert app.test_cli_runner().invoke(args=["seed"]).exit_code == 0
    db.session.rollback()
    assert db.session.scalars(select(Staff)).all() == []
    monkeypatch.setitem(app.config, "SHOWS_DEMO_PAGES", True)
    assert app.test_cli_runner().invoke(args=["seed"]).exit_code == 0
    db.session.rollback()
    assert len(db.session.scalars(select(Staff)).all()) == len(PEOPLE)


def test_doctor_misses_an_owner_in_production_only(app, run, monkeypatch, tmp_path):
    def found() -> set[str]:
        db.session.rollback()
        return {one for one in problems() if "staff" in one}

    assert found() == set()
    monkeypatch.setitem(app.config, "PRODUCTION", True)
    nobody = "Nobody owns the shop: run flask add-staff EMAIL."
    assert found() == {nobody}
    engage_staff(tmp_path, now())
    demo = "The demo’s staff are still there, and not let in: take them off the staff."
    assert found() == {nobody, demo}
    run(EVE)
    assert found() == {demo}
