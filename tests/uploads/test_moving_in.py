"""Product exports of other shop systems, brought in as they come, with their old addresses."""

from pathlib import Path

import pytest

from storefront.catalog.editing import change_slug
from storefront.catalog.models import Collection, CollectionPick, Picture, Product
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from storefront.uploads.foreign import Collections, to_markdown, to_words
from tests.factories import a_post, a_product
from tests.uploads.files import (
    a_picture,
    checked,
    imported,
    on_hand,
    product,
    rows_of,
    table,
    variants_of,
    zip_of,
)

EXPORTS = Path(__file__).parent / "exports"
SHOPIFY = (EXPORTS / "shopify.csv").read_bytes()
WOOCOMMERCE = (EXPORTS / "woocommerce.csv").read_bytes()


def collections_of(code: str) -> list[str]:
    """Each with what it stands below."""
    rows = (
        db.session.query(Collection)
        .join(CollectionPick, CollectionPick.collection_id == Collection.id)
        .filter(CollectionPick.product_id == product(code).id)
        .order_by(Collection.slug)
    )
    names = {one.id: one for one in db.session.query(Collection)}
    found = []
    for one in rows:
        path = [one.slug]
        while one.parent_id:
            one = names[one.parent_id]
            path.insert(0, one.slug)
        found.append(" > ".join(path))
    return found


def test_a_shopify_export_is_known_by_its_first_line_and_comes_as_it_is(app):
    done = imported(app, SHOPIFY, per_row=True)
    assert (done.kind, done.state) == ("shopify", "imported")
    assert [(row.number, row.words) for row in rows_of(done, "wrong")] == [
        (10, "gift cards cannot be sold here")
    ]
    tea = product("first-flush-darjeeling")
    assert (tea.slug, tea.status, tea.option_names) == (
        "first-flush-darjeeling",
        "active",
        ["Size"],
    )
    assert tea.tags == ["darjeeling", "gift", "spring"]
    assert tea.facts == [{"name": "Vendor", "value": "Hill Estates", "filter": True}]
    assert tea.summary == "Light and floral, picked in spring."
    assert collections_of(tea.code) == ["tea > black"]
    small, large = variants_of(tea.code)
    assert (small.sku, small.weight_g, small.option_values) == ("00501", 70, ["50 g"])
    assert (small.price_minor, small.sale_price_minor, small.on_sale(now())) == (1200, 950, True)
    assert (large.sku, large.price_minor) == ("first-flush-darjeeling-100-g", 1800)
    assert (on_hand("00501"), on_hand(large.sku)) == (12, 0)

    pot = product("glass-teapot")
    assert (pot.status, pot.option_names) == ("draft", [])
    assert variants_of(pot.code)[0].sale_price_minor is None
    assert collections_of(pot.code) == ["home-garden > kitchen-dining > tableware"]
    lesson = product("Brühgruppe_X")
    assert (lesson.slug, lesson.status) == ("bruhgruppe-x", "draft")
    assert (variants_of(lesson.code)[0].ships, on_hand("VID-1")) == (False, None)
    assert product("old-tin").status == "archived"


def test_what_was_made_up_or_is_not_as_there_is_said(app):
    done = checked(app, SHOPIFY)
    said = {row.number: row.words for row in rows_of(done, "new") if row.words}
    assert said[2] == (
        "line 6 had no SKU: it is first-flush-darjeeling-100-g now; "
        "line 6 had -2 in stock: it has none now"
    )
    assert "look at its tax class" in said[9]
    assert "compare-at price is below" in said[11]
    assert "sold on when out of stock" in said[11]
    assert "names 3 pictures" in done.notes[0]


def test_html_becomes_markdown_and_nothing_that_runs_is_left(app):
    imported(app, SHOPIFY, per_row=True)
    text = product("first-flush-darjeeling").description
    assert text == (
        "## Spring 2026\n\nLight, **floral**. See [the teapot](/products/glass-teapot) or this.\n\n"
        "- 85 °C\n- 3 minutes\n\nGrown at 2,000 m."
    )
    html = product("first-flush-darjeeling").description_html
    assert "<strong>floral</strong>" in html
    for bad in ("script", "onclick", "style", "javascript"):
        assert bad not in html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("", ""),
        ("plain * text_with [marks]", r"plain \* text\_with [marks]"),
        ("<p>a</p><style>p{}</style><iframe src=x>y</iframe><p>b</p>", "a\n\nb"),
        ("<img src=x onerror=alert(1)>after", "after"),
        ("<h1>A</h1><ol><li>x</li><li>y</li></ol>", "# A\n\n1. x\n2. y"),
        ("<a href='https://x.example/?a=1&b=2'>l</a>", "[l](https://x.example/?a=1&b=2)"),
        ("<div>one</div><div>two<br>three</div>", "onetwo  \nthree"),
    ],
)
def test_each_bit_of_html(html, markdown):
    assert to_markdown(html).replace("  \n", "\n") == markdown.replace("  \n", "\n")


def test_words_are_cut_between_words():
    assert to_words("<p>Dark &amp; <em>malty</em>.</p>", 99) == "Dark & malty."
    assert to_words("one two three", 10) == "one two…"


def test_a_woocommerce_export_is_known_by_its_first_line_and_comes_as_it_is(app):
    done = imported(app, WOOCOMMERCE, per_row=True)
    assert (done.kind, done.state) == ("woocommerce", "imported")
    assert {row.number: row.words for row in rows_of(done, "wrong")} == {
        7: "a group of products is no product here: put them into a collection",
        8: "its Parent is not in this file",
    }
    honey = product("HON-1")
    assert (honey.slug, honey.status, honey.position) == ("chestnut-honey", "active", 3)
    assert (honey.summary, honey.description) == ("Dark & malty.", "From one hive.\n\n- 250 g")
    assert honey.max_quantity == 1
    assert honey.tags == ["dark", "malty"]
    assert honey.facts == [{"name": "Origin", "value": "Piedmont, Italy", "filter": False}]
    assert collections_of("HON-1") == ["gifts", "food > honey"]
    (jar,) = variants_of("HON-1")
    assert (jar.price_minor, jar.sale_price_minor, jar.weight_g) == (990, 750, 400)
    assert jar.sale_ends_at is not None
    assert jar.sale_ends_at.year == 2031
    assert on_hand("HON-1") == 8

    shirt = product("TEE")
    assert (shirt.option_names, shirt.slug) == (["Colour"], "tea-shirt")
    assert shirt.facts == [{"name": "Material", "value": "Cotton", "filter": False}]
    assert collections_of("TEE") == ["clothing", "gifts > paper-ink"]
    green, black = variants_of("TEE")
    assert (green.sku, green.option_values, green.weight_g) == ("TEE-G", ["Green"], 200)
    assert (black.sku, black.sale_price_minor) == ("tea-shirt-black", 1500)
    assert (on_hand("TEE-G"), on_hand("tea-shirt-black")) == (5, 0)

    ticket = product("tasting-ticket")
    assert (ticket.status, variants_of(ticket.code)[0].ships) == ("draft", False)
    assert product("HON-2").slug == "chestnut-honey-2"
    assert "does not carry addresses" in done.notes[0]


@pytest.mark.parametrize("content", [SHOPIFY, WOOCOMMERCE], ids=["shopify", "woocommerce"])
def test_the_same_export_again_changes_nothing(app, content):
    first = imported(app, content, per_row=True)
    again = imported(app, content, per_row=True)
    assert "new" not in again.counts
    assert "changed" not in again.counts
    assert again.counts["same"] == first.counts["new"]


def test_pictures_come_with_a_zip_in_the_files_order(app):
    names = {"darjeeling__jpg": a_picture(), "darjeeling-field__jpg": a_picture("green")}
    done = imported(app, SHOPIFY, per_row=True, pictures=zip_of(**names))
    kept = db.session.query(Picture).order_by(Picture.position).all()
    assert [(one.position, one.alt) for one in kept] == [(0, "Dry leaf in a bowl"), (1, "")]
    assert "darjeeling-cup.jpg: not in the ZIP" in done.notes[-1]


def test_collections_of_one_name_below_others_are_told_apart():
    found = Collections()
    assert found.at(["Tea", "Gifts"]) == "gifts"
    assert found.at(["Honey", "Gifts"]) == "honey-gifts"
    assert found.at(["Tea", "Gifts"]) == "gifts"
    assert found.at(["Tea", "Tea"]) == "tea"
    assert found.at(["!"]) == ""


def test_a_shopify_file_without_stock_or_options_comes_too(app):
    content = table(("Handle", "Title", "Variant Price"), [("cup", "Cup", "5.00")])
    assert imported(app, content).counts == {"new": 1}
    assert [one.sku for one in variants_of("cup")] == ["cup"]


OLD = {
    "/products/Br%C3%BChgruppe_X": "/products/bruhgruppe-x",
    "/collections/black/products/first-flush-darjeeling": "/products/first-flush-darjeeling",
    "/collections/all/products/renamed": "/products/now",
    "/product/first-flush-darjeeling/": "/products/first-flush-darjeeling",
    "/product/first-flush-darjeeling": "/products/first-flush-darjeeling",
    "/product/renamed/": "/products/now",
    "/product-category/tea/black/": "/collections/black",
    "/product-category/tea": "/collections/tea",
    "/blogs/news/how-to-brew": "/blog/how-to-brew",
}


def test_old_addresses_lead_on_in_one_hop(app, client):
    done = imported(app, SHOPIFY, per_row=True)
    assert done.state == "imported"
    renamed(a_product("Now", slug="renamed"))
    a_post(title="How to brew", slug="how-to-brew")
    for old, new in OLD.items():
        answer = client.get(old)
        assert (answer.status_code, answer.location) == (301, new), old
        if new != "/products/bruhgruppe-x":  # a draft
            assert client.get(new).status_code == 200, new
    for gone in ("/product/never/", "/product-category/x/never/", "/blogs/news/never"):
        assert client.get(gone).status_code == 404


def renamed(kept: Product) -> None:
    with write_tx():
        change_slug(db.session.get_one(Product, kept.id), "now", now())
