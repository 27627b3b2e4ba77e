"""The log of all that staff changed, for owners: by who, by kind of record, by day."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for

from storefront.audit import all_changes, known_actors, known_kinds
from storefront.jinja import shop

bp = Blueprint("changes", __name__, url_prefix="/changes")

# Where a record of each kind is shown, and what its page calls its number there.
PAGES: dict[str, tuple[str, str]] = {
    "staff": ("admin.staff.show", "customer_id"),
    "order": ("admin.orders.show", "order_id"),
    "draft order": ("admin.orders.drafts.edit", "draft_id"),
    "post": ("admin.posts.edit", "post_id"),
    "supplier": ("admin.suppliers.show", "supplier_id"),
    "purchase order": ("admin.purchasing.show", "order_id"),
    "delivery": ("admin.receiving.show", "delivery_id"),
    "batch": ("admin.stock.batches.show", "batch_id"),
    "count": ("admin.counts.review", "count_id"),
    "lot": ("admin.lots.show", "lot_id"),
    "product": ("admin.products.edit", "product_id"),
    "collection": ("admin.collections.edit", "collection_id"),
    "redirect": ("admin.redirects.index", ""),
    "mail": ("admin.mails.show", "mail_id"),
    "customer": ("admin.customers.show", "customer_id"),
    "discount": ("admin.discounts.show", "discount_id"),
    "setting": ("admin.settings.index", ""),
    "delivery rule": ("admin.delivery.index", ""),
    "tax rule": ("admin.taxes.index", ""),
    "restriction": ("admin.restrictions.show", "row_id"),
    "confirmation": ("admin.restrictions.confirmations.index", ""),
    "review": ("admin.reviews.show", "review_id"),
}


@bp.get("")
def index() -> str:
    actor, kind = request.args.get("actor", ""), request.args.get("kind", "")
    day = _day(request.args.get("day", ""))
    before = request.args.get("before", type=int)
    rows, goes_on = all_changes(
        actor=actor, kind=kind, between=_hours_of(day) if day else None, before_id=before
    )
    return render_template(
        "admin/changes/index.html",
        rows=rows,
        url_of=url_of,
        asked={"actor": actor, "kind": kind, "day": day.isoformat() if day else ""},
        actors=known_actors(),
        kinds=known_kinds(),
        older=rows[-1].id if goes_on else None,
        is_first=before is None,
    )


def url_of(kind: str, subject_id: str) -> str | None:
    """The page of the record a change concerns."""
    endpoint, argument = PAGES.get(kind, ("", ""))
    if not endpoint or (argument and not subject_id.isdecimal()):
        return None
    values: dict[str, Any] = {argument: subject_id} if argument else {}
    return url_for(endpoint, **values)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _hours_of(day: date) -> tuple[datetime, datetime]:
    """From midnight to midnight in the shop's time zone, however long that day is."""
    zone, end = shop().timezone, day + timedelta(1)
    return datetime.combine(day, time(), zone), datetime.combine(end, time(), zone)
