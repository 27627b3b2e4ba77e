"""Sales of a stretch of time are found by when they were paid."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_orders_paid", "orders", ["state", "paid_at"])


def downgrade() -> None:
    op.drop_index("ix_orders_paid", "orders")
