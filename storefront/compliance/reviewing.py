"""Rows of the law on their way: reviewed, enabled by a named person, looked at again, ended.

All inside write_tx(). Each step has a note, and the log of changes keeps every one of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from storefront.audit import record_change
from storefront.catalog.models import ProductClass
from storefront.catalog.version import bump_version
from storefront.compliance.loading import KIND
from storefront.compliance.models import Restriction
from storefront.extensions import db
from storefront.refusal import Refusal

NOT_YET = ("to-review", "reviewed")


class NoSuchRow(Refusal):
    status = 404


class CannotEnable(Refusal):
    """It is on already, or nobody has reviewed it yet."""


class BadDays(Refusal):
    """`where`: the day it is about."""

    status = 422

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.where = where


class Person(NamedTuple):
    """Who answers for it: by name on the row, as `actor` in the log."""

    name: str
    actor: str


@dataclass(frozen=True, slots=True)
class Look:
    """A person looked at a row and its source: when, and what they found."""

    on: date
    note: str
    as_of: date | None = None  # the day of the source, where it was wrong
    starts_on: date | None = None
    ends_on: date | None = None

    def check(self, today: date) -> None:
        for where, day in (("on", self.on), ("as_of", self.as_of)):
            if day is not None and day > today:
                raise BadDays(where, "This day has not come yet.")
        if self.ends_on is not None and self.ends_on < max(self.starts_on or today, today):
            raise BadDays("ends_on", "It would have ended before it counts.")


def restrictions(
    view: str, words: str, class_code: str, country: str, day: date, review_days: int
) -> Select[Any]:
    """The rows of a view of the list."""
    found = select(Restriction).where(_in_view(view, day, review_days))
    if class_code:
        found = found.where(Restriction.class_code == class_code)
    if country:
        found = found.where(Restriction.country == country)
    for word in words.split():
        like = f"%{word.replace('%', '').replace('_', '')}%"
        columns = (Restriction.region, Restriction.locality, Restriction.source, Restriction.value)
        found = found.where(or_(*(column.ilike(like) for column in columns)))
    return found


def _in_view(view: str, day: date, review_days: int) -> ColumnElement[bool]:
    never = and_(Restriction.enabled.is_(False), Restriction.enabled_by == "")
    over = and_(Restriction.ends_on.is_not(None), Restriction.ends_on < day)
    counts = and_(Restriction.enabled.is_(True), ~over)
    views: dict[str, ColumnElement[bool]] = {
        "to-review": and_(never, Restriction.checked_on.is_(None)),
        "reviewed": and_(never, Restriction.checked_on.is_not(None)),
        "enabled": counts,
        "stale": and_(counts, not_seen_since(day - timedelta(review_days))),
        "ended": or_(
            and_(Restriction.enabled.is_(False), Restriction.enabled_by != ""),
            and_(Restriction.enabled.is_(True), over),
        ),
    }
    return views.get(view, Restriction.id > 0)


def not_seen_since(day: date) -> ColumnElement[bool]:
    """Neither the source nor the last look at it is of that day or later."""
    return and_(
        *(
            or_(column.is_(None), column < day)
            for column in (Restriction.as_of, Restriction.checked_on)
        )
    )


def to_look_at_again(day: date, review_days: int, limit: int) -> Sequence[Any]:
    """The first rows that count and are past their review, each with how many there are."""
    return db.session.execute(
        select(Restriction, func.count().over().label("in_all"))
        .where(_in_view("stale", day, review_days))
        .order_by(Restriction.checked_on.is_not(None), Restriction.checked_on, Restriction.id)
        .limit(limit)
    ).all()


def is_restricted_shop() -> bool:
    """Whether the law restricts anything that is sold here."""
    found = select(ProductClass.id).where(ProductClass.restricted.is_(True)).limit(1)
    return db.session.scalar(found) is not None


def row_or_refusal(row_id: int, *, lock: bool = False) -> Restriction:
    asked = select(Restriction).where(Restriction.id == row_id)
    row = db.session.scalar(asked.with_for_update() if lock else asked)
    if row is None:
        raise NoSuchRow("There is no such row.")
    return row


def rows_of(ids: Iterable[int], *, lock: bool = False) -> Sequence[Restriction]:
    asked = select(Restriction).where(Restriction.id.in_(list(ids))).order_by(Restriction.id)
    return db.session.scalars(asked.with_for_update() if lock else asked).all()


def review(row_id: int, look: Look, by: Person, now: datetime, today: date) -> None:
    """Looked at, and found right or put right; it still does not count."""
    row = row_or_refusal(row_id, lock=True)
    look.check(today)
    before = _said(row)
    _looked(row, look, by)
    row.starts_on, row.ends_on = look.starts_on, look.ends_on
    _record(row, "reviewed", before, by, now)


def enable(row_id: int, look: Look, by: Person, now: datetime, today: date) -> None:
    """Reviewed and switched on in one step."""
    row = row_or_refusal(row_id, lock=True)
    look.check(today)
    if row.enabled:
        raise CannotEnable("This row is on already.")
    before = _said(row)
    _looked(row, look, by)
    row.starts_on, row.ends_on = look.starts_on, look.ends_on
    _switch_on(row, look, by)
    _record(row, "enabled", before, by, now)


def enable_reviewed(ids: Iterable[int], look: Look, by: Person, now: datetime, today: date) -> int:
    """Many at once, each reviewed before; all or none."""
    rows = rows_of(ids, lock=True)
    look.check(today)
    if trouble := why_not(rows, today):
        raise CannotEnable(trouble)
    for row in rows:
        before = _said(row)
        _switch_on(row, look, by)
        _record(row, "enabled", before, by, now)
    return len(rows)


def why_not(rows: Sequence[Restriction], today: date) -> str:
    """Why these cannot be enabled together; "" where they can."""
    if not rows:
        return "Pick the rows first."
    if any(row.enabled for row in rows):
        return "Some of these are on already. Pick rows that are off."
    if unread := [row for row in rows if row.checked_on is None]:
        return f"Nobody has reviewed {len(unread)} of these yet. Open each and review it first."
    if any(row.ends_on is not None and row.ends_on < today for row in rows):
        return "Some of these ended. Open them to give them other days."
    return ""


def look_again(row_id: int, look: Look, by: Person, now: datetime, today: date) -> None:
    """It still says what it said: good for another review period."""
    row = row_or_refusal(row_id, lock=True)
    look.check(today)
    before = _said(row)
    _looked(row, look, by)
    _record(row, "looked again at", before, by, now)


def end(
    row_id: int, last_day: date | None, note: str, by: Person, now: datetime, today: date
) -> None:
    """After its last day, or at once; the row stays, switched off."""
    row = row_or_refusal(row_id, lock=True)
    if not row.enabled:
        raise CannotEnable("This row is off already.")
    if last_day is not None and last_day < today:
        raise BadDays("last_day", "This day is over. Leave it out to end the row at once.")
    before = _said(row)
    row.note = note
    if last_day is None:
        row.enabled = False
    else:
        row.ends_on = last_day
    _record(row, "ended", before, by, now)


def _looked(row: Restriction, look: Look, by: Person) -> None:
    row.checked_on, row.checked_by, row.note = look.on, by.name[:120], look.note
    row.as_of = look.as_of or row.as_of


def _switch_on(row: Restriction, look: Look, by: Person) -> None:
    row.enabled, row.enabled_by, row.enabled_on = True, by.name[:120], look.on
    row.note = look.note


def _said(row: Restriction) -> dict[str, Any]:
    days = {
        "as of": row.as_of, "from": row.starts_on, "until": row.ends_on,
        "looked at": row.checked_on,
    }  # fmt: skip
    return {
        "on": "yes" if row.enabled else "no",
        **{name: day.isoformat() if day else "" for name, day in days.items()},
        "note": row.note,
    }


def _record(
    row: Restriction, action: str, before: dict[str, Any], by: Person, now: datetime
) -> None:
    db.session.flush()
    bump_version()
    record_change(KIND, row.id, action, before, _said(row), actor=by.actor, now=now)
