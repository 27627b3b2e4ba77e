"""A forgotten password is set anew by mail; who was signed in with the old one is out."""

from datetime import timedelta

from sqlalchemy import update

from storefront.account.models import SignIn
from storefront.account.tokens import signed
from storefront.clock import now
from storefront.transactions import write_tx
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

NEW = "quite another one"


def forget(client, email: str = ADA) -> Page:
    page = Page.open(client, "/account/sign-in").follow("Forgot your password?")
    return page.form("/forgotten").send(email=email)


def test_a_forgotten_password_is_set_anew_once(client, app):
    register(client)
    phone = app.test_client()
    assert forget(phone).heading == "Look in your inbox"
    path = mailed_link()
    page = Page.open(phone, path).form().send(password=NEW)
    assert page.flashes == ["Your password is changed. Other browsers are signed out."]
    assert Page.open(client, "/account").heading == "Sign in"
    assert sign_in(app.test_client(), password=PASSWORD).status == 422
    assert sign_in(app.test_client(), password=NEW).heading == "Your account"
    assert newest_mail().kind == "password_changed"
    for page in (
        Page.open(phone, path),
        Page.open(phone, path, "post", {"password": "a third one!"}),
    ):
        assert page.status == 410
        assert "This link has been used" in page.heading
    assert page.form("/forgotten").send(email=ADA).heading == "Look in your inbox"


def test_resetting_an_unknown_address_is_answered_the_same(client, app):
    register(client)
    known, unknown = forget(app.test_client()), forget(app.test_client(), "bob@example.com")
    assert known.response.data == unknown.response.data
    assert newest_mail(ADA).kind == "password_reset"
    assert newest_mail("bob@example.com").kind == "no_account"


def test_an_expired_reset_link_changes_nothing(client, app):
    register(client)
    kept = customer()
    token = signed("reset", [kept.id, kept.stamp], now() - timedelta(seconds=1))
    page = Page.open(client, f"/account/password/reset/{token}", "post", {"password": NEW})
    assert (page.status, page.heading) == (410, "This link has expired.")
    assert sign_in(app.test_client()).heading == "Your account"


def test_a_short_password_is_asked_for_again_and_the_link_still_counts(client):
    register(client)
    forget(client)
    page = Page.open(client, mailed_link()).form().send(password="short")
    assert (page.status, page.errors) == (422, ["Use at least 10 characters."])
    assert page.form().send(password=NEW).heading == "Your account"


def test_changing_it_asks_to_sign_in_again_after_half_an_hour(client):
    register(client)
    assert Page.open(client, "/account/password").heading == "Set a new password"
    with write_tx() as session:
        session.execute(update(SignIn).values(created_at=now() - timedelta(minutes=31)))
    page = Page.open(client, "/account/password", "post", {"password": NEW})
    assert page.heading == "Sign in"
    page = Page.open(client, "/account/password")
    assert page.heading == "Sign in"
    page = page.form("/sign-in").send(email=ADA, password=PASSWORD)
    assert page.heading == "Set a new password"
    page = page.form().send(password=NEW)
    assert page.flashes == ["Your password is changed. Other browsers are signed out."]
