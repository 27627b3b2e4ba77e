"""Files of lab reports; what must be found; a thing found without saying how much."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

VALUE = "ck_lab_results_value"


def upgrade() -> None:
    op.create_table(
        "lab_files",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["lab_reports.id"], name=op.f("fk_lab_files_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_lab_files")),
    )
    op.create_index("ix_lab_files_checked", "lab_files", ["checked_at"], unique=False)
    op.create_table(
        "lab_file_parts",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["lab_reports.id"], name=op.f("fk_lab_file_parts_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_lab_file_parts")),
    )
    op.add_column(
        "spec_limits",
        sa.Column("present", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _values_are("operator = 'nd' or value is not null or detected")


def downgrade() -> None:
    op.execute("DELETE FROM lab_results WHERE detected AND operator <> 'nd' AND value IS NULL")
    _values_are("operator = 'nd' or value is not null")
    with op.batch_alter_table("spec_limits") as batch:
        batch.drop_column("present")
    op.drop_table("lab_file_parts")
    op.drop_index("ix_lab_files_checked", "lab_files")
    op.drop_table("lab_files")


def _values_are(condition: str) -> None:
    with op.batch_alter_table("lab_results") as batch:
        batch.drop_constraint(op.f(VALUE), type_="check")
        batch.create_check_constraint(op.f(VALUE), condition)
