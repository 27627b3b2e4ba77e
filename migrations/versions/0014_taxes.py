"""Taxes by place and class of goods, exempt buyers, and the tax lines an order was sold with."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0017"
branch_labels = None
depends_on = None

RATE_OF_OLD = sa.table(
    "tax_rates",
    sa.column("country"), sa.column("name"), sa.column("rate_ppm"),
    sa.column("included", sa.Boolean()), sa.column("on_shipping", sa.Boolean()),
)  # fmt: skip
RATE = sa.table(
    "tax_rates",
    *(sa.column(name) for name in ("code", "tax_class", "name", "rate_ppm", "position")),
    sa.column("place", sa.JSON()),
)
ORDER = sa.table(
    "orders",
    *(sa.column(name) for name in ("id", "tax_name", "tax_rate_ppm", "tax_minor", "total_minor")),
    sa.column("tax_lines", sa.JSON()),
)


def upgrade() -> None:
    connection = op.get_bind()
    old = connection.execute(sa.select(RATE_OF_OLD)).mappings().all()
    op.drop_table("tax_rates")
    op.create_table(
        "tax_rates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rate_ppm", sa.Integer(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 <= rate_ppm and rate_ppm <= 1000000", name=op.f("ck_tax_rates_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rates")),
        sa.UniqueConstraint("code", name=op.f("uq_tax_rates_code")),
    )
    for position, row in enumerate(old):
        place, code = {"country": row["country"]}, row["country"].lower()
        rates = [("standard", code, row["rate_ppm"])]
        if not row["on_shipping"]:
            rates.append(("delivery", f"{code}-delivery", 0))
        for tax_class, name, rate in rates:
            connection.execute(
                sa.insert(RATE).values(
                    code=name,
                    tax_class=tax_class,
                    name=row["name"],
                    rate_ppm=rate,
                    place=place,
                    position=position,
                )
            )
    op.create_table(
        "tax_exemptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('reverse_charge', 'certificate')", name=op.f("ck_tax_exemptions_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_exemptions")),
        sa.UniqueConstraint("email", "number", name=op.f("uq_tax_exemptions_email_number")),
    )
    # Columns are added in place: a table made anew would lose what refers to it on SQLite.
    op.add_column(
        "products",
        sa.Column("tax_class", sa.String(length=40), nullable=False, server_default="standard"),
    )
    op.add_column(
        "checkout_details",
        sa.Column("tax_number", sa.String(length=60), nullable=False, server_default=""),
    )
    op.add_column("orders", sa.Column("tax_lines", sa.JSON(), nullable=False, server_default="[]"))
    for name, length in (("tax_exempt", 16), ("tax_number", 60)):
        op.add_column(
            "orders", sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        )
    _tax_lines_of_orders()
    op.drop_column("orders", "tax_name")
    op.drop_column("orders", "tax_rate_ppm")


def _tax_lines_of_orders() -> None:
    connection = op.get_bind()
    taxed = sa.select(ORDER).where(ORDER.c.tax_name != "")
    for row in connection.execute(taxed).mappings().all():
        line = {
            "name": row["tax_name"],
            "rate_ppm": row["tax_rate_ppm"],
            "base_minor": row["total_minor"] - row["tax_minor"],
            "amount_minor": row["tax_minor"],
        }
        connection.execute(sa.update(ORDER).where(ORDER.c.id == row["id"]).values(tax_lines=[line]))


def downgrade() -> None:
    op.add_column(
        "orders", sa.Column("tax_rate_ppm", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "orders", sa.Column("tax_name", sa.String(length=60), nullable=False, server_default="")
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(ORDER)).mappings().all():
        if row["tax_lines"]:
            line = row["tax_lines"][0]
            connection.execute(
                sa.update(ORDER)
                .where(ORDER.c.id == row["id"])
                .values(tax_name=line["name"], tax_rate_ppm=line["rate_ppm"])
            )
    for name in ("tax_number", "tax_exempt", "tax_lines"):
        op.drop_column("orders", name)
    op.drop_column("checkout_details", "tax_number")
    op.drop_column("products", "tax_class")
    op.drop_table("tax_exemptions")
    rates = connection.execute(sa.select(RATE)).mappings().all()
    op.drop_table("tax_rates")
    op.create_table(
        "tax_rates",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rate_ppm", sa.Integer(), nullable=False),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column("on_shipping", sa.Boolean(), nullable=False),
        sa.CheckConstraint("0 <= rate_ppm and rate_ppm <= 1000000", name=op.f("ck_tax_rates_rate")),
        sa.PrimaryKeyConstraint("country", name=op.f("pk_tax_rates")),
    )
    for row in rates:  # one a country is all there was
        if row["tax_class"] == "standard" and set(row["place"]) == {"country"}:
            connection.execute(
                sa.insert(RATE_OF_OLD).values(
                    country=row["place"]["country"],
                    name=row["name"],
                    rate_ppm=row["rate_ppm"],
                    included=False,
                    on_shipping=True,
                )
            )
