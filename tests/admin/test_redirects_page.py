"""Redirects as owners write them."""

import pytest

from storefront.jinja import shop
from storefront.redirects.queries import count_missing
from storefront.transactions import write_tx
from tests.factories import a_product
from tests.page import Page
from tests.redirects.test_old_addresses import lead, rules


@pytest.fixture
def owner(staff_client):
    a_product("Mug", slug="mug")
    return staff_client("owner")


def add(owner, old: str, to: str = "", kind: str = "moved") -> Page:
    form = Page.open(owner, "/admin/redirects").form("/admin/redirects")
    return form.send(from_path=old, to_path=to, kind=kind)


def test_what_is_asked_for_in_vain_is_redirected_with_two_clicks(owner, client):
    with write_tx():
        count_missing(shop().today(), {"/product/mug": 12, "/shop": 3})
    page = Page.open(owner, "/admin/redirects").follow("Redirect this: /product/mug")
    page = page.form("/admin/redirects").send(to_path="/products/mug")
    assert page.flashes == ["/product/mug leads to /products/mug now."]
    assert client.get("/product/mug").location == "/products/mug"
    assert "Redirect this: /product/mug" not in page.soup.get_text()
    assert "Redirect this: /shop" in page.soup.get_text()


def test_what_is_gone_needs_no_new_address_and_a_rule_can_be_removed(owner, client):
    page = add(owner, "/old", kind="gone")
    assert page.flashes == ["/old is gone now."]
    assert client.get("/old").status_code == 410
    page = page.form("/removal").send()
    assert page.flashes == ["/old leads nowhere any more."]
    assert client.get("/old").status_code == 404
    assert Page.open(owner, "/admin/redirects/1/removal", "post").status == 404


@pytest.mark.parametrize(
    ("old", "to", "said"),
    [
        ("", "/products", "Enter the old address."),
        ("/old", "", "Enter the address of the page to show instead."),
        ("/products/mug", "/products", "There is a page at /products/mug."),
        ("/old", "/products/none", "There is no page at /products/none."),
        ("/old", "https://evil.example/", "“evil.example” is another site."),
        ("/old", "/old", "There is no page at /old."),
        ("old", "/products", "Begin with a slash"),
        ("/old?x=1", "/products", "Leave out what follows the question mark"),
    ],
)
def test_what_cannot_be_is_said_and_kept_as_it_was_written(owner, old, to, said):
    page = add(owner, old, to)
    assert page.status == 422
    assert said in " ".join(page.errors)
    assert page.soup.select_one("#from_path")["value"] == old
    assert page.soup.select_one("#to_path")["value"] == to
    assert rules() == {}


def test_a_full_address_of_the_shop_and_one_that_leads_on_are_followed(owner):
    lead("/older", "/products/mug")
    add(owner, "http://localhost/old", "http://localhost/older")
    assert rules()["/old"] == "/products/mug"


def test_rules_are_found_by_how_they_begin(owner):
    for path in ("/pages/a", "/pages/b", "/blogs/news"):
        lead(path, "/products")
    page = Page.open(owner, "/admin/redirects?q=/pages")
    assert [th.get_text() for th in page.soup.select("#all ~ table tbody th")] == [
        "/pages/a",
        "/pages/b",
    ]
