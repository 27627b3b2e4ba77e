"""Which word a misspelt one stands for; no database."""

import pytest

from storefront.catalog.spelling import distance, nearest, sound_of, target
from storefront.catalog.words import words_of

NAMED = words_of(
    """
    assam second flush darjeeling sencha tieguanyin oolong rooibos peppermint leaf chamomile
    flowers honey wildflower chestnut glass teapot strainer steel infuser basket gooseneck
    kettle jar amber caddy tin book green black tea kratom
    """
)
IN_PROSE = ["the", "later", "that", "with", "sea"]
TARGETS = [target(word, 1) for word in NAMED] + [target(word, 0) for word in IN_PROSE]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cammomile", "chamomile"),
        ("kamomile", "chamomile"),
        ("camomile", "chamomile"),
        ("xhamomile", "chamomile"),
        ("roibos", "rooibos"),
        ("ruibos", "rooibos"),
        ("darjelling", "darjeeling"),
        ("tarjeeling", "darjeeling"),
        ("kratmo", "kratom"),
        ("cratom", "kratom"),
        ("tieguanjin", "tieguanyin"),
        ("kettel", "kettle"),
        ("honny", "honey"),
        ("oney", "honey"),
        ("guseneck", "gooseneck"),
        ("tee", "tea"),
        ("gren", "green"),
    ],
)
def test_a_misspelt_word_finds_what_it_means_from_the_first_letter_on(typed, meant):
    assert nearest(typed, TARGETS)[0] == meant


@pytest.mark.parametrize("typed", ["zeppelin", "lantern", "xy", "", "qqqq", "h" * 31, "книга"])
def test_what_is_like_nothing_stands_for_nothing(typed):
    assert nearest(typed, TARGETS, unfinished=True) == []


@pytest.mark.parametrize(("typed", "meant"), [("kamom", "chamomile"), ("darjell", "darjeeling")])
def test_an_unfinished_word_is_understood_by_its_beginning(typed, meant):
    assert nearest(typed, TARGETS, unfinished=True)[0] == meant
    assert nearest(typed, TARGETS) == []


def test_a_word_of_names_comes_before_a_word_of_prose():
    assert nearest("tea", [target("sea", 0), target("teas", 3)]) == ["teas", "sea"]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("", "tea", 3),
        ("tea", "", 3),
        ("tea", "tea", 0),
        ("tea", "tee", 1),
        ("tea", "eta", 1),
        ("kamomile", "chamomile", 2),
        ("kitten", "sitting", 3),
        ("ca", "abc", 3),
        ("čaj", "čai", 1),
    ],
)
def test_letters_are_counted_and_swapped_neighbours_are_one(one, other, apart):
    assert distance(one, other) == apart
    assert distance(other, one) == apart


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kamomile", "chamomile"),
        ("roibos", "rooibos"),
        ("fenugreek", "phenugrik"),
        ("oolong", "ulong"),
    ],
)
def test_words_that_sound_alike_have_one_key(one, other):
    assert sound_of(one) == sound_of(other)
