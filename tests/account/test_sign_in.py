"""In by password or mailed link, out again; nothing is told to who should not know."""

from datetime import timedelta

from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select, update

from storefront.account import passwords
from storefront.account.access import STAYS_FOR
from storefront.account.models import SignIn
from storefront.account.tokens import signed
from storefront.clock import now
from storefront.extensions import db
from storefront.outbox import OutboxMail
from storefront.transactions import write_tx
from tests.account.journey import (
    ADA,
    PASSWORD,
    customer,
    mailed_link,
    newest_mail,
    register,
    sign_in,
    sign_out,
)
from tests.conftest import visitor_at
from tests.page import Page


def ask_for_link(client, email: str = ADA) -> Page:
    return Page.open(client, "/account/link", "post", {"email": email})


def age_sign_ins(by: timedelta) -> None:
    with write_tx() as session:
        session.execute(update(SignIn).values(created_at=now() - by))


def test_signed_out_is_signed_out(client):
    register(client)
    old = client.get_cookie("account").value
    page = sign_out(client)
    assert page.flashes == ["You are signed out."]
    assert Page.open(client, "/account").heading == "Sign in"
    client.set_cookie("account", old)  # who kept the cookie has nothing of it
    assert Page.open(client, "/account").heading == "Sign in"


def test_signing_out_everywhere_ends_the_other_browser_too(client, app):
    page = register(client)
    assert "Signed in with one browser, since" in page.text
    phone = app.test_client()
    assert sign_in(phone).heading == "Your account"
    assert "Signed in with 2 browsers" in Page.open(client, "/account").text
    page = Page.open(phone, "/account").form("/everywhere").send()
    assert page.flashes == ["You are signed out in every browser."]
    assert Page.open(client, "/account").heading == "Sign in"


def test_wrong_password_and_unknown_address_are_told_the_same(client, app):
    register(client)
    stranger = app.test_client()
    wrong = sign_in(stranger, password="not the right one")
    unknown = sign_in(stranger, email="bob@example.com", password="not the right one")
    assert wrong.status == unknown.status == 422
    assert wrong.errors == unknown.errors == ["Email and password do not belong together."]
    shown = wrong.response.get_data(as_text=True)
    assert shown.replace(ADA, "bob@example.com") == unknown.response.get_data(as_text=True)
    assert "not the right one" not in shown
    assert stranger.get_cookie("account") is None


def test_an_unknown_address_is_as_much_work_as_a_wrong_password(client, app, monkeypatch):
    register(client)
    compared: list[str] = []

    class Noting(PasswordHasher):
        def verify(self, hash, password):
            compared.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Noting(time_cost=1, memory_cost=8, parallelism=1))
    stranger = app.test_client()
    sign_in(stranger, password="not the right one")
    sign_in(stranger, email="bob@example.com", password="not the right one")
    known, unknown = (extract_parameters(one) for one in compared)
    assert known == unknown  # one comparison each, at the same cost


def test_a_mailed_link_signs_in_once_and_looking_at_it_does_not_use_it_up(client, app):
    register(client)
    phone = app.test_client()
    assert ask_for_link(phone).heading == "Look in your inbox"
    path = mailed_link()
    for _ in range(3):
        page = Page.open(phone, path)
        assert page.heading == "Sign in"
    assert phone.get_cookie("account") is None
    assert page.form().send().heading == "Your account"
    page = Page.open(app.test_client(), path).form().send()
    assert page.status == 410
    assert "This link has been used" in page.heading
    assert page.form("/account/link").send(email=ADA).heading == "Look in your inbox"


def test_an_expired_sign_in_link_says_so(client):
    register(client)
    kept = customer()
    token = signed("sign-in", [kept.id, kept.stamp, ""], now() - timedelta(seconds=1))
    page = Page.open(client, f"/account/link/{token}")
    assert (page.status, page.heading) == (410, "This link has expired.")


def test_a_link_for_an_address_without_an_account_is_answered_the_same(client, app):
    register(client)
    stranger = app.test_client()
    known, unknown = ask_for_link(stranger), ask_for_link(stranger, "bob@example.com")
    assert known.response.data == unknown.response.data
    assert newest_mail(ADA).kind == "sign_in_link"
    assert newest_mail("bob@example.com").kind == "no_account"
    assert "no account has it" in newest_mail("bob@example.com").text


def test_after_signing_in_one_goes_on_to_the_page_asked_for_and_never_to_another_site(client, app):
    register(client)
    for wanted, path in (
        ("/cart", "/cart"),
        ("//evil.example/", "/account"),
        ("https://evil.example/", "/account"),
        ("/\\evil.example", "/account"),
        ("/\t/evil.example", "/account"),
        ("javascript:alert(1)", "/account"),
        ("evil", "/account"),
    ):
        page = Page.open(app.test_client(), "/account/sign-in", "get", {"next": wanted})
        page = page.form("/sign-in").send(email=ADA, password=PASSWORD)
        assert page.path == path, wanted
        page = sign_in(app.test_client(), next=wanted)
        assert page.path == path, wanted


def test_a_browser_is_signed_in_for_sixty_days(client):
    register(client)
    age_sign_ins(STAYS_FOR - timedelta(hours=1))
    assert Page.open(client, "/account").heading == "Your account"
    age_sign_ins(STAYS_FOR + timedelta(hours=1))
    assert Page.open(client, "/account").heading == "Sign in"


def test_the_cookie_is_kept_as_a_digest_only_and_a_made_up_one_opens_nothing(client):
    register(client)
    token = client.get_cookie("account").value
    assert token not in {row.digest for row in db.session.scalars(select(SignIn))}
    for made_up in ("x", "x" * 2000, "ü", token[:-1]):
        client.set_cookie("account", made_up)
        assert Page.open(client, "/account").heading == "Sign in"


def test_public_pages_are_the_same_bytes_signed_in_or_not(client, app):
    register(client)
    mine, theirs = client.get("/"), app.test_client().get("/")
    assert mine.data == theirs.data
    assert mine.headers["Vary"] == theirs.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in mine.headers


def test_account_pages_are_kept_by_nobody_and_for_no_search_engine(client):
    register(client)
    for path in ("/account", "/account/sign-in", "/account/register", "/account/password"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert '<meta name="robots" content="noindex">' in answer.text


def test_guessing_is_stopped_and_the_owner_is_not_locked_out(client, limited):
    register(client)
    guesser = visitor_at(limited, "198.51.100.7")
    for _ in range(10):
        assert sign_in(guesser, password="not the right one").status == 422
    stopped = sign_in(guesser)  # even with the right one
    assert stopped.status == 429
    assert stopped.errors == [
        "Too many wrong passwords in a short time. Have a sign-in link mailed instead."
    ]
    assert stopped.form("/sign-in").values["email"] == ADA
    assert sign_in(visitor_at(limited, "203.0.113.5")).heading == "Your account"
    assert ask_for_link(guesser).heading == "Look in your inbox"


def test_signing_in_often_is_no_guessing(client, limited):
    register(client)
    for _ in range(15):
        assert sign_in(visitor_at(limited, "203.0.113.5")).heading == "Your account"


def test_nobodys_inbox_is_filled_and_the_answer_stays_the_same(client, limited):
    register(client)
    for number in range(12):
        page = ask_for_link(visitor_at(limited, f"203.0.113.{number}"))
        assert (page.status, page.heading) == (200, "Look in your inbox")
    db.session.rollback()
    sent = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "sign_in_link")).all()
    assert len(sent) == 5
    other = visitor_at(limited, "203.0.113.99")
    ask_for_link(other, "bob@example.com")
    assert newest_mail("bob@example.com").kind == "no_account"
