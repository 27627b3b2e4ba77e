"""Words and phrases that find one another: rows of "strainer = infuser = tea ball"."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import delete, select

from storefront.catalog.search_models import SynonymLine
from storefront.catalog.version import bump_version, bump_words
from storefront.catalog.words import words_of
from storefront.extensions import db
from storefront.refusal import Refusal

LONGEST_LINE = 300
LONGEST_PHRASE = 3  # words

Phrase = tuple[str, ...]


class UnreadableSynonyms(Refusal):
    """A line that does not say which words mean the same."""

    status = 422


class Part(NamedTuple):
    """A word or phrase of a query, and what else finds the same."""

    words: Phrase
    others: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Synonyms:
    of: dict[Phrase, tuple[Phrase, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, lines: Iterable[str]) -> "Synonyms":
        found: dict[Phrase, list[Phrase]] = {}
        for line in lines:
            phrases = phrases_of(line)
            for phrase in phrases:
                others = found.setdefault(phrase, [])
                others += [other for other in phrases if other not in (phrase, *others)]
        return cls({phrase: tuple(others) for phrase, others in found.items()})

    @property
    def words(self) -> set[str]:
        return {word for phrase in self.of for word in phrase}

    def parts(self, words: list[str]) -> Iterator[Part]:
        """The query in parts, the longest phrases first."""
        place = 0
        while place < len(words):
            ends = range(min(place + LONGEST_PHRASE, len(words)), place, -1)
            phrases = (tuple(words[place:end]) for end in ends)
            known = next((phrase for phrase in phrases if phrase in self.of), (words[place],))
            yield Part(known, self.of.get(known, ()))
            place += len(known)


NO_SYNONYMS = Synonyms()


def phrases_of(line: str) -> list[Phrase]:
    return [phrase for part in line.split("=") if (phrase := tuple(words_of(part)))]


def synonym_lines() -> list[str]:
    return list(db.session.scalars(select(SynonymLine.line).order_by(SynonymLine.id)))


def replace_synonyms(lines: Iterable[str]) -> int:
    """Have these lines and no others, inside write_tx(); empty ones and # remarks are skipped."""
    kept = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    for line in kept:
        phrases = phrases_of(line)
        if len(phrases) < 2 or len(line) > LONGEST_LINE:
            raise UnreadableSynonyms(
                f"“{line[:60]}” does not name two words or more. Write: strainer = infuser"
            )
        if any(len(phrase) > LONGEST_PHRASE for phrase in phrases):
            raise UnreadableSynonyms(
                f"“{line[:60]}” has a phrase of more than {LONGEST_PHRASE} words. Shorten it."
            )
    db.session.execute(delete(SynonymLine))
    db.session.add_all(SynonymLine(line=line) for line in kept)
    bump_version()
    bump_words()
    return len(kept)
