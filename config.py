"""Settings, read from the environment. An unset name means the embedded default."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).parent
DEMO_SECRET = "only for a shop on this machine"  # noqa: S105 refused in production

# What a shop is called, and where money goes, until its owner says so.
DEMO_WORDS = {
    "SHOP_NAME": "Quillmoss",
    "SHOP_EMAIL": "hello@quillmoss.example",
    "SHOP_ADDRESS": "Quillmoss Demo LLC, 12 Harrow Lane, Example City, NC 00000",
    "MANUAL_INSTRUCTIONS": "Account holder Quillmoss Demo LLC, IBAN XX00 0000 0000 0000 00",
}
ENVIRONMENTS = ("development", "test", "production")  # a typo must not open a demo to the world


class MisconfiguredShop(Exception):
    """The environment does not make a shop that may start; the message says what to set."""


def _list(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def _database_url(instance: Path) -> str:
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'shop.sqlite3'}"
    for old in ("postgres://", "postgresql://"):
        if url.startswith(old):
            return "postgresql+psycopg://" + url.removeprefix(old)
    return url


class Config:
    """What the environment says, with defaults for a shop on the owner's own machine."""

    def __init__(self) -> None:
        env = os.environ
        self.ENV_NAME = env.get("SHOP_ENV", "development")
        self.PRODUCTION = self.ENV_NAME == "production"
        self.SECRET_KEY = env.get("SECRET_KEY") or DEMO_SECRET
        self.PORT = int(env.get("PORT") or "8000")
        self.BASE_URL = (env.get("BASE_URL") or f"http://localhost:{self.PORT}").rstrip("/")
        self.INSTANCE = Path(env.get("INSTANCE_PATH") or HERE / "instance")
        self.DATABASE_URL = _database_url(self.INSTANCE)
        self.REDIS_URL = env.get("REDIS_URL", "")
        self.MAIL_URL = env.get("MAIL_URL", "")
        self.MAIL_FROM = env.get("MAIL_FROM", "")
        self.MEDIA_PATH = Path(env.get("MEDIA_PATH") or self.INSTANCE / "media")
        self.MEDIA_URL = (env.get("MEDIA_URL") or "/media").rstrip("/")
        self._read_shop()
        self._read_payments()
        self._set_libraries()

    def _read_shop(self) -> None:
        env = os.environ
        self.SHOP_NAME = env.get("SHOP_NAME", DEMO_WORDS["SHOP_NAME"])
        self.SHOP_TAGLINE = env.get("SHOP_TAGLINE", "Botanicals & tea")
        self.SHOP_PROMISE = env.get("SHOP_PROMISE", "Tea, honey, and what to brew them with")
        self.SHOP_LEDE = env.get(
            "SHOP_LEDE",
            "A short shelf. Each page says what it is, where it grew and how to use it.",
        )
        self.SHOP_EMAIL = env.get("SHOP_EMAIL", DEMO_WORDS["SHOP_EMAIL"])
        self.SHOP_ADDRESS = env.get("SHOP_ADDRESS", DEMO_WORDS["SHOP_ADDRESS"])
        self.SELLER_NAME = env.get("SELLER_NAME", "")  # on invoices, where it is not SHOP_NAME
        self.SELLER_VAT_ID = env.get("SELLER_VAT_ID", "")
        self.SELLER_REGISTRATION = env.get("SELLER_REGISTRATION", "")
        self.INVOICE_FONT = env.get("INVOICE_FONT", "")  # for letters the shop's face lacks
        self.SHOP_CURRENCY = env.get("SHOP_CURRENCY", "USD").upper()
        self.SHOP_LOCALE = env.get("SHOP_LOCALE", "en_US")
        self.SELLER_COUNTRY = (env.get("SELLER_COUNTRY") or self.SHOP_LOCALE[3:5] or "US").upper()
        self.SHOP_TIMEZONE = env.get("SHOP_TIMEZONE", "America/New_York")
        self.PRICES_INCLUDE_TAX = _flag("PRICES_INCLUDE_TAX", False)
        self.RETURN_DAYS = int(env.get("RETURN_DAYS", "30"))
        self.WITHDRAWAL_DAYS = int(env.get("WITHDRAWAL_DAYS", "14"))
        self.WITHDRAWAL_DELIVERY_DAYS = int(env.get("WITHDRAWAL_DELIVERY_DAYS", "7"))
        self.TERMS_VERSION = env.get("TERMS_VERSION", "2026-11")
        self.CART_REMINDER_HOURS = int(env.get("CART_REMINDER_HOURS", "24"))
        self.RESTRICTION_REVIEW_DAYS = int(env.get("RESTRICTION_REVIEW_DAYS", "90"))
        self.FEED_LEAVES_OUT = _list("FEED_LEAVES_OUT")  # codes of product classes

    def _read_payments(self) -> None:
        env = os.environ
        self.STRIPE_SECRET_KEY = env.get("STRIPE_SECRET_KEY", "")
        self.STRIPE_WEBHOOK_SECRETS = _list("STRIPE_WEBHOOK_SECRETS")
        self.STRIPE_API_BASE = env.get("STRIPE_API_BASE", "")
        self.PAYMENT_PROVIDERS = _list("PAYMENT_PROVIDERS", "stripe,manual")
        self.RESTRICTED_PROVIDERS = _list("RESTRICTED_PROVIDERS", "manual")
        self.PAYMENT_HOLD_MINUTES = int(env.get("PAYMENT_HOLD_MINUTES", "31"))
        self.PAY_LINK_DAYS = int(env.get("PAY_LINK_DAYS", "3"))
        self.MANUAL_DEADLINE_DAYS = int(env.get("MANUAL_DEADLINE_DAYS", "7"))
        self.MANUAL_INSTRUCTIONS = env.get("MANUAL_INSTRUCTIONS", DEMO_WORDS["MANUAL_INSTRUCTIONS"])
        self.STRIPE_EMULATOR_PATH = self.INSTANCE / "stripe-emulator.sqlite3"
        self.STRIPE_EMULATOR_WEBHOOK_URL = None
        self.STRIPE_EMULATOR_DELIVERY = "thread"

    def _set_libraries(self) -> None:
        self.SQLALCHEMY_DATABASE_URI = self.DATABASE_URL
        self.MAX_CONTENT_LENGTH = 1024 * 1024
        self.MAX_FORM_MEMORY_SIZE = 256 * 1024
        self.MAX_FORM_PARTS = 200
        self.SESSION_COOKIE_NAME = "visit"
        self.SESSION_COOKIE_SAMESITE = "Lax"
        self.SESSION_COOKIE_SECURE = self.BASE_URL.startswith("https://")
        self.WTF_CSRF_ENABLED = False  # cross-site requests are refused by header: headers.py
        self.RATELIMIT_STORAGE_URI = self.REDIS_URL or "memory://"
        self.RATELIMIT_HEADERS_ENABLED = False
        self.RATELIMIT_ENABLED = _flag("RATELIMIT_ENABLED", True)  # off: for load tests only
        self.PAGE_STORE_BYTES = int(os.environ.get("PAGE_STORE_BYTES", 24 << 20))  # a process
        # Links in pages and mails are made from BASE_URL; other host names are refused.
        own = [urlsplit(self.BASE_URL).hostname or "localhost"] if self.PRODUCTION else None
        self.TRUSTED_HOSTS = _list("TRUSTED_HOSTS") or own
        self.TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

    @property
    def uses_emulator(self) -> bool:
        """The in-tree Stripe emulator stands in only without a key and outside production."""
        return not self.STRIPE_SECRET_KEY and not self.PRODUCTION

    @property
    def is_live(self) -> bool:
        """Real money: nothing that is shown to whoever asks may stand beside it."""
        return self.PRODUCTION or self.STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_"))

    def problems(self) -> list[str]:
        """Everything that must be set before this shop may start; empty when it may."""
        if self.ENV_NAME not in ENVIRONMENTS:
            return [f"SHOP_ENV: “{self.ENV_NAME}” is none of {', '.join(ENVIRONMENTS)}"]
        if not self.PRODUCTION:
            return []
        found = []
        if self.SECRET_KEY == DEMO_SECRET or len(self.SECRET_KEY) < 32:
            found.append("SECRET_KEY: set at least 32 random characters")
        if not self.BASE_URL.startswith("https://"):
            found.append("BASE_URL: set the shop's public https:// address")
        if not self.MAIL_URL:
            found.append("MAIL_URL: set smtp://user:password@host:587")
        if "stripe" in self.PAYMENT_PROVIDERS and not self.STRIPE_SECRET_KEY:
            found.append("STRIPE_SECRET_KEY: set it, or leave stripe out of PAYMENT_PROVIDERS")
        if "stripe" in self.PAYMENT_PROVIDERS and not self.STRIPE_WEBHOOK_SECRETS:
            found.append("STRIPE_WEBHOOK_SECRETS: set the signing secret of the webhook endpoint")
        return found

    def check(self) -> None:
        """Raises MisconfiguredShop, naming every missing secret at once."""
        if found := self.problems():
            raise MisconfiguredShop("This shop cannot start yet.\n- " + "\n- ".join(found))

    def as_flask(self) -> dict[str, Any]:
        """The names Flask and the rest of the code read with app.config[...]."""
        return {
            **{name: value for name, value in vars(self).items() if name.isupper()},
            "USES_EMULATOR": self.uses_emulator,
            "SHOWS_DEMO_PAGES": not self.is_live,
        }


class TestConfig(Config):
    """A shop for tests: its own folder and database, no threads, no rate limits."""

    __test__ = False

    def __init__(self, folder: Path, database_url: str) -> None:
        super().__init__()
        self.ENV_NAME, self.PRODUCTION = "test", False
        self.BASE_URL = "http://localhost"
        self.INSTANCE = folder
        self.DATABASE_URL = database_url
        self.MEDIA_PATH = folder / "media"
        self.STRIPE_EMULATOR_PATH = folder / "stripe-emulator.sqlite3"
        self.STRIPE_EMULATOR_DELIVERY = "manual"
        self._set_libraries()
        self.TESTING = True
        self.RATELIMIT_ENABLED = False
