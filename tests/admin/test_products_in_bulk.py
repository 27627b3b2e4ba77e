"""Many products changed at once: seen first, done as one, taken back as one."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.catalog.models import BulkEdit, CollectionPick, Product, ProductClass, Variant
from storefront.catalog.prices import set_price
from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money
from storefront.transactions import write_tx
from tests.factories import a_collection, a_product
from tests.page import Page


def chosen(client, products: Sequence[Product]) -> Page:
    return Page.open(
        client, "/admin/products/bulk", "post", {"pick": [str(p.id) for p in products]}
    )


def previewed(client, products: Sequence[Product], **answers: str) -> Page:
    form = chosen(client, products).form("/bulk/preview")
    form.values["pick"] = [str(p.id) for p in products]
    return form.send(**answers)


def done(page: Page, products: Sequence[Product]) -> Page:
    form = page.form("/bulk/preview")
    form.action = "/admin/products/bulk/changes"
    form.values["pick"] = [str(p.id) for p in products]
    return form.send()


def prices() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(Variant.price_minor).order_by(Variant.id)))


def product(product_id: int) -> Product:
    db.session.rollback()
    return db.session.get_one(Product, product_id)


def undo_of(page: Page) -> str:
    return next(str(f["action"]) for f in page.soup.find_all("form") if "undo" in f["action"])


@pytest.fixture
def two(app) -> list[Product]:
    return [
        a_product("Mug", code="MUG", variants=[{"price": 1250}, {"price": 2000}]),
        a_product("Bowl", code="BOWL", variants=[{"price": 999}]),
    ]


def test_prices_change_by_percent_rounded_and_come_back(two, staff_client, client):
    staff = staff_client("owner")
    page = previewed(staff, two, what="price-percent", percent="10", ending="95")
    assert prices() == [1250, 2000, 999]
    for said in ("3 changes", "$12.50", "$13.95", "$21.95", "$10.95"):
        assert said in page.text
    answer = done(page, two)
    assert "Done: Change the price by percent, 2 products." in answer.text
    assert prices() == [1395, 2195, 1095]
    assert changes_of("product", two[0].id)[0].action == "changed price"
    assert "$10.95" in client.get("/products").text
    back = Page.open(staff, undo_of(answer), "post")
    assert "Undid" in " ".join(back.flashes)
    assert prices() == [1250, 2000, 999]
    again = Page.open(staff, undo_of(answer), "post")
    assert "taken back before" in again.text
    assert len(db.session.scalars(select(BulkEdit)).all()) == 2


def test_what_moved_meanwhile_is_shown_again_and_nothing_is_done(two, staff_client):
    staff = staff_client("owner")
    page = previewed(staff, two, what="price", amount="15")
    with write_tx() as session:
        bowl = session.scalars(select(Variant).where(Variant.sku == "BOWL")).one()
        set_price(bowl, Money(1100, "USD"), now(), "somebody")
    answer = done(page, two)
    assert answer.status == 409
    assert "look again" in answer.text
    assert "$11.00" in answer.text
    assert prices() == [1250, 2000, 1100]
    assert done(answer, two).status == 200
    assert prices() == [1500, 1500, 1500]


def test_undo_is_refused_where_something_was_changed_since(two, staff_client):
    staff = staff_client("owner")
    answer = done(previewed(staff, two, what="price", amount="15"), two)
    with write_tx() as session:
        bowl = session.scalars(select(Variant).where(Variant.sku == "BOWL")).one()
        set_price(bowl, Money(1600, "USD"), now(), "somebody")
    back = Page.open(staff, undo_of(answer), "post")
    assert "was changed meanwhile" in back.text
    assert prices() == [1500, 1500, 1600]


def test_rows_that_cannot_be_done_say_why_and_stay(two, staff_client):
    staff = staff_client("owner")
    page = previewed(staff, two, what="sale", amount="12")
    assert "2 changes, 1 row is left as it is" in page.text
    assert "A sale price is lower than the price itself" in page.text
    done(page, two)
    db.session.rollback()
    sales = list(db.session.scalars(select(Variant.sale_price_minor).order_by(Variant.id)))
    assert sales == [1200, 1200, None]
    answer = done(previewed(staff, two, what="end-sale"), two)
    db.session.rollback()
    assert set(db.session.scalars(select(Variant.sale_price_minor))) == {None}
    Page.open(staff, undo_of(answer), "post")
    db.session.rollback()
    sales = list(db.session.scalars(select(Variant.sale_price_minor).order_by(Variant.id)))
    assert sales == [1200, 1200, None]


def test_a_sale_with_dates_by_percent_off(two, staff_client):
    page = previewed(
        staff_client("owner"), two, what="sale-percent", percent="20",
        starts="2099-01-02T08:00", ends="2099-02-01T08:00",
    )  # fmt: skip
    done(page, two)
    db.session.rollback()
    mug = db.session.scalars(select(Variant).where(Variant.sku == "MUG")).one()
    assert mug.sale_price_minor == 1000
    assert (mug.sale_starts_at.year, mug.sale_ends_at.month) == (2099, 2)


def test_tags_collections_class_and_status(two, staff_client, client):
    gifts = a_collection("gifts")
    with write_tx() as session:
        session.add(ProductClass(code="tea", name="Tea"))
        session.get_one(Product, two[0].id).tags = ["Old", "kept"]
    kind = db.session.scalars(select(ProductClass)).one()
    staff = staff_client("stock")
    for answers in (
        {"what": "tags", "add": "new, Kept", "remove": "old"},
        {"what": "collection-in", "collection": str(gifts.id)},
        {"what": "class", "class_id": str(kind.id)},
        {"what": "tax", "tax_class": "standard"},
        {"what": "status", "status": "archived"},
    ):
        page = previewed(staff, two, **answers)
        assert page.status == 200, answers
        if "Make" in page.text:
            done(page, two)
    mug = product(two[0].id)
    assert mug.tags == ["kept", "new"]
    assert (mug.class_id, mug.status) == (kind.id, "archived")
    picked = select(CollectionPick.product_id).order_by(CollectionPick.position)
    assert list(db.session.scalars(picked)) == [two[1].id, two[0].id]
    page = Page.open(staff, "/admin/products/bulk")
    assert "Put into a collection, 2 products" in page.text
    for _ in range(4):
        page = Page.open(staff, undo_of(page), "post")
    mug = product(two[0].id)
    assert (mug.tags, mug.class_id, mug.status) == (["Old", "kept"], None, "active")
    assert db.session.scalars(select(CollectionPick)).all() == []
    assert client.get(f"/products/{mug.slug}").status_code == 200


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "Choose what to do"),
        ({"what": "price"}, "Write the price like"),
        ({"what": "price", "amount": "0"}, "Write the price like"),
        ({"what": "price-percent"}, "Enter a percentage"),
        ({"what": "price-percent", "percent": "-100"}, "from -99 to 900"),
        ({"what": "sale-percent", "percent": "120"}, "how many percent off"),
        ({"what": "tags"}, "Name a tag"),
        ({"what": "collection-in"}, "Choose a collection"),
        ({"what": "class", "class_id": "99"}, "valid choice"),
    ],
)
def test_what_is_missing_is_said(two, staff_client, answers, said):
    page = previewed(staff_client("owner"), two, **answers)
    assert page.status == 422
    assert said in " ".join(page.errors)
    assert prices() == [1250, 2000, 999]


def test_all_that_match_and_none_at_all(two, staff_client):
    staff = staff_client("owner")
    none = Page.open(staff, "/admin/products/bulk", "post", {})
    assert "Pick one or more products" in none.text
    listed = Page.open(staff, "/admin/products?q=bowl")
    page = listed.form("/products/bulk").send(scope="all")
    assert page.heading == "Change 1 product"
    shown = page.form("/bulk/preview").send(what="price", amount="15")
    form = shown.form("/bulk/preview")
    form.action = "/admin/products/bulk/changes"
    form.send()
    assert prices() == [1250, 2000, 1500]


def test_a_product_without_variants_is_not_put_on_sale(staff_client):
    mug = a_product("Mug", status="draft")
    with write_tx() as session:
        session.scalars(select(Variant)).one().archived = True
    page = previewed(staff_client("owner"), [mug], what="status", status="active")
    assert "has no variant to buy" in page.text
    assert "0 changes" in page.text


CLAIM = "This tea cures migraine."


def test_what_a_claim_rule_forbids_is_not_put_on_sale_with_the_others(staff_client):
    praised = a_product("Praised", status="draft", description=CLAIM)
    plain = a_product("Plain", status="draft")
    page = previewed(staff_client("owner"), [praised, plain], what="status", status="active")
    assert "“cures migraine”" in page.text
    assert done(page, [praised, plain]).status == 200
    assert (product(praised.id).status, product(plain.id).status) == ("draft", "active")


def test_a_class_whose_words_are_held_to_more_is_not_given_to_what_says_them(staff_client):
    with write_tx() as session:
        kind = ProductClass(code="leaf", name="Leaf", restricted=True)
        session.add(kind)
    calm = a_product("Calm", description="Made for calm evenings with less stress.")
    draft = a_product("Draft", status="draft", description=calm.description)
    page = previewed(staff_client("owner"), [calm, draft], what="class", class_id=str(kind.id))
    assert done(page, [calm, draft]).status == 200
    assert (product(calm.id).class_id, product(draft.id).class_id) == (None, kind.id)


def test_what_was_archived_for_a_claim_does_not_come_back_by_undo(staff_client):
    staff = staff_client("owner")
    praised = a_product("Praised", description=CLAIM)  # from before the rule
    answer = done(previewed(staff, [praised], what="status", status="archived"), [praised])
    back = Page.open(staff, undo_of(answer), "post")
    assert "cures migraine" in " ".join(back.flashes)
    assert product(praised.id).status == "archived"
