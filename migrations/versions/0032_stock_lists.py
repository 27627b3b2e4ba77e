"""Stock as staff see it: ways to what is low, held or sold; sheets, thresholds and who was told."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

LOW = sa.text("on_hand - reserved - held_back - low_at <= 0")
HELD = sa.text("held_back > 0")
SOLD = sa.text("reason = 'sold'")


def upgrade() -> None:
    op.create_index(
        "ix_stock_levels_low",
        "stock_levels",
        ["variant_id"],
        sqlite_where=LOW,
        postgresql_where=LOW,
    )
    op.create_index(
        "ix_stock_levels_held", "stock_levels", ["variant_id"],
        sqlite_where=HELD, postgresql_where=HELD,
    )  # fmt: skip
    op.create_index(
        "ix_movements_sold", "movements", ["variant_id", "created_at", "delta"],
        sqlite_where=SOLD, postgresql_where=SOLD,
    )  # fmt: skip
    op.create_index("ix_lots_code", "lots", ["code"])
    if op.get_bind().dialect.name == "postgresql":  # else it takes a third of all to be low
        for name, figure in (
            ("over", "on_hand - reserved - held_back - low_at"),
            ("free", "on_hand - reserved - held_back"),
        ):
            op.execute(f"CREATE STATISTICS stock_levels_{name} ON ({figure}) FROM stock_levels")
    op.execute(  # sold out is a level too: lists walk along levels
        "INSERT INTO stock_levels (variant_id, on_hand, reserved, low_at)"
        " SELECT id, 0, 0, 5 FROM variants WHERE track_stock AND NOT EXISTS"
        " (SELECT 1 FROM stock_levels WHERE variant_id = variants.id)"
    )
    op.create_table(
        "threshold_changes",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["stock_batches.id"], name=op.f("fk_threshold_changes_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_threshold_changes_variant_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "variant_id", name=op.f("pk_threshold_changes")),
    )
    op.create_index("ix_threshold_changes_variant", "threshold_changes", ["variant_id"])
    op.create_table(
        "stock_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["stock_batches.id"], name=op.f("fk_stock_sheets_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_sheets")),
    )
    op.create_table(
        "low_alerts",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_low_alerts_variant_id")
        ),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_low_alerts")),
    )
    op.create_table(
        "stock_digest_readers",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_stock_digest_readers_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_stock_digest_readers")),
    )


def downgrade() -> None:
    for table in ("stock_digest_readers", "low_alerts", "stock_sheets", "threshold_changes"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP STATISTICS stock_levels_over, stock_levels_free")
    op.drop_index("ix_lots_code", "lots")
    op.drop_index("ix_movements_sold", "movements")
    op.drop_index("ix_stock_levels_held", "stock_levels")
    op.drop_index("ix_stock_levels_low", "stock_levels")
