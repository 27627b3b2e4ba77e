"""Passkeys without an authenticator: what is refused. tests/browser/test_account.py uses one."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from storefront.account.models import Passkey, SignIn
from storefront.account.passkeys import PasskeyRefused, use_passkey
from storefront.account.tokens import signed
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.account.journey import customer, register
from tests.page import Page


def a_passkey(name: str = "Kitchen tablet") -> int:
    owner = customer()
    with write_tx() as session:
        key = Passkey(
            customer_id=owner.id, credential_id="abcd", public_key="AAAA", name=name,
            created_at=now(),
        )  # fmt: skip
        session.add(key)
        session.flush()
        return key.id


def names() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Passkey.name)))


def test_answers_that_prove_nothing_open_nothing(client, app):
    register(client)
    a_passkey()
    stranger = app.test_client()
    right_shape = {
        "id": "abcd", "rawId": "abcd", "type": "public-key",
        "response": {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA"},
    }  # fmt: skip
    for answer in (
        "",
        "x",
        "[]",
        "{}",
        "[" * 15_000,
        '{"id": "abcd\\u0000"}',
        json.dumps(right_shape),
    ):
        page = Page.open(stranger, "/account/sign-in/passkey")
        page = page.form("/passkey").send(credential=answer)
        assert page.status == 422, answer[:40]
        assert page.errors == ["That passkey does not open an account here."]
    assert stranger.get_cookie("account") is None


def test_a_question_of_before_or_of_another_kind_is_not_answered_again(client, app):
    stranger = app.test_client()
    old = signed("passkey sign-in", ["abc", now().timestamp()], now() - timedelta(seconds=1))
    other = signed("passkey add 1", ["abc", now().timestamp()], now() + timedelta(minutes=1))
    for question in (old, other, "", "x" * 5000):
        page = (
            Page.open(stranger, "/account/sign-in/passkey").form("/passkey").send(question=question)
        )
        assert (page.status, page.errors) == (
            422,
            ["That took too long, or was sent twice. Try again."],
        )


def test_a_proof_counts_once(client):
    register(client)
    key, asked = a_passkey(), now()
    with write_tx():
        assert use_passkey(key, 1, asked, now()).email == "ada@example.com"
    with pytest.raises(PasskeyRefused, match="sent twice"), write_tx():
        use_passkey(key, 1, asked, now())


def test_somebody_elses_passkey_is_not_there(client, app):
    register(client)
    key = a_passkey()
    bob = app.test_client()
    register(bob, "bob@example.com")
    for action in ("", "/removal"):
        path = f"/account/passkeys/{key}{action}"
        assert bob.post(path, data={"name": "Mine"}).status_code == 404
    assert "Kitchen tablet" not in Page.open(bob, "/account/passkeys").text
    assert names() == ["Kitchen tablet"]


def test_one_is_named_and_removed(client):
    register(client)
    key = a_passkey()
    page = Page.open(client, "/account/passkeys").form(f"/passkeys/{key}").send(name="N" * 10_000)
    assert (page.status, page.errors) == (422, ["Shorten this to 60 characters or fewer."])
    page = Page.open(client, "/account/passkeys").form(f"/passkeys/{key}").send(name="Old phone")
    assert page.flashes == ["The passkey has a new name."]
    assert names() == ["Old phone"]
    page = Page.open(client, f"/account/passkeys/{key}/removal", "post")
    assert page.flashes == ["The passkey is removed. It opens nothing here any more."]
    assert names() == []


def test_a_made_up_new_passkey_is_refused(client):
    register(client)
    for answer in ("", "{}", '{"id": "a", "rawId": "a", "response": {}, "type": "public-key"}'):
        page = (
            Page.open(client, "/account/passkeys")
            .form("/passkeys")
            .send(name="Phone", credential=answer)
        )
        assert (page.status, page.errors) == (422, ["The passkey could not be added. Try again."])
    assert names() == []


def test_passkeys_ask_for_a_sign_in_of_just_now(client):
    register(client)
    with write_tx() as session:
        session.execute(update(SignIn).values(created_at=now() - timedelta(minutes=31)))
    assert Page.open(client, "/account/passkeys").heading == "Sign in"


def test_without_script_the_page_says_what_else_works(client):
    page = Page.open(client, "/account/sign-in").follow("Sign in with a passkey")
    assert "Your password and a mailed link always work." in page.text
    assert page.soup.select_one("pass-key button").has_attr("hidden")
    assert page.follow("Sign in another way").heading == "Sign in"
