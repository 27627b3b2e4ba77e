"""here(): the market and language a visitor shops in. Rules and pages ask the same one."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, select

from storefront.languages import WRITTEN_IN, Language, language_of, speaking
from storefront.markets.models import Market, Phrase


@dataclass(frozen=True, slots=True)
class Here:
    """A market in one of its languages; a shop without markets is one itself, named ""."""

    market: str = ""
    name: str = ""
    currency: str = "USD"
    locale: str = "en_US"
    countries: tuple[str, ...] = ()  # none: wherever the shop delivers
    includes_tax: bool = False
    measures: str = "metric"
    prefix: str = ""  # of its addresses, its language included: "/de"

    @property
    def language(self) -> Language:
        return language_of(self.locale)

    @property
    def said_in(self) -> str | None:
        """The language the owner's texts are wanted in; None where that is the original's."""
        return None if self.language.code == WRITTEN_IN else self.language.code


@dataclass(frozen=True, slots=True)
class Atlas:
    """All markets in all their languages by prefix, and the owner's words, at one version."""

    version: int
    ways: Mapping[str, Here]
    phrases: Mapping[tuple[str, str], str]

    @property
    def home(self) -> Here:
        return self.ways[""]

    def at(self, path: str) -> Here:
        """Where an address leads: by its longest prefix."""
        segments = path.split("/", 3)
        for count in (3, 2):
            prefix = "/".join(segments[:count])
            if len(segments) >= count and prefix and prefix in self.ways:
                return self.ways[prefix]
        return self.home

    def of(self, market: str, locale: str) -> Here | None:
        """A market in a language, as an order names them; None where there is no such market."""
        ways = [way for way in self.ways.values() if way.market == market]
        return next((way for way in ways if way.locale == locale), ways[0] if ways else None)

    def markets(self) -> list[Here]:
        """Each market in its first language."""
        seen: dict[str, Here] = {}
        for way in self.ways.values():
            seen.setdefault(way.market, way)
        return list(seen.values())


class _Known:
    """What this process knows; replaced whole."""

    home = Here()
    atlas = Atlas(0, {"": home}, {})


_here: ContextVar[Here | None] = ContextVar("here", default=None)


def here() -> Here:
    return _here.get() or _Known.atlas.home


def is_abroad() -> bool:
    """Whether prices are those of another list than the shop's own."""
    return here().currency != atlas().home.currency


def atlas() -> Atlas:
    return _Known.atlas


def said(original: str) -> str:
    """A short text of the owner's in the language spoken here; as written where nobody did so."""
    language = here().said_in
    return original if language is None else atlas().phrases.get((language, original), original)


@contextmanager
def trading(way: Here) -> Iterator[None]:
    """Everything inside is said and priced as it is there."""
    token = _here.set(way)
    try:
        with speaking(way.language):
            yield
    finally:
        _here.reset(token)


def set_home(home: Here) -> None:
    """What the settings say: all there is in a shop without markets. Once, at start."""
    _Known.home = home
    _Known.atlas = Atlas(0, {"": home}, {})


def forget_markets() -> None:
    """As after set_home(): for a database that was put in place of another."""
    set_home(_Known.home)


def atlas_at(version: int, reading: Engine) -> Atlas:
    """The atlas at this version, read when that is another one; 0 is that of the settings."""
    if _Known.atlas.version != version:
        _Known.atlas = _read(version, reading) if version else Atlas(0, {"": _Known.home}, {})
    return _Known.atlas


def _read(version: int, reading: Engine) -> Atlas:
    columns = Market.__table__.c
    with reading.connect() as connection:
        rows = connection.execute(
            select(*columns).order_by(columns.prefix != "", columns.position, columns.id)
        ).all()
        words = connection.execute(select(Phrase.language, Phrase.original, Phrase.said)).all()
    ways = {way.prefix: way for row in rows for way in _ways(row)}
    return Atlas(
        version,
        ways if "" in ways else {"": _Known.home, **ways},
        {(language, original): said for language, original, said in words},
    )


def _ways(row: Any) -> Iterable[Here]:
    for place, locale in enumerate(row.languages):
        inner = "" if place == 0 else f"/{language_code(locale)}"
        yield Here(
            market=row.code,
            name=row.name,
            currency=row.currency,
            locale=locale,
            countries=tuple(row.countries),
            includes_tax=row.includes_tax,
            measures=row.measures,
            prefix=row.prefix + inner,
        )


@lru_cache(maxsize=64)
def language_code(locale: str) -> str:
    return language_of(locale).code
