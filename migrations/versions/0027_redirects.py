"""Old addresses and where they lead; how often one is asked for that is not there. The audit log
is looked through by day, by who and by kind."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "redirects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_path", sa.String(length=300), nullable=False),
        sa.Column("to_path", sa.String(length=300), nullable=True),
        sa.Column("to_query", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redirects")),
        sa.UniqueConstraint("from_path", name=op.f("uq_redirects_from_path")),
    )
    op.create_index("ix_redirects_to_path", "redirects", ["to_path"])
    op.create_table(
        "missing_pages",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "path", name=op.f("pk_missing_pages")),
    )
    op.create_index("ix_audit_log_actor", "audit_log", ["actor", "id"])
    op.create_index("ix_audit_log_kind", "audit_log", ["subject_kind", "id"])
    op.create_index("ix_audit_log_at", "audit_log", ["at"])


def downgrade() -> None:
    for name in ("at", "kind", "actor"):
        op.drop_index(f"ix_audit_log_{name}", table_name="audit_log")
    op.drop_table("missing_pages")
    op.drop_table("redirects")
