"""A day with orders: packed and shipped in two parcels on a phone, one line refunded."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessible import check
from tests.browser.purchase import (
    ASSAM,
    TEAPOT,
    add,
    agree_and_pay,
    on_hand,
    press,
    to_review,
    wait_for_mail,
)
from tests.browser.staff import sign_in
from tests.running import RunningShop

pytestmark = pytest.mark.browser


def bought(page: Page, shop: RunningShop) -> str:
    """A teapot and a tea, paid by card; the order's number."""
    for slug in (TEAPOT, ASSAM):
        add(page, shop, slug)
    to_review(page, shop)
    agree_and_pay(page)
    page.get_by_role("button", name="Pay", exact=True).click()
    page.get_by_text("Thank you").wait_for()
    return page.get_by_role("heading", level=1).inner_text().removeprefix("Order ")


def open_order(page: Page, shop: RunningShop, number: str) -> None:
    page.goto(f"{shop.url}/admin/orders?view=all&q={number}")
    page.get_by_role("link", name=f"Order {number}").click()
    expect(page.get_by_role("heading", name=f"Order {number}", level=1)).to_be_visible()


def ship(page: Page, carrier: str, tracking: str) -> None:
    page.get_by_label("Carrier").fill(carrier)
    page.get_by_label("Tracking number").fill(tracking)
    press(page.get_by_role("button", name="Ship this parcel"))


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def unchecked(page: Page) -> None:
    """axe is script itself: pages without it are looked at by the other run."""


@pytest.mark.parametrize(
    ("context", "check"),
    [
        pytest.param(PHONE, check, id="phone"),
        pytest.param({**PHONE, "java_script_enabled": False}, unchecked, id="phone, no script"),
    ],
    indirect=["context"],
)
def test_an_order_leaves_in_two_parcels_and_one_line_is_refunded(
    page: Page, shop: RunningShop, check: Callable[[Page], None]
):
    number = bought(page, shop)
    status, shelf = page.url, on_hand(shop.folder, "BG-TP")[0]
    sign_in(page, shop, "orders", "/admin/orders")
    check(page)
    open_order(page, shop, number)
    check(page)
    press(page.get_by_role("link", name="Pack and ship"))
    check(page)
    page.get_by_label(re.compile("Assam")).first.check()
    press(page.get_by_role("button", name="Packed"))
    expect(page.get_by_text("Packed. Send it below")).to_be_visible()
    check(page)
    ship(page, "UPS", "1Z999AA1")
    expect(page.get_by_text("The rest is still here.")).to_be_visible()
    expect(page.get_by_text("Paid, partly shipped")).to_be_visible()
    wait_for_mail(page, shop, f"A part of order {number} is on its way")
    the_buyer_follows_it(page, status)
    open_order(page, shop, number)
    press(page.get_by_role("link", name="Pack and ship"))
    page.get_by_label(re.compile("teapot", re.IGNORECASE)).first.check()
    press(page.get_by_role("button", name="Packed"))
    ship(page, "DHL", "00340")
    expect(page.get_by_text("Paid, shipped")).to_be_visible()
    wait_for_mail(page, shop, f"Order {number} is on its way")
    open_order(page, shop, number)
    refund_the_teapot(page, check)
    assert on_hand(shop.folder, "BG-TP")[0] == shelf + 1
    wait_for_mail(page, shop, f"Order {number}: ")
    assert "adds up" in shop.flask("stock", "verify")


def the_buyer_follows_it(page: Page, status: str) -> None:
    page.goto(status)
    expect(page.get_by_text("The rest follows in another parcel.")).to_be_visible()
    expect(page.get_by_role("link", name="1Z999AA1")).to_be_visible()


def refund_the_teapot(page: Page, check: Callable[[Page], None]) -> None:
    page.get_by_role("link", name="Refund…").click()
    check(page)
    page.get_by_label(re.compile("^Refund how many of .*teapot", re.IGNORECASE)).fill("1")
    page.get_by_label(re.compile("^Back on the shelf of .*teapot", re.IGNORECASE)).fill("1")
    page.get_by_label("Reason").fill("The lid was cracked.")
    page.get_by_role("button", name="See what it does").click()
    expect(page.get_by_text("goes back to the card")).to_be_visible()
    expect(page.get_by_text("1 comes back on the shelf")).to_be_visible()
    check(page)
    page.get_by_role("button", name=re.compile("^Refund ")).click()
    expect(page.get_by_text(re.compile("is on its way back"))).to_be_visible()
    check(page)


@pytest.mark.parametrize(
    "context", [pytest.param({"viewport": {"width": 1440, "height": 900}}, id="wide")],
    indirect=True,
)  # fmt: skip
def test_the_keys_p_and_s_lead_from_the_order_to_the_parcel_and_out(page: Page, shop: RunningShop):
    number = bought(page, shop)
    sign_in(page, shop, "owner", "/admin/orders")
    open_order(page, shop, number)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Pack", exact=True)).to_be_visible()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Ship", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("s")
    expect(page.get_by_text("Paid, shipped")).to_be_visible()
