"""On sale, draft, archived: what it touches is shown first; and copies."""

from sqlalchemy import func, select

from storefront.audit import changes_of
from storefront.blog.link_graph import with_dead_products
from storefront.catalog.models import CollectionPick, Picture, Product, Variant
from storefront.extensions import db
from storefront.stock.models import StockLevel
from storefront.transactions import write_tx
from tests.factories import a_cart, a_collection, a_post, a_product
from tests.page import Page


def opened(client, product_id: int) -> Page:
    return Page.open(client, f"/admin/products/{product_id}/status")


def product(product_id: int) -> Product:
    db.session.rollback()
    return db.session.get_one(Product, product_id)


def test_archiving_shows_what_it_touches_and_leads_on(staff_client, client):
    a_collection("mugs")
    old = a_product("Old mug", slug="old", collections=["mugs"])
    new = a_product("New mug", slug="new")
    a_post("::product[old]", title="The old mug")
    a_cart((db.session.scalars(select(Variant).where(Variant.product_id == old.id)).one(), 3))
    page = opened(staff_client("owner"), old.id)
    for said in ("The old mug", "1 cart holds it, 3 units", "Mugs"):
        assert said in page.text
    page.form("/status").send(status="archived", successor="/products/new")
    assert product(old.id).status == "archived"
    assert product(old.id).successor_id == new.id
    gone = client.get("/products/old")
    assert gone.status_code == 410
    assert "New mug" in gone.text
    assert [row.title for row in with_dead_products(5)] == ["The old mug"]
    change = changes_of("product", old.id)[0]
    assert change.after == {"status": "archived", "successor": "New mug"}
    opened(staff_client("owner"), old.id).form("/status").send(status="active")
    assert client.get("/products/old").status_code == 200
    assert product(old.id).successor_id is None


def test_a_successor_that_cannot_be_one_is_refused(staff_client):
    old = a_product("Old mug", slug="old")
    a_product("Draft", slug="draft", status="draft")
    for named, said in (
        ("nothing-like-it", "There is no product"),
        ("draft", "is not for sale"),
        ("old", "cannot follow itself"),
    ):
        page = (
            opened(staff_client("owner"), old.id)
            .form("/status")
            .send(status="archived", successor=named)
        )
        assert page.status == 409
        assert said in " ".join(page.errors)
        assert page.form("/status").values["successor"] == named
    assert product(old.id).status == "active"


def test_what_has_nothing_to_buy_is_not_put_on_sale(staff_client):
    mug = a_product("Mug", status="draft")
    with write_tx() as session:
        session.scalars(select(Variant)).one().archived = True
    page = opened(staff_client("owner"), mug.id).form("/status").send(status="active")
    assert page.status == 409
    assert "has no variant to buy" in " ".join(page.errors)


def test_a_copy_is_a_draft_with_everything_but_stock_and_articles(staff_client):
    gifts = a_collection("gifts")
    mug = a_product(
        "Mug", slug="mug", code="MUG", collections=["gifts"], tags=["x"],
        variants=[{"on_hand": 5}, {"sku": "MUG-L", "price": 2000, "sale_price_minor": 1500}],
    )  # fmt: skip
    a_post("::product[mug]")
    with write_tx() as session:
        picture = Picture(product_id=mug.id, digest="d", width=1, height=1, alt="A mug")
        session.add(picture)
        session.flush()
        session.scalars(select(Variant).where(Variant.sku == "MUG-L")).one().picture_id = picture.id
    staff = staff_client("owner")
    Page.open(staff, f"/admin/products/{mug.id}").form("/copies").send()
    page = Page.open(staff, f"/admin/products/{mug.id}").form("/copies").send()
    assert page.heading == "Mug (copy)"
    copies = db.session.scalars(
        select(Product).where(Product.id != mug.id).order_by(Product.id)
    ).all()
    assert [c.slug for c in copies] == ["mug-copy", "mug-copy-2"]
    copy = copies[0]
    assert (copy.status, copy.tags, copy.articles) == ("draft", ["x"], [])
    assert [v.sku for v in copy.variants] == ["MUG-COPY", "MUG-L-COPY"]
    assert [v.price_minor for v in copy.variants] == [1250, 2000]
    assert copy.variants[1].sale_price_minor is None
    own = db.session.scalars(select(Picture).where(Picture.product_id == copy.id)).one()
    assert copy.variants[1].picture_id == own.id
    stock = select(func.count()).where(StockLevel.variant_id.in_([v.id for v in copy.variants]))
    assert db.session.scalar(stock) == 0
    picked = select(CollectionPick.product_id).where(CollectionPick.collection_id == gifts.id)
    assert set(db.session.scalars(picked)) == {mug.id, *(c.id for c in copies)}
