"""Writing articles: begin, save, by hand and by itself, clash; what is refused keeps its text."""

import pytest
from sqlalchemy import func, select

from storefront.blog.models import Post, Revision
from storefront.extensions import db
from tests.admin.writing import (
    TEXT,
    an_author,
    begin,
    content,
    editor,
    newest,
    open_editor,
    post,
    post_id_of,
    written,
)
from tests.factories import a_product
from tests.page import Page
from tests.statements import count_statements
from tests.valid_html import faults


@pytest.fixture
def writer(staff_client):
    return staff_client("writer")


def autosave(page: Page, **fields) -> Page:
    form = editor(page)
    return form.send(kind="autosaved", **fields)


def test_an_article_begins_with_a_title_and_is_saved_with_all_there_is_to_it(writer):
    author, reviewer = an_author("Ada Byron"), an_author("Bea Cole")
    tea = a_product("Sencha", slug="sencha")
    post_id = written(
        writer,
        'Brew it.\n\n::product[sencha]{note="This one"}\n',
        author=str(author),
        reviewer=str(reviewer),
        reviewed_on="2026-11-20",
        tags="Tea, Brewing , tea,",
        series="First steps",
        series_position="2",
        disclosure="We sell it.",
        sources="A book\nA page | https://a.example/page | Read in May",
        slug="tea-for-one-cup",
    )
    kept = content(post_id)
    assert kept.body == f'Brew it.\n\n::product[@{tea.id}]{{note="This one"}}\n'
    assert kept.tags == ("Tea", "Brewing", "tea")
    assert (kept.author_id, kept.reviewer_id) == (author, reviewer)
    assert [(s.title, s.url, s.note) for s in kept.sources] == [
        ("A book", "", ""),
        ("A page", "https://a.example/page", "Read in May"),
    ]
    assert (kept.series, kept.series_position, kept.disclosure) == ("First steps", 2, "We sell it.")
    form = editor(open_editor(writer, post_id))
    assert "::product[sencha]" in form.values["body"]
    assert form.values["sources"] == "A book\nA page | https://a.example/page | Read in May"
    assert form.values["reviewed_on"] == "2026-11-20"
    assert post(post_id).slug == "tea-for-one-cup"


def test_pages_of_writing_are_valid_html(writer):
    a_product("Sencha", slug="sencha")
    body = (
        "## One\n\n#### Two\n\n::product[sencha]\n\n::product[nothing]\n\nCosts $5, cures anxiety."
    )
    post_id = written(writer, body)
    for path in (
        "/admin/posts",
        "/admin/posts?view=attention&q=tea",
        "/admin/posts/new",
        "/admin/posts/products?q=sencha",
        f"/admin/posts/{post_id}",
        f"/admin/posts/{post_id}/publication",
        f"/admin/posts/{post_id}/revisions",
    ):
        page = Page.open(writer, path)
        assert page.status == 200, path
        assert faults(page.response.get_data(as_text=True)) == [], path


def test_saving_the_same_again_makes_no_new_version(writer):
    post_id = written(writer)
    before = newest(post_id).number
    editor(open_editor(writer, post_id)).send()
    assert newest(post_id).number == before


def test_what_saves_itself_is_one_version_until_it_is_saved_by_hand(writer):
    post_id = written(writer)
    first = newest(post_id).number
    page = autosave(open_editor(writer, post_id), body=TEXT + "More.")
    page = autosave(page, body=TEXT + "More and more.")
    assert page.flashes == []
    assert (newest(post_id).number, newest(post_id).kind) == (first + 1, "autosaved")
    page = editor(page).send()
    assert (newest(post_id).number, newest(post_id).kind) == (first + 1, "saved")
    autosave(page, body=TEXT + "And on.")
    assert newest(post_id).number == first + 2
    assert post(post_id).status == "draft"


def test_a_second_tab_of_the_same_writer_overwrites_nothing(writer):
    post_id = written(writer)
    one, two = open_editor(writer, post_id), open_editor(writer, post_id)
    autosave(one, body="From the first tab.")
    autosave(two, body="From the second tab.")
    kept = db.session.scalars(select(Revision).where(Revision.post_id == post_id)).all()
    bodies = {revision.content["body"] for revision in kept}
    assert {"From the first tab.", "From the second tab."} <= bodies


def test_two_who_save_at_once_both_keep_their_text_and_see_the_other(writer, staff_client):
    post_id = written(writer)
    other = staff_client("owner")
    mine, theirs = open_editor(writer, post_id), open_editor(other, post_id)
    editor(theirs).send(body="Theirs.\n")
    page = editor(mine).send(body="Mine.\n")
    assert page.status == 409
    assert "saved this article meanwhile" in page.text
    assert page.soup.select_one("#theirs").get_text().strip() == "Theirs."
    assert "Theirs." in page.soup.select_one("#clash del").get_text()
    assert "Mine." in page.soup.select_one("#clash ins").get_text()
    assert editor(page).values["body"] == "Mine.\n"
    assert faults(page.response.get_data(as_text=True)) == []
    assert content(post_id).body == "Theirs.\n"
    editor(page).send()  # having seen both
    assert content(post_id).body == "Mine.\n"
    kept = db.session.scalars(select(Revision.content).where(Revision.post_id == post_id)).all()
    assert "Theirs.\n" in [one["body"] for one in kept]


def test_a_clash_of_what_saves_itself_says_so_in_its_place(writer, staff_client):
    post_id = written(writer)
    mine = open_editor(writer, post_id)
    editor(open_editor(staff_client("owner"), post_id)).send(body="Theirs.\n")
    page = autosave(mine, body="Mine.\n")
    assert page.status == 409
    assert "saved this article meanwhile" in page.soup.select_one("#saved").get_text()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": " "}, "Enter a title."),
        ({"title": "a" * 201}, "Shorten this to 200 characters or fewer."),
        ({"slug": "Not An Address"}, "Use small letters a to z, digits and single hyphens."),
        ({"tags": "!!!"}, "“!!!” cannot be a tag: use letters, 80 at most."),
        ({"tags": ",".join(map(str, range(21)))}, "Choose 20 tags or fewer."),
        ({"sources": "x | javascript:alert(1)"}, "“javascript:alert(1)” is no address"),
        ({"author": "999"}, "Choose one of the authors."),
        ({"reviewed_on": "soon"}, "Not a valid date value."),
        ({"series_position": "-1"}, "Enter a number from 0 to 9999."),
        ({"cover": "../../etc"}, "Add the cover again from its file."),
        ({"body": "[" * 1_000_000}, "Shorten this to 200000 characters or fewer."),
        ({"body": "[" * 6000}, "This text has more than 5,000 square brackets."),
    ],
)
def test_what_cannot_be_kept_comes_back_with_the_text_and_a_reason(writer, fields, said):
    post_id = written(writer)
    before = newest(post_id).number
    page = editor(open_editor(writer, post_id)).send(**{"body": "My words.\n", **fields})
    assert page.status == 422
    assert any(said in error for error in page.errors), page.errors
    assert editor(page).values["body"] == fields.get("body", "My words.\n")
    assert newest(post_id).number == before


def test_more_than_that_at_once_is_refused_in_words(writer):
    post_id = written(writer)
    page = editor(open_editor(writer, post_id)).send(body="a" * 5_000_000)
    assert page.status == 413
    assert "too much" in page.text


def test_an_address_that_another_article_has_is_refused(writer):
    written(writer)
    other = begin(writer, "Tea for two")
    page = editor(other).send(slug="tea-for-one", body="Mine.\n")
    assert page.status == 422
    assert page.errors == ["Another article has this address already. Choose a different one."]
    assert editor(page).values["body"] == "Mine.\n"
    page = Page.open(writer, "/admin/posts/new").form("/admin/posts").send(title="Tea for One")
    assert page.status == 422
    assert db.session.scalar(select(func.count()).select_from(Post)) == 2


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        '<iframe src="https://evil.example"></iframe>',
        '<img src=x onerror="alert(1)">',
        "[click](javascript:alert(1))",
        "[click](JaVaScRiPt:alert(1))",
        '[a](https://a.example "x\\" onmouseover=\\"alert(1)")',
        "::product[<script>alert(1)</script>]",
        '::product[sencha]{note="<script>alert(1)</script>"}',
        "# <script>alert(1)</script>",
        "**bold [link](unclosed `code *em",
        "```\nnever closed",
        "> > > > > > > >\n- - - - -\n1. 1. 1. 1.",
        "\x00 nul and \x0b others",
    ],
)
def test_hostile_or_broken_text_is_kept_as_written_and_shown_as_text(writer, body):
    a_product("Sencha", slug="sencha")
    post_id = written(writer, body)
    page = open_editor(writer, post_id)
    form = editor(page)
    clean = body.replace("\x00", "").replace("\x0b", "")
    assert form.values["body"].strip() == clean.strip()
    answer = writer.post(f"/admin/posts/{post_id}/preview", data=form.values)
    html = Page(writer, answer, f"/admin/posts/{post_id}").soup.select_one("#preview")
    assert html.select("script, iframe, img[onerror], [onmouseover], [onerror]") == []
    assert all(
        ":" not in a["href"].split("/")[0] or a["href"].startswith("https:")
        for a in html.select("a[href]")
    )


def test_a_long_article_with_60_cards_is_saved_with_few_statements(writer):
    slugs = [a_product(slug=f"tea-{n}").slug for n in range(60)]
    words = "\n\n".join("tea " * 330 for _ in range(60))
    paragraphs = words.split("\n\n")
    body = "\n\n".join(f"{p}\n\n::product[{s}]" for p, s in zip(paragraphs, slugs, strict=True))
    post_id = written(writer)
    values = {**editor(open_editor(writer, post_id)).values, "body": body}
    with count_statements() as sent:
        answer = writer.post(f"/admin/posts/{post_id}", data=values)
    assert answer.status_code == 303
    assert len(sent) <= 16, "\n".join(sent)
    with count_statements() as sent:
        page = open_editor(writer, post_id)
    assert "Nothing blocks publishing" in page.text
    assert len(sent) <= 20, "\n".join(sent)


def test_every_version_tells_who_wrote_it(writer):
    post_id = post_id_of(begin(writer))
    assert newest(post_id).actor.startswith("writer-")


@pytest.mark.parametrize("role", ["stock", "orders"])
def test_others_of_the_staff_have_no_business_here(staff_client, role):
    assert Page.open(staff_client(role), "/admin/posts").status == 403


def test_what_is_not_there_is_404(writer):
    for path in ("/admin/posts/99", "/admin/posts/99/publication", "/admin/posts/99/revisions"):
        assert Page.open(writer, path).status == 404
    for path in ("", "/preview", "/products", "/cards", "/pictures", "/publication", "/schedule",
                 "/withdrawal", "/revisions/1/restoration"):  # fmt: skip
        assert writer.post(f"/admin/posts/99{path}").status_code == 404, path
