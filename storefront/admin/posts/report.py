"""What articles sell: the report's page, and the same numbers for a spreadsheet."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from storefront.jinja import shop
from storefront.languages import N_
from storefront.money import Money
from storefront.orders.article_report import Period, Row, article_report
from storefront.orders.article_sales import Sold
from storefront.spreadsheets import Cell, csv_file

bp = Blueprint("report", __name__, url_prefix="/report")

PERIODS: dict[str, tuple[str, int | None]] = {
    "7": (N_("7 days"), 7),
    "28": (N_("28 days"), 28),
    "90": (N_("90 days"), 90),
    "all": (N_("All time"), None),
}
USUAL = "28"
A_PAGE = 50
COLUMNS = (
    "article", "address", "card", "product", "reads", "adds", "led_to_another", "currency",
    "first_orders", "first_units", "first_net", "first_net_per_1000_reads",
    "last_orders", "last_units", "last_net", "last_net_per_1000_reads",
    "from", "to", "time_zone",
)  # fmt: skip


@bp.get("")
def show() -> str:
    name, period = _period()
    page = _page()
    report = article_report(period)
    shown = report[(page - 1) * A_PAGE : page * A_PAGE]
    return render_template(
        "admin/posts/report.html",
        articles=shown,
        total=len(report),
        page=page,
        goes_on=len(report) > page * A_PAGE,
        period=period,
        chosen=name,
        periods={name: label for name, (label, _) in PERIODS.items()},
    )


@bp.get("/articles.csv")
def spreadsheet() -> ResponseReturnValue:
    name, period = _period()
    rows = [_cells(row, period) for article in article_report(period) for row in article]
    return csv_file(f"articles-{name}-{period.today:%Y-%m-%d}", COLUMNS, rows)


def _period() -> tuple[str, Period]:
    name = request.args.get("days", USUAL)
    if name not in PERIODS:
        abort(404)
    return name, Period(PERIODS[name][1], shop().today(), shop().timezone)


def _page() -> int:
    text = request.args.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _cells(row: Row, period: Period) -> list[Cell]:
    first_day = period.first_day
    return [
        row.title,
        row.slug,
        row.card,
        row.product,
        row.reads,
        row.adds,
        row.assists,
        row.currency,
        *_sold(row.first, row.first_per_1000),
        *_sold(row.last, row.last_per_1000),
        first_day.isoformat() if first_day else None,
        period.today.isoformat(),
        str(period.timezone),
    ]


def _sold(sold: Sold | None, per_1000: Money | None) -> list[Cell]:
    if sold is None:
        return [0, 0, None, None]
    return [
        sold.orders, sold.units, sold.net.decimal, per_1000.decimal if per_1000 else None,
    ]  # fmt: skip
