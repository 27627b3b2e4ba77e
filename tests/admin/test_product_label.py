"""The words on a product's label: who asks for them, where it is closed without, who wrote them."""

from storefront.audit import changes_of
from storefront.compliance.product_labels import label_of, words_of
from storefront.extensions import db
from tests.admin.test_classes import a_class
from tests.factories import a_product, a_restriction
from tests.page import Page


def a_leaf() -> int:
    return a_product("Red leaf", slug="red-leaf", class_id=a_class()).id


def opened(client, product_id: int) -> Page:
    return Page.open(client, f"/admin/products/{product_id}/label")


def saved(client, product_id: int, **words: str) -> Page:
    return opened(client, product_id).form("/label").send(**words)


def closed(page: Page) -> list[str]:
    return [" ".join(one.get_text(" ").split()) for one in page.soup.select("#closed ~ ul li")]


def test_it_is_said_which_places_are_closed_and_for_want_of_which_words(staff_client):
    leaf, stock = a_leaf(), staff_client("stock")
    a_restriction("needs_label", "ingredients|directions|seven_oh_ppm<=400", region="GA")
    a_restriction("needs_label", "directions|mitragynine_amount", region="TX")
    a_restriction("needs_label", "warn_tn", region="TN", enabled=False)
    page = opened(stock, leaf)
    assert closed(page) == ["Georgia : Ingredients , Directions", "Texas : Directions"]
    assert "Asked for in: Georgia; Texas." in page.soup.select_one("#directions-hint").get_text()
    assert page.soup.select_one("#warn_tn-hint") is None
    page = saved(stock, leaf, ingredients="Ground leaf of Mitragyna speciosa.")
    assert page.flashes == ["The label is kept. What it opens is open from now on."]
    assert closed(page) == ["Georgia : Directions", "Texas : Directions"]
    assert "closed in: Georgia; Texas." in Page.open(stock, f"/admin/products/{leaf}").text
    saved(stock, leaf, directions="See the leaflet.")
    assert closed(opened(stock, leaf)) == []


def test_every_change_of_a_label_has_a_name(staff_client):
    leaf = a_leaf()
    saved(staff_client("owner"), leaf, ingredients="Leaf.")
    saved(staff_client("owner"), leaf, ingredients="Leaf only.")
    change = changes_of("product", leaf)[0]
    assert change.action == "changed the label"
    assert change.differences == [("Label: Ingredients", "Leaf.", "Leaf only.")]


def test_what_two_write_at_once_is_compared_before_it_is_saved(staff_client):
    leaf, owner = a_leaf(), staff_client("owner")
    form = opened(owner, leaf).form("/label")
    saved(owner, leaf, ingredients="Theirs.")
    page = form.send(ingredients="Mine.")
    assert page.status == 409
    assert "Theirs." in page.soup.select_one("#clash").get_text()
    page.form("/label").send()
    db.session.rollback()
    assert words_of(leaf) == {"ingredients": "Mine."}


def test_a_label_promises_no_cure_but_says_what_states_ask_for(staff_client):
    leaf, owner = a_leaf(), staff_client("owner")
    page = saved(owner, leaf, directions="Treats anxiety.")
    assert page.status == 422
    assert "Treats anxiety" in " ".join(page.errors)
    saved(owner, leaf, serving_size="2 g", warn_habit_forming="Can be habit-forming.")
    label = label_of(leaf)
    assert label.facts == [("Serving size", "2 g")]
    assert label.warnings == ["Can be habit-forming."]


def test_goods_that_anybody_may_buy_have_no_such_page(staff_client):
    mug = a_product("Mug").id
    owner = staff_client("owner")
    assert opened(owner, mug).status == 404
    assert Page.open(owner, f"/admin/products/{mug}").soup.select("#side-label") == []
