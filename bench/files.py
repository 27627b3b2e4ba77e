"""A catalogue file of 10,000 rows, out, edited, checked and imported as staff and worker do:
python -m bench.files COOKIE.

Prints the seconds and statements of each step as JSON.
"""

import csv
import json
import sys
from io import BytesIO, StringIO
from itertools import groupby
from typing import Any

from bench.sheets import measured
from storefront import create_app
from storefront.jobs import check_and_import

FILES = "/admin/catalog"
ROWS = 10_000


def measure(cookie: str) -> dict[str, Any]:
    app = create_app()
    name, _, token = cookie.partition("=")
    with app.app_context():
        client = app.test_client()
        client.set_cookie(name, token)
        figures: dict[str, Any] = {}
        with measured(figures, "export"):
            text = client.get(f"{FILES}/products.csv").get_data(as_text=True)
        edited = _edited(text)
        with measured(figures, "check"):
            sent = client.post(f"{FILES}/uploads", data={"file": (BytesIO(edited), "shop.csv")})
            check_and_import(app)
        page = sent.headers["Location"]
        if "Changed: " not in client.get(page).get_data(as_text=True):
            raise RuntimeError("the file was not understood")
        with measured(figures, "import"):
            client.post(f"{page}/import", data={"way": "all"})
            check_and_import(app)
        if "What it did" not in client.get(page).get_data(as_text=True):
            raise RuntimeError("the file was not imported")
    return figures


def _edited(text: str) -> bytes:
    """Another price for each row; whole products, until there are enough rows."""
    read = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    rows = [row for row in read if row["price"]]
    kept: list[dict[str, str]] = []
    for _, of_product in groupby(rows, key=lambda row: row["product"]):
        if len(kept) >= ROWS:
            break
        kept += of_product
    for row in kept:
        row["price"] = f"{float(row['price']) + 1:.2f}"
    out = StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(kept)
    return out.getvalue().encode()


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
