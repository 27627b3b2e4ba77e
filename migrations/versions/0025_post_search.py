"""Full-text search of articles, as that of products (0003): blog/search.py."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE TABLE post_search (
                post_id integer PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
                document tsvector NOT NULL
            )
            """
        )
        op.execute(
            "CREATE INDEX ix_post_search ON post_search USING gin (document)"
            " WITH (fastupdate = off)"
        )
        return
    op.execute(
        """
        CREATE VIRTUAL TABLE post_search USING fts5(
            title, tags, description, body,
            prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE post_search")
