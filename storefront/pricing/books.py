"""Deliveries and taxes changed piece by piece: the owner's file is read, one entry of it changed,
and all of it checked and kept by the rules of files. So nothing can be kept that a file could not
say, and the file always says all there is."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from storefront.audit import record_change
from storefront.pricing.delivery_file import bring_delivery, delivery_lines
from storefront.pricing.entries import read_toml, written
from storefront.pricing.tax_file import bring_taxes, tax_file_lines
from storefront.refusal import Refusal

Book = dict[str, Any]
DELIVERY, TAXES = "delivery", "taxes"
IN_THE_LOG = {DELIVERY: "delivery rule", TAXES: "tax rule"}


class BookChanged(Refusal):
    """Somebody else was faster."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody changed this while you looked at it. What you wrote is still here: look at"
            " the list in another window, then save again to keep yours."
        )


class NoSuchEntry(Refusal):
    status = 404

    def __init__(self, code: str) -> None:
        super().__init__(f"There is no “{code}” any more.")


class Written(NamedTuple):
    """All that is kept, and what a form carries to tell whether it is stale."""

    book: Book
    mark: str


def as_file(kind: str) -> str:
    return "\n".join(delivery_lines() if kind == DELIVERY else tax_file_lines()) + "\n"


def written_now(kind: str) -> Written:
    text = as_file(kind)
    book = read_toml(text)
    book.setdefault("zones" if kind == DELIVERY else "rates", [])
    return Written(book, hashlib.sha256(text.encode()).hexdigest()[:16])


def keep(kind: str, book: Book, seen: str, currency: str, now: datetime, actor: str) -> int:
    """All of it or nothing; how many entries differ. Inside write_tx().

    Raises BadFile, naming the entry, and BookChanged.
    """
    before = written_now(kind)
    if before.mark != seen:
        raise BookChanged
    if kind == DELIVERY:
        bring_delivery(book, currency)
    else:
        bring_taxes(book)
    old, new = _entries(kind, before.book), _entries(kind, written_now(kind).book)
    changed = [code for code in dict.fromkeys([*old, *new]) if old.get(code) != new.get(code)]
    for code in changed:
        had, has = old.get(code, {}), new.get(code, {})
        action = "changed" if had and has else "added" if has else "removed"
        record_change(IN_THE_LOG[kind], code, action, had, has, actor=actor, now=now)
    return len(changed)


def entry_of(entries: list[Book], code: str) -> Book:
    """Raises NoSuchEntry."""
    for entry in entries:
        if entry["code"] == code:
            return entry
    raise NoSuchEntry(code)


def methods_of(book: Book) -> list[Book]:
    return [method for zone in book["zones"] for method in zone.get("methods", [])]


def zone_with(book: Book, method: str) -> Book:
    """Raises NoSuchEntry."""
    zones: list[Book] = book["zones"]
    for zone in zones:
        if any(own["code"] == method for own in zone.get("methods", [])):
            return zone
    raise NoSuchEntry(method)


def _entries(kind: str, book: Book) -> dict[str, dict[str, str]]:
    """What each entry says, by its code: zones and methods apart."""
    if kind == TAXES:
        return {one["code"]: _said(one) for one in book.get("rates", [])}
    zones = {f"zone {zone['code']}": _said(zone) for zone in book.get("zones", [])}
    return {**zones, **{f"method {one['code']}": _said(one) for one in methods_of(book)}}


def _said(entry: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value
        if isinstance(value, str)
        else written(json.loads(json.dumps(value, default=str)))
        for name, value in entry.items()
        if name not in {"code", "methods"}
    }
