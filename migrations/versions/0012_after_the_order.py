"""What follows an order: invoices, withdrawals, questions, changed addresses, notes, reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.Integer(), nullable=False),
        sa.Column("tax_minor", sa.Integer(), nullable=False),
        sa.Column("says", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('invoice', 'credit_note')", name=op.f("ck_papers_kind")),
        sa.CheckConstraint(
            "(kind = 'credit_note') = (refund_id is not null)", name=op.f("ck_papers_refund")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_papers_order_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_papers_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_papers_kind_number")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_papers_refund_id")),
    )
    op.create_index("ix_papers_order", "papers", ["order_id"])
    op.create_index(
        "uq_papers_invoice",
        "papers",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'invoice'"),
        postgresql_where=sa.text("kind = 'invoice'"),
    )
    op.create_table(
        "paper_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_numbers")),
        sa.UniqueConstraint("kind", name=op.f("uq_paper_numbers_kind")),
    )
    op.execute(
        "INSERT INTO paper_numbers (id, kind, last) VALUES (1, 'invoice', 0), (2, 'credit_note', 0)"
    )
    _freeze_papers()
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_withdrawals_name")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_withdrawals_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
        sa.UniqueConstraint("order_id", "ref", name=op.f("uq_withdrawals_order_id_ref")),
    )
    op.create_table(
        "order_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(body) > 0", name=op.f("ck_order_questions_body")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_questions_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_questions")),
    )
    op.create_index("ix_order_questions_order", "order_questions", ["order_id", "id"])
    # Columns are added in place: a table made anew would lose what refers to it on SQLite.
    op.add_column("orders", sa.Column("gift_note", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "checkout_details", sa.Column("gift_note", sa.Text(), nullable=False, server_default="")
    )


def _freeze_papers() -> None:
    """A paper that was issued is neither changed nor deleted, by nobody."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION refuse_paper_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'an issued paper never changes';
            END $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER papers_frozen BEFORE UPDATE OR DELETE ON papers
            FOR EACH ROW EXECUTE FUNCTION refuse_paper_change()
            """
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"""
            CREATE TRIGGER papers_no_{act.lower()} BEFORE {act} ON papers
            BEGIN SELECT RAISE(ABORT, 'an issued paper never changes'); END
            """
        )


def downgrade() -> None:
    op.drop_column("checkout_details", "gift_note")
    op.drop_column("orders", "gift_note")
    op.drop_table("order_questions")
    op.drop_table("withdrawals")
    op.drop_table("paper_numbers")
    op.drop_table("papers")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_paper_change()")
