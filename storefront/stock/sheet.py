"""Stock as a table for a spreadsheet program, and what an edited one would change.

The file carries the figure it was written with beside the one to edit: a row nobody edited changes
nothing, whatever was sold meanwhile, and one that was edited holds only while that figure does.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import JSON, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.catalog.models import Product, Variant
from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.refusal import Refusal
from storefront.stock.entries import LARGEST
from storefront.stock.grid import name_of, stock_rows
from storefront.stock.ledger import Change, post
from storefront.stock.models import Batch, StockLevel

SKU, ON_HAND, EXPORTED = "sku", "on_hand", "on_hand_when_exported"
COLUMNS = (SKU, "product", ON_HAND, EXPORTED, "reserved", "available", "low_at")
UNCHANGED, CHANGED, CONFLICT, ERROR = "unchanged", "changed", "conflict", "error"
MOST_ROWS = 50_000
MOST_BYTES = 10_000_000
KEPT = timedelta(days=2)  # a file nobody applied
CHUNK = 1000
WHOLE = re.compile(r"([0-9]{1,9})(?:[.,]0+)?")  # some programs write 12 as 12.0


class MissingColumn(Refusal):
    status = 422


class NoSuchSheet(Refusal):
    status = 404


class NotApplied(Refusal):
    """Rows that are wrong, or were applied before."""


class StockSheet(Model):
    """A file somebody sent: its rows as they were read, until they are applied or forgotten."""

    __tablename__ = "stock_sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rows: Mapped[list[list[Any]]] = mapped_column(JSON)  # line, sku, exported, wanted, problem
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("stock_batches.id"))


class Kept(NamedTuple):
    """A row as it was read; figures that could not be read are 0 and have a problem."""

    line: int
    sku: str
    seen: int
    wanted: int
    problem: str


class Verdict(NamedTuple):
    """What a row would do now."""

    kept: Kept
    verdict: str
    words: str = ""
    name: str = ""
    variant_id: int = 0


@dataclass(frozen=True, slots=True)
class Verdicts:
    rows: list[Verdict]

    def of(self, verdict: str) -> list[Verdict]:
        return [row for row in self.rows if row.verdict == verdict]

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(self.of(name)) for name in (CHANGED, UNCHANGED, CONFLICT, ERROR)}


def exported() -> Iterator[tuple[Any, ...]]:
    """The rows of the file, by SKU; as COLUMNS name them."""
    place = ""
    while rows := db.session.execute(
        stock_rows().where(Variant.sku > place).order_by(Variant.sku).limit(CHUNK)
    ).all():
        place = rows[-1].sku
        for row in rows:
            available = max(row.on_hand - row.reserved - row.held_back, 0)
            yield (
                row.sku, name_of(row), row.on_hand, row.on_hand, row.reserved, available,
                row.low_at,
            )  # fmt: skip


def read_rows(
    columns: Sequence[str], rows: Iterable[tuple[int, Mapping[str, str], str]]
) -> list[Kept]:
    """The rows of a file, (line, cells, problem) each, by the names its first line has. Raises
    MissingColumn."""
    missing = [name for name in (SKU, ON_HAND, EXPORTED) if name not in columns]
    if missing:
        raise MissingColumn(
            f"The first line names no column “{missing[0]}”. Export the stock here, edit the column"
            f" “{ON_HAND}” and leave the others as they are."
        )
    lines: dict[str, int] = {}
    found = []
    for line, cells, problem in rows:
        kept = _kept(line, cells, problem)
        if kept.sku in lines and not kept.problem:
            kept = kept._replace(problem=f"{kept.sku} is in line {lines[kept.sku]} already.")
        lines.setdefault(kept.sku, line)
        found.append(kept)
    return found


def _kept(line: int, cells: Mapping[str, str], problem: str) -> Kept:
    sku = cells.get(SKU, "").strip()[:80]
    wanted, seen = _whole(cells.get(ON_HAND, "")), _whole(cells.get(EXPORTED, ""))
    if not problem and not sku:
        problem = "There is no SKU."
    if not problem and wanted is None:
        said = cells.get(ON_HAND, "").strip()[:20]
        problem = f"{ON_HAND} is “{said}”: write a whole number from 0 to {LARGEST:,}."
    if not problem and seen is None:
        problem = f"{EXPORTED} was changed. Leave that column as it was exported."
    return Kept(line, sku, seen or 0, wanted or 0, problem[:200])


def _whole(text: str) -> int | None:
    found = WHOLE.fullmatch(text.strip())
    figure = int(found[1]) if found else LARGEST + 1
    return figure if figure <= LARGEST else None


def keep_sheet(name: str, rows: Sequence[Kept], now: datetime, actor: str) -> StockSheet:
    """Inside write_tx()."""
    sheet = StockSheet(name=name, actor=actor, created_at=now, rows=[list(row) for row in rows])
    db.session.add(sheet)
    db.session.flush()
    return sheet


def sheet_of(sheet_id: int, lock: bool = False) -> StockSheet:
    """Raises NoSuchSheet."""
    sheet = db.session.get(StockSheet, sheet_id, with_for_update=lock or None)
    if sheet is None:
        raise NoSuchSheet("This file is not here any more. Send it again.")
    return sheet


def verdicts(sheet: StockSheet) -> Verdicts:
    """What each of its rows would do now; a statement for a thousand rows."""
    rows = [Kept(*row) for row in sheet.rows]
    found: list[Verdict] = []
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        there = _levels([row.sku for row in part if not row.problem])
        found += [_verdict(row, there.get(row.sku)) for row in part]
    return Verdicts(found)


def _levels(skus: Sequence[str]) -> dict[str, Any]:
    rows = db.session.execute(
        select(
            Variant.id, Variant.sku, Variant.option_values, Product.name, Variant.track_stock,
            StockLevel.on_hand, StockLevel.reserved,
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(StockLevel, StockLevel.variant_id == Variant.id)
        .where(Variant.sku.in_(skus))
    )  # fmt: skip
    return {row.sku: row for row in rows}


def _verdict(kept: Kept, level: Any) -> Verdict:
    if kept.problem:
        return Verdict(kept, ERROR, kept.problem)
    if level is None:
        return Verdict(kept, ERROR, "No variant has this SKU.")
    name = name_of(level)
    if not level.track_stock:
        return Verdict(kept, ERROR, "This is not kept in stock.", name, level.id)
    if kept.wanted == kept.seen:
        return Verdict(kept, UNCHANGED, "", name, level.id)
    on_hand, reserved = level.on_hand or 0, level.reserved or 0
    if on_hand != kept.seen:
        return Verdict(kept, CONFLICT, f"Now {on_hand}, was {kept.seen}.", name, level.id)
    if kept.wanted < reserved:
        return Verdict(kept, ERROR, f"Orders hold {reserved}.", name, level.id)
    return Verdict(kept, CHANGED, "", name, level.id)


def apply_sheet(
    sheet_id: int, reason: str, note: str, without_conflicts: bool, now: datetime, actor: str
) -> Batch | None:
    """All that it changes as one batch, or nothing. Inside write_tx(). Raises NotApplied, and
    what post() raises."""
    sheet = sheet_of(sheet_id, lock=True)
    if sheet.applied_at is not None:
        raise NotApplied("This file was applied already. Export a new one to change more.")
    found = verdicts(sheet)
    counts = found.counts
    if counts[ERROR]:
        raise NotApplied(
            "Nothing was written: put the marked rows right in the file, then send it again."
        )
    if counts[CONFLICT] and not without_conflicts:
        raise NotApplied(
            "Nothing was written: some rows moved since the file was exported. Leave them out, or "
            "export a new file."
        )
    changes = [
        Change(row.variant_id, row.kept.wanted - row.kept.seen, reason, seen=row.kept.seen)
        for row in found.of(CHANGED)
    ]
    batch = post(changes, "sheet", now, actor, note)
    sheet.applied_at, sheet.batch_id = now, batch.id if batch else None
    return batch


def forget_sheets(now: datetime) -> None:
    """Files nobody applied, and the rows of those that were: the ledger has them. Inside
    write_tx()."""
    db.session.execute(
        delete(StockSheet)
        .where(StockSheet.created_at < now - KEPT)
        .execution_options(synchronize_session=False)
    )
