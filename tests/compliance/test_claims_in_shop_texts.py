"""Claim rules where the shop speaks of its goods: products, collections, files, reviews, mails."""

import json
import re
from pathlib import Path

import pytest

from storefront.audit import changes_of
from storefront.catalog.models import Collection, Product
from storefront.compliance.claim_rules import Severity
from storefront.compliance.claims import Field, lint
from storefront.compliance.risk_texts import standard_text
from storefront.compliance.shop_texts import findings_in_block, look_at, product_texts
from storefront.extensions import db
from tests.admin.test_classes import a_class
from tests.factories import a_collection, a_post, a_product
from tests.page import Page

CURES = "A leaf that treats anxiety."


def opened(client, product_id: int) -> Page:
    return Page.open(client, f"/admin/products/{product_id}")


def sent(page: Page, **answers) -> Page:
    return page.form(page.path.partition("?")[0]).send(**answers)


def kept(product_id: int) -> Product:
    db.session.rollback()
    return db.session.get_one(Product, product_id)


def reasons(page: Page, words: str) -> dict[str, str]:
    """The same for everything that stands against it."""
    return {str(one["name"]): words for one in page.soup.select('input[name^="reason-"]')}


def test_a_product_on_sale_is_not_saved_with_a_claim_and_the_line_is_named(staff_client):
    mug = a_product("Mug")
    page = sent(opened(staff_client("stock"), mug.id), description=f"A mug.\n\n{CURES}")
    assert page.status == 422
    assert "treats anxiety" in " ".join(page.errors)
    finding = page.soup.select_one(".finding--block")
    assert finding.select_one("a")["href"] == "#description"
    assert "Description, line 3" in finding.get_text()
    assert page.soup.select('input[name^="reason-"]') == []  # owners alone let it through
    assert kept(mug.id).description == "A mug."


def test_a_draft_may_say_it_until_it_goes_on_sale(staff_client):
    mug, stock = a_product("Mug", status="draft"), staff_client("stock")
    assert sent(opened(stock, mug.id), summary=CURES).flashes == ["Saved."]
    page = Page.open(stock, f"/admin/products/{mug.id}/status")
    page = page.form("/status").send(status="active")
    assert page.status == 422
    assert "treats anxiety" in " ".join(page.errors)
    assert kept(mug.id).status == "draft"


def test_an_owner_lets_it_through_with_a_reason_that_is_kept(staff_client):
    mug, owner = a_product("Mug"), staff_client("owner")
    page = sent(opened(owner, mug.id), summary=CURES)
    assert sent(page, **reasons(page, "short")).status == 422
    page = sent(page, **reasons(page, "Quoted from the court's ruling."))
    assert page.flashes == ["Saved."]
    assert kept(mug.id).summary == CURES
    assert "Quoted from the court's ruling." in page.soup.select_one(".finding__decision").text
    change = next(
        one for one in changes_of("product", mug.id) if one.action == "let a claim through"
    )
    assert change.after["Claim"] == "treats anxiety"
    # Another sentence is another claim.
    assert sent(page, summary=CURES + " It cures depression.").status == 422


def test_who_is_no_owner_cannot_send_a_reason(staff_client):
    mug = a_product("Mug")
    asked = reasons(sent(opened(staff_client("owner"), mug.id), summary=CURES), "Because I say so.")
    page = sent(opened(staff_client("stock"), mug.id), summary=CURES, **asked)
    assert page.status == 403
    assert kept(mug.id).summary != CURES


def test_more_rules_are_asked_of_restricted_goods(staff_client):
    text = "Take 2 grams in the morning."
    tea, leaf = a_product("Tea"), a_product("Leaf", class_id=a_class())
    owner = staff_client("owner")
    assert sent(opened(owner, tea.id), summary=text).flashes == ["Saved."]
    assert sent(opened(owner, leaf.id), summary=text).status == 422


def test_a_collections_text_is_held_to_the_same_rules(staff_client):
    id_, owner = a_collection("leaves", "Leaves").id, staff_client("owner")
    path = f"/admin/collections/{id_}"
    page = Page.open(owner, path).form(path).send(description=CURES)
    assert page.status == 422
    assert page.soup.select_one(".finding--block a")["href"] == "#description"
    db.session.rollback()
    assert db.session.get_one(Collection, id_).description == ""
    page = page.form(path).send(**reasons(page, "Quoted from the court's ruling."))
    assert page.flashes == ["Saved."]


def test_an_article_about_health_cannot_hold_restricted_goods_whoever_asks(staff_client):
    a_product("Leaf", slug="leaf", class_id=a_class())
    post = a_post("::product[leaf]", tags=("Health",), state="draft")
    page = Page.open(staff_client("owner"), f"/admin/posts/{post.id}/publication")
    text = " ".join(page.soup.get_text(" ").split())
    assert "cannot hold a card of restricted goods" in text
    answer = Page.open(page.client, page.path, "post", dict(page.form("/publication").values))
    assert answer.status in {409, 422}
    db.session.rollback()
    assert db.session.get_one(type(post), post.id).status == "draft"


def spoken(path: Path) -> str:
    """The words of a template."""
    text = re.sub(r"\{#.*?#\}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"<style>.*?</style>", " ", text, flags=re.DOTALL)
    words = re.findall(r"_\(\s*\"((?:[^\"\\]|\\.)*)\"", text)
    blocks = re.findall(r"\{% trans[^%]*%\}(.*?)\{% endtrans %\}", text, flags=re.DOTALL)
    return "\n".join([*words, *(re.sub(r"<[^>]+>|\{\{.*?\}\}", " ", one) for one in blocks)])


@pytest.mark.parametrize(
    "path", sorted(Path("templates/emails").glob("*.*")), ids=lambda path: path.name
)
def test_no_mail_of_the_shop_claims_anything(path):
    found = lint([Field("mail", line) for line in spoken(path).split("\n")], restricted=True)
    assert [one for one in found if one.severity is not Severity.NOTICE] == []


def test_the_risk_text_that_comes_with_the_shop_claims_nothing():
    assert findings_in_block(standard_text()) == []


SEED = Path("storefront/seed")


def demo_products(file: str) -> list[dict[str, str]]:
    told = json.loads((SEED / file).read_text(encoding="utf-8"))
    return told["products"] if isinstance(told, dict) else told


@pytest.mark.parametrize(("file", "restricted"), [("products.json", False), ("kratom.json", True)])
def test_no_product_of_the_demo_claims_anything(file, restricted):
    for one in demo_products(file):
        prose = (SEED / "prose" / f"{one['code'].lower()}.md").read_text(encoding="utf-8")
        found = look_at(product_texts(one["name"], one["summary"], prose), restricted)
        said = [(row.finding.rule_id, row.finding.words) for row in found if row.blocks]
        assert said == [], one["code"]
