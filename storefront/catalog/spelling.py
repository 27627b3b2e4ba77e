"""Which known word a misspelt one stands for: few letters apart, from the first letter on.

Every known word is looked at, so the first letter counts no more than any other. A set of letters
as the bits of a number rules most words out; for the rest the distance is worked out for all
letters of the typed word at once (Hyyrö 2003: insert, drop, replace, swap neighbours).
"""

import re
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

SHORTEST, LONGEST = 3, 30  # letters of a word that is corrected or corrected to
SHORTEST_UNFINISHED = 4


class Target(NamedTuple):
    """A word that others may be corrected to."""

    word: str
    letters: int
    sound: str
    named: int  # products that have it in a name, tag, option or fact, not in prose alone


class Near(NamedTuple):
    """How far off a target is; the least is the best."""

    cost: int
    sounds_other: bool
    named: int  # negative: more is better
    word: str


def letters_of(word: str) -> int:
    """Its letters as a set of bits; other scripts' letters share bits, which only costs time."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) % 30)
    return found


def target(word: str, named: int) -> Target:
    return Target(word, letters_of(word), sound_of(word), named)


def nearest(
    word: str, targets: Sequence[Target], unfinished: bool = False, loosely: bool = False
) -> list[str]:
    """The words it may stand for, best first; if none and `unfinished`, those it may begin.

    `loosely` allows one letter more: near enough to ask about, not to answer with.
    """
    if not SHORTEST <= len(word) <= LONGEST:
        return []
    found = sorted(_near(word, targets, loosely))
    if not found and unfinished and len(word) >= SHORTEST_UNFINISHED:
        found = sorted(_begun(word, targets))
    return [near.word for near in found]


def _near(word: str, targets: Sequence[Target], loosely: bool) -> Iterator[Near]:
    letters, size, sound, places = letters_of(word), len(word), sound_of(word), _places(word)
    limits = _most(size) + loosely, _most_alike(size) + loosely
    for known, its_letters, its_sound, named in targets:
        alike = its_sound == sound
        most = limits[alike]
        if (letters & ~its_letters).bit_count() > most or abs(len(known) - size) > most:
            continue
        off, _ = _distances(places, size, known)
        if off <= most:
            yield Near(off + (not named), not alike, -named, known)


def _begun(word: str, targets: Sequence[Target]) -> Iterator[Near]:
    letters, size, sound, places = letters_of(word), len(word), sound_of(word), _places(word)
    limits = _most(size), _most_alike(size)
    for known, its_letters, its_sound, named in targets:
        alike = len(sound) > 1 and its_sound.startswith(sound)
        most = limits[alike]
        if (letters & ~its_letters).bit_count() > most or len(known) < size - most:
            continue
        _, off = _distances(places, size, known[: size + most])
        if off <= most:
            yield Near(off + (not named), not alike, -named, known)


def _most(size: int) -> int:
    """How many letters may be wrong in a word of this many."""
    return 1 if size < 8 else 2


def _most_alike(size: int) -> int:
    """The same where both sound alike."""
    return 1 if size < SHORTEST_UNFINISHED else 2


def _places(word: str) -> dict[str, int]:
    """For each letter, where it stands, as bits."""
    places: dict[str, int] = {}
    for place, letter in enumerate(word):
        places[letter] = places.get(letter, 0) | 1 << place
    return places


def distance(one: str, other: str) -> int:
    """How many letters to insert, drop, replace or swap with a neighbour; no pair twice."""
    return _distances(_places(one), len(one), other)[0] if one else len(other)


def _distances(places: dict[str, int], size: int, other: str) -> tuple[int, int]:
    """From the word to the other one, and to the nearest of the other's beginnings."""
    full, last = (1 << size) - 1, 1 << (size - 1)
    plus, minus, diagonal, before = full, 0, 0, 0
    score = start = size
    for letter in other:
        here = places.get(letter, 0)
        swapped = ((~diagonal & here) << 1) & before
        diagonal = ((((here & plus) + plus) ^ plus) | here | minus | swapped) & full
        up = minus | (~(diagonal | plus) & full)
        down = diagonal & plus
        score += bool(up & last) - bool(down & last)
        start = min(start, score)
        up = (up << 1 | 1) & full
        plus = ((down << 1) | ~(diagonal | up)) & full
        minus = up & diagonal
        before = here
    return score, start


_SOUNDS = (("sch", "s"), ("sh", "s"), ("ch", "k"), ("ck", "k"), ("ph", "f"))
_HEARD = str.maketrans("cqzw", "kksv", "aeiouyh")
_TWICE = re.compile(r"(.)\1+")


def sound_of(word: str) -> str:
    """A rough key to what it sounds like: kamomile and chamomile are both kmml."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    starts_open = word.removeprefix("h").startswith(tuple("aeiouy"))
    return _TWICE.sub(r"\1", "a" * starts_open + word.translate(_HEARD))


def apart(word: str, known: Container[str]) -> tuple[str, str] | None:
    """The two known words that were typed as one: teacaddy is tea caddy."""
    halves = ((word[:at], word[at:]) for at in range(SHORTEST, len(word) - SHORTEST + 1))
    return next((two for two in halves if two[0] in known and two[1] in known), None)


def together(words: list[str], known: Container[str]) -> list[str]:
    """Known words that were typed as two, as one: chamo mile is chamomile."""
    for place, (one, other) in enumerate(pairwise(words)):
        if one + other in known and not (one in known and other in known):
            return [*words[:place], one + other, *words[place + 2 :]]
    return words
