"""What the shop says, in the visitor's language: every sentence passes through _() or ngettext().

English is the language the sentences are written in. Rules, pages, mails and commands all ask the
same language, which is set for one request, one mail or one job at a time. A language is one file,
translations/<code>/LC_MESSAGES/storefront.po, read when it is first spoken: there is nothing to
compile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import cast

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).parent.parent / "translations"
WRITTEN_IN = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """A locale, such as "de_DE", and the sentences in its language."""

    locale: str
    sentences: NullTranslations

    @property
    def code(self) -> str:
        """For lang="": "de"."""
        return self.locale.partition("_")[0]


AS_WRITTEN = Language("en_US", NullTranslations())
_spoken: ContextVar[Language] = ContextVar("spoken", default=AS_WRITTEN)


@lru_cache(maxsize=32)
def language_of(locale: str) -> Language:
    """The language of a locale; in English where nobody has translated the shop."""
    return Language(locale, _sentences(Locale.parse(locale).language))


@lru_cache(maxsize=32)
def _sentences(code: str) -> NullTranslations:
    path = TRANSLATIONS / code / "LC_MESSAGES" / "storefront.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def spoken() -> Language:
    """The language spoken now."""
    return _spoken.get()


def _(sentence: str, **values: object) -> str:
    """The sentence in the language spoken now, with `%(name)s` filled in."""
    said = _spoken.get().sentences.gettext(sentence)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The same for a number of things; `%(num)s` is the number."""
    return _spoken.get().sentences.ngettext(one, many, num) % {"num": num, **values}


def N_(sentence: str) -> str:
    """Marks a sentence that is written here and said elsewhere, with _()."""
    return sentence


class _Later:
    """A sentence that finds its language when it is shown."""

    def __init__(self, sentence: str, values: dict[str, object]) -> None:
        self.sentence, self.values = sentence, values

    def __str__(self) -> str:
        return _(self.sentence, **self.values)

    def __mod__(self, values: object) -> str:
        return str(self) % values


def later(sentence: str, **values: object) -> str:
    """For labels and messages of forms, which are written once and shown in many languages."""
    return cast(str, _Later(sentence, values))


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Say everything inside in this language."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(sentence: str) -> str:
    """For templates, which fill in the values themselves."""
    return _spoken.get().sentences.gettext(sentence)


def ngettext_plain(one: str, many: str, num: int) -> str:
    """For templates, which fill in the values themselves."""
    return _spoken.get().sentences.ngettext(one, many, num)


def pgettext(context: str, sentence: str) -> str:
    """A sentence that means something else elsewhere, or the pattern of a date."""
    return _spoken.get().sentences.pgettext(context, sentence)
