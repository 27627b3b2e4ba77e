"""All of a change or none: what a view, a rule or a mistake in one can and cannot do."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import DBAPIError

from storefront.catalog.models import Product
from storefront.extensions import StrayCommit, WriteOutsideTransaction, db
from storefront.transactions import NestedTransaction, write_tx
from tests.factories import a_product

pytestmark = pytest.mark.usefixtures("app")


def renamed(name: str) -> None:
    db.session.scalars(db.select(Product)).one().name = name


def change_to(name: str, then: Callable[[], object]) -> None:
    with write_tx() as session:
        renamed(name)
        session.flush()
        then()


def name_now() -> str:
    db.session.rollback()
    return db.session.scalars(db.select(Product.name)).one()


def test_a_change_that_fails_in_the_middle_leaves_nothing() -> None:
    a_product(name="Before")
    with pytest.raises(KeyError):
        change_to("After", then={}.popitem)
    assert name_now() == "Before"


def test_nothing_can_be_saved_half_way_through_a_change() -> None:
    a_product(name="Before")
    with pytest.raises(StrayCommit):
        change_to("After", then=db.session.commit)
    assert name_now() == "Before"
    change_to("Later", then=db.session.flush)  # the next change is not held back
    assert name_now() == "Later"


def test_a_change_inside_a_change_is_a_mistake() -> None:
    with pytest.raises(NestedTransaction), write_tx(), write_tx():
        pass


def test_nothing_is_written_outside_a_change() -> None:
    a_product(name="Before")
    renamed("After")
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()
    assert name_now() == "Before"


def test_the_reading_lane_refuses_a_write_in_the_database_itself() -> None:
    a_product(name="Before")
    with pytest.raises(DBAPIError):
        db.session.execute(db.text("UPDATE products SET name = 'After'"))
    assert name_now() == "Before"
