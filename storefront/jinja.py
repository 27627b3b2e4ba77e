"""Filters and globals that every template may use."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask import Flask, current_app, url_for
from markupsafe import Markup

from storefront import template_words
from storefront.account.address import country_name as name_of_country
from storefront.account.address import region_choices
from storefront.clock import now
from storefront.dates import long_day, short_day
from storefront.flash import flashes
from storefront.languages import N_, _, pgettext, spoken
from storefront.markets.here import said
from storefront.money import Money
from storefront.pricing import words
from storefront.pricing.discounts import Refused
from storefront.pricing.zones import Stopped

FOOTER = (
    (N_("Delivery"), "delivery"),
    (N_("Returns"), "returns"),
    (N_("Contact"), "contact"),
    (N_("Privacy"), "privacy"),
    (N_("Terms"), "terms"),
)


class Shop:
    """The shop's own words and ways, as templates see them."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.name: str = config["SHOP_NAME"]
        self.tagline: str = config["SHOP_TAGLINE"]
        self.promise: str = config["SHOP_PROMISE"]
        self.lede: str = config["SHOP_LEDE"]
        self.email: str = config["SHOP_EMAIL"]
        self.address: str = config["SHOP_ADDRESS"]
        self.currency: str = config["SHOP_CURRENCY"]
        self.locale: str = config["SHOP_LOCALE"]
        self.timezone = ZoneInfo(config["SHOP_TIMEZONE"])
        self.base_url: str = config["BASE_URL"]
        self.prices_include_tax: bool = config["PRICES_INCLUDE_TAX"]
        self.return_days: int = config["RETURN_DAYS"]
        self.withdrawal_days: int = config["WITHDRAWAL_DAYS"]
        self.demo: bool = config["USES_EMULATOR"]

    def today(self) -> date:
        return now().astimezone(self.timezone).date()


def shop() -> Shop:
    found: Shop = current_app.extensions["shop"]
    return found


def money(amount: Money) -> str:
    """As the spoken language writes it; the sign and digits never break over two lines."""
    return amount.format(spoken().locale).replace(" ", "\N{NO-BREAK SPACE}")


def day(moment: datetime) -> str:
    """Thu 3 Dec, in the shop's time zone."""
    return short_day(moment.astimezone(shop().timezone).date())


def country_name(code: str) -> str:
    """US: United States."""
    return name_of_country(code, spoken().locale)


def region_name(code: str, country: str) -> str:
    """FL of US: Florida."""
    return dict(region_choices(country)).get(code, code)


def moment(at: datetime) -> str:
    """3 Dec 2026, 14:02, in the shop's time zone."""
    return format_datetime(
        at, pgettext("date", "d MMM y, HH:mm"), tzinfo=shop().timezone, locale=spoken().locale
    )


def why_not(refused: Refused) -> str:
    """The exact reason why a discount's code does not apply."""
    return words.why_not(refused, spoken().locale, shop().timezone)


def why_stopped(stopped: Stopped) -> str:
    return words.why_stopped(stopped, spoken().locale)


def rate(rate_ppm: int) -> str:
    """19%, 6.75%."""
    return words.percent(rate_ppm, spoken().locale)


def footer_links() -> list[tuple[str, str]]:
    pages = [(_(label), url_for("pages.show", slug=slug)) for label, slug in FOOTER]
    return [*pages, (_("Withdraw from contract"), url_for("withdrawal.find"))]


def canonical(endpoint: str, **values: Any) -> str:
    """The full address of a page, on the shop's public host whatever the request's was."""
    return shop().base_url + url_for(endpoint, **values)


def safe_html(html: str) -> Markup:
    """HTML that was sanitised when it was written (catalog/prose.py)."""
    return Markup(html)  # noqa: S704


def init_app(app: Flask) -> None:
    app.extensions["shop"] = Shop(app.config)
    app.jinja_env.filters.update(
        country_name=country_name,
        region_name=region_name,
        money=money,
        day=day,
        long_day=long_day,
        moment=moment,
        safe_html=safe_html,
        why_not=why_not,
        said=said,
        why_stopped=why_stopped,
        why_exempt=words.why_exempt,
        rate=rate,
    )
    app.jinja_env.globals.update(
        shop=app.extensions["shop"],
        flashes=flashes,
        footer_links=footer_links,
        canonical=canonical,
        spoken=spoken,
    )
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    template_words.install(app.jinja_env)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
