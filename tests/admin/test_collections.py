"""Collections as staff keep them: texts, rules from fields, picks in order, removal."""

import pytest
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.catalog.arranging import change_collection_slug
from storefront.catalog.models import Collection, CollectionPick
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_collection, a_product
from tests.page import Page


def opened(client, collection_id: int) -> Page:
    return Page.open(client, f"/admin/collections/{collection_id}")


def saved(client, collection_id: int, **answers: str) -> Page:
    return opened(client, collection_id).form(f"/collections/{collection_id}").send(**answers)


def picked(collection_id: int) -> list[int]:
    db.session.rollback()
    return list(
        db.session.scalars(
            select(CollectionPick.product_id)
            .where(CollectionPick.collection_id == collection_id)
            .order_by(CollectionPick.position)
        )
    )


def found(slug: str) -> Collection:
    db.session.rollback()
    return db.session.scalars(select(Collection).where(Collection.slug == slug)).one()


def test_a_new_collection_gathers_by_a_rule_without_anybody_writing_json(staff_client, client):
    a_product("Lab mug", tags=["lab-tested"], facts=[{"name": "Origin", "value": "Japan"}])
    a_product("Other mug", tags=["lab-tested"])
    form = Page.open(staff_client("stock"), "/admin/collections/new").form("/collections")
    page = form.send(
        **{
            "name": "Tested in Japan", "description": "*All* of them", "in_menu": "y",
            "gathers": "rule", "conditions-0-asks": "tag", "conditions-0-value": "lab-tested",
            "conditions-1-asks": "fact", "conditions-1-value": "Origin: Japan",
        }
    )  # fmt: skip
    assert page.heading == "Tested in Japan"
    made = found("tested-in-japan")
    assert made.rule == [
        {"field": "tag", "is": "lab-tested"}, {"field": "fact:Origin", "is": "Japan"},
    ]  # fmt: skip
    shown = client.get("/collections/tested-in-japan").text
    assert "Lab mug" in shown
    assert "<em>All</em>" in shown
    assert "Other mug" not in shown
    again = opened(staff_client("owner"), made.id).form(f"/collections/{made.id}")
    assert again.values["conditions-1-value"] == "Origin: Japan"
    a_product("Newest", tags=["lab-tested"], facts=[{"name": "Origin", "value": "Japan"}])
    assert "Newest" in client.get("/collections/tested-in-japan").text


def test_picks_are_added_ordered_by_buttons_and_numbers_and_taken_out(staff_client, client):
    mugs = a_collection("mugs")
    one, two, three = (a_product(f"Mug {n}", slug=f"m-{n}", code=f"M{n}") for n in "abc")
    staff = staff_client("owner")
    saved(staff, mugs.id, add="m-a, M" + "b, /products/m-c")
    assert picked(mugs.id) == [one.id, two.id, three.id]
    saved(staff, mugs.id, do=f"up-{three.id}")
    assert picked(mugs.id) == [one.id, three.id, two.id]
    saved(staff, mugs.id, do=f"down-{one.id}")
    assert picked(mugs.id) == [three.id, one.id, two.id]
    saved(staff, mugs.id, **{"picks-2-place": "1"})
    assert picked(mugs.id) == [two.id, three.id, one.id]
    saved(staff, mugs.id, **{"picks-0-place": "3"})
    assert picked(mugs.id) == [three.id, one.id, two.id]
    saved(staff, mugs.id, **{"picks-1-place": ""})
    assert picked(mugs.id) == [three.id, two.id]
    shown = client.get("/collections/mugs").text
    assert shown.index("Mug c") < shown.index("Mug b")
    assert "Mug a" not in shown
    assert changes_of("collection", mugs.id)[0].after == {"Picked": "Mug c, Mug b"}


def test_a_new_address_leads_on_and_a_removed_one_leads_above(staff_client, client):
    tea = a_collection("tea", "Tea")
    green = a_collection("green", "Green", parent_id=tea.id)
    sencha = a_collection("sencha", "Sencha", parent_id=green.id)
    a_product("Leaf", collections=["green"])
    staff = staff_client("owner")
    saved(staff, green.id, slug="green-tea")
    assert client.get("/collections/green").location == "/collections/green-tea"
    opened(staff, green.id).form("/removal").send()
    for old in ("green", "green-tea"):
        answer = client.get(f"/collections/{old}")
        assert (answer.status_code, answer.location) == (301, "/collections/tea")
    assert found("sencha").parent_id == tea.id
    assert "Leaf" in client.get("/products").text
    for one in (sencha, tea):
        opened(staff, one.id).form("/removal").send()
    for old in ("tea", "green", "sencha"):
        answer = client.get(f"/collections/{old}")
        assert (answer.status_code, answer.location) == (301, "/products")


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"name": ""}, "Enter a name"),
        ({"slug": "Not One"}, "Use small letters"),
        ({"slug": "taken"}, "belongs to"),
        ({"add": "no-such-thing"}, "There is no product"),
        (
            {"gathers": "rule", "conditions-0-asks": "price_under", "conditions-0-value": "cheap"},
            "is no price",
        ),
        (
            {"gathers": "rule", "conditions-0-asks": "fact", "conditions-0-value": "Japan"},
            "name: value",
        ),
        ({"gathers": "rule", "conditions-0-asks": "tag"}, "says nothing"),
    ],
)
def test_what_is_wrong_is_said_and_words_are_kept(staff_client, answers, said):
    mugs = a_collection("mugs")
    a_collection("taken")
    page = saved(staff_client("owner"), mugs.id, **{"description": "Kept words.", **answers})
    assert page.status in {409, 422}
    assert said in " ".join(page.errors)
    assert page.form(f"/collections/{mugs.id}").values["description"] == "Kept words."
    assert found("mugs").description == ""


def test_a_collection_cannot_stand_below_itself(staff_client):
    tea = a_collection("tea")
    green = a_collection("green", parent_id=tea.id)
    page = saved(staff_client("owner"), tea.id, parent_id=str(green.id))
    assert page.status == 409
    assert "cannot stand below itself" in " ".join(page.errors)


def test_a_stale_form_shows_both(staff_client):
    mugs = a_collection("mugs")
    mine = opened(staff_client("owner"), mugs.id).form(f"/collections/{mugs.id}")
    saved(staff_client("stock"), mugs.id, name="Theirs")
    page = mine.send(name="Mine")
    assert page.status == 409
    assert "Theirs" in page.text
    assert found("mugs").name == "Theirs"
    assert page.form(f"/collections/{mugs.id}").send().status == 200
    assert found("mugs").name == "Mine"


def test_the_list_shows_what_stands_below_what(staff_client):
    tea = a_collection("tea", "Tea")
    a_collection("green", "Green", parent_id=tea.id, rule=[])
    page = Page.open(staff_client("owner"), "/admin/collections")
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]
    assert [row.split()[0] for row in rows] == ["Tea", "—"]
    assert "by rule" in rows[1]


def test_the_list_of_all_products_is_not_edited(staff_client):
    everything = found("all")
    staff = staff_client("owner")
    assert staff.get(f"/admin/collections/{everything.id}").status_code == 404
    assert staff.post(f"/admin/collections/{everything.id}/removal").status_code == 404


def test_old_addresses_of_a_removed_collection_are_free_again(staff_client, client):
    mugs = a_collection("mugs")
    with write_tx() as session:
        change_collection_slug(session.get_one(Collection, mugs.id), "cups", now())
    opened(staff_client("owner"), mugs.id).form("/removal").send()
    form = Page.open(staff_client("owner"), "/admin/collections/new").form("/collections")
    form.send(name="Mugs")
    assert client.get("/collections/mugs").status_code == 200
    assert client.get("/collections/cups").location == "/products"
