"""check(): what stands against an article, each rule as a row. No database."""

from datetime import date
from pathlib import Path

import pytest

from storefront.blog.checks import check
from storefront.blog.content import Content, Source
from storefront.blog.facts import Facts, Person, ProductNow
from storefront.blog.findings import BLOCK, NOTE, WARN
from storefront.blog.publishing import made_of
from storefront.seed.articles import read_articles, read_authors

TODAY = date(2026, 11, 26)
TRADE_TEXT = Path(__file__).parent.parent / "compliance" / "trade_text.md"
FACTS = Facts(
    products={
        1: ProductNow("Sencha", "active", skus=frozenset({"TE-1"})),
        2: ProductNow("Old tea", "archived"),
        3: ProductNow("Next tea", "draft"),
        4: ProductNow("Gone tea", "active", can_be_had=False),
        5: ProductNow("Leaf", "active", restricted=True),
    },
    people={1: Person("Ada"), 2: Person("Bea", "supplier")},
    pictures=frozenset({"a" * 20}),
)
PICTURE = "a" * 20


def found(body: str, facts: Facts = FACTS, **values):
    content = Content(
        **{
            "title": "Tea for one",
            "slug": "tea-for-one",
            "description": "How to brew one cup.",
            "author_id": 1,
            "body": body,
            **values,
        }
    )
    return check(made_of(content), facts, TODAY)


def rules(*args, **values) -> list[tuple[str, str, int]]:
    return [(one.severity, one.rule, one.line) for one in found(*args, **values)]


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ("a\n\n::product[@9]", (BLOCK, "card-missing", 3)),
        ("::product[no-such-tea]", (BLOCK, "card-missing", 1)),
        ("::product[@2]", (BLOCK, "card-archived", 1)),
        ("::product[@3]", (BLOCK, "card-draft", 1)),
        ("::product[@4]", (WARN, "card-out", 1)),
        ("::product[@5]", (WARN, "card-restricted", 1)),
        ('::product[@1]{sku="TE-9"}', (WARN, "card-sku", 1)),
        ("- one\n- ::product[@1]", (BLOCK, "card-text", 2)),
        ("> ::product[@1]", (BLOCK, "card-text", 1)),
        ("Tea: ::product[@1]", (BLOCK, "card-text", 1)),
        ("    ::product[@1]", (BLOCK, "card-text", 1)),
        ("Now only $12.50 a bag.", (WARN, "price", 1)),
        ("It is 12 EUR.", (WARN, "price", 1)),
        ("It is 12,50 € a bag.", (WARN, "price", 1)),
        (f"![](picture:{PICTURE})", (WARN, "alt", 1)),
        ("![A cup](picture:bbbb)", (BLOCK, "picture-unknown", 1)),
        ("![A cup](https://elsewhere.example/cup.png)", (WARN, "picture-lost", 1)),
        (f"A cup: ![A cup](picture:{PICTURE})", (WARN, "picture-lost", 1)),
        ("## One\n\n#### Three", (WARN, "headings", 3)),
        ("### Three\n\n## One", (WARN, "headings", 1)),
        ("## ", (WARN, "headings", 1)),
        ("Read it [here](https://a.example).", (WARN, "link", 1)),
        ("a\nb [Click here](https://a.example)", (WARN, "link", 2)),
        ("[Read more …](https://a.example)", (WARN, "link", 1)),
        ("[](https://a.example)", (WARN, "link", 1)),
        ("The [old tea](product:2)", (WARN, "link-product", 1)),
        ("The [lost tea](product:99)", (WARN, "link-product", 1)),
        ("The [mistyped tea](/products/sencah)", (WARN, "link-product", 1)),
        ("Red leaf may help alleviate anxiety.", (BLOCK, "DIS-02", 1)),
    ],
)
def test_a_rule_finds_what_it_is_for(body, finding):
    assert finding in rules(body)


@pytest.mark.parametrize(
    "body",
    [
        "Plain words.",
        '::product[@1]{sku="TE-1" note="A good one"}',
        "Write `::product[green-tea]` on a line of its own.",
        "```\n::product[green-tea]\n$12.50 [here](x)\n```",
        "Water of 80 degrees, 2.5 g of leaf, in 1987 and 3,000 m up.",
        f'![A cup of tea](picture:{PICTURE} "On a table")',
        "## One\n\n### Two\n\n## One again\n\n### Two",
        "### Only\n\n### These",
        "See [how tea is fired](https://a.example) and [Sencha](product:1).",
    ],
)
def test_what_is_well_written_is_left_alone(body):
    assert rules(body) == []


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"title": " "}, (BLOCK, "title", 0)),
        ({"body": " "}, (BLOCK, "text", 0)),
        ({"author_id": None}, (BLOCK, "author", 0)),
        ({"description": ""}, (WARN, "description", 0)),
        ({"description": "From $5 on"}, (WARN, "price", 0)),
        ({"cover": PICTURE}, (WARN, "alt", 0)),
        ({"author_id": 2}, (WARN, "STR-06", 0)),
        ({"reviewer_id": 2}, (WARN, "STR-06", 0)),
        ({"title": "Tea cures anxiety"}, (BLOCK, "DIS-02", 0)),
        ({"description": "Tea cures anxiety"}, (BLOCK, "DIS-02", 0)),
        ({"tags": ("cures anxiety",)}, (BLOCK, "DIS-02", 0)),
        ({"cover": PICTURE, "cover_alt": "Tea cures anxiety"}, (BLOCK, "DIS-02", 0)),
    ],
)
def test_fields_beside_the_text_are_checked_too(values, finding):
    values = {"body": "Plain words.", **values}
    assert finding in rules(values.pop("body"), **values)


def test_a_disclosed_connection_is_no_finding():
    assert rules("Plain words.", author_id=2, disclosure="Bea sells us this tea.") == []


def test_what_blocks_comes_first_then_in_the_order_of_the_text():
    body = "Read it [here](https://a.example).\n\n::product[@4]\n\n::product[@2]"
    assert [one[0] for one in rules(body)] == [BLOCK, WARN, WARN]
    assert [one[2] for one in rules(body)] == [5, 1, 3]


class TestRestricted:
    """Rules for restricted goods are asked only where the shop has such, of texts about them."""

    shop = Facts(
        products=FACTS.products, people=FACTS.people, restricted_words=frozenset({"kratom"})
    )
    dosing = "Start with a low dose and work up."

    def asked(self, body: str, facts: Facts = shop, **values) -> bool:
        return any(one.rule == "DOSE-01" for one in found(body, facts, **values))

    def test_a_shop_without_such_goods_sees_general_rules_only(self):
        assert not self.asked(f"Kratom. {self.dosing}", FACTS, tags=("health",))

    @pytest.mark.parametrize(
        ("body", "values"),
        [
            ("", {"tags": ("Health",)}),
            ("", {"tags": ("kratom",)}),
            ("", {"title": "What Kratom is"}),
            ("Of kratom: ", {}),
            ("::product[@5]\n\n", {}),
            ("[The leaf](product:5) ", {}),
        ],
    )
    def test_a_text_that_speaks_of_them_is_held_to_their_rules(self, body, values):
        assert self.asked(body + self.dosing, **values)

    def test_another_text_of_such_a_shop_is_not(self):
        assert not self.asked(self.dosing)

    def test_a_text_as_the_trade_writes_it_is_stopped_many_times(self):
        stopped = [
            one
            for one in found(TRADE_TEXT.read_text(encoding="utf-8"), self.shop, tags=("kratom",))
            if one.severity == BLOCK and one.needs_decision
        ]
        assert len({one.rule for one in stopped}) >= 8


def test_a_claim_is_known_again_wherever_its_sentence_stands():
    claim = "Red leaf may help alleviate anxiety."
    [first] = [one for one in found(f"One. {claim} Two.") if one.severity == BLOCK]
    [moved] = [one for one in found(f"Three.\n\nFour. {claim}") if one.severity == BLOCK]
    [other] = [one for one in found("Green leaf may help alleviate anxiety.") if one.is_claim]
    assert (first.line, moved.line) == (1, 3)
    assert first.digest == moved.digest != other.digest


def test_notices_are_shown_and_nobody_has_to_answer_for_them():
    notices = [
        one
        for one in found("An amazing plant, kratom.", TestRestricted.shop, sources=(Source("A"),))
        if one.severity == NOTE
    ]
    assert notices
    assert not any(one.needs_decision or one.is_final for one in notices)


@pytest.mark.parametrize("article", read_articles(), ids=lambda one: one.slug)
def test_the_demos_articles_pass_as_those_of_a_shop_that_sells_what_they_speak_of(article):
    people = {n: Person(one.name, one.connection) for n, one in enumerate(read_authors(), 1)}
    ids = {one.slug: n for n, one in enumerate(read_authors(), 1)}
    facts = Facts(people=people, restricted_words=frozenset({"kratom"}))
    above_notice = [
        one
        for one in found(
            article.body,
            facts,
            title=article.title,
            slug=article.slug,
            description=article.description,
            tags=article.tags,
            author_id=ids[article.author],
            reviewer_id=ids.get(article.reviewer or ""),
            reviewed_on=TODAY,
            disclosure=article.disclosure,
            sources=article.sources,
        )
        # Its products are not in this test's shop.
        if one.severity != NOTE and one.rule not in {"card-missing", "link-product"}
    ]
    assert above_notice == []
