"""The risk block is what is read first: in articles, feeds, mails, on slips and order pages."""

import json

import pytest
from sqlalchemy import select

from storefront.blog.retold import letter_of
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import Collection, CollectionPick, Product
from storefront.clock import now
from storefront.compliance.product_labels import label_digest, save_label
from storefront.compliance.risk_texts import risk_text_for, write_risk_text
from storefront.mail import render
from storefront.orders.models import Order
from storefront.orders.picking import slips_of
from storefront.outbox import OutboxMail
from storefront.papers.slips import draw_slips
from storefront.transactions import write_tx
from tests.admin.test_classes import a_class
from tests.checkout.restricted import signed_for, the_law
from tests.factories import a_collection, a_post, a_product, a_restriction, an_order, grown_up
from tests.markets.abroad import sell_abroad
from tests.orders.restricted import an_order_of, fresh, paid
from tests.page import Page
from tests.papers.reading import text_of
from tests.statements import count_statements

BLOCK = "Careful, all of you."


@pytest.fixture
def leaf(app) -> Product:
    class_id = a_class(risk_text=f"**{BLOCK}**")
    return a_product("Red leaf", slug="red-leaf", class_id=class_id)


def article(client, slug: str) -> Page:
    return Page.open(client, f"/blog/{slug}")


def first_words(page: Page) -> str:
    return " ".join(page.soup.select_one("article").get_text(" ").split())


@pytest.mark.parametrize(
    "post",
    [
        {"body": "::product[red-leaf]"},
        {"body": "See [the leaf](/products/red-leaf)."},
        {"body": "Of trees.", "tags": ("Kratom",)},
        {"body": "Of trees.", "tags": ("kratom leaf",)},
    ],
)
def test_an_article_that_speaks_of_restricted_goods_begins_with_the_block(client, leaf, post):
    a_post(slug="about", title="About it", **post)
    assert first_words(article(client, "about")).startswith(f"{BLOCK} About it")
    item = json.loads(client.get("/blog/feed.json").data)["items"][0]
    assert item["content_html"].startswith("<blockquote><p><strong>Careful")
    atom = client.get("/blog/feed.xml").text
    assert "&lt;blockquote&gt;&lt;p&gt;&lt;strong&gt;Careful" in atom


def test_one_that_opens_with_a_block_of_its_own_is_not_given_another(client, leaf):
    a_post("> [!RISK]\n> Mine comes first.\n\n::product[red-leaf]", slug="about", title="About it")
    page = article(client, "about")
    assert [one.get_text().strip() for one in page.soup.select(".callout--risk")] == [
        "Mine comes first."
    ]


def test_an_article_about_tea_shows_none_and_asks_nothing_for_it(client):
    a_product("Sencha", slug="sencha")
    a_post("::product[sencha]", slug="tea")
    assert article(client, "tea").soup.select(".callout--risk") == []


def test_a_new_version_is_on_public_pages_at_once_in_each_language(client, leaf):
    sell_abroad()
    a_post("::product[red-leaf]", slug="about", title="About it")
    page = article(client, "about")
    block = Page.open(client, "/de/blog/about").soup.select_one(".callout--risk")
    assert (block["lang"], block.get_text()) == ("en", BLOCK)
    assert first_words(page).startswith(BLOCK)
    with write_tx():
        write_risk_text("kratom_leaf", "", "Newer words.", "test", now())
        write_risk_text("kratom_leaf", "de", "Bitte zuerst lesen.", "test", now())
    assert first_words(article(client, "about")).startswith("Newer words. About it")
    block = Page.open(client, "/de/blog/about").soup.select_one(".callout--risk")
    assert block.get_text() == "Bitte zuerst lesen."
    assert not block.has_attr("lang")


def test_a_newsletter_begins_with_it_whole_or_not(app, leaf):
    with app.test_request_context():
        short = letter_of(a_post("::product[red-leaf]", slug="short"), now())
        long = letter_of(a_post("::product[red-leaf]\n\n" + "Words. " * 6000, slug="long"), now())
    assert (short.is_whole, long.is_whole) == (True, False)
    assert short.text.startswith(BLOCK)
    assert long.text == BLOCK


@pytest.fixture
def order(leaf) -> Order:
    """Placed by somebody who read version 1; the second is written since."""
    the_law()
    signed_for("express")
    made = paid(an_order_of((leaf.variants[0], 1)))
    with write_tx():
        write_risk_text("kratom_leaf", "", "Newer words.", "test", now())
    return fresh(made.id)


def test_an_order_names_the_version_its_buyer_read(app, order):
    (named,) = order.risk_texts
    assert (named["class"], named["language"], named["version"]) == ("kratom_leaf", "", 1)
    newest = risk_text_for("kratom_leaf", "")
    assert newest is not None
    assert newest.digest != named["digest"]


def test_who_packs_reads_what_the_label_lacks_where_it_goes(staff_client, order):
    staff = staff_client("orders")
    path = f"/admin/orders/{order.id}/parcels"
    assert "A label lacks" not in Page.open(staff, path).text
    a_restriction("needs_label", "directions", region="NC", source="N.C. 90-1")
    said = Page.open(staff, path).text
    assert "A label lacks what the place it goes to asks for." in said
    assert "North Carolina: sold only with directions on the label" in said
    assert "N.C. 90-1" in said


@pytest.mark.parametrize("kind", ["order_paid", "shipped", "cancelled", "awaiting_funds"])
def test_every_mail_about_such_an_order_begins_with_the_version_its_buyer_read(app, order, kind):
    mail = OutboxMail(kind=kind, recipient=order.email, order_id=order.id, context={})
    _message, html, text = render(mail)
    assert text.startswith(f"{BLOCK}\n\n")
    assert html.index(BLOCK) < html.index("<h1")
    assert "Newer words." not in html


def test_packing_slip_and_order_page_show_it_too(app, client, staff_client, order):
    page = Page.open(client, f"/orders/{order.token}")
    assert [one.get_text() for one in page.soup.select(".callout--risk")] == [BLOCK]
    page = Page.open(staff_client("orders"), f"/admin/orders/slips?pick={order.id}")
    assert page.soup.select_one(".slip .callout--risk").get_text() == BLOCK
    assert BLOCK in text_of(draw_slips(slips_of([order.id]), now()))


def test_an_order_of_tea_asks_nothing_more(client, leaf):
    tea = a_product("Sencha", slug="sencha")
    order = an_order((tea.variants[0], 1))
    client.get(f"/orders/{order.token}")
    with count_statements() as asked:
        page = Page.open(client, f"/orders/{order.token}")
    assert not [one for one in asked if "risk_texts" in one and "FROM risk_texts" in one]
    assert page.soup.select(".callout--risk") == []


def test_restricted_pages_begin_with_it_and_say_what_is_on_the_label(client, leaf):
    grown_up(client)
    a_collection("leaves", "Leaves")
    with write_tx() as session:
        id_ = session.scalars(select(Collection.id).where(Collection.slug == "leaves")).one()
        session.add(CollectionPick(collection_id=id_, product_id=leaf.id))
        session.flush()
        refresh_listings(None, now())
        words = {"directions": "See the leaflet.", "warn_habit_forming": "Can be habit-forming."}
        save_label(leaf.id, words, label_digest({}), "test", now())
    page = Page.open(client, "/products/red-leaf")
    assert page.soup.select_one("main .callout--risk").get_text() == BLOCK
    assert page.soup.select_one(".callout--risk").find_next("h1").get_text() == "Red leaf"
    assert "On the label Can be habit-forming. Directions See the leaflet." in page.text
    page = Page.open(client, "/collections/leaves")
    assert page.soup.select_one(".callout--risk").find_next("h1").get_text() == "Leaves"


def test_the_age_screen_begins_with_it(client, leaf):
    page = Page.open(client, "/age")
    said = " ".join(page.soup.select_one("main").get_text(" ").split())
    assert said.startswith(BLOCK)
