"""Markets, price lists, texts in other languages; orders and carts remember theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "markets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("includes_tax", sa.Boolean(), nullable=False),
        sa.Column("measures", sa.String(length=8), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("measures in ('metric', 'us')", name=op.f("ck_markets_measures")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_markets")),
        sa.UniqueConstraint("code", name=op.f("uq_markets_code")),
        sa.UniqueConstraint("prefix", name=op.f("uq_markets_prefix")),
    )
    op.create_table(
        "variant_prices",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("sale_price_minor", sa.Integer(), nullable=True),
        sa.Column("sale_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sale_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_variant_prices_price")),
        sa.CheckConstraint(
            "sale_price_minor is null or sale_price_minor >= 0",
            name=op.f("ck_variant_prices_sale_price"),
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variants.id"], name=op.f("fk_variant_prices_variant_id")
        ),
        sa.PrimaryKeyConstraint("variant_id", "currency", name=op.f("pk_variant_prices")),
    )
    op.create_table(
        "product_prices",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_prices_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", "currency", name=op.f("pk_product_prices")),
    )
    op.create_table(
        "product_translations",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_translations_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", "language", name=op.f("pk_product_translations")),
    )
    op.create_table(
        "phrases",
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("original", sa.String(length=500), nullable=False),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("language", "original", name=op.f("pk_phrases")),
    )
    empty = {"nullable": False, "server_default": ""}
    op.add_column("orders", sa.Column("market", sa.String(length=20), **empty))
    op.add_column("orders", sa.Column("locale", sa.String(length=20), **empty))
    op.add_column("carts", sa.Column("market", sa.String(length=20), nullable=True))
    op.add_column(
        "catalog_version", sa.Column("markets", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("catalog_version", "markets")
    op.drop_column("carts", "market")
    op.drop_column("orders", "locale")
    op.drop_column("orders", "market")
    for table in ("phrases", "product_translations", "product_prices", "variant_prices", "markets"):
        op.drop_table(table)
