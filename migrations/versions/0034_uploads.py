"""Catalogue files that were sent: what they would change, row by row."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalog_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("per_row", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("pictures", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('waiting', 'checking', 'checked', 'queued', 'importing', 'pictures', "
            "'imported', 'refused')",
            name=op.f("ck_catalog_uploads_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_uploads")),
        sa.UniqueConstraint("folder", name=op.f("uq_catalog_uploads_folder")),
    )
    op.create_index("ix_catalog_uploads_state", "catalog_uploads", ["state", "id"])
    op.create_table(
        "catalog_upload_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=240), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["catalog_uploads.id"],
            name=op.f("fk_catalog_upload_rows_upload_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_upload_rows")),
    )
    op.create_index("ix_catalog_upload_rows", "catalog_upload_rows", ["upload_id", "verdict", "id"])


def downgrade() -> None:
    op.drop_table("catalog_upload_rows")
    op.drop_table("catalog_uploads")
