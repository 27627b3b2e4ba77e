"""What staff edit of products: words to find them by, where a picture is looked at, bulk edits."""

import sqlalchemy as sa
from alembic import op

from storefront.catalog.words import words_of

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, length in (("search_words", 500), ("seo_description", 300)):
        op.add_column(
            "products", sa.Column(name, sa.String(length), nullable=False, server_default="")
        )
    op.create_index("ix_products_status", "products", ["status", "id"])
    reduced = sa.text("sale_price_minor IS NOT NULL")
    op.create_index(
        "ix_variants_reduced",
        "variants",
        ["product_id"],
        sqlite_where=reduced,
        postgresql_where=reduced,
    )
    for name in ("focus_x", "focus_y"):  # so that SQLite need not write the table anew
        op.execute(
            f"ALTER TABLE pictures ADD COLUMN {name} INTEGER DEFAULT 50 NOT NULL "
            f"CONSTRAINT ck_pictures_{name} CHECK ({name} between 0 and 100)"
        )
    op.create_table(
        "bulk_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["bulk_edits.id"], name=op.f("fk_bulk_edits_undoes_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_edits")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_bulk_edits_undoes_id")),
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "product_terms",
        sa.Column("term", sa.String(60, collation="C" if is_postgresql else None), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_product_terms_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("term", "product_id", name=op.f("pk_product_terms")),
    )
    op.create_index("ix_product_terms_product", "product_terms", ["product_id"])
    _gather_terms()


def _gather_terms() -> None:
    """Of what is there already, as terms.py does from now on."""
    bind = op.get_bind()
    products = sa.table(
        "products",
        sa.column("id"), sa.column("code"), sa.column("name"), sa.column("tags", sa.JSON),
    )  # fmt: skip
    variants = sa.table("variants", sa.column("product_id"), sa.column("sku"))
    terms = sa.table("product_terms", sa.column("term"), sa.column("product_id"))
    found: set[tuple[int, str]] = set()
    for row in bind.execute(sa.select(products)):
        for written in (row.code, row.name, *(row.tags or ())):
            found.update((row.id, word[:60]) for word in words_of(written))
        found.add((row.id, row.code.casefold()[:60]))
    for row in bind.execute(sa.select(variants)):
        found.update((row.product_id, word[:60]) for word in words_of(row.sku))
        found.add((row.product_id, row.sku.casefold()[:60]))
    rows = [{"product_id": id_, "term": term} for id_, term in sorted(found)]
    for at in range(0, len(rows), 5000):
        bind.execute(terms.insert(), rows[at : at + 5000])


def downgrade() -> None:
    op.drop_table("product_terms")
    op.drop_table("bulk_edits")
    op.drop_column("pictures", "focus_y")
    op.drop_column("pictures", "focus_x")
    op.drop_index("ix_variants_reduced", "variants")
    op.drop_index("ix_products_status", "products")
    op.drop_column("products", "seo_description")
    op.drop_column("products", "search_words")
