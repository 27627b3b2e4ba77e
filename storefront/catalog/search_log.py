"""What is searched for, counted by day, so that staff see what is not found; nothing of who."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, cast

from sqlalchemy import Table, delete, func, select

from storefront.catalog.search_models import SearchTerm
from storefront.catalog.words import words_of
from storefront.extensions import db
from storefront.transactions import insert

LONGEST_TERM, MOST_WORDS, LONGEST_WORD = 60, 6, 25
DIGITS_OF_A_PHONE = 7
KEPT_DAYS = 90
MOST_TERMS_A_DAY = 5000  # whoever sends made-up words cannot fill the table
TERMS = cast(Table, SearchTerm.__table__)


class Outcome(NamedTuple):
    searches: int
    found: int
    found_as: str


@dataclass(frozen=True, slots=True)
class Sought:
    """A term over some days."""

    term: str
    searches: int
    found: int
    found_as: str


def term_to_keep(q: str) -> str | None:
    """The words folded, or None where they may say who typed them, or nothing at all.

    Addresses, numbers as long as a phone's, and long texts pasted by mistake are not kept.
    """
    words = words_of(q[: LONGEST_TERM * 2])
    term = " ".join(words)
    if not words or len(q) > LONGEST_TERM or len(term) > LONGEST_TERM or len(words) > MOST_WORDS:
        return None
    if re.search(r"@|://|www\.", q) or max(map(len, words)) > LONGEST_WORD:
        return None
    if sum(letter.isdigit() for letter in term) >= DIGITS_OF_A_PHONE:
        return None
    return term


def count_terms(day: date, outcomes: Mapping[str, Outcome]) -> None:
    """Add to what was counted on this day, inside write_tx()."""
    known = set(
        db.session.scalars(
            select(SearchTerm.term).where(
                SearchTerm.day == day, SearchTerm.term.in_(list(outcomes))
            )
        )
    )
    counted = select(func.count()).select_from(SearchTerm).where(SearchTerm.day == day)
    room = max(0, MOST_TERMS_A_DAY - (db.session.scalar(counted) or 0))
    kept = [*known, *[term for term in outcomes if term not in known][:room]]
    if not kept:
        return
    new = insert(TERMS)
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["day", "term"],
            set_={
                "searches": TERMS.c.searches + new.excluded.searches,
                "found": new.excluded.found,
                "found_as": new.excluded.found_as,
            },
        ),
        [{"day": day, "term": term, **outcomes[term]._asdict()} for term in sorted(kept)],
    )


def terms_sought(since: date, limit: int, only_unfound: bool = False) -> list[Sought]:
    """Most searched first, each as it went when it was last searched for."""
    rows = db.session.execute(
        select(SearchTerm.term, SearchTerm.searches, SearchTerm.found, SearchTerm.found_as)
        .where(SearchTerm.day >= since)
        .order_by(SearchTerm.day)
    )
    totals: dict[str, Sought] = {}
    for term, searches, found, found_as in rows:
        before = totals[term].searches if term in totals else 0
        totals[term] = Sought(term, before + searches, found, found_as)
    wanted = [one for one in totals.values() if not (only_unfound and one.found)]
    return sorted(wanted, key=lambda one: (-one.searches, one.term))[:limit]


def forget_old_terms(today: date) -> None:
    """Inside write_tx()."""
    db.session.execute(delete(SearchTerm).where(SearchTerm.day < today - timedelta(KEPT_DAYS)))
