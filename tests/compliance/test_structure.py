"""What an article needs as a whole."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from storefront.compliance.claim_rules import Severity
from storefront.compliance.structure import Card, Document, check_document, check_structure

ROOT = Path(__file__).parents[2]
RISK = "> [!RISK]\n> " + (ROOT / "storefront/compliance/risk-block.md").read_text("utf-8")
TODAY = date(2026, 11, 26)
ARTICLE = Document(
    title="What is not known",
    body=RISK + "\n## Reports\n\nWithdrawal symptoms are on record.\n",
    today=TODAY,
    tags=("health", "safety"),
    sources=("A review", "Another review"),
    author="Ines",
    connections=("staff", ""),
    disclosure="Ines works here.",
    reviewed_on=date(2026, 3, 1),
)


def found(restricted: bool = True, **changed: object) -> list[tuple[str, str, int]]:
    findings = check_structure(replace(ARTICLE, **changed), restricted)  # type: ignore[arg-type]
    return [(one.rule_id, one.field, one.line) for one in findings]


def test_an_article_that_has_it_all_passes() -> None:
    assert check_document(ARTICLE, restricted=True) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("", 1),
        ("## Reports\n\nText.\n", 1),
        ("\n\nAn opening.\n\n" + RISK, 3),
        ("::product[red-leaf]\n\n" + RISK, 1),
        ("> [!NOTE]\n> " + RISK.removeprefix("> [!RISK]\n> "), 1),
        ("> [!RISK]\n> Take care.\n", 1),
        (RISK.replace("Regular use can lead to dependence and withdrawal. ", ""), 1),
    ],
)
def test_the_standard_risk_block_comes_first(body: str, line: int) -> None:
    assert found(body=body) == [("STR-01", "body", line)]
    assert found(restricted=False, body=body) == []


@pytest.mark.parametrize("body", [RISK, "\n" + RISK, RISK.replace(". ", ".\n> ")])
def test_the_risk_block_may_be_broken_into_lines(body: str) -> None:
    assert found(body=body) == []


@pytest.mark.parametrize("tag", ["health", "Mental-Health", "mental health", "wellness", "safety"])
def test_no_restricted_product_is_sold_beside_health(tag: str) -> None:
    cards = (Card(3), Card(9, restricted=True), Card(12, restricted=True, sells=False))
    assert ("STR-03", "body", 9) in found(tags=(tag,), cards=cards)
    assert [one for one in found(tags=(tag,), cards=cards) if one[0] == "STR-03"] == [
        ("STR-03", "body", 9)
    ]


def test_restricted_products_may_be_sold_beside_other_subjects() -> None:
    assert found(tags=("quality",), body=RISK, cards=(Card(9, restricted=True),)) == []


@pytest.mark.parametrize("price", ["$9.00", "9 €", "USD 9", "nine, or 9 dollars"])
def test_no_price_is_typed_into_a_health_article(price: str) -> None:
    body = f"{RISK}\nText.\n\nIt costs {price}.\n"
    assert found(body=body) == [("STR-03", "body", 6)]


def test_an_article_on_health_has_sources_an_author_and_a_fresh_review() -> None:
    assert found(False, sources=("One",)) == [("STR-04", "source", 0)]
    assert found(False, author="") == [("STR-04", "author", 0)]
    assert found(False, reviewed_on=None) == [("STR-04", "reviewed_on", 0)]
    assert found(False, reviewed_on=date(2025, 11, 25)) == [("STR-04", "reviewed_on", 0)]
    assert found(False, reviewed_on=date(2025, 11, 26)) == []
    assert found(False, reviewed_on=date(2026, 11, 27)) == [("STR-04", "reviewed_on", 0)]
    assert found(False, tags=("brewing",), sources=(), author="", reviewed_on=None) == []


def test_a_connection_to_the_shop_is_disclosed() -> None:
    assert found(False, disclosure=" ") == [("STR-06", "disclosure", 0)]
    assert found(False, disclosure="", connections=("", "gifted")) == [("STR-06", "disclosure", 0)]
    assert found(False, disclosure="", connections=("", "")) == []


@pytest.mark.parametrize(
    ("changed", "field", "line"),
    [
        ({}, "body", 6),
        ({"body": RISK, "title": "On sleep"}, "title", 1),
        ({"body": RISK, "slug": "low-mood"}, "slug", 1),
        ({"body": RISK, "description": "Anxiety is a word."}, "description", 1),
    ],
)
def test_a_health_subject_is_tagged_so(changed: dict[str, str], field: str, line: int) -> None:
    assert found(tags=("plants",), **changed) == [("STR-07", field, line)]
    assert found(restricted=False, tags=("plants",), **changed) == []


def test_the_risk_block_makes_no_article_one_on_health() -> None:
    assert found(tags=("plants",), body=RISK) == []


def test_words_and_structure_are_judged_together() -> None:
    pitch = "Red leaf may help alleviate anxiety."
    findings = check_document(replace(ARTICLE, description=pitch, body=pitch), restricted=True)
    assert {(one.rule_id, one.field) for one in findings if one.severity is Severity.ERROR} == {
        ("DIS-02", "description"),
        ("DIS-02", "body"),
        ("STR-01", "body"),
    }


def test_tags_alts_sources_and_addresses_are_judged_too() -> None:
    findings = check_document(
        replace(
            ARTICLE,
            slug="natural-pain-relief",
            tags=("health", "anxiety"),
            alts=("A leaf for pain relief",),
            sources=("Pain relief by leaf", "Another"),
            disclosure="We sell pain relief.",
        ),
        restricted=True,
    )
    assert {one.field for one in findings} == {"slug", "tag", "alt", "source", "disclosure"}
