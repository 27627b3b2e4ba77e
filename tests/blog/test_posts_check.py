"""flask posts check: one text, or all articles; a line for each finding, and an exit code."""

from pathlib import Path

import pytest

from storefront.blog.checks import check
from storefront.blog.content import content_of
from storefront.blog.decisions import decide
from storefront.blog.facts import facts_for
from storefront.blog.publishing import made_of
from storefront.blog.saving import newest_revision
from storefront.catalog.models import ProductClass
from storefront.clock import now
from storefront.extensions import db
from storefront.jinja import shop
from storefront.seed.articles import read_authors
from storefront.transactions import write_tx
from tests.factories import a_collection, a_post, a_product, an_author

ARTICLES = Path(__file__).parents[2] / "storefront" / "seed" / "articles"
TRADE = Path(__file__).parents[1] / "compliance" / "trade_text.md"


@pytest.fixture
def run(app):
    def command(*words: str, given: str = "") -> tuple[int, list[str]]:
        result = app.test_cli_runner().invoke(args=["posts", "check", *words], input=given)
        db.session.rollback()
        return result.exit_code, result.output.splitlines()

    return command


@pytest.fixture
def restricted(app) -> None:
    """A shop that sells what not every state allows."""
    with write_tx() as session:
        session.add(ProductClass(code="kratom", name="Kratom", restricted=True))


def rules_of(lines: list[str]) -> set[tuple[str, str]]:
    return {tuple(line.split(": ", 1)[1].split(":")[0].split()[:2]) for line in lines}


def test_a_text_with_nothing_against_it(run):
    a_product(slug="mug")
    assert run("-", given="Pour over. [The blue mug](/products/mug) holds a pint.\n") == (0, [])


def test_links_that_lead_nowhere_are_named_with_their_lines(run):
    a_product(slug="mug")
    a_collection("cups")
    known, gone = a_post(slug="known"), a_post(slug="gone", state="withdrawn")
    code, lines = run("-", given=(
        f"[one](/blog/{known.slug}) [two](/collections/cups) [three](/pages/terms) [a](#part)\n"
        f"\n[four](/blog/{gone.slug}) and [five](/blog/none)\n\n[six](/collections/none)\n"
        "[seven](/pages/none) [eight](/products/none) [nine](http://localhost/blog/none#x)\n\n"
        "::product[nothing]\n"
    ))  # fmt: skip
    assert code == 1
    dead = [line for line in lines if "link-nowhere" in line]
    assert [line.split(":")[1] for line in dead] == ["3", "3", "5", "6", "6"]
    assert "“four”: This link leads nowhere: /blog/gone answers 410." in dead[0]
    assert rules_of(lines) == {
        ("warning", "link-nowhere"), ("warning", "link-product"), ("error", "card-missing"),
    }  # fmt: skip


def test_a_text_of_the_trade_fails_where_such_things_are_sold(run, restricted):
    code, lines = run(str(TRADE), "--tag", "kratom")
    assert code == 1
    assert len([line for line in lines if ": error " in line]) > 5
    assert all(line.startswith(f"{TRADE}:") for line in lines)


@pytest.mark.parametrize("path", sorted(ARTICLES.glob("*.md")), ids=lambda path: path.stem)
def test_the_demos_articles_pass(run, restricted, path):
    for author in read_authors():
        an_author(author.slug)
    lines = [line for line in run(str(path))[1] if not _needs_the_demo(line)]
    assert [line for line in lines if ": notice " not in line] == []


def _needs_the_demo(line: str) -> bool:
    """The demo's products and articles are not in this shop."""
    return any(rule in line for rule in ("card-missing", "link-product", "link-nowhere"))


def test_lines_count_from_the_top_of_the_file(run):
    head = "---\ntitle: A text\ndescription: Of something.\nauthor: mara-holt\n---\n"
    an_author()
    code, lines = run("-", given=f"{head}Words.\n\n[five](/blog/none)\n")
    assert (code, [line.split(":")[1] for line in lines]) == (1, ["8"])
    code, lines = run("-", given="---\n: [\n---\nWords.\n")
    assert code == 1
    assert lines[0].startswith("Error: The head of the file cannot be read")


def test_all_articles_or_those_of_a_tag(run):
    a_post("Fine words about tea.", slug="fine", tags=("tea",))
    a_post("[Gone](/blog/none)", slug="bad", tags=("pots",))
    a_post("[Gone](/blog/none)", slug="draft", state="draft")
    code, lines = run()
    assert code == 1
    assert {line.split(":")[0] for line in lines if ": notice " not in line} == {"/blog/bad"}
    assert run("--tag", "Tea")[0] == 0
    assert run("--tag", "pots")[0] == 1


def test_what_was_let_through_for_a_reason_is_no_finding(run):
    post = a_post("This tea cures anxiety.", slug="cure")
    code, before = run()
    assert code == 1
    made = made_of(content_of(newest_revision(post.id).content))
    asked = [one for one in check(made, facts_for(made), shop().today()) if one.needs_decision]
    with write_tx():
        reasons = {one.digest: "A quotation, answered below." for one in asked}
        decide(post.id, asked, reasons, "owner@example.com", is_owner=True, now=now())
    assert len(run()[1]) == len(before) - len(asked) < len(before)
