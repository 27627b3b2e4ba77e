"""Orders are found by the words of their names, mails, SKUs and lots; views of them have indexes."""

import json
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

A_CHUNK = 1000
KEEP = sa.text(
    "INSERT INTO order_words (word, order_id) VALUES (:word, :order_id) ON CONFLICT DO NOTHING"
)
ORDERS = sa.text(
    "SELECT id, email, delivery_address, billing_address FROM orders"
    " WHERE id > :after ORDER BY id LIMIT :many"
)
SKUS = "SELECT order_id, sku AS word FROM order_lines"
LOTS = (
    "SELECT movements.order_id, lots.code AS word FROM movements"
    " JOIN lots ON lots.id = movements.lot_id WHERE movements.order_id IS NOT NULL"
)


def upgrade() -> None:
    word = sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql")
    op.create_table(
        "order_words",
        sa.Column("word", word, nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_words_order_id")),
        sa.PrimaryKeyConstraint("word", "order_id", name=op.f("pk_order_words")),
    )
    op.create_index("ix_order_words_order", "order_words", ["order_id"])
    op.create_index("ix_orders_fulfilment", "orders", ["fulfilment", "state", "id"])
    op.create_index("ix_orders_disputed", "orders", ["disputed", "id"])
    after = 0
    while rows := op.get_bind().execute(ORDERS, {"after": after, "many": A_CHUNK}).all():
        _keep([(row.id, text) for row in rows for text in _texts(row)])
        after = rows[-1].id
    for question in (SKUS, LOTS):
        found = op.get_bind().execute(sa.text(question)).all()
        for start in range(0, len(found), A_CHUNK):
            _keep([(row.order_id, row.word) for row in found[start : start + A_CHUNK]])


def downgrade() -> None:
    op.drop_index("ix_orders_disputed", "orders")
    op.drop_index("ix_orders_fulfilment", "orders")
    op.drop_table("order_words")


def _texts(row: sa.Row) -> list[str]:
    found = [row.email]
    for place in (row.delivery_address, row.billing_address):
        known = json.loads(place) if isinstance(place, str) else place
        found += ((known or {}).get("full_name") or "").split()
    return found


def _keep(pairs: list[tuple[int, str]]) -> None:
    words = {(id_, _folded(text)) for id_, text in pairs}
    rows = [{"word": word, "order_id": id_} for id_, word in sorted(words) if word]
    if rows:
        op.get_bind().execute(KEEP, rows)


def _folded(text: str) -> str:
    """As storefront/orders/finding.py did when this was written."""
    bare = unicodedata.normalize("NFKD", text.strip())
    return "".join(one for one in bare if not unicodedata.combining(one)).casefold()[:120]
