"""Opening an account: only whoever reads the mail can, and nobody learns who has one."""

from datetime import timedelta

from sqlalchemy import func, select

from storefront.account.models import Customer
from storefront.account.tokens import signed
from storefront.clock import now
from storefront.extensions import db
from storefront.outbox import OutboxMail
from tests.account.journey import (
    ADA,
    PASSWORD,
    customer,
    mailed_link,
    newest_mail,
    register,
    sign_in,
)
from tests.page import Page


def ask(client, email: str) -> Page:
    return Page.open(client, "/account/register").form("/account/register").send(email=email)


def mails() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OutboxMail)) or 0


def test_an_account_opens_by_the_mailed_link_and_its_password_signs_in(client, app):
    page = register(client)
    assert page.flashes == ["Your account is open."]
    assert ADA in page.text
    kept = customer()
    assert kept.full_name == "Ada Byron"
    assert kept.password.startswith("$argon2id$")
    assert PASSWORD not in kept.password
    page = sign_in(app.test_client(), email=" ADA@Example.com ")
    assert page.heading == "Your account"


def test_without_the_mail_there_is_no_account(client):
    ask(client, ADA)
    assert customer() is None
    Page.open(client, mailed_link())
    assert customer() is None  # looking at the link opens nothing either


def test_an_address_already_used_is_answered_like_any_other_and_its_owner_is_told(client, app):
    register(client)
    stranger = app.test_client()
    known, unknown = ask(stranger, "ADA@example.com"), ask(stranger, "new@example.com")
    assert (known.status, known.path) == (unknown.status, unknown.path)
    assert known.response.data == unknown.response.data
    assert newest_mail(ADA).kind == "already_registered"
    assert "It has one already" in newest_mail(ADA).text
    assert newest_mail("new@example.com").kind == "register"
    assert db.session.scalar(select(func.count()).select_from(Customer)) == 1


def test_a_link_opens_one_account_and_then_says_it_was_used(client, app):
    register(client)
    db.session.rollback()
    token = signed("register", [ADA], now() + timedelta(hours=1))
    for page in (
        Page.open(client, f"/account/register/{token}"),
        Page.open(
            client, f"/account/register/{token}", "post", {"password": "another one, longer"}
        ),
    ):
        assert page.status == 410
        assert "This link has been used" in page.heading
    assert sign_in(app.test_client()).heading == "Your account"


def test_an_expired_link_says_so_and_offers_a_new_one(client):
    token = signed("register", [ADA], now() - timedelta(seconds=1))
    page = Page.open(client, f"/account/register/{token}")
    assert (page.status, page.heading) == (410, "This link has expired.")
    page = page.form("/account/register").send(email=ADA)
    assert page.heading == "Look in your inbox"
    assert Page.open(client, mailed_link()).heading == "Open your account"


def test_a_link_that_was_cut_off_or_is_of_another_kind_opens_nothing(client):
    ask(client, ADA)
    path = mailed_link()
    reset = signed("reset", [ADA], now() + timedelta(hours=1))
    for wrong in (path[:-3], f"/account/register/{reset}", "/account/register/x" + "y" * 3000):
        page = Page.open(client, wrong)
        assert page.status == 410
        assert "not complete" in page.heading


def test_a_name_of_ten_thousand_characters_and_a_short_password_are_given_back(client):
    ask(client, ADA)
    page = Page.open(client, mailed_link()).form().send(full_name="A" * 10_000, password="short")
    assert page.status == 422
    assert page.errors == [
        "Shorten this to 120 characters or fewer.",
        "Use at least 10 characters.",
    ]
    assert page.form().values["full_name"] == "A" * 10_000
    page = page.form().send(full_name="Ada", password="p" * 10_000)
    assert page.errors == ["Shorten this to 200 characters or fewer."]
    assert customer() is None


def test_an_address_that_is_none_is_asked_for_again(client):
    for typed in ("", "ada", "a" * 10_000 + "@example.com", "ada@example.com\nbcc: x@example.com"):
        page = ask(client, typed)
        assert page.status == 422, typed
        assert page.errors
    assert mails() == 0


def test_an_account_without_a_password_is_entered_by_mail_only(client, app):
    register(client, password="")
    assert customer().password is None
    stranger = app.test_client()
    page = sign_in(stranger, password="")
    assert page.errors == ["Enter your password, or have a sign-in link mailed."]
    assert sign_in(stranger, password="nobody has this password").status == 422
