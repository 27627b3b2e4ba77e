"""Old addresses lead on, in one hop; pages that are there never notice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.clock import now
from storefront.extensions import db
from storefront.jinja import shop
from storefront.redirects import queries
from storefront.redirects.adding import Loop, add_redirect, remove_redirect
from storefront.redirects.models import MissingPage, Redirect
from storefront.redirects.paths import BadPath, own_path
from storefront.redirects.queries import count_missing, missing_pages, redirects
from storefront.transactions import write_tx
from tests.factories import a_product
from tests.page import Page
from tests.statements import count_statements

ADA = "ada@example.com"


def lead(from_path: str, to_path: str | None) -> int:
    with write_tx():
        return add_redirect(from_path, to_path, now(), ADA).id


def rules() -> dict[str, str | None]:
    db.session.rollback()
    return {rule.from_path: rule.to for rule in db.session.scalars(select(Redirect))}


def test_who_asks_for_an_old_address_comes_to_the_new_one(client):
    mug = a_product("Mug", slug="mug")
    lead("/product/old-mug/", f"/products/{mug.slug}")
    for path in ("/product/old-mug", "/product/old-mug/"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (301, "/products/mug")
    assert client.head("/product/old-mug").status_code == 301
    assert client.get("/product/old-mug?utm_source=x").location == "/products/mug?utm_source=x"
    assert client.post("/product/old-mug").status_code == 404


def test_an_address_with_accents_and_a_query_is_found_and_led_to(client):
    lead("/th%C3%A9/caf%C3%A9", "/search?q=th%C3%A9")
    assert client.get("/th%C3%A9/cafe%CC%81").location == "/search?q=th%C3%A9"
    assert client.get("/th%C3%A9/caf%C3%A9?a=b").location == "/search?q=th%C3%A9"


def test_what_is_gone_says_so(client):
    lead("/old-campaign", None)
    page = Page.open(client, "/old-campaign")
    assert (page.status, page.heading) == (410, "This page is gone")


def test_a_page_that_is_there_wins_and_costs_no_look_at_the_rules(client):
    a_product("Mug", slug="mug")
    client.get("/products/mug")
    with count_statements() as without:
        assert client.get("/products/mug?fresh").status_code == 200
    lead("/products/mug", "/products")
    db.session.rollback()
    with count_statements() as sent:
        assert client.get("/products/mug?again").status_code == 200
    assert len(sent) == len(without)
    assert not [one for one in sent if "redirects" in one]
    with count_statements() as sent:
        assert client.get("/products/none").status_code == 404
    assert len([one for one in sent if "redirects" in one]) == 1


def test_files_and_staff_pages_are_never_sent_on_nor_looked_up(client):
    for path in ("/static/x/none.css", "/media/none.png", "/admin/none", "/orders/none"):
        with count_statements() as sent:
            assert client.get(path).status_code in {303, 404}
        assert not [one for one in sent if "redirects" in one], path


def test_rules_are_one_hop_whichever_is_written_first(app):
    lead("/a", "/b")
    lead("/b", "/c")
    assert rules() == {"/a": "/c", "/b": "/c"}
    lead("/z", "/a?x=1")
    assert rules()["/z"] == "/c"
    lead("/c", None)
    assert set(rules().values()) == {None}


@pytest.mark.parametrize(
    ("before", "rule"),
    [
        ((), ("/a", "/a")),
        ((), ("/a", "/a/?x=1")),
        ((("/a", "/b"),), ("/b", "/a")),
        ((("/a", "/b"), ("/b", "/c")), ("/c", "/a")),
    ],
)
def test_a_circle_is_refused_and_changes_nothing(app, before, rule):
    for one in before:
        lead(*one)
    kept = rules()
    with pytest.raises(Loop):
        lead(*rule)
    assert rules() == kept


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("old", "/products"),
        ("//evil.example/x", "//evil.example/"),
        ("/old", "//evil.example/"),
        ("/old", "https://evil.example/"),
        ("/old", "/\\evil.example"),
        ("/old", "/%5Cevil.example"),
        ("/old", "/%2Fevil.example"),
        ("/old", "javascript:alert(1)"),
        ("/old", "/x\r\nSet-Cookie: a=b"),
        ("/old", "/x%0d%0aSet-Cookie:%20a=b"),
        ("/old?page=2", "/products"),
        ("/", "/products"),
        ("/admin/old", "/products"),
        ("/static/old.css", "/products"),
        ("/" + "x" * 300, "/products"),
        ("http://[broken", "/products"),
    ],
)
def test_what_is_no_address_of_the_shop_is_refused(app, old, new):
    with pytest.raises(BadPath):
        lead(old, new)
    assert rules() == {}


def test_full_addresses_are_taken_with_the_old_sites_host_and_the_shops_own(app):
    lead("https://www.old-shop.example/products/mug", "/products")
    assert rules() == {"/products/mug": "/products"}
    assert own_path("https://shop.example/a?b=c", "https://shop.example") == "/a?b=c"
    with pytest.raises(BadPath):
        own_path("https://other.example/a", "https://shop.example")


def test_every_change_of_a_rule_is_in_the_log_once(app):
    first = lead("/a", "/b")
    lead("/a", "/b")
    lead("/b", "/c")
    with write_tx():
        remove_redirect(first, now(), ADA)
    said = [(one.action, one.before, one.after) for one in changes_of("redirect", first)]
    assert said == [
        ("removed", {"from": "/a", "to": "/c"}, {}),
        ("led on", {"to": "/b"}, {"to": "/c"}),
        ("added", {}, {"from": "/a", "to": "/b"}),
    ]


def test_rules_are_listed_a_page_at_a_time(app, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    for path in ("/c", "/a", "/b/1", "/b/2", "/b_"):
        lead(path, "/products")
    seen, after, goes_on = [], "", True
    while goes_on:
        rows, goes_on = redirects("", after)
        seen += [row.from_path for row in rows]
        after = seen[-1]
    assert sorted(seen) == ["/a", "/b/1", "/b/2", "/b_", "/c"]
    assert len(set(seen)) == 5
    assert [row.from_path for row in redirects("/b_", "")[0]] == ["/b_"]


@pytest.fixture
def missing(app):
    def read() -> dict[str, int]:
        app.extensions["missing_pages"].write_down()
        db.session.rollback()
        return {row.path: row.count for row in db.session.scalars(select(MissingPage))}

    return read


def test_what_people_ask_for_in_vain_is_counted(client, missing):
    for path in ("/pages/about-us", "/pages/about-us/?ref=1", "/de/nothing"):
        client.get(path)
    assert missing() == {"/pages/about-us": 2, "/de/nothing": 1}
    client.get("/pages/about-us")
    assert missing()["/pages/about-us"] == 3


@pytest.mark.parametrize(
    "path",
    [
        "/wp-login.php",
        "/.env",
        "/newsletter/ada@example.com",
        "/track/4915112345678",
        "/orders/none",
        "/unsubscribe/none",
        "/x/" + "k" * 24,
        "/x" * 200,
    ],
)
def test_probes_and_what_may_say_who_asked_are_not_kept(client, missing, path):
    assert client.get(path).status_code in {404, 410}
    assert missing() == {}


def test_machines_and_what_is_fetched_ahead_do_not_count(client, missing):
    for headers in ({"User-Agent": "Googlebot/2.1"}, {"Sec-Purpose": "prefetch"}):
        client.get("/nothing", headers=headers)
    client.head("/nothing")
    assert missing() == {}


def test_the_log_is_bounded_by_day_and_forgotten_after_a_while(app, missing, monkeypatch):
    monkeypatch.setattr(queries, "MOST_PATHS_A_DAY", 2)
    today = shop().today()
    with write_tx():
        count_missing(today - timedelta(days=61), {"/old": 1})
        count_missing(today, {"/a": 1, "/b": 2})
        count_missing(today, {"/c": 9, "/b": 1})
    assert missing() == {"/old": 1, "/a": 1, "/b": 3}
    with write_tx():
        queries.forget_old_missing(today)
    assert missing() == {"/a": 1, "/b": 3}
    assert [row.path for row in missing_pages(today, 5)] == ["/b", "/a"]
    lead("/b", "/products")
    assert [tuple(row) for row in missing_pages(today, 5)] == [("/a", 1, today)]
