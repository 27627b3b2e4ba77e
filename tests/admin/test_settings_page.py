"""How the shop is set up, and what of it an owner changes while it runs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storefront import jobs
from storefront.audit import changes_of
from storefront.extensions import db
from storefront.seller import seller_on_papers
from storefront.settings import Setting
from tests.page import Page


@pytest.fixture
def owner(staff_client):
    return staff_client("owner")


def change(owner, **fields) -> Page:
    return Page.open(owner, "/admin/settings").form("/admin/settings").send(**fields)


def kept() -> dict[str, str]:
    db.session.rollback()
    return {row.name: row.value for row in db.session.scalars(select(Setting))}


def test_seller_on_papers_is_named_on_invoices_as_was_chosen(owner):
    before = seller_on_papers()
    page = change(owner, SELLER_NAME="Harrow Tea LLC", SELLER_VAT_ID="DE136695976")
    assert page.flashes == ["The settings are kept and count from now on."]
    db.session.rollback()
    assert (seller_on_papers().name, seller_on_papers().vat_id) == ("Harrow Tea LLC", "DE136695976")
    assert seller_on_papers().address == before.address
    assert set(kept()) == {"SELLER_NAME", "SELLER_VAT_ID"}  # what was not touched is not kept
    (line,) = changes_of("setting", "SELLER_NAME")
    assert line.after == {"SELLER_NAME": "Harrow Tea LLC"}
    change(owner, SELLER_NAME="")
    assert seller_on_papers().name == before.name


def test_the_reminder_waits_as_long_as_was_chosen(owner, app, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "remind", lambda _now, after: asked.append(after))
    jobs.remind_of_carts(app)
    change(owner, CART_REMINDER_HOURS="72")
    jobs.remind_of_carts(app)
    assert asked == [timedelta(hours=app.config["CART_REMINDER_HOURS"]), timedelta(hours=72)]


def test_what_the_environment_says_counts_and_cannot_be_changed_here(owner, monkeypatch):
    change(owner, SELLER_NAME="Harrow Tea LLC")
    monkeypatch.setenv("SELLER_NAME", "By the environment")
    assert seller_on_papers().name != "Harrow Tea LLC"
    page = Page.open(owner, "/admin/settings")
    assert page.soup.select_one("#SELLER_NAME").has_attr("disabled")
    assert "The environment says it (SELLER_NAME)" in page.text
    Page.open(owner, "/admin/settings", "post", {
        "SELLER_NAME": "Other", "MANUAL_INSTRUCTIONS": "IBAN", "CART_REMINDER_HOURS": "24",
    })  # fmt: skip
    assert kept()["SELLER_NAME"] == "Harrow Tea LLC"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CART_REMINDER_HOURS", "0", "Enter a number from 1 to 720."),
        ("CART_REMINDER_HOURS", "a day", "Enter a whole number."),
        ("CART_REMINDER_HOURS", "", "Enter a whole number."),
        ("MANUAL_INSTRUCTIONS", "", "This cannot be empty"),
        ("SELLER_VAT_ID", "x" * 61, "This is longer than 60 letters."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_at_all_is_kept(owner, name, value, said):
    page = change(owner, **{"SELLER_NAME": "Kept?", name: value})
    assert page.status == 422
    assert said in page.errors[0]
    assert page.soup.select_one(f"#{name}")["value"] == value
    assert page.soup.select_one("#SELLER_NAME")["value"] == "Kept?"
    assert kept() == {}


def test_secrets_are_shown_as_set_or_not_and_problems_as_doctor_names_them(owner, app, monkeypatch):
    monkeypatch.setitem(app.config, "STRIPE_SECRET_KEY", "sk_test_hidden")
    page = Page.open(owner, "/admin/settings")
    html = page.response.text
    for secret in ("sk_test_hidden", app.config["SECRET_KEY"], app.config["DATABASE_URL"]):
        assert secret not in html
    assert "STRIPE_SECRET_KEY set" in page.text
    assert "STRIPE_WEBHOOK_SECRETS not set" in page.text
    assert "MAIL_URL is not set" in page.text
