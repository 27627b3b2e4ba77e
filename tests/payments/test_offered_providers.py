"""Which ways to pay a shopper is offered, and a shop that may not start without its secrets."""

import pytest

from config import Config, MisconfiguredShop
from storefront import create_app
from storefront.payments.providers import UnknownProvider, make_providers

SETTINGS = {
    "BASE_URL": "https://shop.example",
    "SHOP_EMAIL": "shop@shop.example",
    "STRIPE_SECRET_KEY": "sk_live_abc",
    "STRIPE_WEBHOOK_SECRETS": ["whsec_1"],
    "STRIPE_API_BASE": "",
    "USES_EMULATOR": False,
    "PAYMENT_PROVIDERS": ["stripe", "manual"],
    "RESTRICTED_PROVIDERS": ["manual"],
    "PAYMENT_HOLD_MINUTES": 31,
    "MANUAL_DEADLINE_DAYS": 7,
    "STRIPE_EMULATOR_PATH": "/nowhere",
}


def offered(restricted=False, **changes):
    providers = make_providers({**SETTINGS, **changes})
    return [provider.code for provider in providers.offered(restricted)]


@pytest.mark.parametrize(
    ("restricted", "changes", "codes"),
    [
        (False, {}, ["stripe", "manual"]),
        (False, {"PAYMENT_PROVIDERS": ["manual", "stripe"]}, ["manual", "stripe"]),
        (False, {"PAYMENT_PROVIDERS": ["stripe"]}, ["stripe"]),
        (False, {"PAYMENT_PROVIDERS": ["stripe", "unheard-of"]}, ["stripe"]),
        (False, {"STRIPE_SECRET_KEY": ""}, ["manual"]),
        (True, {}, ["manual"]),
        (True, {"PAYMENT_PROVIDERS": ["stripe"]}, ["manual"]),
        (True, {"RESTRICTED_PROVIDERS": ["stripe", "manual"]}, ["stripe", "manual"]),
        (True, {"RESTRICTED_PROVIDERS": []}, []),
        (True, {"STRIPE_SECRET_KEY": "", "USES_EMULATOR": True}, ["stripe", "manual"]),
    ],
)
def test_shoppers_are_offered_what_their_goods_may_be_paid_with(restricted, changes, codes):
    assert offered(restricted, **changes) == codes


def test_a_way_to_pay_that_is_not_there_is_refused():
    with pytest.raises(UnknownProvider):
        make_providers(SETTINGS).get("cheque")


@pytest.mark.parametrize(
    ("key", "live"), [("sk_live_a", True), ("rk_live_a", True), ("sk_test_a", False)]
)
def test_the_key_says_whether_money_is_real(key, live):
    provider = make_providers({**SETTINGS, "STRIPE_SECRET_KEY": key}).get("stripe")
    assert provider.livemode is live


@pytest.fixture
def production(monkeypatch, tmp_path):
    for name, value in {
        "SHOP_ENV": "production",
        "SECRET_KEY": "x" * 40,
        "BASE_URL": "https://shop.example",
        "MAIL_URL": "smtp://mail.example:587",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.sqlite3'}",
        "STRIPE_SECRET_KEY": "sk_live_abc",
        "STRIPE_WEBHOOK_SECRETS": "whsec_1,whsec_2",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PAYMENT_PROVIDERS", raising=False)
    return monkeypatch


def test_a_live_shop_with_all_its_secrets_starts_without_the_emulator(production, tmp_path):
    config = Config()
    config.INSTANCE = tmp_path
    config.RATELIMIT_ENABLED = False  # there is one limiter for all the apps of a process
    app = create_app(config)
    assert app.extensions["payment_providers"].get("stripe").livemode
    assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/_stripe")]


@pytest.mark.parametrize("missing", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS"])
def test_a_live_shop_without_a_payment_secret_does_not_start(production, missing):
    production.delenv(missing)
    with pytest.raises(MisconfiguredShop, match=missing):
        create_app()


def test_a_live_shop_that_takes_transfers_only_needs_no_stripe_secrets(production):
    production.delenv("STRIPE_SECRET_KEY")
    production.delenv("STRIPE_WEBHOOK_SECRETS")
    production.setenv("PAYMENT_PROVIDERS", "manual")
    Config().check()
