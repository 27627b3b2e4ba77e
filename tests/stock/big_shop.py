"""A shop of 10,000 products with a long ledger, written by the database itself; and what of a
page's statements would read a large table from end to end."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from storefront.extensions import db

PRODUCTS = 10_000
LARGE = {
    "variants", "products", "stock_levels", "movements", "stock_batches", "lots", "lot_levels",
    "threshold_changes", "orders", "order_lines",
}  # fmt: skip
NOW = "2026-11-20 08:00:00+00:00"
NUMBERS = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})"
    " SELECT i FROM n)",
    "postgresql": "(SELECT i FROM generate_series(1, {most}) AS i)",
}


def fill(lines: int) -> None:
    """Every fiftieth variant is low, every hundredth held back; ten lines of the ledger a batch,
    every other line is a sale's, which has none."""
    dialect = db.engine.dialect.name

    def rows(most: int) -> str:
        return f"{NUMBERS[dialect].format(most=most)} AS numbers"

    statements = (
        f"INSERT INTO products (id, code, slug, name, summary, description, description_html,"
        f" status, option_names, facts, tags, position, min_quantity, tax_class, review_count,"
        f" review_stars, articles, created_at, updated_at) SELECT i, 'P' || i, 'p-' || i,"
        f" 'Mug ' || i, '', '', '', 'active', '[]', '[]', '[]', 0, 1, 'standard', 0, 0, '[]',"
        f" '{NOW}', '{NOW}' FROM {rows(PRODUCTS)}",
        f"INSERT INTO variants (id, product_id, sku, option_values, position, archived, currency,"
        f" ships, track_stock, price_minor) SELECT i, i, 'S' || (100000 + i), '[]', 0, false,"
        f" 'USD', true, true, 500 FROM {rows(PRODUCTS)}",
        f"INSERT INTO stock_levels (variant_id, on_hand, reserved, held_back, low_at) SELECT i,"
        f" CASE WHEN i % 50 = 0 THEN i % 4 ELSE 90 END, 0,"
        f" CASE WHEN i % 100 = 1 THEN 2 ELSE 0 END, 5 FROM {rows(PRODUCTS)}",
        f"INSERT INTO stock_batches (id, kind, note, actor, created_at) SELECT i, 'adjusted', '',"
        f" 'test', '{NOW}' FROM {rows(lines // 20)}",
        f"INSERT INTO movements (id, variant_id, delta, reason, note, actor, created_at, batch_id)"
        f" SELECT i, 1 + i * 7919 % {PRODUCTS}, CASE WHEN i % 2 = 0 THEN -1 ELSE 2 END,"
        f" CASE WHEN i % 2 = 0 THEN 'sold' ELSE 'counted' END, '', 'test', '{NOW}',"
        f" CASE WHEN i % 2 = 0 THEN NULL ELSE 1 + i / 20 END FROM {rows(lines - 20)}",
        f"INSERT INTO product_terms (term, product_id) SELECT 'mug' || i, i FROM {rows(PRODUCTS)}",
        f"INSERT INTO threshold_changes (batch_id, variant_id, before, after) SELECT 1 + i / 4, i,"
        f" 5, 8 FROM {rows(PRODUCTS)}",
        f"INSERT INTO lots (id, variant_id, code, state, created_at) SELECT i, i, 'L-' || i,"
        f" 'released', '{NOW}' FROM {rows(PRODUCTS)}",
        f"INSERT INTO lot_levels (lot_id, on_hand) SELECT i, 0 FROM {rows(PRODUCTS)}",
    )
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.execute(text("ANALYZE"))


@contextmanager
def statements_kept() -> Iterator[list[tuple[str, Any]]]:
    """(statement, parameters) of all that was asked while inside."""
    kept: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        kept.append((statement, parameters))

    engine = db.engines["read"]
    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield kept
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def read_from_end_to_end(statement: str, parameters: Any) -> list[str]:
    """The large tables of which the database's own plan reads every row, in no index's order."""
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            scans = [row.detail.split() for row in plan if row.detail.startswith("SCAN ")]
            return [words[1] for words in scans if words[1] in LARGE and "INDEX" not in words]
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        found = plan.scalar()
        tree = json.loads(found) if isinstance(found, str) else found
        nodes = list(_nodes(tree[0]["Plan"]))  # type: ignore[index]
    scans = [node for node in nodes if node["Node Type"] in {"Seq Scan", "Sample Scan"}]
    return [node["Relation Name"] for node in scans if node["Relation Name"] in LARGE]


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)
