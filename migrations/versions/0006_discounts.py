"""Discounts, what they were used for, the codes of a cart, and what an order was sold with."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "discounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_ppm", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=True),
        sa.Column("buy_quantity", sa.Integer(), nullable=False),
        sa.Column("get_quantity", sa.Integer(), nullable=False),
        sa.Column("product_ids", sa.JSON(), nullable=False),
        sa.Column("collection_ids", sa.JSON(), nullable=False),
        sa.Column("minimum_minor", sa.Integer(), nullable=True),
        sa.Column("first_order", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("usage_limit", sa.Integer(), nullable=True),
        sa.Column("limit_per_email", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("stackable", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('buy_x_get_y', 'percent', 'fixed', 'free_delivery')",
            name=op.f("ck_discounts_kind"),
        ),
        sa.CheckConstraint("0 <= rate_ppm and rate_ppm <= 1000000", name=op.f("ck_discounts_rate")),
        sa.CheckConstraint("kind <> 'fixed' or amount_minor > 0", name=op.f("ck_discounts_amount")),
        sa.CheckConstraint(
            "kind <> 'buy_x_get_y' or (buy_quantity > 0 and get_quantity > 0)",
            name=op.f("ck_discounts_quantities"),
        ),
        sa.CheckConstraint("used >= 0", name=op.f("ck_discounts_used")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discounts")),
        sa.UniqueConstraint("code", name=op.f("uq_discounts_code")),
    )
    op.create_table(
        "discount_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("discount_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("given_back", sa.Boolean(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["discount_id"],
            ["discounts.id"],
            name=op.f("fk_discount_uses_discount_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_discount_uses_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_uses")),
        sa.UniqueConstraint(
            "order_id", "discount_id", name=op.f("uq_discount_uses_order_id_discount_id")
        ),
    )
    op.create_index("ix_discount_uses_email", "discount_uses", ["discount_id", "email"])
    # Columns are added in place: a table made anew would lose what refers to it on SQLite.
    op.add_column("carts", sa.Column("codes", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(
        "orders", sa.Column("discount_minor", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("orders", sa.Column("discounts", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(
        "order_lines", sa.Column("discount_minor", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("order_lines", "discount_minor")
    op.drop_column("orders", "discounts")
    op.drop_column("orders", "discount_minor")
    op.drop_column("carts", "codes")
    op.drop_table("discount_uses")
    op.drop_table("discounts")
