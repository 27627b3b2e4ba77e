"""The words of the search index, synonyms, and how often what was searched for."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_words",
        sa.Column("word", sa.String(60), primary_key=True),
        sa.Column("products", sa.Integer(), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
    )
    op.create_table(
        "search_synonyms",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("line", sa.String(300), nullable=False),
    )
    op.create_table(
        "search_terms",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("term", sa.String(60), primary_key=True),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("found_as", sa.String(60), nullable=False),
    )
    op.add_column(
        "catalog_version", sa.Column("words", sa.Integer(), nullable=False, server_default="1")
    )
    _gather_words()


def _gather_words() -> None:
    """What index_products() keeps from now on, for what was indexed before."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            INSERT INTO search_words (word, products, named)
            SELECT word, a.ndoc, coalesce(n.ndoc, 0)
            FROM ts_stat('SELECT document FROM product_search') AS a
            LEFT JOIN ts_stat('SELECT document FROM product_search', 'ab') AS n USING (word)
            WHERE word ~ '^[^0-9]{3,30}$'
            """
        )
        return
    op.execute(
        "CREATE VIRTUAL TABLE temp.all_words USING fts5vocab('main', 'product_search', 'row')"
    )
    op.execute(
        "CREATE VIRTUAL TABLE temp.field_words USING fts5vocab('main', 'product_search', 'col')"
    )
    op.execute(
        """
        INSERT INTO search_words (word, products, named)
        SELECT term, doc, coalesce(
            (SELECT max(f.doc) FROM temp.field_words AS f
             WHERE f.term = a.term AND f.col IN ('name', 'words')), 0
        )
        FROM temp.all_words AS a
        WHERE length(term) BETWEEN 3 AND 30 AND term NOT GLOB '*[0-9]*'
        """
    )
    op.execute("DROP TABLE temp.all_words")
    op.execute("DROP TABLE temp.field_words")


def downgrade() -> None:
    with op.batch_alter_table("catalog_version") as table:
        table.drop_column("words")
    op.drop_table("search_terms")
    op.drop_table("search_synonyms")
    op.drop_table("search_words")
