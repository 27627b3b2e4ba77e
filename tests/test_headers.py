"""What every answer carries, and who may send what."""

import pytest
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from config import Config, MisconfiguredShop, TestConfig
from storefront import create_app
from storefront.extensions import db
from storefront.headers import pay_page_policy
from tests.factories import a_product, an_order
from tests.page import Page


@pytest.mark.parametrize("path", ["/", "/cart", "/no-such-page", "/pages/terms", "/healthz"])
def test_nothing_foreign_and_nothing_inline_may_run(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_likely_next_pages_are_named_to_the_browser(client):
    product = a_product()
    header = client.get(f"/products/{product.slug}").headers["Speculation-Rules"]
    rules = client.get(header.strip('"'))
    assert rules.status_code == 200
    assert rules.mimetype == "application/speculationrules+json"
    assert "/cart" not in rules.get_data(as_text=True)
    assert "Speculation-Rules" not in client.get("/cart").headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({}, 303),  # not a browser: it carries nobody's cookies but its own
    ],
)
def test_forms_are_taken_from_our_own_pages_only(client, headers, status):
    assert client.post("/cart/acceptance", headers=headers).status_code == status


def test_looking_from_anywhere_is_fine(client):
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_a_method_that_an_address_does_not_know_is_said_in_words(client, method):
    response = getattr(client, method)("/cart")
    assert response.status_code == 405
    assert "does not do that" in response.get_data(as_text=True)
    assert "GET" in response.headers["Allow"]


def test_a_page_that_is_not_there_offers_a_search(client):
    page = Page.open(client, "/no-such-page")
    assert page.status == 404
    assert page.soup.select('main form[action="/search"]')


def test_production_names_everything_that_is_missing(monkeypatch):
    for name in ("SECRET_KEY", "BASE_URL", "MAIL_URL", "STRIPE_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHOP_ENV", "production")
    with pytest.raises(MisconfiguredShop) as refused:
        Config().check()
    for name in ("SECRET_KEY", "BASE_URL", "MAIL_URL", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK"):
        assert name in str(refused.value)


def test_production_starts_when_its_secrets_are_there_and_trusts_its_own_name(monkeypatch):
    for name, value in {
        "SHOP_ENV": "production",
        "SECRET_KEY": "x" * 40,
        "BASE_URL": "https://shop.example",
        "MAIL_URL": "smtp://mail.example",
        "STRIPE_SECRET_KEY": "rk_live_x",
        "STRIPE_WEBHOOK_SECRETS": "whsec_x",
    }.items():
        monkeypatch.setenv(name, value)
    config = Config()
    config.check()
    assert config.TRUSTED_HOSTS == ["shop.example"]
    assert config.as_flask()["USES_EMULATOR"] is False


@pytest.mark.parametrize("name", ["prod", "Production", "live"])
def test_a_misspelt_environment_opens_no_demo_to_the_world(monkeypatch, name):
    monkeypatch.setenv("SHOP_ENV", name)
    with pytest.raises(MisconfiguredShop, match="SHOP_ENV"):
        Config().check()


@pytest.mark.parametrize(("key", "shown"), [("", 200), ("sk_test_x", 200), ("rk_live_x", 404)])
def test_the_mails_of_real_buyers_are_shown_to_nobody(tmp_path, monkeypatch, key, shown):
    config = TestConfig(tmp_path, f"sqlite:///{tmp_path / 'shop.sqlite3'}")
    config.STRIPE_SECRET_KEY = key
    shop = create_app(config)
    with shop.app_context():
        upgrade()
    assert shop.test_client().get("/_outbox").status_code == shown


def test_pictures_of_another_host_are_shown_on_the_pay_step_too(app, monkeypatch):
    monkeypatch.setitem(app.config, "MEDIA_URL", "https://media.example/shop")
    assert "img-src 'self' https://media.example;" in pay_page_policy()


@pytest.mark.parametrize("number", ["2147483648", "9" * 27, "9" * 5000])
def test_a_number_no_row_has_is_an_address_that_is_not_there(client, number):
    assert client.post(f"/cart/lines/{number}", data={"quantity": "1"}).status_code == 404
    assert client.get(f"/_outbox/{number}").status_code == 404


def test_what_a_statement_was_sent_with_stays_out_of_errors_and_logs(app):
    for bind in (None, "read"):
        with db.engines[bind].connect() as connection, pytest.raises(DBAPIError) as failed:
            connection.execute(text("select :who from nowhere"), {"who": "ada@example.com"})
        assert "ada@" not in str(failed.value)


def test_the_log_of_a_failure_does_not_open_the_order_it_speaks_of(client, app, monkeypatch):
    order = an_order()
    monkeypatch.delitem(app.config, "MANUAL_INSTRUCTIONS")  # the page needs it
    with capture_logs() as lines:
        assert client.get(f"/orders/{order.token}").status_code == 500
    [line] = [line for line in lines if line["event"] == "failed"]
    assert line["path"] == f"/orders/{order.token[:6]}…"
