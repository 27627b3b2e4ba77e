"""Publishing: what stands against it first; claims let through by a person with a reason."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from storefront.blog.models import ClaimDecision
from storefront.catalog.models import ARCHIVED, DRAFT, Product, ProductClass
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.admin.writing import (
    TEXT,
    content,
    editor,
    newest,
    open_editor,
    post,
    publication,
    publish,
    written,
)
from tests.factories import a_product
from tests.page import Page
from tests.valid_html import faults

TRADE_TEXT = Path(__file__).parent.parent / "compliance" / "trade_text.md"
CLAIM = "Red leaf may help alleviate anxiety."
WARNING = "It is lab-tested, they say."
REASON = "The word stands in a quotation of the law."


@pytest.fixture
def writer(staff_client):
    return staff_client("writer")


@pytest.fixture
def owner(staff_client):
    return staff_client("owner")


def reason_fields(page: Page) -> dict[str, str]:
    names = [str(tag["name"]) for tag in page.soup.select("textarea[name^=reason-]")]
    return dict.fromkeys(names, REASON)


def findings(page: Page) -> list[str]:
    return [" ".join(one.get_text().split()) for one in page.soup.select(".finding")]


def decisions() -> list[ClaimDecision]:
    db.session.rollback()
    return list(db.session.scalars(select(ClaimDecision).order_by(ClaimDecision.id)))


def set_status(slug: str, status: str) -> None:
    with write_tx() as session:
        session.execute(update(Product).where(Product.slug == slug).values(status=status))


def test_what_is_written_is_read_by_others_once_it_is_published(writer, client):
    post_id = written(writer)
    assert client.get("/blog/tea-for-one").status_code == 404
    page = publish(writer, post_id)
    assert page.flashes == ["Published. Readers find it at /blog/tea-for-one."]
    assert "Warm the pot." in Page.open(client, "/blog/tea-for-one").text
    assert post(post_id).status == "published"
    editor(open_editor(writer, post_id)).send(body="Cold water.\n")
    assert "Warm the pot." in Page.open(client, "/blog/tea-for-one").text
    publish(writer, post_id)
    assert "Cold water." in Page.open(client, "/blog/tea-for-one").text


def test_a_published_article_moves_and_its_old_address_leads_there(writer, client):
    post_id = written(writer)
    publish(writer, post_id)
    editor(open_editor(writer, post_id)).send(slug="tea-for-me")
    assert client.get("/blog/tea-for-one").status_code == 200
    publish(writer, post_id)
    assert client.get("/blog/tea-for-one").headers["Location"].endswith("/blog/tea-for-me")


def test_an_article_is_taken_back_and_its_address_says_so(writer, client):
    post_id = written(writer)
    publish(writer, post_id)
    page = publication(writer, post_id).form("/withdrawal").send()
    assert "Withdrawn." in page.flashes[0]
    assert client.get("/blog/tea-for-one").status_code == 410
    publish(writer, post_id)
    assert client.get("/blog/tea-for-one").status_code == 200


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("::product[no-such-tea]", "The shop has no product with this address."),
        ("::product[old-tea]", "This product is archived."),
        ("::product[new-tea]", "This product is a draft."),
        ("- ::product[old-tea]", "This card would be shown as text."),
        ("![A cup](picture:aaaaaaaaaaaaaaaaaaaa)", "There is no such picture."),
    ],
)
def test_what_blocks_is_shown_with_its_line_and_nobody_can_publish_it(owner, client, body, said):
    a_product("Old tea", slug="old-tea", status=ARCHIVED)
    a_product("New tea", slug="new-tea", status=DRAFT)
    post_id = written(owner, f"One.\n\n{body}\n")
    page = publication(owner, post_id)
    assert any(f"Line 3 {body}" in one and said in one for one in findings(page)), findings(page)
    assert page.soup.select_one("a[data-line]")["href"] == f"/admin/posts/{post_id}#line-3"
    form = page.form("/publication")
    assert "now" not in form.tag.get_text().split("By the clock")[0].split()
    page = form.send(**reason_fields(page))
    assert page.status == 422
    assert faults(page.response.get_data(as_text=True)) == []
    assert post(post_id).status == "draft"
    assert client.get("/blog/tea-for-one").status_code == 404


def test_an_article_without_author_is_not_published(owner):
    post_id = written(owner, author="0")
    page = publish(owner, post_id)
    assert page.status == 422
    assert "choose an author" in page.text


def test_a_claim_that_blocks_needs_an_owner_and_a_reason_that_is_kept(writer, owner, client):
    post_id = written(writer, f"{TEXT}\n{CLAIM}\n")
    page = publication(writer, post_id)
    assert "ask an owner" in page.text
    assert reason_fields(page) == {}
    digest = publication(owner, post_id).soup.select_one("textarea")["name"]
    page = publish(writer, post_id, **{digest: REASON})
    assert page.status == 403
    assert decisions() == []

    for reason in ("", "because", "  " * 40):
        page = publish(owner, post_id, **{digest: reason})
        assert page.status == 422
    assert post(post_id).status == "draft"

    page = publish(owner, post_id, **{digest: REASON})
    assert "Published." in page.flashes[0]
    [decision] = decisions()
    assert (decision.rule, decision.severity, decision.reason) == ("DIS-02", "block", REASON)
    assert decision.actor.startswith("owner-")
    assert f"Let through by {decision.actor}" in page.text
    assert "alleviate anxiety" in Page.open(client, "/blog/tea-for-one").text


def test_a_decision_holds_while_its_sentence_is_unchanged(owner, writer):
    post_id = written(owner, f"{TEXT}\n{CLAIM}\n")
    publish(owner, post_id, **reason_fields(publication(owner, post_id)))
    page = editor(open_editor(writer, post_id)).send(body=f"Another start.\n\n{TEXT}\n{CLAIM}\n")
    assert "Let through by" in page.text
    assert "Published." in publish(writer, post_id).flashes[0]
    editor(open_editor(writer, post_id)).send(body=f"{TEXT}\nGreen leaf may help with anxiety.\n")
    assert publish(writer, post_id).status == 422
    assert len(decisions()) == 1


def test_a_warning_needs_a_named_person_and_a_reason(writer):
    post_id = written(writer, f"{TEXT}\n{WARNING}\n")
    assert publish(writer, post_id).status == 422
    page = publish(writer, post_id, **reason_fields(publication(writer, post_id)))
    assert "Published." in page.flashes[0]
    [decision] = decisions()
    assert (decision.rule, decision.severity) == ("AUTH-07", "warn")
    assert decision.actor.startswith("writer-")


def test_a_refused_reason_stays_in_the_form(owner):
    post_id = written(owner, f"{CLAIM}\n\n{WARNING}\n")
    names = list(reason_fields(publication(owner, post_id)))
    page = publish(owner, post_id, **{names[0]: REASON})
    assert page.status == 422
    kept = {str(tag["name"]): tag.get_text().strip() for tag in page.soup.select("textarea")}
    assert kept == {names[0]: REASON, names[1]: ""}
    assert decisions() == []


@pytest.mark.parametrize("tags", ["kratom", "health", ""])
def test_a_text_as_the_trade_writes_it_cannot_be_published(owner, client, tags):
    with write_tx() as session:
        session.add(ProductClass(code="kratom_leaf", name="Kratom leaf", restricted=True))
    body = TRADE_TEXT.read_text(encoding="utf-8").partition("::product")[0]
    post_id = written(owner, body, title="Kratom and mental health", tags=tags)
    page = publication(owner, post_id)
    blocking = [one for one in findings(page) if one.startswith("Blocks")]
    assert len(blocking) >= 10
    assert page.form("/publication").send().status == 422
    assert client.get("/blog/kratom-and-mental-health").status_code == 404


def test_what_changed_since_one_looked_is_not_published(writer, owner):
    post_id = written(writer)
    page = publication(owner, post_id)
    editor(open_editor(writer, post_id)).send(body="Quite another text.\n")
    page = page.form("/publication").send()
    assert page.status == 409
    assert "The text changed since you opened this page." in page.text
    assert post(post_id).status == "draft"
    assert "Published." in page.form("/publication").send().flashes[0]


def test_what_saved_itself_is_for_good_once_it_is_published(writer, client):
    post_id = written(writer)
    page = editor(open_editor(writer, post_id)).send(kind="autosaved", body="Half a sent\n")
    publish(writer, post_id)
    editor(page).send(kind="autosaved", body="Half a sentence.\n")
    assert "Half a sent" in Page.open(client, "/blog/tea-for-one").text
    assert newest(post_id).published_at is None
    assert content(post_id).body == "Half a sentence.\n"


def test_checks_of_the_editor_lead_to_lines_and_show_them(writer):
    page = open_editor(writer, written(writer, "One.\n\nRead it [here](https://a.example).\n"))
    [found] = [one for one in findings(page) if "where the link leads" in one]
    assert "Line 3 Read it [here](https://a.example)." in found
    assert page.soup.select_one(".finding a")["data-line"] == "3"


def test_an_archived_product_makes_a_task_and_a_new_one_ends_it(writer):
    a_product("Sencha", slug="sencha")
    post_id = written(writer, "::product[sencha]\n\nWords.\n")
    publish(writer, post_id)
    listed = "/admin/posts?view=attention"
    assert "Tea for one" not in Page.open(writer, listed).text
    set_status("sencha", ARCHIVED)
    page = Page.open(writer, listed)
    assert "Tea for one" in page.text
    assert "Card 1: Sencha is archived." in page.text
    set_status("sencha", "active")
    assert "Tea for one" not in Page.open(writer, listed).text
