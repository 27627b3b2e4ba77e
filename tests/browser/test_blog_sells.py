"""An article sells: read on a phone, its second card added, bought; staff see which it was."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessible import fits
from tests.browser.purchase import agree_and_pay, press, to_review
from tests.browser.test_staff import new_owner
from tests.running import RunningShop

pytestmark = pytest.mark.browser

PHONE = {
    "viewport": {"width": 360, "height": 740},
    "user_agent": "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Mobile Safari/537.36",  # as the reader's own; headless ones do not count
}
WITHOUT_SCRIPT = {**PHONE, "java_script_enabled": False}
READERS = [
    pytest.param(
        PHONE, "water-time-temperature", "tieguanyin-oolong", "Iron goddess", id="with script"
    ),
    pytest.param(
        WITHOUT_SCRIPT, "honey-from-hive-to-label", "chestnut-honey", "Dark honey",
        id="without script",
    ),
]  # fmt: skip


def change(shop: RunningShop, folder: Path, at: str, **values: str) -> None:
    """As a shopkeeper does it today: the product's line of the catalogue's file, edited."""
    exported, edited = folder / "all.jsonl", folder / "one.jsonl"
    shop.flask("catalog", "export", str(exported))
    lines = [json.loads(line) for line in exported.read_text(encoding="utf-8").splitlines()]
    meta = next(line for line in lines if line["type"] == "meta")
    product = next(one for one in lines if one["type"] == "product" and one["slug"] == at)
    edited.write_text(
        json.dumps(meta) + "\n" + json.dumps({**product, **values}) + "\n", encoding="utf-8"
    )
    shop.flask("catalog", "import", str(edited))


def figures(page: Page, title: str, days: str = "7") -> dict[str, list[str]]:
    """The report's rows about an article: name -> figures."""
    part = page.locator("table.report tbody").filter(has=page.get_by_role("link", name=title))
    rows = part.locator("tr").all()
    return {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows}


def wait_for_reads(page: Page, shop: RunningShop, title: str) -> dict[str, list[str]]:
    """Reads are written down together, every so often."""
    for _ in range(60):
        page.goto(f"{shop.url}/admin/posts/report?days=7")
        found = figures(page, title)
        if found and found[title][0] != "0":
            return found
        page.wait_for_timeout(1000)
    raise AssertionError(f"nobody read {title}: {found}")


def forget_reads(shop: RunningShop) -> None:
    """Those the demo shop comes with: this reader's is to be seen."""
    with closing(sqlite3.connect(shop.folder / "shop.sqlite3", timeout=15)) as database:
        database.execute("DELETE FROM post_reads")
        database.commit()


def feed(page: Page, shop: RunningShop) -> str:
    return page.request.get(f"{shop.url}/blog/feed.xml").text()


def read_on_from(card: Locator) -> None:
    """Nothing opened over the text, and the end of it is there."""
    page = card.page
    assert page.locator("dialog[open], :popover-open").count() == 0
    end = page.locator("article h2").last
    end.scroll_into_view_if_needed()
    expect(end).to_be_in_viewport()


def arrive(page: Page, shop: RunningShop, post: str, by_list: bool) -> None:
    """By the blog's list, where the browser fetches the article ahead and its script says once it
    is looked at; without script by a link from elsewhere."""
    if not by_list:
        page.goto(f"{shop.url}/blog/{post}")
        return
    page.goto(f"{shop.url}/blog")
    page.locator(f'a[href^="/blog/{post}"]').first.click()
    page.wait_for_url(f"**/blog/{post}")


@pytest.mark.parametrize(("context", "post", "slug", "renamed"), READERS, indirect=["context"])
def test_a_reader_buys_from_the_second_card_and_staff_see_that_the_article_sold_it(
    page: Page, shop: RunningShop, tmp_path: Path, post: str, slug: str, renamed: str
):
    forget_reads(shop)
    arrive(page, shop, post, by_list=post == "water-time-temperature")
    title = page.get_by_role("heading", level=1).inner_text()
    card = page.locator("#card-2")
    name = card.locator(".buy-card__name").inner_text()
    press(card.get_by_role("button", name="Add to cart"))
    expect(card).to_contain_text("Added. View cart (1)")
    assert page.url.partition("#")[0] == f"{shop.url}/blog/{post}"
    read_on_from(card)
    to_review(page, shop)
    agree_and_pay(page)
    press(page.get_by_role("button", name="Pay", exact=True))
    expect(page.get_by_text("Thank you")).to_be_visible()

    new_owner(page, shop, f"owner-of-{slug}@example.com")
    found = wait_for_reads(page, shop, title)
    fits(page)
    price = found[title][4]
    assert found[title][:4] == ["1", "1", "1", "1"]  # reads, adds, orders, units
    assert found[f"Card 2: {name}"][1:5] == ["1", "1", "1", price]
    assert price.startswith("$")

    change(shop, tmp_path, slug, name=renamed, slug=f"{slug}-renamed")
    page.goto(f"{shop.url}/blog/{post}")
    expect(card.get_by_role("link", name=renamed)).to_have_attribute(
        "href", f"/products/{slug}-renamed?from={post}"
    )
    assert renamed in feed(page, shop)
    change(shop, tmp_path, f"{slug}-renamed", status="archived")
    page.goto(f"{shop.url}/blog/{post}")
    expect(card).to_contain_text(f"{renamed} is no longer sold.")
    assert f"{renamed} is no longer sold." in feed(page, shop)
    page.goto(f"{shop.url}/admin/posts/links")
    expect(page.locator("#tasks li").filter(has_text=title)).to_contain_text(
        f"card 2: {renamed} is archived"
    )
