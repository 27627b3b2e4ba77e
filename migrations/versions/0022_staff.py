"""Staff: a role of a customer, their second factor, and what is known of a sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_totp_step", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role in ('owner', 'stock', 'orders', 'writer')", name=op.f("ck_staff_role")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_staff_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_staff")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["staff.customer_id"],
            name=op.f("fk_recovery_codes_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint(
            "customer_id", "digest", name=op.f("uq_recovery_codes_customer_id_digest")
        ),
    )
    op.add_column("sign_ins", sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "sign_ins", sa.Column("browser", sa.String(length=80), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("sign_ins", "browser")
    op.drop_column("sign_ins", "proven_at")
    op.drop_table("recovery_codes")
    op.drop_table("staff")
