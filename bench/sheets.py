"""A stock file of 10,000 edited rows, sent and written as staff do: python -m bench.sheets COOKIE.

Prints the seconds and statements of each step as JSON.
"""

import csv
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from typing import Any

from storefront import create_app
from tests.statements import count_statements

SHEETS = "/admin/stock/sheets"
ROWS = 10_000


def measure(cookie: str) -> dict[str, Any]:
    app = create_app()
    name, _, token = cookie.partition("=")
    with app.app_context():
        client = app.test_client()
        client.set_cookie(name, token)
        figures: dict[str, Any] = {}
        with measured(figures, "export"):
            text = client.get(f"{SHEETS}/stock.csv").get_data(as_text=True)
        edited = _edited(text)
        with measured(figures, "judge"):
            sent = client.post(SHEETS, data={"file": (BytesIO(edited), "stock.csv")})
            page = client.get(sent.headers["Location"]).get_data(as_text=True)
        if f"Write {ROWS} rows" not in page:
            raise RuntimeError("the file was not understood")
        with measured(figures, "write"):
            done = client.post(
                f"{sent.headers['Location']}/application", data={"reason": "found", "note": "bench"}
            )
        if done.status_code != 303:
            raise RuntimeError("the file was not written")
    return figures


def _edited(text: str) -> bytes:
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    for row in rows[:ROWS]:
        row["on_hand"] = str(int(row["on_hand"]) + 1)
    out = StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@contextmanager
def measured(figures: dict[str, Any], step: str) -> Iterator[None]:
    began = time.perf_counter()
    with count_statements() as sent:
        yield
    figures[step] = {"seconds": time.perf_counter() - began, "statements": len(sent)}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
