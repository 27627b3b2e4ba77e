"""Orders that staff write for a buyer, and the carts they are written in."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft_orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cart_id", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["carts.id"], name=op.f("fk_draft_orders_cart_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_draft_orders_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_orders")),
    )
    op.create_index("ix_draft_orders_order", "draft_orders", ["order_id"])


def downgrade() -> None:
    op.drop_table("draft_orders")
