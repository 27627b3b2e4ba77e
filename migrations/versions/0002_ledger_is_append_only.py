"""The database itself refuses to change or delete a line of the stock ledger."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the stock ledger is append-only';
            END $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER movements_append_only BEFORE UPDATE OR DELETE ON movements
            FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()
            """
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"""
            CREATE TRIGGER movements_no_{act.lower()} BEFORE {act} ON movements
            BEGIN SELECT RAISE(ABORT, 'the stock ledger is append-only'); END
            """
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER movements_append_only ON movements")
        op.execute("DROP FUNCTION refuse_ledger_change()")
        return
    op.execute("DROP TRIGGER movements_no_update")
    op.execute("DROP TRIGGER movements_no_delete")
