"""What leads where, and what is asked for in vain."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Table, delete, func, select

from storefront.extensions import db
from storefront.redirects.models import LONGEST, MissingPage, Redirect
from storefront.redirects.paths import is_reserved, known_as
from storefront.transactions import insert

PAGE = 50
KEPT_DAYS = 60
MOST_PATHS_A_DAY = 2000  # whoever asks for made-up addresses cannot fill the table
MISSING = cast(Table, MissingPage.__table__)
# Addresses tried in every shop there is, by programs that call themselves browsers.
PROBES = re.compile(
    r"/wp-|/\.|/cgi-bin|/vendor/|/xmlrpc|/phpmyadmin|\.(?:env|sql|bak|cfg|ini|asp|jsp)\b", re.I
)
# A mail address, a phone's or order's number, a secret of a link: may say who asked.
SECRET = re.compile(r"@|\d{7}|[A-Za-z0-9_]{24}")


def redirect_from(path: str) -> Redirect | None:
    """The rule for an address nothing was found at."""
    return db.session.scalars(
        select(Redirect).where(Redirect.from_path == known_as(path))
    ).one_or_none()


def redirects(words: str, after: str) -> tuple[Sequence[Redirect], bool]:
    """One page of rules by old address, those that begin with the words; whether more follow."""
    found = select(Redirect).where(Redirect.from_path > after)
    if words:
        found = found.where(Redirect.from_path.startswith(words, autoescape=True))
    rows = db.session.scalars(found.order_by(Redirect.from_path).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def path_to_keep(path: str) -> str | None:
    """None for what may say who asked, and for what no visitor asks for."""
    kept = known_as(path)
    if len(kept) > LONGEST or PROBES.search(kept) or SECRET.search(kept):
        return None
    return None if is_reserved(kept) else kept


def count_missing(day: date, counts: Mapping[str, int]) -> None:
    """Add to what was asked for in vain on this day. Inside write_tx()."""
    known = set(
        db.session.scalars(
            select(MissingPage.path).where(
                MissingPage.day == day, MissingPage.path.in_(list(counts))
            )
        )
    )
    counted = select(func.count()).select_from(MissingPage).where(MissingPage.day == day)
    room = max(0, MOST_PATHS_A_DAY - (db.session.scalar(counted) or 0))
    kept = [*known, *[path for path in counts if path not in known][:room]]
    if not kept:
        return
    new = insert(MISSING)
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["day", "path"], set_={"count": MISSING.c.count + new.excluded.count}
        ),
        [{"day": day, "path": path, "count": counts[path]} for path in sorted(kept)],
    )


def missing_pages(since: date, limit: int) -> Sequence[Any]:
    """(path, times, last) most asked for first, those that lead somewhere by now left out."""
    times = func.sum(MissingPage.count).label("times")
    return db.session.execute(
        select(MissingPage.path, times, func.max(MissingPage.day).label("last"))
        .outerjoin(Redirect, Redirect.from_path == MissingPage.path)
        .where(MissingPage.day >= since, Redirect.id.is_(None))
        .group_by(MissingPage.path)
        .order_by(times.desc(), MissingPage.path)
        .limit(limit)
    ).all()


def forget_old_missing(today: date) -> None:
    """Inside write_tx()."""
    db.session.execute(delete(MissingPage).where(MissingPage.day < today - timedelta(KEPT_DAYS)))
