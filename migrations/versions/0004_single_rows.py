"""The rows that exist once: the catalogue's version, the last order number, the list of all."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("INSERT INTO catalog_version (id, version) VALUES (1, 1)")
    op.execute("INSERT INTO order_numbers (id, last) VALUES (1, 1000)")
    collections = sa.table(
        "collections",
        sa.column("slug"),
        sa.column("name"),
        sa.column("description"),
        sa.column("description_html"),
        sa.column("position"),
        sa.column("in_menu", sa.Boolean),
        sa.column("rule", sa.JSON),
        sa.column("product_count"),
        sa.column("facet_counts", sa.JSON),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
    op.execute(
        collections.insert().values(
            slug="all",
            name="All products",
            description="",
            description_html="",
            position=0,
            in_menu=False,
            rule=[],
            product_count=0,
            facet_counts={},
            updated_at=sa.func.current_timestamp(),
        )
    )


def downgrade() -> None:
    op.execute("DELETE FROM collections WHERE slug = 'all'")
    op.execute("DELETE FROM order_numbers")
    op.execute("DELETE FROM catalog_version")
