"""A product's pages for staff: what is said of it, kept, clashed over and shown."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.catalog.details import EditedMeanwhile, details_of, save_details
from storefront.catalog.models import CollectionPick, Product, Variant
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_collection, a_post, a_product
from tests.page import Page


def opened(client, product_id: int, part: str = "") -> Page:
    return Page.open(client, f"/admin/products/{product_id}{part}")


def product(product_id: int) -> Product:
    db.session.rollback()
    return db.session.get_one(Product, product_id)


def test_a_new_product_is_a_draft_with_one_variant(staff_client):
    client = staff_client("stock")
    form = Page.open(client, "/admin/products/new").form("/products")
    page = form.send(name="Blue mug", sku="BM-1", price="12,50")
    assert page.heading == "Blue mug"
    made = db.session.scalars(select(Product)).one()
    variant = db.session.scalars(select(Variant)).one()
    assert (made.status, made.slug, made.code) == ("draft", "blue-mug", "BM-1")
    assert (variant.sku, variant.price_minor) == ("BM-1", 1250)
    assert client.get("/products/blue-mug").status_code == 404
    look = client.get(f"/admin/products/{made.id}/preview")
    assert "Blue mug" in look.text
    assert "It can be bought once it is on sale" in look.text
    assert look.headers["Cache-Control"] == "private, no-store"


def test_a_new_product_that_is_wrong_keeps_its_words(staff_client):
    client = staff_client("owner")
    a_product("Mug", code="BM-1")
    for answers, said in (
        ({"price": "twelve"}, "Write the price like 12.50."),
        ({"sku": "BM-1"}, '"BM-1" is in use'),
        ({"name": "!!!"}, "Use letters or digits"),
    ):
        page = (
            Page.open(client, "/admin/products/new")
            .form("/products")
            .send(**{"name": "Blue mug", "sku": "X", "price": "12.50"} | answers)
        )
        assert page.status == 422
        assert said in page.text
    assert len(db.session.scalars(select(Product)).all()) == 1


def test_what_is_said_of_a_product_is_kept_shown_and_logged(staff_client, client):
    mug = a_product("Mug", slug="mug")
    gifts = a_collection("gifts")
    staff = staff_client("owner")
    form = opened(staff, mug.id).form(f"/products/{mug.id}")
    sent = form.send(
        **{
            "name": "Big mug",
            "description": "## Holds\n\n**half a litre**",
            "tags": "gift, big , gift",
            "facts-0-name": "Colour",
            "facts-0-value": "Blue",
            "facts-0-filter": "y",
            "search_words": "beaker",
            "seo_description": "A mug for much.",
            "max_quantity": "4",
            "collection_ids": str(gifts.id),
        }
    )
    assert sent.flashes == ["Saved."]
    kept = product(mug.id)
    assert kept.tags == ["gift", "big"]
    assert kept.facts == [{"name": "Colour", "value": "Blue", "filter": True}]
    assert db.session.scalars(select(CollectionPick.collection_id)).all() == [gifts.id]
    shown = client.get("/products/mug").text
    assert "<strong>half a litre</strong>" in shown
    assert 'content="A mug for much."' in shown
    assert "Big mug" in client.get("/collections/gifts").text
    assert "Big mug" in client.get("/search?q=beaker").text
    change = changes_of("product", mug.id)[0]
    assert change.before["Name"] == "Mug"
    assert change.after["Name"] == "Big mug"
    assert "Big mug" in sent.text


def test_the_same_again_changes_nothing(staff_client):
    mug = a_product("Mug", tags=["b", "a"], facts=[{"name": "Size", "value": "L"}])
    opened(staff_client("owner"), mug.id).form(f"/products/{mug.id}").send()
    assert changes_of("product", mug.id) == []


def test_an_address_leads_on_and_a_taken_one_is_refused(staff_client, client):
    mug = a_product("Mug", slug="mug")
    a_product("Bowl", slug="bowl")
    staff = staff_client("owner")
    opened(staff, mug.id).form(f"/products/{mug.id}").send(slug="cup")
    opened(staff, mug.id).form(f"/products/{mug.id}").send(slug="beaker")
    for old in ("mug", "cup"):
        answer = client.get(f"/products/{old}")
        assert (answer.status_code, answer.location) == (301, "/products/beaker")
    page = opened(staff, mug.id).form(f"/products/{mug.id}").send(slug="bowl", name="Renamed")
    assert page.status == 409
    assert "belongs to Bowl" in page.text
    assert page.form(f"/products/{mug.id}").values["name"] == "Renamed"
    assert product(mug.id).slug == "beaker"


def test_a_stale_form_writes_nothing_and_shows_both(staff_client):
    mug = a_product("Mug")
    mine = opened(staff_client("owner"), mug.id).form(f"/products/{mug.id}")
    opened(staff_client("stock"), mug.id).form(f"/products/{mug.id}").send(summary="Theirs.")
    page = mine.send(summary="Mine.", name="My mug")
    assert page.status == 409
    assert "Theirs." in page.text
    assert "Mine." in page.text
    assert product(mug.id).summary == "Theirs."
    again = page.form(f"/products/{mug.id}").send()
    assert again.status == 200
    assert product(mug.id).summary == "Mine."
    assert product(mug.id).name == "My mug"


def test_a_description_is_previewed_and_not_saved(staff_client):
    mug = a_product("Mug")
    form = opened(staff_client("owner"), mug.id).form(f"/products/{mug.id}")
    form.action += "/preview"
    page = form.send(description="*new* <script>")
    assert "<em>new</em>" in str(page.soup.select_one("#preview"))
    assert "<script>" not in str(page.soup.select_one("#preview"))
    assert product(mug.id).description == "A mug."


def test_wrong_answers_keep_every_word(staff_client):
    mug = a_product("Mug")
    staff = staff_client("owner")
    for answers in (
        {"name": ""},
        {"slug": "No Slug"},
        {"min_quantity": "0"},
        {"min_quantity": "5", "max_quantity": "2"},
        {"facts-0-name": "Colour"},
        {"tags": ",".join(map(str, range(60)))},
    ):
        page = (
            opened(staff, mug.id)
            .form(f"/products/{mug.id}")
            .send(**{"summary": "Kept words.", **answers})
        )
        assert page.status == 422, answers
        assert page.errors, answers
        assert page.form(f"/products/{mug.id}").values["summary"] == "Kept words."
    assert product(mug.id).summary == "A mug for one cup."


def test_the_page_shows_stock_lines_and_articles(staff_client):
    mug = a_product("Mug", slug="mug", variants=[{"on_hand": 7}])
    a_post("::product[mug]", title="All about mugs")
    page = opened(staff_client("stock"), mug.id)
    assert "+7" in page.text
    assert "received" in page.text
    assert "All about mugs" in page.text


def test_what_was_never_seen_is_not_written_over(app):
    mug = a_product("Mug")
    had = details_of(mug)
    with pytest.raises(EditedMeanwhile) as meanwhile, write_tx():
        save_details(mug.id, replace(had, name="X"), "stale", now(), "test")
    assert meanwhile.value.now_there == had
