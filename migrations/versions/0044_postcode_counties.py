"""A postcode may lie in two regions, in counties of one name; each row says where it is from."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("postcode_counties")  # new in 0043, and nothing filled it yet
    op.create_table(
        "postcode_counties",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("county", sa.String(length=80), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "country", "postcode", "region", "county", name=op.f("pk_postcode_counties")
        ),
    )
    op.create_index(
        "ix_postcode_counties_region", "postcode_counties", ["country", "region", "county"]
    )


def downgrade() -> None:
    op.drop_table("postcode_counties")
    op.create_table(
        "postcode_counties",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("county", sa.String(length=80), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("country", "postcode", "county", name=op.f("pk_postcode_counties")),
    )
