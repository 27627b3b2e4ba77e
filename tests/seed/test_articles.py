"""The demo's articles: what they may say, where they lead, how long they are."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest

from storefront.compliance.claim_rules import Severity, claim_rules
from storefront.compliance.claims import Field, lint
from storefront.compliance.passages import CARD, Kind, passages_of
from storefront.compliance.structure import Card, Document, check_document
from storefront.pages.texts import SLUGS as PAGES
from storefront.seed.articles import (
    ArticleFile,
    read_articles,
    read_authors,
    without_restricted,
)
from storefront.seed.plates.draw import PLATES

ROOT = Path(__file__).parents[2] / "storefront/seed"
ARTICLES = {article.slug: article for article in read_articles()}
AUTHORS = {author.slug: author for author in read_authors()}
KRATOM = json.loads((ROOT / "kratom.json").read_text())
RESTRICTED = {entry["slug"] for entry in KRATOM["products"]}
PRODUCTS = {
    entry["slug"] for entry in json.loads((ROOT / "products.json").read_text())
} | RESTRICTED
SOLD_LOTS = {entry["code"] for entry in KRATOM["lots"] if "state" not in entry}
ON_KRATOM = {
    "kratom-and-mental-health",
    "how-to-read-a-certificate-of-analysis",
    "why-colour-names-tell-so-little",
    "where-we-ship-and-why-the-list-changes",
    "who-should-not-use-kratom",
}
LINK = re.compile(r"\]\(([^)\s]+)\)")
WORD = re.compile(r"\w[\w'’-]*")
each_article = pytest.mark.parametrize("article", ARTICLES.values(), ids=lambda one: one.slug)
each_author = pytest.mark.parametrize("author", AUTHORS.values(), ids=lambda one: one.slug)


def document(article: ArticleFile) -> Document:
    today = datetime.now(UTC).date()
    people = [AUTHORS[slug] for slug in (article.author, article.reviewer) if slug]
    lines = enumerate(article.body.split("\n"), 1)
    return Document(
        title=article.title,
        slug=article.slug,
        description=article.description,
        body=article.body,
        tags=article.tags,
        alts=(article.cover_alt,),
        sources=tuple(f"{source.title}. {source.note}" for source in article.sources),
        author=article.author,
        connections=tuple(person.connection for person in people),
        disclosure=article.disclosure,
        reviewed_on=today - timedelta(days=article.reviewed_days_ago),
        cards=tuple(
            Card(number, restricted=any(f"[{slug}]" in line for slug in RESTRICTED))
            for number, line in lines
            if CARD.match(line)
        ),
        today=today,
    )


def test_there_are_eight_articles_by_people_who_are_introduced() -> None:
    assert len(ARTICLES) == 8
    assert set(ARTICLES) > ON_KRATOM
    assert {article.author for article in ARTICLES.values()} == set(AUTHORS)


@each_article
def test_an_article_says_nothing_it_may_not(article: ArticleFile) -> None:
    restricted = article.slug in ON_KRATOM
    assert restricted == article.restricted == ("kratom" in article.body.lower())
    findings = check_document(document(article), restricted)
    assert [one for one in findings if one.severity is not Severity.NOTICE] == []


@each_article
def test_an_article_has_800_to_1500_words(article: ArticleFile) -> None:
    words = " ".join(passage.words for passage in passages_of(article.body))
    assert 800 <= len(WORD.findall(words)) <= 1_500


@each_article
def test_an_article_is_described_in_a_line(article: ArticleFile) -> None:
    assert 60 <= len(article.description) <= 160
    assert article.description.endswith(".")


@each_article
def test_articles_lead_to_what_there_is(article: ArticleFile) -> None:
    for target in LINK.findall(article.body):
        kind, _, slug = target.lstrip("/").partition("/")
        known = {
            "products": PRODUCTS, "pages": {*PAGES, "where-we-ship"}, "blog": ARTICLES,
            "lots": SOLD_LOTS, "collections": {KRATOM["collection"]["slug"]},
        }  # fmt: skip
        assert target.startswith("https://") or slug in known[kind], target
        assert target != f"/blog/{article.slug}"


@each_article
def test_cards_show_products_there_are(article: ArticleFile) -> None:
    cards = [line for line in article.body.split("\n") if line.startswith("::")]
    slugs = [re.fullmatch(r'::product\[([\w-]+)\](\{note="[^"]+"\})?', line) for line in cards]
    assert all(slugs)
    shown = {slug[1] for slug in slugs if slug}
    assert shown <= PRODUCTS
    assert not shown & RESTRICTED or not {"health", "safety", "law"} & set(article.tags)
    assert len(cards) == len(set(cards))


@each_article
def test_no_price_is_typed(article: ArticleFile) -> None:
    price = claim_rules().structure.price
    for passage in passages_of(article.body):
        assert not price.search(passage.words.lower()), passage.words


@each_article
def test_headings_begin_below_the_title(article: ArticleFile) -> None:
    marks = re.findall(r"^(#+) ", article.body, re.MULTILINE)
    assert marks
    assert set(marks) <= {"##", "###"}


@each_article
def test_a_cover_is_a_plate_of_the_demo_and_is_described(article: ArticleFile) -> None:
    plates = [(code, plate) for code, own in PLATES.items() for plate in own]
    shown = [plate.alt for code, plate in plates if article.cover in {code, plate.name}]
    assert article.cover_alt in (shown or [""])
    assert (article.cover is None) == (article.cover_alt == "")


@each_article
def test_an_article_has_two_sources_or_more(article: ArticleFile) -> None:
    assert len(article.sources) >= 2
    assert all(source.title and source.note for source in article.sources)
    assert all(
        source.url is None or source.url.startswith("https://") for source in article.sources
    )


@each_article
def test_an_article_was_reviewed_by_somebody_else_after_it_was_written(
    article: ArticleFile,
) -> None:
    assert article.reviewer in AUTHORS
    assert article.reviewer != article.author
    assert 0 < article.reviewed_days_ago < article.published_days_ago


@pytest.mark.parametrize("slug", sorted(ON_KRATOM))
def test_an_article_on_kratom_opens_with_the_risks(slug: str) -> None:
    assert passages_of(ARTICLES[slug].body)[0].kind is Kind.RISK


def test_without_restricted_goods_no_article_speaks_of_them_or_leads_there() -> None:
    left = without_restricted(ARTICLES.values())
    assert {article.slug for article in left} == set(ARTICLES) - ON_KRATOM
    for article in left:
        assert not any(f"/blog/{slug}" in article.body for slug in ON_KRATOM)
        assert len(article.body) > 0.9 * len(ARTICLES[article.slug].body)


def test_parts_of_a_series_follow_one_another() -> None:
    parts = [(a.series, a.series_position) for a in ARTICLES.values() if a.series]
    for _name, numbered in groupby(sorted(parts, key=str), key=lambda part: part[0]):
        positions = [position for _series, position in numbered]
        assert positions == list(range(1, len(positions) + 1))
        assert len(positions) > 1


@each_author
def test_an_author_is_told_of_in_60_to_120_words_that_make_no_claim(author) -> None:
    assert 60 <= len(WORD.findall(author.bio)) <= 120
    assert author.connection == "staff"
    assert author.role
    fields = [Field("credentials", author.credentials), Field("bio", author.bio, markdown=True)]
    assert lint(fields, restricted=True) == []
