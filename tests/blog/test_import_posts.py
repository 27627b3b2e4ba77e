"""`flask catalog import` and `export`: articles in and out of a file."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from storefront.blog.content import content_of
from storefront.blog.importing import post_changes
from storefront.blog.models import Author, Post, ProductCard, Revision
from storefront.blog.publishing import withdraw
from storefront.blog.saving import newest_revision, save
from storefront.catalog.lines import read_lines
from storefront.catalog.models import OldSlug, Product
from storefront.catalog.version import current_version
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.catalog.test_import import META, MUG, POT, bring_in, command  # noqa: F401 a fixture
from tests.factories import a_product
from tests.statements import count_statements

Line = dict[str, Any]
Import = Callable[..., Result]

POST: Line = {
    "type": "post", "slug": "on-pots", "title": "On pots", "published": "2024-02-03T09:00:00Z",
    "body": "An [Iron Pot](/product/iron-pot) keeps heat.\n\nThe [mug](/products/blue-mug) too.",
}  # fmt: skip
ADA: Line = {
    "type": "author", "slug": "ada-byron", "name": "Ada Byron", "role": "Editor",
    "credentials": "Ten years at a stove", "bio": "Cooks *slowly*.", "connection": "staff",
}  # fmt: skip
FULL: Line = {
    "type": "post", "slug": "in-full", "title": "In full", "published": "2024-05-06T09:00:00Z",
    "description": "All an article can say.", "tags": ["Brewing", "Tea ware"],
    "author": "ada-byron", "reviewer": "ada-byron", "reviewed_on": "2024-05-01",
    "series": "Kitchen", "series_position": 2, "disclosure": "We sell pots.",
    "sources": [{"title": "A book", "url": "https://example.org/", "note": "p. 7"}],
    "body": 'Words.\n\n::product[iron-pot]{note="The one"}\n\nMore words.',
}  # fmt: skip
GOODS = (
    META,
    {"type": "category", "slug": "kitchen", "name": "Kitchen"},
    {"type": "category", "slug": "pots", "name": "Pots", "parent": "kitchen"},
    POT,
    MUG,
)


def post(slug: str) -> Post:
    return db.session.scalars(select(Post).where(Post.slug == slug)).one()


def cards(slug: str) -> list[tuple[str, str]]:
    return [
        (kind, code)
        for kind, code in db.session.execute(
            select(ProductCard.kind, Product.code)
            .join(Product, Product.id == ProductCard.product_id)
            .where(ProductCard.post_id == post(slug).id)
            .order_by(ProductCard.kind, ProductCard.number)
        )
    ]


def everything() -> list[Any]:
    counts = [db.session.scalar(select(func.count()).select_from(m)) for m in (Post, Revision)]
    return [current_version(), *counts, *db.session.scalars(select(Post.changed_at))]


def test_an_article_is_shown_and_knows_its_products_by_identity(
    app: Flask,
    bring_in: Import,  # noqa: F811
):
    told = bring_in(*GOODS, POST).output
    assert "posts: 1 new, 0 changed, 0 as they were" in told
    there = post("on-pots")
    assert (there.title, there.status) == ("On pots", "published")
    assert there.published_at == there.changed_at == datetime(2024, 2, 3, 9, tzinfo=UTC)
    assert cards("on-pots") == [("link", "SKU-1"), ("link", "SKU-2")]
    pot = db.session.scalar(select(Product.id).where(Product.code == "SKU-1"))
    assert f"](product:{pot})" in there.body
    author = db.session.get_one(Author, there.author_id)
    assert author.name == app.config["SHOP_NAME"]


def test_an_article_may_stand_before_its_products(bring_in: Import):  # noqa: F811
    bring_in(META, POST, FULL, ADA, *GOODS[1:])
    assert cards("on-pots") == [("link", "SKU-1"), ("link", "SKU-2")]
    assert cards("in-full") == [("card", "SKU-1")]


def test_all_an_article_can_say(bring_in: Import):  # noqa: F811
    told = bring_in(*GOODS, ADA, FULL).output
    assert "authors: 1 new, 0 changed, 0 as they were" in told
    there = post("in-full")
    assert [tag["name"] for tag in there.tags] == ["Brewing", "Tea ware"]
    assert (there.description, there.disclosure) == ("All an article can say.", "We sell pots.")
    assert there.sources == FULL["sources"]
    assert there.author_id == there.reviewer_id is not None
    assert there.reviewed_on is not None
    assert there.series_position == 2
    author = db.session.get_one(Author, there.author_id)
    assert author.bio_html == "<p>Cooks <em>slowly</em>.</p>"


def test_the_same_file_again_changes_nothing(bring_in: Import):  # noqa: F811
    bring_in(*GOODS, ADA, POST, FULL)
    before = everything()
    told = bring_in(*GOODS, ADA, POST, FULL).output
    assert "posts: 0 new, 0 changed, 2 as they were" in told
    assert "authors: 0 new, 0 changed, 1 as they were" in told
    assert everything() == before


def test_only_the_article_that_differs_is_written(bring_in: Import):  # noqa: F811
    bring_in(*GOODS, ADA, POST, FULL)
    still = post("in-full").changed_at
    told = bring_in(*GOODS, ADA, {**POST, "title": "On iron pots"}, FULL).output
    assert "posts: 0 new, 1 changed, 1 as they were" in told
    changed = post("on-pots")
    assert changed.title == "On iron pots"
    assert changed.published_at == datetime(2024, 2, 3, 9, tzinfo=UTC)
    assert changed.changed_at > now() - timedelta(minutes=5)
    assert post("in-full").changed_at == still


def test_what_a_line_leaves_out_stays(bring_in: Import):  # noqa: F811
    bring_in(*GOODS, ADA, FULL)
    short = {key: FULL[key] for key in ("type", "slug", "title", "body")}
    told = bring_in(*GOODS, short).output
    assert "posts: 0 new, 0 changed, 1 as they were" in told


def test_another_day_of_publication_is_a_change_of_that_alone(bring_in: Import):  # noqa: F811
    bring_in(*GOODS, POST)
    before = current_version()
    told = bring_in(*GOODS, {**POST, "published": "2024-02-01"}).output
    assert "posts: 0 new, 1 changed, 0 as they were" in told
    assert post("on-pots").published_at == datetime(2024, 2, 1, tzinfo=UTC)
    assert newest_revision(post("on-pots").id).number == 1
    assert current_version() > before


def test_without_a_day_of_publication_it_is_a_draft(bring_in: Import):  # noqa: F811
    bring_in(*GOODS, {**POST, "published": None})
    assert (post("on-pots").status, post("on-pots").published_at) == ("draft", None)
    told = bring_in(*GOODS, POST).output
    assert "posts: 0 new, 1 changed, 0 as they were" in told
    assert post("on-pots").status == "published"


def test_a_day_to_come_is_a_plan(bring_in: Import):  # noqa: F811
    later = (now() + timedelta(days=3)).replace(microsecond=0)
    bring_in(*GOODS, {**POST, "published": later.isoformat()})
    planned = post("on-pots")
    assert (planned.status, planned.publish_at, planned.publish_revision) == ("draft", later, 1)
    told = bring_in(*GOODS, {**POST, "published": later.isoformat()}).output
    assert "posts: 0 new, 0 changed, 1 as they were" in told


def test_what_the_shop_withdrew_stays_withdrawn(bring_in: Import):  # noqa: F811
    bring_in(*GOODS, POST)
    with write_tx():
        withdraw(post("on-pots").id, now())
    bring_in(*GOODS, {**POST, "title": "Again"})
    assert post("on-pots").status == "withdrawn"


def test_what_a_writer_is_working_on_is_left_alone(bring_in: Import):  # noqa: F811
    bring_in(*GOODS, POST)
    first = newest_revision(post("on-pots").id)
    with write_tx():
        draft = content_of({**first.content, "body": "Half a thought"})
        save(post("on-pots").id, draft, "ada@example.com", now(), first.number)
    told = bring_in(*GOODS, POST).output
    assert "posts: 0 new, 0 changed, 1 as they were" in told
    assert newest_revision(post("on-pots").id).content["body"] == "Half a thought"


def test_a_renamed_product_breaks_no_article(bring_in: Import):  # noqa: F811
    bring_in(*GOODS, POST)
    bring_in(*GOODS[:3], {**POT, "slug": "cast-iron-pot"}, MUG)
    assert db.session.scalars(select(OldSlug.slug)).all() == ["iron-pot"]
    told = bring_in(POST, META).output
    assert "posts: 0 new, 0 changed, 1 as they were" in told


def test_a_dry_run_tells_the_same_and_writes_nothing(bring_in: Import):  # noqa: F811
    bring_in(META, POST)  # its products come later
    before = everything()
    lines = (*GOODS, ADA, {**POST}, FULL)
    dry = bring_in(*lines, dry=True).output.splitlines()
    assert everything() == before
    assert "  posts: 1 new, 1 changed, 0 as they were" in dry
    assert dry[1:] == bring_in(*lines).output.splitlines()[1:]
    assert cards("on-pots") == [("link", "SKU-1"), ("link", "SKU-2")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({**POST, "title": ""}, "title"),
        ({**POST, "slug": "On Pots"}, "slug"),
        ({**POST, "body": None}, "body is missing"),
        ({**POST, "body": "b" * 200_001}, "body is longer"),
        ({**POST, "published": "yesterday"}, "published"),
        ({**POST, "tags": "tea"}, "tags"),
        ({**POST, "sources": [{"url": "x"}]}, "sources"),
        ({**POST, "reviewed_on": "May"}, "reviewed_on"),
        ({**POST, "author": "nobody"}, "author nobody is unknown"),
        ({**POST, "body": "::product[no-such-pot]"}, "no-such-pot"),
        ({**FULL, "author": None, "reviewer": None}, "twice"),
        ({**ADA, "connection": "cousin"}, "connection"),
        ({**ADA, "name": " "}, "name"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_imported(
    bring_in: Import,  # noqa: F811
    line: Line,
    words: str,
):
    before = everything()
    told = bring_in(META, {**FULL, "author": None, "reviewer": None}, *GOODS[1:], line, fails=True)
    assert "Nothing was imported" in told.output
    assert "line 7:" in told.output
    assert words in told.output
    assert everything() == before
    assert db.session.scalar(select(func.count()).select_from(Product)) == 0


def test_what_was_exported_imports_as_unchanged(
    app: Flask,
    bring_in: Import,  # noqa: F811
    tmp_path: Path,
):
    bring_in(*GOODS, ADA, POST, FULL, {**POST, "slug": "draft", "published": None})
    a_product("Sencha")
    file = tmp_path / "out.jsonl"
    assert command(app, "export", str(file)).exit_code == 0
    lines = file.read_text(encoding="utf-8").splitlines()
    kinds = [json.loads(line)["type"] for line in lines]
    assert (kinds.count("post"), kinds.count("author")) == (3, 2)
    before = everything()
    told = bring_in(*lines).output
    assert "posts: 0 new, 0 changed, 3 as they were" in told
    assert "authors: 0 new, 0 changed, 2 as they were" in told
    assert everything() == before


def test_an_export_fills_another_shop(
    app: Flask,
    bring_in: Import,  # noqa: F811
    tmp_path: Path,
):
    bring_in(*GOODS, ADA, FULL)
    file = tmp_path / "out.jsonl"
    command(app, "export", str(file))
    with write_tx() as session:
        for model in (ProductCard, Revision, Post, Author):
            session.query(model).delete()
    bring_in(*file.read_text(encoding="utf-8").splitlines())
    assert post("in-full").sources == FULL["sources"]
    assert cards("in-full") == [("card", "SKU-1")]


def test_looking_for_changes_takes_the_same_statements_for_any_number(
    app: Flask,
    bring_in: Import,  # noqa: F811
):
    many = [{**POST, "slug": f"pots-{n}"} for n in range(30)]
    bring_in(*GOODS, *many)
    lines = [json.dumps(line).encode() for line in (*GOODS, *many)]
    with count_statements() as sent:
        assert post_changes(read_lines(lines, "USD"), "", now()) == []
    assert len(sent) <= 6
