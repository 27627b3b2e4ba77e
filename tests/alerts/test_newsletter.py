"""New articles by mail: asked for on the blog, confirmed from the inbox, each article once."""

import re
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from storefront.account.models import Customer
from storefront.blog.newsletter import (
    CONSENT,
    NewsletterMail,
    Subscriber,
    erase_subscriber,
    forget_old_subscribers,
    subscribe,
    tell_of_subscriber,
)
from storefront.blog.publishing import withdraw
from storefront.blog.retold import in_text
from storefront.clock import now
from storefront.extensions import db
from storefront.outbox import OutboxMail
from storefront.transactions import write_tx
from tests.alerts.test_back_in_stock import path_in, send_mails
from tests.factories import a_post, a_product
from tests.page import Page

ADA = "ada@example.com"


def readers() -> list[Subscriber]:
    db.session.rollback()
    found = select(Subscriber).order_by(Subscriber.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def ask(client, path: str = "/blog", email: str = ADA) -> Page:
    return Page.open(client, path).form("/newsletter").send(email=email)


def on_the_list(client, app: Flask, email: str = ADA) -> None:
    assert ask(client, email=email).heading == "Look in your inbox"
    (message,) = send_mails(app)
    page = Page.open(client, path_in(message, "/newsletter/")).form().send()
    assert page.heading == "You are on the list"


def send_post(app: Flask, slug: str, *options: str) -> str:
    result = app.test_cli_runner().invoke(args=["newsletter", "send", slug, *options])
    db.session.rollback()
    db.session.expire_all()
    return result.output if result.exit_code == 0 else f"FAILED {result.output}"


def html_of(message: EmailMessage) -> str:
    return str(message.get_body(("html",)).get_content())


def text_of(message: EmailMessage) -> str:
    return str(message.get_body(("plain",)).get_content())


def test_who_confirmed_gets_an_article_once(client, app):
    post = a_post("Leaves keep in the dark.", title="Keeping leaves")
    on_the_list(client, app)
    assert send_post(app, post.slug, "--dry-run") == "1 mails would be sent. Nothing was.\n"
    assert send_mails(app) == []
    assert send_post(app, post.slug) == "1 mails are on their way.\n"
    (message,) = send_mails(app)
    assert message["To"] == ADA
    assert message["Subject"] == "Keeping leaves · Quillmoss"
    for told in (html_of(message), text_of(message)):
        assert "Leaves keep in the dark." in told
        assert f"http://localhost/blog/{post.slug}" in told
    assert send_post(app, post.slug) == "0 mails are on their way.\n"
    assert send_mails(app) == []
    assert len(db.session.scalars(select(NewsletterMail)).all()) == 1
    on_the_list(client, app, "bob@example.com")
    assert send_post(app, post.slug) == "1 mails are on their way.\n"
    assert [one["To"] for one in send_mails(app)] == ["bob@example.com"]


def test_asking_alone_brings_no_article(client, app):
    post = a_post()
    ask(client)
    (message,) = send_mails(app)
    assert message["Subject"].startswith("Confirm: new articles by mail")
    assert message["List-Unsubscribe"] is None
    assert Page.open(client, path_in(message, "/newsletter/")).heading == "New articles by mail"
    assert readers()[0].confirmed_at is None  # looking confirms nothing
    assert send_post(app, post.slug) == "0 mails are on their way.\n"


def test_the_proof_says_what_was_agreed_to_when_and_where(client, app):
    post = a_post()
    ask(client, f"/blog/{post.slug}", "Ada@Example.com")
    (reader,) = readers()
    assert (reader.email, reader.consent, reader.source) == (ADA, CONSENT, post.slug)
    assert reader.asked_at
    columns = set(Subscriber.__table__.columns.keys())
    assert not {name for name in columns if "ip" in name.split("_") or "agent" in name}


def test_a_place_that_is_no_article_is_not_kept(client, app):
    client.post("/newsletter", data={"email": ADA, "source": "https://evil.example/"})
    assert readers()[0].source == ""


def test_asking_again_within_a_day_sends_no_second_mail(client, app):
    a_post()
    for _ in range(3):
        ask(client)
    assert len(send_mails(app)) == 1
    assert len(readers()) == 1


@pytest.mark.parametrize("email", ["", "ada", "ada@", "x" * 250 + "@example.com"])
def test_what_is_no_address_is_said_and_kept(client, app, email):
    page = ask(client, email=email)
    assert page.status == 422
    assert page.heading == "New articles by mail"
    assert page.soup.find("input", {"name": "email"})["value"] == email
    assert readers() == []


def test_one_click_in_the_mail_program_stops_them(client, app):
    post = a_post()
    on_the_list(client, app)
    send_post(app, post.slug)
    (message,) = send_mails(app)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = urlsplit(message["List-Unsubscribe"].strip("<>"))
    assert address.path == path_in(message, "/unsubscribe/")
    answer = app.test_client().post(
        address.path,
        data={"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 200
    assert readers()[0].ended_at
    assert send_post(app, a_post().slug) == "0 mails are on their way.\n"


def test_the_page_behind_the_link_says_what_it_stops(client, app):
    post = a_post()
    on_the_list(client, app)
    send_post(app, post.slug)
    (message,) = send_mails(app)
    page = Page.open(client, path_in(message, "/unsubscribe/"))
    assert "about new articles" in page.text
    assert page.form().send().heading == "No more of these mails"
    assert readers()[0].ended_at


def test_who_stopped_may_ask_again(client, app):
    a_post()
    on_the_list(client, app)
    with write_tx() as session:
        reader = session.scalars(select(Subscriber)).one()
        reader.ended_at, reader.mailed_at = now(), now() - timedelta(days=2)
    on_the_list(client, app)
    assert [bool(one.ended_at) for one in readers()] == [True, False]


def test_what_was_stopped_or_withdrawn_before_it_left_is_not_sent(client, app):
    first, second = a_post(), a_post()
    on_the_list(client, app)
    send_post(app, first.slug)
    with write_tx():
        withdraw(first.id, now())
    assert send_mails(app) == []
    send_post(app, second.slug)
    with write_tx() as session:
        session.scalars(select(Subscriber)).one().ended_at = now()
    assert send_mails(app) == []
    states = select(OutboxMail.state).where(OutboxMail.kind == "newsletter")
    assert list(db.session.scalars(states)) == ["dropped", "dropped"]


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_only_what_readers_have_is_sent(client, app, state):
    post = a_post(state=state)
    assert send_post(app, post.slug).startswith("FAILED")
    assert send_post(app, "no-such-article").startswith("FAILED")


def test_cards_in_a_mail_are_words_and_links_that_know_their_article(client, app):
    a_product("Mug", slug="mug", variants=[{"price": 1250}])
    a_product("Tin", slug="tin", variants=[{"on_hand": 0}])
    post = a_post("::product[mug]\n\n::product[tin]\n\n> [!RISK]\n> Hot.")
    on_the_list(client, app)
    send_post(app, post.slug)
    (message,) = send_mails(app)
    soup = BeautifulSoup(html_of(message), "html.parser")
    links = {a.get_text(): a["href"] for a in soup.find_all("a")}
    assert links["Mug"] == f"http://localhost/products/mug?from={post.slug}"
    assert "Tin (out of stock now)" in " ".join(soup.get_text(" ").split())
    assert "Hot." in soup.get_text()
    assert "12.50" not in html_of(message)
    assert not soup.find_all(["img", "form", "script", "link"])
    assert f"Mug (http://localhost/products/mug?from={post.slug})" in text_of(message)


def test_a_mail_is_at_most_40_kb_however_long_the_article(client, app):
    on_the_list(client, app)
    for words in (2_200, 20_000):
        line = "Word{n} [link](https://example.org/{n}) and more of it."
        post = a_post("\n\n".join(line.format(n=n) for n in range(words // 8)))
        send_post(app, post.slug)
        (message,) = send_mails(app)
        assert len(html_of(message).encode()) <= 40 * 1024
        assert f"/blog/{post.slug}" in text_of(message)


def test_an_account_takes_its_part_along_and_forgets_it(client, app):
    with write_tx():
        subscribe(ADA, "", now())
    ada = Customer(email=ADA.upper())
    (told,) = tell_of_subscriber(ada)["newsletter"]
    assert told["consent"] == CONSENT
    assert "confirmed_at" not in told
    with write_tx():
        erase_subscriber(ada, now())
    assert readers() == []


def test_what_nobody_confirmed_is_deleted_and_what_ended_a_year_later(client, app):
    on_the_list(client, app)
    ask(client, email="bob@example.com")
    with write_tx():
        forget_old_subscribers(now() + timedelta(days=6))
    assert len(readers()) == 2
    with write_tx():
        forget_old_subscribers(now() + timedelta(days=8))
    assert [one.email for one in readers()] == [ADA]
    with write_tx() as session:
        session.scalars(select(Subscriber)).one().ended_at = now()
        session.flush()
        forget_old_subscribers(now() + timedelta(days=364))
    assert len(readers()) == 1
    with write_tx():
        forget_old_subscribers(now() + timedelta(days=366))
    assert readers() == []


def test_a_mail_in_text_reads_as_text():
    html = (
        '<h2>One &amp; two</h2><p>See <a href="https://x.example/">this</a>.<br>Now</p>'
        "<ul><li>a</li><li>b</li></ul>"
    )
    assert re.sub(r" +", " ", in_text(html)) == (
        "One & two\n\nSee this (https://x.example/).\nNow\n\n- a\n- b"
    )
