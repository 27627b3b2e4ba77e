"""Full-text search of products: FTS5 on SQLite, tsvector on PostgreSQL (catalog/search.py)."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE TABLE product_search (
                product_id integer PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE,
                document tsvector NOT NULL
            )
            """
        )
        # Without a list of entries still to be merged, which every search would have to read.
        op.execute(
            "CREATE INDEX ix_product_search ON product_search USING gin (document)"
            " WITH (fastupdate = off)"
        )
        return
    op.execute(
        """
        CREATE VIRTUAL TABLE product_search USING fts5(
            name, words, description, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE product_search")
