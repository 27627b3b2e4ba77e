"""Patterns of postcodes, as delivery zones and tax rates name them.

    SW1A 1AA        this postcode, and longer ones that begin with it: 27601 is 27601-1234 too
    995*            all that begin like this
    10000-19999     from the first to the last, both included; whole postcodes made of digits

Capital or small letters, spaces and hyphens make no difference. A pattern that no postcode of
its country can match is refused when it is read from a file, not kept and never heard of again.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from storefront.account.address import rules_of
from storefront.languages import _
from storefront.refusal import Refusal

ALLOWED = re.compile(r"[0-9A-Z][0-9A-Z -]{0,20}\*?", re.IGNORECASE)


class BadPattern(Refusal):
    """It is not written as one, or matches no postcode of its country."""


@dataclass(frozen=True, slots=True)
class PostcodePattern:
    """Postcodes whose beginning lies between two others, which may be one and the same."""

    text: str
    first: str
    last: str
    whole: bool  # both are whole postcodes, not beginnings

    def covers(self, postcode: str) -> bool:
        return self.first <= squeezed(postcode)[: len(self.first)] <= self.last

    @property
    def precision(self) -> int:
        """How many characters it fixes; a whole postcode counts for more than its beginning."""
        if self.first == self.last:
            return len(self.first) + self.whole
        return next(n for n, (a, b) in enumerate(zip(self.first, self.last, strict=True)) if a != b)


def squeezed(postcode: str) -> str:
    return "".join(postcode.upper().replace("-", "").split())


@lru_cache(maxsize=2000)
def read_pattern(text: str, country: str) -> PostcodePattern:
    """A pattern that was good when it was kept."""
    plain = squeezed(text.rstrip("* "))
    if text.strip().endswith("*"):
        return PostcodePattern(text, plain, plain, whole=False)
    first, _hyphen, last = (part.replace(" ", "") for part in text.partition("-"))
    range_like = first.isdigit() and last.isdigit() and len(first) == len(last)
    if range_like and not _is_postcode(plain, country):
        return PostcodePattern(text, first, last, whole=True)
    return PostcodePattern(text, plain, plain, whole=True)


def check_pattern(text: str, country: str) -> None:
    """Raises BadPattern, which names the pattern."""
    if not rules_of(country).postal_code_matchers:
        raise _refused(text, _("%(country)s has no postcodes", country=country))
    if not ALLOWED.fullmatch(text.strip()):
        raise _refused(text, _("write a postcode, a beginning like 995*, or first-last"))
    pattern = read_pattern(text, country)
    tails = [""] if pattern.whole else _tails(country)
    ends = {pattern.first, pattern.last}
    if not all(any(_is_postcode(end + tail, country) for tail in tails) for end in ends):
        raise _refused(text, _no_such(country))
    if pattern.last < pattern.first:
        raise _refused(text, _("its end comes before its beginning"))


def _is_postcode(plain: str, country: str) -> bool:
    rules = rules_of(country)
    written = [plain, *(_spaced(plain, like) for like in rules.postal_code_examples)]
    return any(
        all(matcher.fullmatch(form) for matcher in rules.postal_code_matchers) for form in written
    )


def _spaced(plain: str, like: str) -> str:
    """With the spaces and hyphens of an example put in at the same places."""
    letters = iter(plain)
    mixed = "".join(c if c in " -" else next(letters, "") for c in like)
    return mixed + "".join(letters)


def _tails(country: str) -> list[str]:
    """What may follow a beginning: every end of every example of the country's postcodes."""
    plain = [squeezed(example) for example in rules_of(country).postal_code_examples]
    return [example[n:] for example in plain for n in range(len(example) + 1)]


def _no_such(country: str) -> str:
    like = rules_of(country).postal_code_examples
    said = _("no postcode of %(country)s is like that", country=country)
    if not like:
        return said
    return said + "; " + _("one is %(example)s", example=like[0])


def _refused(text: str, why: str) -> BadPattern:
    return BadPattern(_("postcode pattern “%(pattern)s”: %(why)s.", pattern=text, why=why))
