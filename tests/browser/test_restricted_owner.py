"""An owner and the law: rules from a file, reviewed one by one, enabled by name; a change looked
at before it counts; a lot called back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, func, select

from storefront.compliance.loading import EXAMPLE
from storefront.compliance.models import Restriction
from storefront.extensions import db
from storefront.orders.models import Order, OrderLine
from storefront.stock.models import Lot
from storefront.transactions import write_tx
from tests.browser.accessible import check
from tests.browser.staff import sign_in
from tests.processes.watched import WatchedShop
from tests.running import seeded_folder

pytestmark = pytest.mark.browser
TEN = 10
HEAD = "product_class,country,region,locality,rule,value,source,as_of"
CHANGE = f"{HEAD}\nkratom,US,NC,,deny,,An act that was passed last week,2026-07-31"


@pytest.fixture(scope="module")
def watched(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedShop]:
    """The demo before anybody looked at the law: without rules."""
    folder = seeded_folder(seeded, tmp_path_factory.mktemp("owner") / "instance")
    shop = WatchedShop(folder, f"sqlite:///{folder}/shop.sqlite3", RATELIMIT_ENABLED="off")
    with shop.inside(), write_tx() as session:
        session.execute(delete(Restriction))
    shop.start()
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def owner(browser: Browser, watched: WatchedShop) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sign_in(page, watched, "owner", "/admin/restrictions")
    yield page
    context.close()


def enabled(shop: WatchedShop) -> list[tuple[str, str]]:
    """(who, what they noted) of each row that counts."""
    with shop.inside():
        rows = db.session.execute(
            select(Restriction.enabled_by, Restriction.note).where(Restriction.enabled)
        )
        return [(name, note) for name, note in rows]


def test_an_owner_imports_the_rules_reviews_ten_and_enables_them(
    owner: Page, watched: WatchedShop
) -> None:
    owner.goto(f"{watched.url}/admin/restrictions")
    owner.get_by_role("link", name="Import rows").click()
    owner.get_by_label("CSV file").set_input_files(EXAMPLE)
    owner.get_by_role("button", name="Look into it").click()
    owner.get_by_role("button", name="switched off").click()
    expect(owner.get_by_role("heading", level=1, name="Restrictions")).to_be_visible()
    with watched.inside():
        taken_in = db.session.scalar(select(func.count()).select_from(Restriction)) or 0
    assert taken_in > 100
    assert enabled(watched) == []
    for _ in range(TEN):
        owner.goto(f"{watched.url}/admin/restrictions?view=to-review")
        owner.locator("tbody th a").first.click()
        owner.get_by_label("What you looked up, and where").fill("Read at its source.")
        owner.get_by_role("button", name="Reviewed, leave it off").click()
    assert enabled(watched) == []
    owner.goto(f"{watched.url}/admin/restrictions?view=reviewed")
    picks = owner.locator("input[name=pick]")
    expect(picks).to_have_count(TEN)
    for pick in picks.all():
        pick.check(force=True)
    owner.get_by_role("button", name="Enable…").click()
    expect(owner.get_by_role("heading", name="What enabling would touch")).to_be_visible()
    check(owner)
    owner.get_by_label("Why they are enabled, and who looked them up").fill("Looked up by me.")
    owner.get_by_role("button", name=f"Enable all {TEN}").click()
    expect(owner.get_by_role("heading", level=1, name="Restrictions")).to_be_visible()
    who = "Olive Harrow (owner@quillmoss.example)"
    assert enabled(watched) == [(who, "Looked up by me.")] * TEN


def test_a_change_is_looked_at_before_it_counts(owner: Page, watched: WatchedShop) -> None:
    """North Carolina would close: the parcel that waits to be packed is named."""
    with watched.inside():
        waiting = db.session.scalar(
            select(Order.number)
            .join(OrderLine, OrderLine.order_id == Order.id)
            .where(OrderLine.sku == "KR-PR-50", Order.fulfilment == "new")
        )
    owner.goto(f"{watched.url}/admin/restrictions/import")
    owner.locator("textarea[name=rows]").fill(CHANGE)
    owner.get_by_role("button", name="Look into it").click()
    owner.get_by_role("button", name="Take it in, switched off").click()
    owner.goto(f"{watched.url}/admin/restrictions?view=to-review&q=passed+last+week")
    owner.get_by_role("link", name="United States, North Carolina").click()
    reach = owner.get_by_role("region", name="What enabling would touch")
    expect(reach).to_contain_text(str(waiting))
    assert len(enabled(watched)) == TEN


def test_an_owner_calls_a_lot_back(owner: Page, watched: WatchedShop) -> None:
    with watched.inside():
        lot_id = db.session.scalar(select(Lot.id).where(Lot.code == "QM-2604-R1").limit(1))
    owner.goto(f"{watched.url}/admin/lots/{lot_id}")
    owner.get_by_role("link", name="Call this lot back").click()
    owner.get_by_label("Why it is called back").first.fill("A bag may hold a piece of wire.")
    owner.get_by_label("What to do with it").first.fill("Do not use it. Throw it away.")
    owner.get_by_role("button", name="See what it touches").click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("QM-2604-R1")
    check(owner)
    owner.get_by_role("button", name="Begin the recall").click()
    expect(owner.get_by_text("The recall has begun")).to_be_visible()
    with watched.inside():
        states = db.session.scalars(select(Lot.state).where(Lot.code == "QM-2604-R1"))
        assert set(states) == {"recalled"}
