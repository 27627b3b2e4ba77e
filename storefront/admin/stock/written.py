"""What was typed into the grid: a row has `change-ID`, the figure it stood beside, maybe a lot."""

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from storefront.stock.adjusting import REASONS, Wish
from storefront.stock.entries import BadEntry, read_entry
from storefront.tidying import tidied

LONGEST_ENTRY = 20
LONGEST_NOTE = 300
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Written:
    """As it was sent, to be shown again; by id of the variant."""

    reason: str
    note: str
    typed: Mapping[int, str]
    seen: Mapping[int, int]  # every row of the page
    lots: Mapping[int, int]

    def wishes(self) -> tuple[list[Wish], dict[int, str]]:
        """What is wanted, and what is wrong with the rest."""
        wanted, wrong = [], {}
        for variant_id, text in self.typed.items():
            try:
                entry = read_entry(text)
            except BadEntry as problem:
                wrong[variant_id] = problem.message
                continue
            seen, lot_id = self.seen[variant_id], self.lots.get(variant_id)
            wanted.append(Wish(variant_id, entry, seen, lot_id))
        return wanted, wrong


def as_written(form: "MultiDict[str, str]") -> Written:
    seen = _numbers(form, "seen-")
    typed = {
        id_: text[:LONGEST_ENTRY]
        for id_ in seen
        if (text := (tidied(form.get(f"change-{id_}", "")) or "").strip())
    }
    return Written(
        reason=known_reason(form.get("reason", "")),
        note=(tidied(form.get("note", "")) or "")[:LONGEST_NOTE],
        typed=typed,
        seen=seen,
        lots=_numbers(form, "lot-"),
    )


def known_reason(said: str) -> str:
    return said if said in REASONS else REASONS[0]


def _numbers(form: "MultiDict[str, str]", prefix: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for name, value in form.items():
        id_ = name.removeprefix(prefix)
        if id_ != name and _is_number(id_) and _is_number(value) and len(found) < MOST_ROWS:
            found[int(id_)] = int(value)
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
