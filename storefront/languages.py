"""What the shop says, in the visitor's language: every sentence passes through _() or ngettext().

English is the language the sentences are written in. Rules, pages, mails and commands all ask the
same language, which is set for one request, one mail or one job at a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations

AS_WRITTEN = NullTranslations()
_spoken: ContextVar[NullTranslations] = ContextVar("spoken", default=AS_WRITTEN)


def _(sentence: str, **values: object) -> str:
    """The sentence in the language spoken now, with `%(name)s` filled in."""
    said = _spoken.get().gettext(sentence)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The same for a number of things; `%(num)s` is the number."""
    return _spoken.get().ngettext(one, many, num) % {"num": num, **values}


@contextmanager
def speaking(language: NullTranslations) -> Iterator[None]:
    """Say everything inside in this language."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(sentence: str) -> str:
    """For templates, which fill in the values themselves."""
    return _spoken.get().gettext(sentence)


def ngettext_plain(one: str, many: str, num: int) -> str:
    """For templates, which fill in the values themselves."""
    return _spoken.get().ngettext(one, many, num)
