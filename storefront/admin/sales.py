"""What was sold: the page, the part of it on the admin's first page, and both as spreadsheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_time
from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from storefront.admin.charts import Chart, bar_chart
from storefront.dates import short_day
from storefront.jinja import money, shop
from storefront.languages import N_, _, ngettext
from storefront.money import Money
from storefront.orders.sales import (
    Figures,
    Seller,
    Slot,
    days_to,
    hours_of,
    sales_in,
    top_articles,
    top_products,
    total,
)
from storefront.spreadsheets import Cell, csv_file

bp = Blueprint("sales", __name__, url_prefix="/sales")

PERIODS = {1: N_("Today"), 7: N_("7 days"), 28: N_("28 days"), 90: N_("90 days")}
USUAL, LONGEST = 28, 90
SHOWN, SHOWN_AT_HOME = 10, 5
COLUMNS = (
    "begins", "currency", "orders", "units", "gross", "refunded", "net", "time_zone",
)  # fmt: skip
SELLER_COLUMNS = (
    "kind", "name", "address", "currency", "orders", "units", "goods_net", "from", "to",
    "time_zone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InCurrency:
    """All that is shown of one currency in one period."""

    currency: str
    total: Figures
    slots: list[tuple[str, Figures]]  # by day, or by hour for one day
    net: Chart
    orders: Chart
    products: list[Seller]
    articles: list[Seller]


@dataclass(frozen=True, slots=True)
class AtHome:
    """Of one currency: each period's figures, the days of the usual one drawn, and what sold."""

    currency: str
    periods: list[tuple[int, str, Figures]]
    net: Chart
    products: list[Seller]
    articles: list[Seller]


@bp.get("")
def show() -> str:
    days, slots = _period()
    return render_template(
        "admin/sales.html",
        parts=in_currencies(days, slots),
        chosen=days,
        periods=PERIODS,
        first=slots[0].begins.astimezone(shop().timezone).date(),
        today=shop().today(),
    )


@bp.get("/days.csv")
def by_day() -> ResponseReturnValue:
    """The figures of the page's table by day (by hour for one day)."""
    days, slots = _period()
    zone = shop().timezone
    rows = [
        _cells(slot, figures, zone)
        for _currency, of_slots in sales_in(slots).items()
        for slot, figures in zip(slots, of_slots, strict=True)
    ]
    return csv_file(f"sales-{days}-{shop().today():%Y-%m-%d}", COLUMNS, rows)


@bp.get("/sellers.csv")
def by_seller() -> ResponseReturnValue:
    """What sold most, as the page lists it, however many there are."""
    days, slots = _period()
    first = slots[0].begins.astimezone(shop().timezone).date()
    end: list[Cell] = [first.isoformat(), shop().today().isoformat(), str(shop().timezone)]
    rows: list[list[Cell]] = []
    for kind, found in (
        ("product", top_products(slots[0].begins, 100_000)),
        ("article", top_articles(slots[0].begins, 100_000)),
    ):
        rows += [
            [
                kind, one.name, one.slug, currency,
                one.sold.orders, one.sold.units, one.sold.net.decimal, *end,
            ]
            for currency, sellers in sorted(found.items())
            for one in sellers
        ]  # fmt: skip
    return csv_file(f"sellers-{days}-{shop().today():%Y-%m-%d}", SELLER_COLUMNS, rows)


def in_currencies(days: int, slots: Sequence[Slot]) -> list[InCurrency]:
    """The shop's own first, also where nothing was sold in it."""
    sold, since = sales_in(slots), slots[0].begins
    products, articles = top_products(since, SHOWN), top_articles(since, SHOWN)
    labels = _labels(slots, days)
    parts = []
    for currency in _currencies(sold):
        of_slots = sold.get(currency) or [Figures(currency) for _slot in slots]
        named = list(zip(labels, of_slots, strict=True))
        whole = total(of_slots, currency)
        parts.append(
            InCurrency(
                currency,
                whole,
                named,
                _net_chart(named, whole),
                _orders_chart(named, whole),
                products.get(currency, []),
                articles.get(currency, []),
            )
        )
    return parts


def at_home(today: date, zone: ZoneInfo) -> list[AtHome]:
    """Six statements, whatever was sold."""
    slots = days_to(today, LONGEST, zone)
    sold, since = sales_in(slots), slots[-USUAL].begins
    products, articles = top_products(since, SHOWN_AT_HOME), top_articles(since, SHOWN_AT_HOME)
    labels = _labels(slots, LONGEST)
    parts = []
    for currency in _currencies(sold):
        of_slots = sold.get(currency) or [Figures(currency) for _slot in slots]
        usual = total(of_slots[-USUAL:], currency)
        parts.append(
            AtHome(
                currency,
                [
                    (days, _(name), total(of_slots[-days:], currency))
                    for days, name in PERIODS.items()
                ],
                _net_chart(list(zip(labels, of_slots, strict=True))[-USUAL:], usual),
                products.get(currency, []),
                articles.get(currency, []),
            )
        )  # fmt: skip
    return parts


def _period() -> tuple[int, list[Slot]]:
    text = request.args.get("days", str(USUAL))
    if text not in {str(days) for days in PERIODS}:
        abort(404)
    days = days_to(shop().today(), int(text), shop().timezone)
    return int(text), hours_of(days[0]) if len(days) == 1 else days


def _currencies(sold: dict[str, list[Figures]]) -> list[str]:
    ours = shop().currency
    return [ours, *sorted(set(sold) - {ours})]


def _labels(slots: Sequence[Slot], days: int) -> list[str]:
    zone = shop().timezone
    begins = [slot.begins.astimezone(zone) for slot in slots]
    if days > 1:
        return [short_day(moment.date()) for moment in begins]
    return [_hour(moment, begins) for moment in begins]


def _hour(moment: datetime, all_: Sequence[datetime]) -> str:
    """09:00; where clocks go back, what they show twice says which of the two it is."""
    shown = format_time(moment, "HH:mm", tzinfo=shop().timezone, locale="en_GB")
    twice = sum(1 for other in all_ if other.replace(fold=0) == moment.replace(fold=0)) > 1
    return f"{shown} {moment.tzname()}" if twice else shown


def _net_chart(named: Sequence[tuple[str, Figures]], whole: Figures) -> Chart:
    def words(minor: int) -> str:
        return money(Money(minor, whole.currency))

    best = max(named, key=lambda one: one[1].net.minor)
    said = _("%(amount)s in all.", amount=money(whole.net))
    if best[1].net:
        said += " " + _("Most on %(when)s: %(amount)s.", when=best[0], amount=money(best[1].net))
    return bar_chart([(label, figures.net.minor) for label, figures in named], words, said)


def _orders_chart(named: Sequence[tuple[str, Figures]], whole: Figures) -> Chart:
    best = max(named, key=lambda one: one[1].orders)
    said = ngettext("%(num)s order in all.", "%(num)s orders in all.", whole.orders)
    if best[1].orders:
        said += " " + _("Most on %(when)s: %(num)s.", when=best[0], num=best[1].orders)
    return bar_chart([(label, figures.orders) for label, figures in named], str, said)


def _cells(slot: Slot, figures: Figures, zone: ZoneInfo) -> list[Cell]:
    return [
        slot.begins.astimezone(zone).isoformat(),
        figures.currency,
        figures.orders,
        figures.units,
        figures.gross.decimal,
        figures.refunded.decimal,
        figures.net.decimal,
        str(zone),
    ]
