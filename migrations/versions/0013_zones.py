"""Delivery zones: places of their own, methods that belong to one and may be priced in bands."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0015"
branch_labels = None
depends_on = None

METHODS = sa.table(
    "shipping_methods",
    *(
        sa.column(name)
        for name in ("id", "code", "name", "currency", "price_minor", "free_over_minor")
    ),
    *(sa.column(name) for name in ("min_days", "max_days", "position", "zone_id")),
    sa.column("needs_phone", sa.Boolean()),
    sa.column("active", sa.Boolean()),
    sa.column("countries", sa.JSON()),
    sa.column("bands", sa.JSON()),
    sa.column("rate_by"),
)
ZONES = sa.table(
    "delivery_zones",
    *(sa.column(name) for name in ("id", "code", "name", "position")),
    sa.column("places", sa.JSON()),
)


def upgrade() -> None:
    op.create_table(
        "delivery_zones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_zones")),
        sa.UniqueConstraint("code", name=op.f("uq_delivery_zones_code")),
    )
    with op.batch_alter_table("shipping_methods") as batch:
        batch.add_column(sa.Column("zone_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("rate_by", sa.String(length=8), nullable=False, server_default="flat")
        )
        batch.add_column(sa.Column("bands", sa.JSON(), nullable=False, server_default="[]"))
    _countries_to_zones()
    with op.batch_alter_table("shipping_methods") as batch:
        batch.alter_column("zone_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(
            op.f("fk_shipping_methods_zone_id"), "delivery_zones", ["zone_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_shipping_methods_rate_by"), "rate_by in ('flat', 'weight', 'price')"
        )
        batch.create_index("ix_shipping_methods_zone", ["zone_id"])
        batch.drop_column("countries")
    op.add_column("carts", sa.Column("destination", sa.JSON(), nullable=True))


def _countries_to_zones() -> None:
    """Countries that the same methods reach become a zone; a method of several is copied."""
    connection = op.get_bind()
    methods = connection.execute(sa.select(METHODS).order_by(METHODS.c.position, METHODS.c.id))
    rows = [dict(row) for row in methods.mappings()]
    reached: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        for country in row["countries"]:
            reached.setdefault(country, []).append(number)
    alike: dict[tuple[int, ...], list[str]] = {}
    for country, numbers in reached.items():
        alike.setdefault(tuple(numbers), []).append(country)
    placed: set[int] = set()
    for position, (numbers, countries) in enumerate(alike.items()):
        connection.execute(
            sa.insert(ZONES).values(
                id=position + 1,
                code=countries[0].lower(),
                name=", ".join(countries),
                places=[{"country": country} for country in countries],
                position=position,
            )
        )
        for number in numbers:
            row = rows[number]
            if number not in placed:
                connection.execute(
                    sa.update(METHODS).where(METHODS.c.id == row["id"]).values(zone_id=position + 1)
                )
            else:
                copied = {k: v for k, v in row.items() if k != "id"}
                copied |= {"code": f"{row['code'][:37]}-{countries[0].lower()}"}
                connection.execute(sa.insert(METHODS).values(**copied | {"zone_id": position + 1}))
            placed.add(number)
    unplaced = [row["id"] for number, row in enumerate(rows) if number not in placed]
    connection.execute(sa.delete(METHODS).where(METHODS.c.id.in_(unplaced)))
    if connection.dialect.name == "postgresql":  # ids were given by hand
        connection.execute(
            sa.text(
                "SELECT setval(pg_get_serial_sequence('delivery_zones', 'id'),"
                " (SELECT coalesce(max(id), 0) + 1 FROM delivery_zones), false)"
            )
        )


def downgrade() -> None:
    op.drop_column("carts", "destination")
    with op.batch_alter_table("shipping_methods") as batch:
        batch.add_column(sa.Column("countries", sa.JSON(), nullable=False, server_default="[]"))
    connection = op.get_bind()
    for zone in connection.execute(sa.select(ZONES)).mappings().all():
        countries = list(dict.fromkeys(place["country"] for place in zone["places"]))
        connection.execute(
            sa.update(METHODS).where(METHODS.c.zone_id == zone["id"]).values(countries=countries)
        )
    with op.batch_alter_table("shipping_methods") as batch:
        batch.drop_index("ix_shipping_methods_zone")
        batch.drop_constraint(op.f("ck_shipping_methods_rate_by"), type_="check")
        batch.drop_constraint(op.f("fk_shipping_methods_zone_id"), type_="foreignkey")
        batch.drop_column("zone_id")
        batch.drop_column("rate_by")
        batch.drop_column("bands")
    op.drop_table("delivery_zones")
