"""Each language's catalogue: right in form, so that no page breaks and no sentence is half said."""

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages import Catalog, Message

from storefront.cli.sentences import (
    brought_up_to_date,
    code_of,
    missing,
    read_catalogue,
    sentences_said,
)
from storefront.languages import TRANSLATIONS, _, language_of, ngettext, speaking

CATALOGUES = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/storefront.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
TAG = re.compile(r"<[^>]+>")
ENDS = re.compile(r"^\s*|\s*$")
OF_EACH_LANGUAGE = pytest.mark.parametrize("path", CATALOGUES, ids=code_of)


@OF_EACH_LANGUAGE
def test_every_sentence_of_the_shop_is_translated(path: Path) -> None:
    """`make sentences` writes the new ones into the file, empty, to be translated."""
    catalogue = read_catalogue(path)
    catalogue.update(sentences_said(), no_fuzzy_matching=True)
    assert missing(catalogue) == []


@OF_EACH_LANGUAGE
def test_no_translation_is_a_guess(path: Path) -> None:
    assert not [message.id for message in read_catalogue(path) if message.id and message.fuzzy]


@OF_EACH_LANGUAGE
def test_every_translation_fills_in_the_same_values(path: Path) -> None:
    for message, said, means in _pairs(path):
        found = set(PLACEHOLDER.findall(means))
        assert set(PLACEHOLDER.findall(said)) == found, message.id
        assert "%" not in PLACEHOLDER.sub("", said), message.id


@OF_EACH_LANGUAGE
def test_no_translation_adds_or_loses_a_tag(path: Path) -> None:
    for message, said, means in _pairs(path):
        assert Counter(TAG.findall(said)) == Counter(TAG.findall(means)), message.id


@OF_EACH_LANGUAGE
def test_a_translation_keeps_the_blanks_at_its_ends(path: Path) -> None:
    for message, said, means in _pairs(path):
        assert ENDS.findall(said) == ENDS.findall(means), message.id


def test_the_file_stands_as_the_command_writes_it() -> None:
    for path in CATALOGUES:
        catalogue = read_catalogue(path)
        assert path.read_bytes() == brought_up_to_date(catalogue, read_catalogue(path))


def test_a_new_sentence_is_found_and_one_nobody_says_goes() -> None:
    known, said = Catalog(locale="de"), Catalog()
    known.add("Still here", "Noch da")
    known.add("Gone", "Weg")
    said.add("Still here")
    said.add("Not gone")

    written = brought_up_to_date(known, said).decode()

    assert 'msgid "Still here"\nmsgstr "Noch da"' in written
    assert 'msgid "Not gone"\nmsgstr ""' in written
    assert 'msgid "Gone"' not in written
    assert missing(known) == ["Not gone"]


def test_sentences_of_code_templates_and_forms_are_all_found() -> None:
    said = sentences_said()

    assert said.get("Your cart is empty")  # a template's
    assert said.get("Town or city")  # a form's label
    assert said.get("Pay %(amount)s", context="order button")
    assert said.get("%(num)s working day").pluralizable


def test_german_says_one_and_many() -> None:
    with speaking(language_of("de_AT")):
        assert ngettext("%(num)s working day", "%(num)s working days", 1) == "1 Werktag"
        assert ngettext("%(num)s working day", "%(num)s working days", 3) == "3 Werktage"
        assert _("Your cart is empty") == "Ihr Warenkorb ist leer"


def _pairs(path: Path) -> list[tuple[Message, str, str]]:
    """(message, translation, what it translates), a plural as one pair for each form."""
    found: list[tuple[Message, str, str]] = []
    for message in read_catalogue(path):
        if not message.id:
            continue
        if isinstance(message.id, str):
            found.append((message, str(message.string), message.id))
        else:
            one = message.id[0] if len(message.string) > 1 else message.id[-1]
            meant = [one, *[message.id[-1]] * (len(message.string) - 1)]
            pairs = zip(message.string, meant, strict=True)
            found += [(message, said, means) for said, means in pairs]
    return [pair for pair in found if pair[1]]
