"""Lots, and the batches that lines of the ledger were written in."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KINDS = "'adjusted', 'bulk', 'sheet', 'received', 'counted', 'returned', 'reversed', 'imported'"
STATES = "'draft', 'quarantine', 'released', 'rejected', 'expired', 'recalled'"


def upgrade() -> None:
    op.create_table(
        "stock_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"kind in ({KINDS})", name=op.f("ck_stock_batches_kind")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["stock_batches.id"], name=op.f("fk_stock_batches_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_batches")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_stock_batches_reverses_id")),
    )
    op.create_table(
        "lots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state in ({STATES})", name=op.f("ck_lots_state")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_lots_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint("variant_id", "code", name=op.f("uq_lots_variant_id_code")),
    )
    op.create_index("ix_lots_best_before", "lots", ["best_before"])
    op.create_table(
        "lot_levels",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_lot_levels_on_hand")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_lot_levels_lot_id")),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lot_levels")),
    )
    with op.batch_alter_table("stock_levels") as table:
        table.add_column(sa.Column("held_back", sa.Integer(), nullable=False, server_default="0"))
        table.create_check_constraint(
            op.f("ck_stock_levels_held_back"), "0 <= held_back and held_back <= on_hand"
        )
    _add_to_ledger()
    _refuse_changes()


def _add_to_ledger() -> None:
    """What files brought in had a name for its batch already: it becomes a batch."""
    _refers("batch_id", "stock_batches")
    _refers("lot_id", "lots")
    _let_ledger_change()
    op.execute(
        "INSERT INTO stock_batches (kind, note, actor, created_at)"
        " SELECT 'imported', batch, min(actor), min(created_at) FROM movements"
        " WHERE batch <> '' GROUP BY batch ORDER BY min(id)"
    )
    op.execute(
        "UPDATE movements SET batch_id = (SELECT id FROM stock_batches WHERE note = batch)"
        " WHERE batch <> ''"
    )
    op.drop_column("movements", "batch")
    _keep_ledger()
    op.create_index("ix_movements_batch", "movements", ["batch_id", "id"])
    op.create_index("ix_movements_lot", "movements", ["lot_id", "id"])


def _refers(column: str, table: str) -> None:
    """Written out: SQLite takes a column with its foreign key, and no foreign key afterwards."""
    op.execute(
        f"ALTER TABLE movements ADD COLUMN {column} INTEGER"
        f" CONSTRAINT fk_movements_{column} REFERENCES {table} (id)"
    )


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _let_ledger_change() -> None:
    if _on_postgresql():
        op.execute("DROP TRIGGER movements_append_only ON movements")
        return
    op.execute("DROP TRIGGER movements_no_update")
    op.execute("DROP TRIGGER movements_no_delete")


def _keep_ledger() -> None:
    if _on_postgresql():
        op.execute(
            "CREATE TRIGGER movements_append_only BEFORE UPDATE OR DELETE ON movements"
            " FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()"
        )
        return
    _sqlite_triggers("movements")


def _refuse_changes() -> None:
    """Who wrote a batch, when and why, stays as it was, as its lines do."""
    if _on_postgresql():
        op.execute(
            "CREATE TRIGGER stock_batches_append_only BEFORE UPDATE OR DELETE ON stock_batches"
            " FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()"
        )
        return
    _sqlite_triggers("stock_batches")


def _sqlite_triggers(table: str) -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
            " BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END"
        )


def downgrade() -> None:
    op.drop_index("ix_movements_lot", "movements")
    op.drop_index("ix_movements_batch", "movements")
    _let_ledger_change()
    op.add_column(
        "movements", sa.Column("batch", sa.String(length=40), nullable=False, server_default="")
    )
    op.execute("UPDATE movements SET batch = CAST(batch_id AS VARCHAR) WHERE batch_id IS NOT NULL")
    op.drop_column("movements", "lot_id")
    op.drop_column("movements", "batch_id")
    _keep_ledger()
    with op.batch_alter_table("stock_levels") as table:
        table.drop_constraint(op.f("ck_stock_levels_held_back"), type_="check")
        table.drop_column("held_back")
    op.drop_table("lot_levels")
    op.drop_table("lots")
    op.drop_table("stock_batches")
