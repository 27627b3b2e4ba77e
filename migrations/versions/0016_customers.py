"""Customers: sign-ins, addresses, passkeys; their carts and orders."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("full_name", sa.String(length=120), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("email_key", name=op.f("uq_customers_email_key")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_sign_ins_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_ins_digest")),
    )
    op.create_index("ix_sign_ins_customer", "sign_ins", ["customer_id"])
    op.create_table(
        "saved_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_saved_addresses_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_addresses")),
    )
    op.create_index("ix_saved_addresses_customer", "saved_addresses", ["customer_id"])
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.String(length=2800), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_passkeys_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index("ix_passkeys_customer", "passkeys", ["customer_id"])
    # Added in place: a table made anew would lose what refers to it on SQLite.
    _belongs_to_a_customer("orders")
    op.add_column(
        "orders",
        sa.Column("email_key", sa.String(length=320), nullable=False, server_default=""),
    )
    op.execute("UPDATE orders SET email_key = lower(email)")
    op.create_index("ix_orders_customer", "orders", ["customer_id", "id"])
    op.create_index("ix_orders_email_key", "orders", ["email_key"])
    _belongs_to_a_customer("carts")
    op.create_index("uq_carts_customer", "carts", ["customer_id"], unique=True)


def _belongs_to_a_customer(table: str) -> None:
    """Written out: SQLite takes a column with its foreign key, and no foreign key afterwards."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN customer_id INTEGER"
        f" CONSTRAINT fk_{table}_customer_id REFERENCES customers (id)"
    )


def downgrade() -> None:
    op.drop_index("uq_carts_customer", "carts")
    op.drop_column("carts", "customer_id")
    op.drop_index("ix_orders_email_key", "orders")
    op.drop_index("ix_orders_customer", "orders")
    op.drop_column("orders", "email_key")
    op.drop_column("orders", "customer_id")
    for table in ("passkeys", "saved_addresses", "sign_ins", "customers"):
        op.drop_table(table)
