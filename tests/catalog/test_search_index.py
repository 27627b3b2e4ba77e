"""Finding products by words."""

import pytest
from sqlalchemy import select

from storefront.catalog.editing import archive, describe
from storefront.catalog.models import Product
from storefront.catalog.search import count_matches, find_products
from storefront.catalog.search_models import SearchWord
from storefront.catalog.synonyms import Synonyms, UnreadableSynonyms, replace_synonyms
from storefront.catalog.vocabulary import read_vocabulary
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_product

pytestmark = pytest.mark.usefixtures("app")


def found(q: str, limit: int = 10, offset: int = 0) -> list[str]:
    names = {row.id: row.name for row in db.session.execute(select(Product.id, Product.name))}
    return [names[id_] for id_ in find_products(q, limit, offset)]


def test_the_name_counts_more_than_tags_and_tags_more_than_prose():
    a_product("Pot", description="Goes with the lantern, the lantern and the lantern.")
    a_product("Lamp", tags=["lantern"])
    a_product("Lantern")
    assert found("lantern") == ["Lantern", "Lamp", "Pot"]


def test_the_last_word_may_be_unfinished_and_only_the_last():
    a_product("Glass teapot")
    assert found("glass tea") == ["Glass teapot"]
    assert found("teapot gla") == ["Glass teapot"]
    assert found("gla teapot") == []


def test_all_words_must_be_there_but_not_in_one_place():
    a_product("Sencha", tags=["loose-leaf"], summary="From Shizuoka.")
    assert found("shizuoka sencha loose") == ["Sencha"]
    assert found("sencha darjeeling") == []


@pytest.mark.parametrize(
    "q", ["TE-SE-50", "te-se", "50 g", "Japan", "crème", "CREME", "Straße", "strasse", "čaj"]
)
def test_skus_options_facts_and_accents_are_found(q: str):
    a_product(
        "Crème Straße Čaj",
        code="TE-SE",
        option_names=["Weight"],
        variants=[{"sku": "TE-SE-50", "option_values": ["50 g"]}],
        facts=[{"name": "Origin", "value": "Japan"}],
    )
    a_product("Something else")
    assert found(q) == ["Crème Straße Čaj"]


@pytest.mark.parametrize(
    "q",
    [
        "",
        " ",
        "AND",
        "OR NOT NEAR",
        'mug"',
        "mug*",
        "name:mug",
        "mug AND (",
        "^mug -x +y ~z",
        "'; DROP TABLE products; --",
        "mug:*A & | ! <->",
        "\\",
        "%_",
        "☕🍵",
        "mug ☕",
        "\0mug",
        "\ud800",
        "x" * 3000,
        "mug " * 750,
        "(" * 3000,
        "1e400 0x1f -5 +7 a@b.example http://x.example/y?z=1",
        "ﬃ ² ½ ①",
        "\u0301\u0301",
    ],
)
def test_whatever_is_typed_search_answers(q: str):
    a_product("Mug")
    assert set(found(q)) <= {"Mug"}
    assert count_matches(q) == len(found(q))


def test_operators_are_words_like_any_other():
    a_product("Mug and saucer")
    a_product("Mug")
    assert found("mug AND saucer") == ["Mug and saucer"]
    assert found("mug OR saucer") == []
    assert found('"mug" (saucer)') == ["Mug and saucer"]


def test_what_is_not_for_sale_is_not_found():
    a_product("Draft mug", status="draft")
    mug = a_product("Mug")
    assert found("mug") == ["Mug"]
    with write_tx():
        archive(mug, None, now())
    assert found("mug") == []


def test_a_new_name_is_found_and_the_old_one_is_not():
    mug = a_product("Mug")
    with write_tx():
        describe(mug, now(), name="Beaker", summary="", description="")
    assert (found("beaker"), found("mug")) == (["Beaker"], [])


def test_pages_of_results_neither_repeat_nor_skip():
    for n in range(7):
        a_product(f"Mug {n}")
    pages = [found("mug", 3, at) for at in (0, 3, 6)]
    assert sorted(name for page in pages for name in page) == [f"Mug {n}" for n in range(7)]
    assert [len(page) for page in pages] == [3, 3, 1]


def test_counting_stops_where_nobody_counts_on():
    for n in range(4):
        a_product(f"Mug {n}")
    assert (count_matches("mug"), count_matches("mug", at_most=3)) == (4, 3)


def words() -> dict[str, tuple[int, int]]:
    rows = db.session.execute(select(SearchWord.word, SearchWord.products, SearchWord.named))
    return {row.word: (row.products, row.named) for row in rows}


def test_each_word_is_counted_in_products_and_in_names():
    a_product("Lantern", summary="", description="Bright, like a lamp.", code="A-1", tags=["lamp"])
    mug = a_product("Mug", summary="", description="Not a lamp.", code="A-2")
    assert words()["lamp"] == (2, 1)
    with write_tx():
        describe(mug, now(), name="Mug", summary="", description="Nor a lantern.")
    assert (words()["lamp"], words()["lantern"]) == ((1, 1), (2, 1))
    with write_tx():
        archive(mug, None, now())
    assert "mug" not in words()
    assert words()["lantern"] == (1, 1)


def test_numbers_and_codes_are_never_corrected_to():
    a_product("Mug", variants=[{"sku": "MUG-2024", "option_values": ["50cl"]}])
    assert not any(letter.isdigit() for word in words() for letter in word)


def test_the_words_are_read_again_only_when_they_changed():
    mug = a_product("Mug")
    first = read_vocabulary(None, [])
    with write_tx():
        describe(mug, now(), name=mug.name, summary=mug.summary, description=mug.description)
    assert read_vocabulary(first, []) is first
    with write_tx():
        describe(mug, now(), name="Beaker", summary="", description="")
    assert read_vocabulary(first, []).knows("beaker")


@pytest.fixture
def strainers() -> Synonyms:
    a_product("Steel strainer")
    a_product("Infuser")
    a_product("Ball of string", tags=["tea"])
    return Synonyms.read(["strainer = infuser = tea ball"])


def found_with(synonyms: Synonyms, q: str) -> list[str]:
    names = {row.id: row.name for row in db.session.execute(select(Product.id, Product.name))}
    ids = find_products(q, 10, 0, synonyms)
    assert count_matches(q, synonyms=synonyms) == len(ids)
    return [names[id_] for id_ in ids]


def test_words_that_mean_the_same_find_one_another_the_typed_one_first(strainers):
    assert found_with(strainers, "infuser")[0] == "Infuser"
    assert set(found_with(strainers, "infuser")) == {
        "Infuser", "Steel strainer", "Ball of string",
    }  # fmt: skip
    assert found_with(strainers, "tea ball")[0] == "Ball of string"
    assert found_with(strainers, "steel infuser") == ["Steel strainer"]
    assert found_with(strainers, "ball") == ["Ball of string"]


@pytest.mark.parametrize("line", ["strainer", "strainer = ", "= =", "a b c d = e", "a = " * 200])
def test_a_line_of_synonyms_that_says_nothing_is_refused(line):
    with pytest.raises(UnreadableSynonyms), write_tx():
        replace_synonyms(["mug = cup", line])
