"""Mails are found by who they went to; how the timed jobs went."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None
INDEXES = {
    "ix_outbox_state": ["state", "id"],
    "ix_outbox_kind": ["kind", "id"],
    "ix_outbox_recipient": ["recipient_key", "id"],
    "ix_outbox_order": ["order_id", "id"],
}


def upgrade() -> None:
    op.add_column(
        "outbox",
        sa.Column("recipient_key", sa.String(length=320), server_default="", nullable=False),
    )
    op.execute("UPDATE outbox SET recipient_key = lower(trim(recipient))")
    for name, columns in INDEXES.items():
        op.create_index(name, "outbox", columns)
    op.create_table(
        "job_runs",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("went_well_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "job_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_failures")),
    )
    op.create_index("ix_job_failures_name", "job_failures", ["name", "id"])


def downgrade() -> None:
    op.drop_table("job_failures")
    op.drop_table("job_runs")
    for name in INDEXES:
        op.drop_index(name, table_name="outbox")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("recipient_key")
