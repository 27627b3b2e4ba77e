"""All words of the index, kept with it, so that a misspelt word can be told and corrected.

A process reads them once for each change to them (catalog_version.words). Numbers are none of
them: a SKU or a size that is not there must not become another one.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from sqlalchemy import Table, delete, select

from storefront.catalog.search_models import SearchWord
from storefront.catalog.spelling import (
    LONGEST,
    SHORTEST,
    Target,
    apart,
    nearest,
    target,
    together,
)
from storefront.catalog.synonyms import NO_SYNONYMS, Synonyms, synonym_lines
from storefront.catalog.version import bump_words, words_version
from storefront.catalog.words import words_of
from storefront.extensions import db
from storefront.transactions import insert

MOST_TARGETS = 50_000  # words that others are corrected to: those in the most products
MOST_CORRECTED = 4  # words of one query
# Nobody who mistypes a word means one of these, and they are in every text.
NEVER_MEANT = frozenset(
    words_of(Path(__file__).with_name("never_meant.txt").read_text(encoding="utf-8"))
)
WORDS = cast(Table, SearchWord.__table__)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    version: int = 0
    products: dict[str, int] = field(default_factory=dict)  # by word: in how many it is
    targets: list[Target] = field(default_factory=list)
    ordered: list[str] = field(default_factory=list)
    synonyms: Synonyms = NO_SYNONYMS

    def knows(self, word: str, unfinished: bool = False) -> bool:
        if word in self.products:
            return True
        if not unfinished:
            return False
        place = bisect_left(self.ordered, word)
        return place < len(self.ordered) and self.ordered[place].startswith(word)

    def corrected(self, words: list[str]) -> list[str]:
        """The words with those nobody knows replaced by what they may stand for."""
        words, left = together(words, self.products), MOST_CORRECTED
        found: list[str] = []
        for place, word in enumerate(words):
            is_last = place == len(words) - 1
            if left and may_be_misspelt(word) and not self.knows(word, is_last):
                left -= 1
                found += self._meant_by(word, is_last)
            else:
                found.append(word)
        return found

    def _meant_by(self, word: str, unfinished: bool) -> list[str]:
        if near := nearest(word, self.targets, unfinished):
            return near[:1]
        return list(apart(word, self.products) or [word])

    def alike(self, word: str, at_most: int) -> list[str]:
        """Words to ask about where none is near enough to answer with."""
        if not may_be_misspelt(word) or word in self.products:
            return []
        named = [known for known in self.targets if known.named]
        return nearest(word, named, loosely=True)[:at_most]


def may_be_misspelt(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()


def read_vocabulary(last: Vocabulary | None, more: Iterable[tuple[str, bool]]) -> Vocabulary:
    """As it is now; the last one again if nothing has changed.

    `more`: words found elsewhere than in products, and whether in a title.
    """
    version = words_version()
    if last is not None and last.version == version:
        return last
    rows = db.session.execute(select(SearchWord.word, SearchWord.products, SearchWord.named)).all()
    synonyms = Synonyms.read(synonym_lines())
    counts = {row.word: (row.products, row.named) for row in rows}
    for word, named in (*more, *((word, True) for word in synonyms.words)):
        if may_be_misspelt(word):
            products, before = counts.get(word, (0, 0))
            counts[word] = (products, before or int(named))
    meant = (item for item in counts.items() if item[0] not in NEVER_MEANT)
    frequent = sorted(meant, key=lambda item: (-item[1][1], -item[1][0], item[0]))
    return Vocabulary(
        version,
        {word: products for word, (products, _) in counts.items()},
        [target(word, named) for word, (_, named) in frequent[:MOST_TARGETS]],
        sorted(counts),
        synonyms,
    )


def recount_words(before: Counter[tuple[str, bool]], after: Counter[tuple[str, bool]]) -> None:
    """Follow a change to the index. Counters by (word, whether outside prose), of products."""
    changed = {word for word, _ in before.keys() | after.keys() if may_be_misspelt(word)}
    rows = []
    for word in sorted(changed):
        named = after[word, True] - before[word, True]
        products = named + after[word, False] - before[word, False]
        if products or named:
            rows.append({"word": word, "products": products, "named": named})
    if not rows:
        return
    new = insert(WORDS)
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["word"],
            set_={
                "products": WORDS.c.products + new.excluded.products,
                "named": WORDS.c.named + new.excluded.named,
            },
        ),
        rows,
    )
    db.session.execute(delete(SearchWord).where(SearchWord.products <= 0))
    bump_words()
