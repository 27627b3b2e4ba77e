"""Every revision goes up, down and up again, and leaves what the models say."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from config import TestConfig
from storefront import create_app
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import pack, ship
from storefront.orders.models import Order
from storefront.orders.settling import follow
from storefront.pricing.models import Parcel
from storefront.pricing.queries import delivery_map, tax_table
from storefront.transactions import write_tx
from tests.conftest import close_connections
from tests.databases import Postgres, SqliteFile
from tests.factories import HOME, a_product, an_order


@pytest.fixture
def empty_shop(database_kind: str, tmp_path: Path):
    scratch = Postgres() if database_kind == "postgresql" else SqliteFile(tmp_path)
    app = create_app(TestConfig(tmp_path, scratch.url))
    with app.app_context():
        yield app
        close_connections()
    scratch.drop()


def test_revisions_go_up_down_and_up_again(empty_shop):
    upgrade()
    downgrade(revision="base")
    left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    upgrade()
    assert db.session.scalar(text("SELECT slug FROM collections")) == "all"


def test_models_and_revisions_agree(empty_shop):
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _o, name, *_: (
                    not (name or "").startswith(("product_search", "post_search"))
                ),
            },
        )
        assert compare_metadata(context, db.metadata) == []


def test_words_of_what_was_indexed_before_are_gathered(empty_shop):
    upgrade()
    a_product("Lantern", description="Bright, 40 hours.", tags=["camping"])
    a_product("Mug", description="Not a lantern.")
    kept = text("SELECT word, products, named FROM search_words ORDER BY word")
    words = db.session.execute(kept).all()
    assert ("lantern", 2, 1) in words
    downgrade(revision="0004")
    upgrade()
    assert db.session.execute(kept).all() == words


def test_a_shop_that_only_reads_cannot_write_by_mistake(app):
    with pytest.raises(Exception, match=r"(?i)read-?only"):
        db.session.execute(text("DELETE FROM carts"))
    db.session.rollback()


def test_deliveries_and_taxes_of_before_zones_reach_and_charge_what_they_did(empty_shop):
    upgrade()
    order = an_order()
    total, day = order.total, order.placed_at.date()
    kept = text("SELECT tax_minor, tax_lines FROM orders")
    taxed = db.session.execute(kept).all()
    db.session.rollback()
    downgrade(revision="0015")
    upgrade()
    shop = delivery_map()
    assert sorted(shop.countries("USD")) == ["DE", "IE", "US"]
    assert [m.code for m in shop.offers(HOME, Parcel(total)).methods] == [
        "standard", "express",
    ]  # fmt: skip
    charged = tax_table().at(HOME, day, "US").rate("standard")
    assert (charged.name, charged.rate_ppm) == ("Sales tax", 67_500)
    assert db.session.execute(kept).all() == taxed


def test_what_left_before_there_were_parcels_left_in_one(empty_shop):
    upgrade()
    sent, packed, new = (an_order() for _ in range(3))
    with write_tx():
        for order, move in ((sent, ship), (packed, pack), (new, None)):
            kept = db.session.get_one(Order, order.id)
            follow(kept, "paid", now(), "test")
            if move is not None:
                move(kept, now(), "test")
    kept = text(
        "SELECT shipped_at IS NULL, order_line_id, quantity, fulfilment FROM shipments"
        " JOIN shipment_lines ON shipment_id = shipments.id"
        " JOIN orders ON orders.id = order_id ORDER BY order_id"
    )
    rows = db.session.execute(kept).all()
    assert [row.fulfilment for row in rows] == ["shipped", "packed"]
    db.session.rollback()
    downgrade(revision="0030")
    upgrade()
    assert db.session.execute(kept).all() == rows
    with write_tx() as session:
        session.execute(text("UPDATE orders SET fulfilment = 'partly'"))
    with pytest.raises(IntegrityError), write_tx() as session:
        session.execute(text("UPDATE orders SET fulfilment = 'perhaps'"))
