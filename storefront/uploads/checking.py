"""The dry run: every row of a file held against the shop, and what it would do written down."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from storefront.catalog.comparing import Differences, differences
from storefront.catalog.contents import Contents, OtherCurrency, Problem
from storefront.catalog.verdicts import Verdict, verdicts
from storefront.clock import now
from storefront.spreadsheets import BadSheet
from storefront.stock.counting import held_more, on_hand_of
from storefront.transactions import write_tx
from storefront.uploads.articles import article_problems, article_verdicts
from storefront.uploads.claims import claim_problems
from storefront.uploads.models import CHECKED, WRONG
from storefront.uploads.reading import Found, read_file
from storefront.uploads.steps import forget_rows, go_on, keep_rows, recount, refuse

AT_A_TIME = 500
Row = dict[str, Any]


def check(upload_id: int, path: Path, currency: str, base_url: str) -> None:
    """Nothing of the shop is changed. What was found of an earlier try is found anew."""
    with write_tx():
        forget_rows(upload_id)
        go_on(upload_id, now(), done=0, rows=0, counts={})
    try:
        found = read_file(path, currency)
    except (BadSheet, OtherCurrency) as refused:
        with write_tx():
            refuse(upload_id, refused.message, now())
        return
    problems, contents, compared = sound(found, base_url)
    rows = _rows(found, problems, contents, compared, base_url)
    with write_tx():
        go_on(
            upload_id,
            now(),
            rows=found.rows,
            kind=found.kind,
            notes=notes_of(found),
            pictures=sum(map(len, found.pictures.values())),
        )
    done = 0
    for chunk in in_chunks(rows, AT_A_TIME):
        done += len(chunk)
        with write_tx():
            keep_rows(upload_id, chunk)
            go_on(upload_id, now(), done=done)
    with write_tx():
        go_on(upload_id, now(), state=CHECKED, done=found.rows, counts=recount(upload_id))


def sound(found: Found, base_url: str) -> tuple[list[Problem], Contents, Differences]:
    """What is wrong, and the rest of the file with what it changes: leaving a line out may leave
    another without what it rests on."""
    problems, contents = list(found.problems), found.contents
    while True:
        compared, more = differences(contents)
        more += _of_stock(contents)
        more += article_problems(contents, base_url, now())
        more += claim_problems(contents, compared)
        if not more:
            return sorted(problems), contents, compared
        problems += more
        contents = contents.without({number for number, _ in more})


def notes_of(found: Found) -> list[str]:
    notes = list(found.notes)
    wanted = sum(map(len, found.pictures.values()))
    if wanted:
        notes.append(
            f"The file names {wanted} pictures that are elsewhere. Nothing is fetched: put their "
            "files into a ZIP and add it here, or add them on the products' pages."
        )
    return notes


def _of_stock(contents: Contents) -> list[Problem]:
    held = held_more(contents.stock)
    return [
        (variant.number, words)
        for product in contents.products.values()
        for variant in product.variants
        if (words := held.get(variant.sku)) is not None
    ]


def _rows(
    found: Found,
    problems: Iterable[Problem],
    contents: Contents,
    compared: Differences,
    base_url: str,
) -> Iterator[Row]:
    for number, words in problems:
        yield {"number": number, "verdict": WRONG, "subject": "", "changes": [], "words": words}
    of_lines = verdicts(contents, compared, on_hand_of(contents.stock))
    for verdict in of_lines:
        yield _row(verdict, found)
    for verdict in article_verdicts(contents, base_url, now()):
        yield _row(verdict, found)


def _row(verdict: Verdict, found: Found) -> Row:
    return {
        "number": verdict.number,
        "verdict": verdict.verdict,
        "subject": f"{verdict.name} ({verdict.kind} {verdict.code})"[:240],
        "changes": [list(change) for change in verdict.changes],
        "words": "; ".join(_remarks(verdict, found)),
    }


def _remarks(verdict: Verdict, found: Found) -> Iterator[str]:
    """Of all lines of a product, each with its own."""
    product = found.contents.products.get(verdict.code) if verdict.kind == "product" else None
    for number in sorted(product.numbers if product else {verdict.number}):
        for words in found.remarks.get(number, []):
            yield words if number == verdict.number else f"line {number} {words}"


def in_chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    left = iter(rows)
    while chunk := list(islice(left, size)):
        yield chunk
