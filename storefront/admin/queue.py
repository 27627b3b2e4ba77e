"""The work queue on the home page: what waits for staff today, each a number and the first few.

A screen adds its row where its rows come from:

    @waits_for(SEES_POSTS)
    def broken_cards(now: datetime) -> Waiting: ...
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for

from storefront.account.staff import OWNER
from storefront.admin.roles import SEES_ORDERS, SEES_POSTS, SEES_RECALLS, SEES_STOCK
from storefront.blog.rechecking import stopped
from storefront.compliance.lawbook import review_days
from storefront.compliance.reviewing import to_look_at_again
from storefront.jinja import day, moment, money
from storefront.languages import _, ngettext
from storefront.money import Money
from storefront.orders.queries import in_review, to_send
from storefront.orders.returns import ASKED, returns_to_answer
from storefront.orders.withdrawals import withdrawn_of
from storefront.outbox import never_sent
from storefront.payments.disputing import open_disputes
from storefront.payments.recall_report import unread_recalls
from storefront.restricting import restricts
from storefront.reviews.moderating import waiting_reviews
from storefront.stock.low import running_low
from storefront.stock.shelf import today

FIRST_FEW = 5


class Entry(NamedTuple):
    """One thing that waits."""

    name: str
    more: str = ""
    figure: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """All that waits of one kind. `url`: the page with all of it."""

    heading: str
    count: int
    first: list[Entry] = field(default_factory=list)
    url: str | None = None


Row = Callable[[datetime], Waiting | None]  # None: nothing of the kind in this shop
_rows: list[tuple[frozenset[str], Row]] = []


def waits_for(roles: frozenset[str]) -> Callable[[Row], Row]:
    """Show this row to these roles, below those that were there before."""

    def add(row: Row) -> Row:
        _rows.append((roles, row))
        return row

    return add


def work_queue(role: str, now: datetime) -> list[Waiting]:
    """What this role is to see, one statement a row."""
    found = (row(now) for roles, row in _rows if role in roles)
    return [waiting for waiting in found if waiting is not None]


def _of(
    heading: str, rows: Sequence[Any], entry: Callable[[Any], Entry], url: str | None = None
) -> Waiting:
    """Rows that carry how many there are in all as `in_all`."""
    return Waiting(heading, rows[0].in_all if rows else 0, [entry(row) for row in rows], url)


@waits_for(SEES_ORDERS)
def orders_to_send(now: datetime) -> Waiting:
    rows = to_send(FIRST_FEW)
    withdrawn = withdrawn_of([row.id for row in rows])

    def entry(row: Any) -> Entry:
        how_far = {"packed": _("packed"), "partly": _("sent in part")}
        state = how_far.get(row.fulfilment) or _("paid %(day)s", day=day(row.paid_at))
        more = _("the buyer withdrew: look before you pack") if row.id in withdrawn else state
        return _order_entry(row, more, Money(row.total_minor, row.currency))

    return _of(_("Orders to pack and send"), rows, entry, _orders("to-pack"))


@waits_for(SEES_ORDERS)
def orders_in_review(now: datetime) -> Waiting:
    def entry(row: Any) -> Entry:
        more = _("placed %(day)s", day=day(row.placed_at))
        return _order_entry(row, more, Money(row.total_minor, row.currency))

    return _of(_("Payments to look at"), in_review(FIRST_FEW), entry, _orders("review"))


@waits_for(SEES_RECALLS)
def recalls_unread(now: datetime) -> Waiting | None:
    """A shop that never called anything back hears nothing of it."""

    def entry(row: Any) -> Entry:
        more = ngettext("one buyer has not read it", "%(num)s buyers have not read it", row.unread)
        url = url_for("admin.recalls.show", recall_id=row.id)
        return Entry(_("Lot %(code)s", code=row.code), more, url=url)

    url = url_for("admin.recalls.index")
    found = _of(_("Recalls that somebody has not read"), unread_recalls(FIRST_FEW), entry, url)
    return found if found.count else None


@waits_for(SEES_ORDERS)
def disputes_to_answer(now: datetime) -> Waiting:
    def entry(row: Any) -> Entry:
        more = _("answer by %(moment)s", moment=moment(row.due_at)) if row.due_at else ""
        if row.due_at and row.due_at < now:
            more = _("was to be answered by %(moment)s", moment=moment(row.due_at))
        return _order_entry(row, more, Money(row.amount_minor, row.currency))

    return _of(_("Disputes"), open_disputes(FIRST_FEW), entry, _orders("disputed"))


@waits_for(SEES_ORDERS)
def returns_to_look_at(now: datetime) -> Waiting:
    """What a buyer asks to send back, and what arrived: somebody answers, or looks at it."""

    def entry(row: Any) -> Entry:
        more = _("asked for") if row.state == ASKED else _("arrived: look at it")
        url = url_for("admin.orders.returns.show", order_id=row.order_id, return_id=row.id)
        return Entry(f"{_number(row)} · {row.email}", more, day(row.changed_at), url)

    return _of(_("Returns"), returns_to_answer(FIRST_FEW), entry, _orders("returns"))


@waits_for(SEES_STOCK)
def low_stock(now: datetime) -> Waiting:
    def entry(row: Any) -> Entry:
        options = " · ".join(row.option_values)
        left = _("%(num)s left", num=row.available) if row.available > 0 else _("none left")
        url = url_for("admin.stock.variants.show", variant_id=row.id)
        return Entry(f"{row.name} {options}".strip(), row.sku, left, url)

    found = _of(_("Low or out of stock"), running_low(FIRST_FEW), entry)
    return replace(found, url=url_for("admin.stock.low.show"))


@waits_for(SEES_ORDERS)
def reviews_to_read(now: datetime) -> Waiting:
    def entry(row: Any) -> Entry:
        more = _("by %(name)s, %(day)s", name=row.name, day=day(row.written_at))
        name = f"{row.product}: {row.title}" if row.title else row.product
        url = url_for("admin.reviews.show", review_id=row.id)
        return Entry(name, more, f"{row.stars}/5", url)

    waiting = _of(_("Reviews to read"), waiting_reviews(FIRST_FEW), entry)
    return replace(waiting, url=url_for("admin.reviews.index"))


@waits_for(SEES_ORDERS)
def failed_mails(now: datetime) -> Waiting:
    def entry(row: Any) -> Entry:
        more = _(
            "%(kind)s, given up after %(num)s tries",
            kind=row.kind.replace("_", " "),
            num=row.attempts,
        )
        return Entry(row.recipient, more, day(row.created_at))

    failed = _of(_("Mails that could not be sent"), never_sent(FIRST_FEW), entry)
    return replace(failed, url=url_for("admin.mails.index", view="failed"))


@waits_for(SEES_POSTS)
def articles_to_look_at(now: datetime) -> Waiting:
    """What the claim rules object to, and plans that were not kept."""

    def entry(row: Any) -> Entry:
        more = row.held_back or _("the rules object: %(words)s", words=row.first)
        return Entry(row.title, more, url=url_for("admin.posts.edit", post_id=row.id))

    return _of(_("Articles that were stopped"), stopped(FIRST_FEW), entry)


@waits_for(frozenset({OWNER}))
def rules_to_look_at_again(now: datetime) -> Waiting | None:
    """Where the law restricts goods: rows past their review, which close their place one day."""
    if not restricts():
        return None

    def entry(found: Any) -> Entry:
        row = found.Restriction
        place = " ".join(part for part in (row.country, row.region, row.locality) if part)
        url = url_for("admin.restrictions.show", row_id=row.id)
        return Entry(f"{row.class_code}: {place}", f"{row.rule} {row.value}".strip()[:60], url=url)

    rows = to_look_at_again(today(now), review_days(), FIRST_FEW)
    url = url_for("admin.restrictions.index", view="stale")
    return _of(_("Rules of the law to look at again"), rows, entry, url)


def _order_entry(row: Any, more: str, amount: Money) -> Entry:
    url = url_for("admin.orders.show", order_id=row.id)
    return Entry(f"{_number(row)} · {row.email}", more, money(amount), url)


def _number(row: Any) -> str:
    return _("Order %(number)s", number=row.number) if row.number else _("Order without a number")


def _orders(view: str) -> str:
    return url_for("admin.orders.index", view=view)
