"""What buyers say of products; and where who waits for a product asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("buyer", sa.String(length=320), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stars between 1 and 5", name=op.f("ck_reviews_stars")),
        sa.CheckConstraint("length(body) > 0", name=op.f("ck_reviews_body")),
        sa.CheckConstraint(
            "state in ('held', 'approved', 'rejected', 'withdrawn')", name=op.f("ck_reviews_state")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_reviews_order_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_reviews_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("product_id", "buyer", name=op.f("uq_reviews_product_id_buyer")),
    )
    op.create_index("ix_reviews_shown", "reviews", ["product_id", "state", "written_at"])
    op.create_index("ix_reviews_state", "reviews", ["state", "id"])
    op.create_index("ix_reviews_buyer", "reviews", ["buyer"])
    # Columns are added in place: a table made anew would lose what refers to it on SQLite.
    for name in ("review_count", "review_stars"):
        op.add_column("products", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "waiting", sa.Column("prefix", sa.String(length=40), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("waiting", "prefix")
    op.drop_column("products", "review_stars")
    op.drop_column("products", "review_count")
    op.drop_table("reviews")
