"""Orders leave in several parcels, each with its lines; refunds name what they are for."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BEFORE = "fulfilment in ('new', 'packed', 'shipped')"
AFTER = "fulfilment in ('new', 'packed', 'partly', 'shipped', 'none')"
# Everything an order had was in its one parcel.
PARCELS_OF_BEFORE = """
INSERT INTO shipment_lines (shipment_id, order_line_id, quantity)
SELECT shipments.id, order_lines.id, order_lines.quantity
FROM shipments JOIN order_lines ON order_lines.order_id = shipments.order_id
"""
PACKED = """
INSERT INTO shipments (order_id, carrier, tracking, packed_at, shipped_at, actor)
SELECT id, '', '', packed_at, NULL, 'shop' FROM orders WHERE fulfilment = 'packed'
"""
# Who ticked "back on the shelf" had all of the order put back.
BACK_ON_THE_SHELF = """
INSERT INTO refund_lines (refund_id, order_line_id, quantity, amount_minor, restocked, kept)
SELECT refunds.id, order_lines.id, order_lines.quantity, 0, order_lines.quantity,
       CASE orders.fulfilment WHEN 'shipped' THEN 0 ELSE order_lines.quantity END
FROM orders
JOIN order_lines ON order_lines.order_id = orders.id
JOIN refunds ON refunds.id = (
    SELECT min(r.id) FROM refunds r JOIN payment_attempts a ON a.id = r.attempt_id
    WHERE a.order_id = orders.id AND r.restock
)
WHERE orders.state <> 'cancelled'
"""


def upgrade() -> None:
    _allow(BEFORE, AFTER)
    with op.batch_alter_table("shipments") as batch:
        batch.add_column(sa.Column("packed_at", sa.DateTime(timezone=True), nullable=True))
        batch.alter_column("shipped_at", existing_type=sa.DateTime(timezone=True), nullable=True)
    op.execute("UPDATE shipments SET packed_at = shipped_at")
    op.execute(PACKED)
    with op.batch_alter_table("shipments") as batch:
        batch.alter_column("packed_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_table(
        "shipment_lines",
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shipment_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_shipment_lines_shipment_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_shipment_lines_order_line_id")
        ),
        sa.PrimaryKeyConstraint("shipment_id", "order_line_id", name=op.f("pk_shipment_lines")),
    )
    op.create_index("ix_shipment_lines_order_line", "shipment_lines", ["order_line_id"])
    op.execute(PARCELS_OF_BEFORE)
    op.add_column(
        "refunds", sa.Column("shipping_minor", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_table(
        "refund_lines",
        sa.Column("refund_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("restocked", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_refund_lines_quantity")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_refund_lines_amount")),
        sa.CheckConstraint(
            "0 <= restocked and restocked <= quantity", name=op.f("ck_refund_lines_restocked")
        ),
        sa.CheckConstraint("0 <= kept and kept <= quantity", name=op.f("ck_refund_lines_kept")),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_refund_lines_refund_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_refund_lines_order_line_id")
        ),
        sa.PrimaryKeyConstraint("refund_id", "order_line_id", name=op.f("pk_refund_lines")),
    )
    op.create_index("ix_refund_lines_order_line", "refund_lines", ["order_line_id"])
    op.execute(BACK_ON_THE_SHELF)


def downgrade() -> None:
    op.drop_table("refund_lines")
    op.drop_column("refunds", "shipping_minor")
    op.execute("UPDATE orders SET fulfilment = 'packed' WHERE fulfilment = 'partly'")
    op.execute("UPDATE orders SET fulfilment = 'new' WHERE fulfilment = 'none'")
    op.drop_table("shipment_lines")
    op.execute("DELETE FROM shipments WHERE shipped_at IS NULL")
    with op.batch_alter_table("shipments") as batch:
        batch.alter_column("shipped_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.drop_column("packed_at")
    _allow(AFTER, BEFORE)


def _allow(before: str, after: str) -> None:
    """Another rule for what is in a column that stays as it is.

    On SQLite a table made anew would lose what refers to it. Its rule is changed where it is
    written down, as SQLite's own manual has it for changes that touch no row (lang_altertable, 7).
    """
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_orders_fulfilment"), "orders", type_="check")
        op.create_check_constraint(op.f("ck_orders_fulfilment"), "orders", after)
        return
    run = op.get_bind().exec_driver_sql
    version = run("PRAGMA schema_version").scalar_one()
    run("PRAGMA writable_schema = on")
    run(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'orders'",
        (before, after),
    )
    run(f"PRAGMA schema_version = {version + 1}")
    run("PRAGMA writable_schema = off")
