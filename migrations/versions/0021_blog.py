"""Articles, who wrote them, what they speak of; and which of them sold a line."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

LINES = ("cart_lines", "order_lines")


def upgrade() -> None:
    op.create_table(
        "authors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=160), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=120), nullable=False),
        sa.Column("credentials", sa.String(length=300), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("bio_html", sa.Text(), nullable=False),
        sa.Column("connection", sa.String(length=10), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "connection in ('none', 'staff', 'supplier', 'affiliate', 'gifted')",
            name=op.f("ck_authors_connection"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authors")),
        sa.UniqueConstraint("slug", name=op.f("uq_authors_slug")),
    )
    op.create_table(
        "post_pictures",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_post_pictures")),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=160), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("slug", name=op.f("uq_series_slug")),
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("slug", name=op.f("uq_tags_slug")),
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=160), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("disclosure", sa.String(length=300), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("series_position", sa.Integer(), nullable=False),
        sa.Column("cover_digest", sa.String(length=64), nullable=True),
        sa.Column("cover_width", sa.Integer(), nullable=False),
        sa.Column("cover_height", sa.Integer(), nullable=False),
        sa.Column("cover_alt", sa.String(length=300), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publish_revision", sa.Integer(), nullable=True),
        sa.Column("withdraw_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('draft', 'published', 'withdrawn')", name=op.f("ck_posts_status")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["authors.id"], name=op.f("fk_posts_author_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["authors.id"], name=op.f("fk_posts_reviewer_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_posts_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("slug", name=op.f("uq_posts_slug")),
    )
    op.create_index("ix_posts_author", "posts", ["author_id"])
    op.create_index("ix_posts_publish_at", "posts", ["publish_at"])
    op.create_index("ix_posts_series", "posts", ["series_id", "series_position"])
    op.create_index("ix_posts_shown", "posts", ["status", "published_at", "id"])
    op.create_index("ix_posts_withdraw_at", "posts", ["withdraw_at"])

    op.create_table(
        "card_adds",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("card", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_card_adds_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "card", "day", name=op.f("pk_card_adds")),
    )
    op.create_table(
        "post_reads",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_reads_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "day", name=op.f("pk_post_reads")),
    )
    op.create_table(
        "post_tags",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_tags_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_post_tags_tag_id")),
        sa.PrimaryKeyConstraint("post_id", "tag_id", name=op.f("pk_post_tags")),
    )
    op.create_index("ix_post_tags_tag", "post_tags", ["tag_id"])

    op.create_table(
        "product_cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("kind in ('card', 'link')", name=op.f("ck_product_cards_kind")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_product_cards_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_cards_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_cards")),
        sa.UniqueConstraint(
            "post_id", "kind", "number", name=op.f("uq_product_cards_post_id_kind_number")
        ),
    )
    op.create_index("ix_product_cards_product", "product_cards", ["product_id"])

    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('saved', 'autosaved', 'restored')", name=op.f("ck_revisions_kind")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_revisions_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("post_id", "number", name=op.f("uq_revisions_post_id_number")),
    )
    # Columns are added in place: a table made anew would lose what refers to it on SQLite.
    for table in LINES:
        for touch in ("first", "last"):
            _names_a_post(table, f"{touch}_post_id")
            op.add_column(table, sa.Column(f"{touch}_card", sa.Integer(), nullable=True))
    for touch in ("first", "last"):
        op.create_index(f"ix_order_lines_{touch}_post", "order_lines", [f"{touch}_post_id"])
    op.add_column(
        "product_classes",
        sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("products", sa.Column("articles", sa.JSON(), nullable=False, server_default="[]"))
    _old_slugs_of("kind in ('product', 'collection', 'post')")


def _names_a_post(table: str, column: str) -> None:
    """Written out: SQLite takes a column with its foreign key, and no foreign key afterwards."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER"
        f" CONSTRAINT fk_{table}_{column} REFERENCES posts (id)"
    )


def _old_slugs_of(kinds: str) -> None:
    """Nothing refers to this table, so SQLite may make it anew."""
    with op.batch_alter_table("old_slugs") as table:
        table.drop_constraint(op.f("ck_old_slugs_kind"), type_="check")
        table.create_check_constraint(op.f("ck_old_slugs_kind"), sa.text(kinds))


def downgrade() -> None:
    op.execute("DELETE FROM old_slugs WHERE kind = 'post'")
    _old_slugs_of("kind in ('product', 'collection')")
    op.drop_column("products", "articles")
    op.drop_column("product_classes", "restricted")
    for touch in ("first", "last"):
        op.drop_index(f"ix_order_lines_{touch}_post", "order_lines")
    for table in LINES:
        for touch in ("first", "last"):
            op.drop_column(table, f"{touch}_card")
            op.drop_column(table, f"{touch}_post_id")
    for table in (
        "revisions", "product_cards", "post_tags", "post_reads", "card_adds", "posts", "tags",
        "series", "post_pictures", "authors",
    ):  # fmt: skip
        op.drop_table(table)
