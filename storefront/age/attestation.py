"""The verifier that is built in: one says when one was born."""

from collections.abc import Mapping
from datetime import date

from storefront.age.verifier import NotShown, step_of
from storefront.languages import _

LONGEST_LIFE = 125
PARTS = ("day", "month", "year")


class Attestation:
    code = "attestation"

    def way_out(self, back: str) -> str | None:
        return None

    def shown(self, answers: Mapping[str, str], today: date) -> int:
        return step_of(years_since(_born(answers, today), today))


def years_since(born: date, today: date) -> int:
    """Whoever was born on 29 February is a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _born(answers: Mapping[str, str], today: date) -> date:
    typed = {part: answers.get(part, "").strip() for part in PARTS}
    words = {
        "day": _("Enter the day you were born, as a number."),
        "month": _("Enter the month you were born, as a number."),
        "year": _("Enter the year you were born, with four digits."),
    }
    for part, text in typed.items():
        longest = 4 if part == "year" else 2
        if not (text.isascii() and text.isdecimal() and len(text) <= longest):
            raise NotShown(words[part], part)
    if len(typed["year"]) != 4:
        raise NotShown(words["year"], "year")
    try:
        born = date(*(int(typed[part]) for part in reversed(PARTS)))
    except ValueError:
        raise NotShown(_("There is no such day. Check day, month and year."), "day") from None
    if not today.year - LONGEST_LIFE <= born.year or born > today:
        raise NotShown(_("Check the year you were born."), "year")
    return born
