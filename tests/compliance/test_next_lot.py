"""A product's page shows the report of the lot that will ship, and no other."""

from datetime import timedelta

import pytest

from storefront.clock import now
from storefront.compliance.next_lot import next_lot
from storefront.stock.lots import change_state
from storefront.transactions import write_tx
from tests.factories import (
    a_lot,
    a_product,
    a_released_lot,
    a_report,
    a_restricted_class,
    a_variant,
    an_order,
)
from tests.page import Page
from tests.statements import count_statements

TODAY = now().date()


@pytest.fixture
def leaf(app):
    """Sold to everybody: its class asks for a report and for nothing else."""
    made = a_restricted_class("tea_tested", requires_report=True, restricted=False, min_age=None)
    return a_product("Leaf", variants=[{"on_hand": 0}, {"on_hand": 0}], class_id=made.id)


def shown(sku: str) -> str | None:
    found = next_lot(sku, TODAY)
    return found.code if found else None


def test_the_page_shows_the_lot_that_ships_next_and_changes_with_it(client, leaf):
    first, second = leaf.variants
    a_released_lot(first.id, "LATE", 5, TODAY + timedelta(days=300))
    path = f"/products/{leaf.slug}?variant="
    page = Page.open(client, path + first.sku)
    assert "LATE" in page.text
    assert "0.012 % (at most 0.04 %)" in page.text
    assert page.soup.select_one('#product-lot a[href="/lots/LATE"]')
    a_released_lot(first.id, "SOON", 2, TODAY + timedelta(days=30))
    page = Page.open(client, path + first.sku)
    assert "SOON" in page.text
    assert "LATE" not in page.text
    other = Page.open(client, path + second.sku)
    assert "There is no lot with a laboratory report" in other.text


def test_what_orders_hold_is_passed_over(leaf):
    variant = leaf.variants[0]
    a_released_lot(variant.id, "SOON", 2, TODAY + timedelta(days=30))
    a_released_lot(variant.id, "LATE", 5, TODAY + timedelta(days=300))
    assert shown(variant.sku) == "SOON"
    an_order((variant, 1))
    assert shown(variant.sku) == "SOON"
    an_order((variant, 1))
    assert shown(variant.sku) == "LATE"


def test_what_is_not_for_sale_is_never_shown(leaf):
    variant = leaf.variants[0]
    soon = a_released_lot(variant.id, "SOON", 2, TODAY + timedelta(days=30))
    a_lot(variant.id, "HELD", 5, TODAY + timedelta(days=10), "quarantine")
    a_lot(variant.id, "OVER", 5, TODAY - timedelta(days=1), "expired")
    assert shown(variant.sku) == "SOON"
    with write_tx():
        change_state(soon, "quarantine", "Look again", now(), "test")
    assert shown(variant.sku) is None


def test_the_newest_report_is_the_one_that_is_shown(client, leaf):
    lot = a_released_lot(leaf.variants[0].id, "L1", 2)
    a_report(lot, {"mitragynine": "1.4"}, number="NEWER")
    assert "1.4 %" in Page.open(client, f"/products/{leaf.slug}").text


def test_a_product_of_another_kind_pays_no_statement_for_it(client, app):
    mug = a_variant()
    with count_statements() as statements:
        page = Page.open(client, f"/products/{mug.product.slug}")
    assert "product-lot" not in page.response.text
    assert not [one for one in statements if "lab_reports" in one or "lot_levels" in one]
