"""A new name, and a new address that counts once it is confirmed."""

from datetime import timedelta

from sqlalchemy import select

from storefront.account.tokens import signed
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from tests.account.journey import (
    ADA,
    customer,
    mailed_link,
    newest_mail,
    register,
    sign_in,
)
from tests.factories import an_order
from tests.page import Page

NEW = "ada@new.example"


def wish(client, email: str = NEW) -> Page:
    return Page.open(client, "/account").follow("Change email").form("/email").send(email=email)


def test_a_name_is_changed_and_one_of_ten_thousand_characters_is_given_back(client):
    register(client)
    page = Page.open(client, "/account/name").form("/name").send(full_name="A" * 10_000)
    assert (page.status, page.errors) == (422, ["Shorten this to 120 characters or fewer."])
    page = page.form("/name").send(full_name="Ada King")
    assert page.flashes == ["Your name is changed."]
    assert customer().full_name == "Ada King"


def test_a_new_address_counts_once_it_is_confirmed(client, app):
    register(client)
    phone = app.test_client()
    sign_in(phone)
    assert wish(client).heading == "Look in your inbox"
    assert customer() is not None
    path = mailed_link(NEW)
    Page.open(client, path)
    assert customer() is not None  # looking at the link changes nothing
    page = Page.open(client, path).form().send()
    assert page.flashes == ["Your email address is changed. Other browsers are signed out."]
    assert customer() is None
    assert sign_in(app.test_client(), email=NEW).heading == "Your account"
    assert Page.open(phone, "/account").heading == "Sign in"
    assert NEW in newest_mail(ADA).text
    assert Page.open(client, path).status == 410


def test_a_guests_orders_of_the_new_address_join_only_once_it_is_confirmed(client):
    register(client)
    order = an_order(email=NEW)
    wish(client)
    assert db.session.get(Order, order.id, populate_existing=True).customer_id is None
    Page.open(client, mailed_link(NEW)).form().send()
    db.session.rollback()
    assert db.session.scalars(select(Order.customer_id)).one() is not None


def test_an_address_of_somebody_else_is_answered_like_any_other(client, app):
    register(app.test_client(), "bob@example.com")
    register(client)
    taken, free = wish(client, "bob@example.com"), wish(client, NEW)
    assert taken.response.data == free.response.data
    assert newest_mail("bob@example.com").kind == "already_registered"
    assert customer("bob@example.com") is not None


def test_two_who_wish_for_one_address_do_not_share_it(client, app):
    register(client)
    wish(client)
    path = mailed_link(NEW)
    register(app.test_client(), NEW)
    page = Page.open(client, path, "post")
    assert page.status == 410
    assert customer() is not None


def test_an_expired_link_changes_nothing(client):
    register(client)
    kept = customer()
    token = signed("email", [kept.id, kept.stamp, NEW], now() - timedelta(seconds=1))
    page = Page.open(client, f"/account/email/{token}", "post")
    assert (page.status, page.heading) == (410, "This link has expired.")
    assert customer() is not None
