"""Products in the text of an article: as they are now, in every state; and back again."""

import pytest
from sqlalchemy import select

from storefront.blog.models import Post, ProductCard
from storefront.blog.publishing import withdraw
from storefront.cart.models import CartLine
from storefront.catalog.editing import archive, change_slug
from storefront.catalog.models import DRAFT, Product, ProductClass, Variant
from storefront.catalog.version import bump_version
from storefront.clock import now
from storefront.extensions import db
from storefront.stock import ledger
from storefront.transactions import write_tx
from tests.factories import a_collection, a_post, a_product
from tests.page import Page


def card(client, post: Post, number: int = 1):
    return Page.open(client, f"/blog/{post.slug}").soup.find(id=f"card-{number}")


def about(product: Product, extra: str = "", **values) -> Post:
    return a_post(f"Words.\n\n::product[{product.slug}]{extra}\n\nMore words.", **values)


def test_a_card_shows_name_price_stock_and_note(client):
    post = about(a_product("Blue mug"), '{note="The one <b>in</b> the picture."}')
    shown = card(client, post)
    assert shown.select_one(".buy-card__name").get_text() == "Blue mug"
    assert shown.select_one(".price__now").get_text() == "$12.50"
    assert "In stock" in shown.get_text()
    assert shown.select_one(".buy-card__note").get_text() == "The one <b>in</b> the picture."


def test_a_changed_price_is_in_the_article_at_once(client):
    mug = a_product()
    post = about(mug)
    assert card(client, post).select_one(".price__now").get_text() == "$12.50"
    with write_tx() as session:
        session.scalars(select(Variant).where(Variant.product_id == mug.id)).one().price_minor = 900
        bump_version()
    assert card(client, post).select_one(".price__now").get_text() == "$9.00"


def test_one_click_adds_it_and_says_so_at_the_card(client):
    first, second = a_product("Jar"), a_product("Blue mug")
    post = a_post(f"::product[{first.slug}]\n\nWords.\n\n::product[{second.slug}]")
    page = Page.open(client, f"/blog/{post.slug}")
    answer = client.post(
        "/cart/lines",
        data={field["name"]: field["value"] for field in page.soup.select("#card-2 input")},
    )
    assert (answer.status_code, answer.location) == (303, f"/blog/{post.slug}#card-2")
    after = Page.open(client, f"/blog/{post.slug}")
    done = after.soup.select_one("#card-2 .buy-card__done")
    assert done.get_text() == "Added. View cart (1)"
    assert done.a["href"] == "/cart"
    assert not after.soup.select("#card-1 .buy-card__done")
    assert after.response.headers["Cache-Control"] == "private, no-store"
    line = db.session.scalars(select(CartLine)).one()
    assert (line.first_post_id, line.first_card) == (post.id, 2)
    assert (line.last_post_id, line.last_card) == (post.id, 2)
    assert not Page.open(client, f"/blog/{post.slug}").soup.select(".buy-card__done")


def test_the_first_and_the_last_article_are_kept(client):
    mug = a_product()
    sku = mug.variants[0].sku
    posts = [about(mug), about(mug)]
    for post in posts:
        client.post("/cart/lines", data={"sku": sku, "quantity": 1, "post": post.slug, "card": "1"})
    client.post("/cart/lines", data={"sku": sku, "quantity": 1})
    line = db.session.scalars(select(CartLine)).one()
    assert (line.first_post_id, line.last_post_id) == (posts[0].id, posts[1].id)
    assert line.quantity == 3


@pytest.mark.parametrize(
    ("values", "status"),
    [({"post": "no-such"}, 303), ({"post": "x" * 161}, 422), ({"card": "-1"}, 422),
     ({"card": "99999"}, 422), ({"card": "x"}, 422), ({"post": "HERE", "card": "9"}, 303)],
)  # fmt: skip
def test_a_made_up_article_or_card_sells_nothing_by_itself(client, values, status):
    mug = a_product()
    post = about(mug)
    values = {key: post.slug if value == "HERE" else value for key, value in values.items()}
    answer = client.post("/cart/lines", data={"sku": mug.variants[0].sku, "quantity": 1, **values})
    assert answer.status_code == status
    line = db.session.scalars(select(CartLine)).one_or_none()
    if "HERE" not in str(values) and values.get("post") != post.slug:
        assert line is None or line.first_post_id is None
    else:
        assert (line.first_post_id, line.first_card) == (post.id, 0)


def test_more_than_there_is_is_refused_at_the_card(client):
    mug = a_product(variants=[{"on_hand": 1}])
    post = about(mug)
    data = {
        "sku": mug.variants[0].sku,
        "quantity": 1,
        "back": "post",
        "post": post.slug,
        "card": "1",
    }
    assert client.post("/cart/lines", data=data).status_code == 303
    answer = client.post("/cart/lines", data=data)
    assert answer.status_code == 422
    assert b"buy-card__said" in answer.data


def test_one_of_several_variants_is_chosen_in_the_card(client):
    tea = a_product("Tea", variants=[{"price": 500}, {"price": 900}, {"on_hand": 0}])
    shown = card(client, about(tea))
    assert [o["value"] for o in shown.select("option")] == [v.sku for v in tea.variants[:2]]
    assert shown.select_one(".price__from")
    meant = card(client, about(tea, f'{{sku="{tea.variants[1].sku}"}}'))
    assert not meant.select("select")
    assert meant.find("input", attrs={"name": "sku"})["value"] == tea.variants[1].sku
    assert meant.select_one(".price__now").get_text() == "$9.00"


def test_few_are_counted(client):
    shown = card(client, about(a_product(variants=[{"on_hand": 2, "low_at": 5}])))
    assert "2 left" in shown.get_text()
    assert shown.find("button")


def test_what_is_out_can_be_waited_for(client):
    mug = a_product(variants=[{"on_hand": 0}])
    shown = card(client, about(mug))
    assert not shown.find("form")
    assert shown.find("a", string="Tell me when it is back")["href"].endswith("#product-alert")


def test_what_sells_out_says_so_at_once(client):
    mug = a_product(variants=[{"on_hand": 1}])
    post = about(mug)
    assert card(client, post).find("form")
    with write_tx():
        broken = ledger.Change(mug.variants[0].id, -1, "damaged")
        ledger.post([broken], "adjusted", now(), "test")
    assert not card(client, post).find("form")


def test_restricted_goods_show_neither_price_nor_picture_nor_button(client):
    mug = a_product("Leaf")
    with write_tx() as session:
        kind = ProductClass(code="k", name="K", restricted=True)
        session.add(kind)
        session.flush()
        session.get_one(Product, mug.id).class_id = kind.id
        bump_version()
    post = about(mug)
    shown = card(client, post)
    assert "Sold only where the law allows it" in shown.get_text()
    assert not shown.select("form, .price, img")
    assert not Page.open(client, f"/blog/{post.slug}").soup.select(".cards .card")


def gone(product: Product, heir: Product | None = None) -> None:
    with write_tx() as session:
        successor = session.get_one(Product, heir.id) if heir else None
        archive(session.get_one(Product, product.id), successor, now())


def test_an_archived_product_turns_into_its_successor(client):
    old, new = a_product("Old mug"), a_product("New mug")
    post = a_post(f"::product[{old.slug}]\n\n[the mug](/products/{old.slug}?variant=x)")
    gone(old, new)
    shown = card(client, post)
    assert "Old mug is no longer sold. In its place:" in shown.get_text()
    assert shown.select_one(".buy-card__name").get_text() == "New mug"
    assert shown.find("form")
    link = Page.open(client, f"/blog/{post.slug}").soup.find("a", string="the mug")["href"]
    assert link == f"/products/{new.slug}?from={post.slug}"


def test_through_successors_of_successors(client):
    first, second, third = (a_product(name) for name in ("One", "Two", "Three"))
    post = about(first)
    gone(first, second)
    gone(second, third)
    assert card(client, post).select_one(".buy-card__name").get_text() == "Three"


def test_without_a_successor_into_one_in_stock_beside_it(client):
    a_collection("mugs")
    old = a_product("Old mug", collections=["mugs"])
    a_product("Sold out mug", collections=["mugs"], variants=[{"on_hand": 0}])
    a_product("Other mug", collections=["mugs"])
    post = about(old)
    gone(old)
    assert card(client, post).select_one(".buy-card__name").get_text() == "Other mug"


def test_without_any_it_says_so_and_links_nowhere(client):
    old = a_product("Old mug")
    post = a_post(f"::product[{old.slug}]\n\n[the mug](/products/{old.slug})")
    gone(old)
    shown = card(client, post)
    assert shown.get_text(strip=True) == "Old mug is no longer sold."
    page = Page.open(client, f"/blog/{post.slug}")
    assert "href" not in page.soup.find("a", string="the mug").attrs
    assert not page.soup.select(f'a[href^="/products/{old.slug}"]')


def test_a_product_put_back_to_draft_leaves_the_article_whole(client):
    mug = a_product("Secret")
    post = about(mug)
    with write_tx() as session:
        session.get_one(Product, mug.id).status = DRAFT
        bump_version()
    page = Page.open(client, f"/blog/{post.slug}")
    assert page.status == 200
    assert "Secret" not in page.soup.get_text()
    assert not page.soup.select("#card-1 form")


def test_a_renamed_product_is_linked_without_a_detour(client):
    mug = a_product(slug="old-name")
    post = a_post("::product[old-name]\n\n[the mug](/products/old-name#facts)")
    with write_tx() as session:
        change_slug(session.get_one(Product, mug.id), "new-name", now())
    page = Page.open(client, f"/blog/{post.slug}")
    link = page.soup.find("a", string="the mug")["href"]
    assert link == f"/products/new-name?from={post.slug}#facts"
    assert "old-name" not in page.response.get_data(as_text=True)


def test_products_in_this_post_are_those_for_sale_each_once(client):
    one, two, old = a_product("One"), a_product("Two"), a_product("Old")
    post = a_post(
        f"::product[{one.slug}]\n\n[x](/products/{two.slug}) [y](/products/{one.slug})"
        f"\n\n::product[{old.slug}]"
    )
    gone(old)
    names = [
        tag.get_text()
        for tag in Page.open(client, f"/blog/{post.slug}").soup.select(".cards .label__name")
    ]
    assert names == ["One", "Two"]


def test_the_product_lists_the_articles_about_it_until_they_are_taken_back(client):
    mug = a_product()
    post = about(mug, title="All about mugs")
    page = Page.open(client, f"/products/{mug.slug}")
    assert page.soup.select_one(".titles a").get_text() == "All about mugs"
    with write_tx():
        withdraw(post.id, now())
    assert not Page.open(client, f"/products/{mug.slug}").soup.select(".titles")


def test_who_came_from_an_article_is_led_back_to_its_card(client):
    mug = a_product()
    post = a_post(f"x\n\n::product[{a_product().slug}]\n\n::product[{mug.slug}]", title="Mugs")
    link = card(client, post, 2).select_one(".buy-card__name a")["href"]
    page = Page.open(client, link)
    back = page.soup.select_one(".back__link")
    assert back.get_text() == "Back to “Mugs”"
    assert back["href"] == f"/blog/{post.slug}#card-2"
    assert page.soup.find("link", rel="canonical")["href"].endswith(f"/products/{mug.slug}")
    page.form("/cart/lines").send()
    line = db.session.scalars(select(CartLine)).one()
    assert (line.first_post_id, line.first_card) == (post.id, 2)


@pytest.mark.parametrize("came_from", ["https://example.org", "//x", "no-such-post", "<b>"])
def test_an_address_given_as_where_one_came_from_is_not_believed(client, came_from):
    mug = a_product()
    about(mug)
    page = Page.open(client, f"/products/{mug.slug}?from={came_from}")
    assert not page.soup.select(".back__link")
    assert "example.org" not in page.soup.get_text()


def test_the_link_graph_is_that_of_what_readers_have(client):
    mug, jar = a_product(), a_product()
    post = a_post(f'::product[{mug.slug}]{{sku="S"}}\n\n[j](/products/{jar.slug})')
    kept = db.session.execute(
        select(ProductCard.kind, ProductCard.number, ProductCard.product_id, ProductCard.sku)
        .where(ProductCard.post_id == post.id)
        .order_by(ProductCard.kind)
    ).all()
    assert [tuple(row) for row in kept] == [("card", 1, mug.id, "S"), ("link", 1, jar.id, "")]
