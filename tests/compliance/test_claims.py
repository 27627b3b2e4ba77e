"""What a text may not say: where it is found, in which line, and what is no prose."""

from pathlib import Path

import pytest

from storefront.compliance.claim_rules import Scope, Severity, claim_rules
from storefront.compliance.claims import LONGEST, Field, Finding, _pieces, lint, sentences
from storefront.compliance.passages import Kind, one_line, passages_of

TRADE_TEXT = Path(__file__).with_name("trade_text.md").read_text(encoding="utf-8")
RISK = (Path(__file__).parents[2] / "storefront/compliance/risk-block.md").read_text("utf-8")


def found_in(body: str, restricted: bool = True) -> list[Finding]:
    return lint([Field("body", body, markdown=True)], restricted)


def ids(findings: list[Finding]) -> set[str]:
    return {one.rule_id for one in findings}


def test_the_text_the_trade_usually_writes_is_full_of_errors() -> None:
    errors = {one.rule_id for one in found_in(TRADE_TEXT) if one.severity is Severity.ERROR}
    assert errors >= {
        "DIS-02", "DIS-03", "DIS-04", "DIS-06", "DIS-07", "DIS-12", "DIS-18", "FX-01", "FX-02",
        "FX-03", "FX-07", "AUTH-02", "AUTH-05", "DOSE-01", "SAFE-02", "SAFE-03", "SAFE-04",
        "SELL-01",
    }  # fmt: skip


def test_a_finding_names_its_line_and_the_words() -> None:
    body = "## Tea\n\nA first line,\nand a second. It\nmay help **alleviate**\nanxiety, they say.\n"
    (found,) = [one for one in found_in(body) if one.rule_id == "DIS-02"]
    assert (found.field, found.line) == ("body", 5)
    assert found.words == "help alleviate anxiety"
    assert found.severity is Severity.ERROR
    assert "drug claim" in found.why
    assert found.rewrite


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("text\n\n- leaf\n- natural pain relief\n", 4),
        ("1. leaf\n\n   natural pain relief\n", 3),
        ("> quoted\n>\n> natural pain relief\n", 3),
        ("| a | b |\n|---|---|\n| leaf | natural pain relief |\n", 3),
        ("Natural pain relief\n===================\n", 1),
        ("# Leaf\n\nleaf\\\nnatural pain relief\n", 4),
        ("one  \ntwo  \nnatural pain relief\n", 3),
        ("[natural pain relief](/blog/x)\n", 1),
        ("leaf\n![natural pain relief](picture:abc)\n", 2),
        ('[leaf](/blog/x "natural pain relief")\n', 1),
        ('leaf\n::product[tea]{note="Natural pain relief."}\nleaf\n', 2),
        ("```\ncode\n```\n\nnatural pain relief\n", 5),
    ],
)
def test_lines_are_right_wherever_words_stand(body: str, line: int) -> None:
    assert {one.line for one in found_in(body) if one.rule_id == "DIS-04"} == {line}


def test_words_for_pictures_and_notes_of_cards_are_told_apart() -> None:
    body = '![natural pain relief](picture:abc)\n\n::product[tea]{sku="T-1" note="A sleep aid."}\n'
    assert [(one.rule_id, one.field) for one in found_in(body)] == [
        ("DIS-04", "alt"),
        ("DIS-12", "card note"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "`natural pain relief`",
        "```\nnatural pain relief\n```",
        "    natural pain relief",
        "[leaf](https://example.org/natural-pain-relief)",
        "![leaf](/natural-pain-relief.png)",
        "::product[natural-pain-relief]",
    ],
)
def test_code_and_addresses_are_no_prose(body: str) -> None:
    assert not found_in(body)


def test_a_no_in_another_sentence_excuses_nothing() -> None:
    assert not found_in("It does not relieve pain.")
    claimed = "It relieves pain. We do not ship to Alabama."
    assert "DIS-04" in ids(found_in(claimed))
    assert "DIS-04" in ids(found_in(f"- {claimed}"))
    assert "DIS-04" in ids(lint([Field("description", claimed)], True))
    assert "DIS-04" in ids(found_in("It relieves pain.Not sold in Alabama."))


@pytest.mark.parametrize(
    "words",
    [
        "Natural pain\u00ad relief",
        "Natural p\u200bain relief",
        "Natural ｐａｉｎ relief",
        "NATURAL PAIN RELIEF",
        "İİ: Natural Pain Relief",
        "Natural pain\u00a0relief",
        "Natural *pain* **relief**",
        "Natural pain\nrelief",
        "Natural pain&#32;relief",
        "Natural [pain](/blog/x) relief",
    ],
)
def test_letters_that_only_look_different_hide_nothing(words: str) -> None:
    assert "DIS-04" in ids(found_in(words))


def test_words_are_shown_as_they_were_written() -> None:
    assert [one.words for one in found_in("İ: Natural Pain Relief")] == ["Pain Relief"]


def test_a_shop_without_restricted_goods_sees_the_rules_for_every_text_only() -> None:
    general = {rule.id for rule in claim_rules().words if rule.scope is Scope.ANY}
    found = ids(found_in(TRADE_TEXT, restricted=False))
    assert found
    assert found <= general
    assert not ids(found_in(TRADE_TEXT)) <= general


def test_a_rule_for_names_of_products_looks_at_nothing_else() -> None:
    name = "Calm Blend powder 100 g"
    assert "SELL-03" in ids(lint([Field("product_name", name)], True))
    assert "SELL-03" not in ids(lint([Field("title", name)], True))
    assert "SELL-03" not in ids(found_in(name))


@pytest.mark.parametrize(
    "slug", ["leaf-for-pain-relief", "natural-anti-inflammatory", "legal-high"]
)
def test_an_address_is_read_as_its_readers_do(slug: str) -> None:
    assert lint([Field("slug", slug)], True)


@pytest.mark.parametrize("tag", ["anxiety", "pain-relief", "Mental health", "#wellness"])
def test_a_tag_is_a_hashtag_elsewhere(tag: str) -> None:
    assert "SELL-02" in ids(lint([Field("tag", tag)], True))
    assert not lint([Field("tag", "safety")], True)


def test_what_the_law_asks_for_on_labels_is_no_advice() -> None:
    directions = "Take 1 capsule. Not more than 2 capsules per day."
    assert "DOSE-02" in ids(lint([Field("description", directions)], True))
    assert not lint([Field("label", directions)], True)
    assert lint([Field("label", "Relieves pain.")], True)


def test_the_standard_risk_block_may_say_what_it_says() -> None:
    assert not found_in(f"> [!RISK]\n> {RISK}")
    assert not found_in("> [!RISK]\n> " + RISK.replace(". ", ".\n> "))


def test_a_claim_hides_in_no_risk_block() -> None:
    assert "DIS-04" in ids(found_in(f"> [!RISK]\n> {RISK.strip()} It relieves pain.\n"))
    assert "FX-10" in ids(found_in("Kratom acts at opioid receptors."))


def test_sentences_end_where_readers_think_so() -> None:
    text = "So says Dr. Ash, e.g. here. “Is it?” It is (so they say.) et al. wrote 1.5 g. End"
    assert [text[begin:end] for begin, end in sentences(text)] == [
        "So says Dr. Ash, e.g. here.",
        "“Is it?”",
        "It is (so they say.)",
        "et al. wrote 1.5 g.",
        "End",
    ]


@pytest.mark.parametrize("before", [0, 1_590, 1_980, 1_999, 5_000, 150_000])
def test_a_claim_is_found_in_a_sentence_that_does_not_end(before: int) -> None:
    text = "leaf " * (before // 5) + "may help alleviate anxiety" + " leaf" * 2_000
    assert "DIS-02" in ids(found_in(text))


def test_no_piece_is_longer_than_may_be() -> None:
    passage = one_line(Kind.PROSE, "a" * 200_000, 1)
    pieces = list(_pieces(passage))
    assert max(len(piece) for _start, piece in pieces) == LONGEST
    assert sum(len(piece) for _start, piece in pieces) < 260_000
    assert pieces[-1][1].endswith("a")


@pytest.mark.parametrize(
    "unit",
    [
        "[", "](", "![", "> ", "- ", "*a ", "`", "<script>", "::product[", "|", "#", "#a", "\\",
        "\n\n", "depend", "start a low ", "help ", "dos", "many users ", "use ", "benefits of ",
        "\u200b", ". ", "treat treat ", "mix mix ", "\ud7ff",
    ],
)  # fmt: skip
def test_hostile_text_comes_to_an_end(unit: str) -> None:
    body = unit * (20_000 // len(unit))
    assert all(one.line >= 1 for one in found_in(body))


def test_a_long_article_is_read_to_its_end() -> None:
    body = "The leaf is dry and green, and it smells of hay.\n\n" * 4_000 + "It relieves pain.\n"
    assert len(body) > 200_000
    assert [(one.rule_id, one.line) for one in found_in(body)] == [("DIS-04", 8_001)]


def test_passages_know_the_line_of_each_letter() -> None:
    (passage,) = passages_of("one two\nthree\n  four")
    assert passage.words == "one two three four"
    assert [passage.line_at(passage.words.index(word)) for word in passage.words.split()] == [
        1, 1, 2, 3,
    ]  # fmt: skip


def test_the_same_text_is_judged_the_same_twice() -> None:
    assert found_in(TRADE_TEXT) == found_in(TRADE_TEXT)
