"""The search page and its suggestions: products first, then articles and help pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from flask import url_for
from werkzeug.datastructures import MultiDict

from storefront.blog.search import count_posts, find_posts
from storefront.catalog.cards import Card, cards_of
from storefront.catalog.lists import A_PAGE, MOST
from storefront.catalog.navigation import collection_url
from storefront.catalog.queries import products_by_id
from storefront.catalog.restricted import Shelf, sells_restricted, shelves_like
from storefront.catalog.search import count_matches, find_products, query_words
from storefront.catalog.synonyms import Synonyms
from storefront.catalog.vocabulary import Vocabulary, read_vocabulary
from storefront.jinja import money
from storefront.languages import _, ngettext, spoken
from storefront.markets.here import here
from storefront.pages.texts import Page, are_of_pages, find_pages, words_of_pages
from storefront.public_pages import once_a_version, renewed_each_version

MOST_COUNTED = 1000
LONGEST_SHOWN = 300  # of the words a visitor typed
SUGGESTED, SUGGESTED_PRODUCTS, SUGGESTED_POSTS, SUGGESTED_PAGES = 8, 6, 2, 2
MOST_POSTS = 8  # shown on the search page
ASKED_ABOUT = 3  # spellings that a page without results offers
Way = tuple[str, str]  # words and where they lead


@dataclass(frozen=True, slots=True)
class Reading:
    """The words somebody typed, and what is searched for."""

    typed: str
    words: str
    synonyms: Synonyms
    shelves: list[Shelf]  # that hold what is called so, and not for everybody to see

    @property
    def is_corrected(self) -> bool:
        return self.words != self.typed

    def products(self, limit: int, offset: int = 0) -> list[int]:
        return find_products(self.words, limit, offset, self.synonyms)

    def count(self) -> int:
        return count_matches(self.words, MOST_COUNTED, self.synonyms)

    def posts(self, limit: int) -> list[Any]:
        return find_posts(self.words, limit, self.synonyms)

    def count_posts(self) -> int:
        return count_posts(self.words, MOST_COUNTED, self.synonyms)

    def pages(self) -> list[Page]:
        return find_pages(self.words)


@dataclass(frozen=True, slots=True)
class SearchPage:
    reading: Reading
    cards: list[Card]
    posts: list[Any]
    pages: list[Page]
    total: int  # of products; counting stops at MOST_COUNTED
    total_posts: int
    shown: int
    is_start: bool
    next_url: str | None
    ways_on: list[Way]  # when nothing was found: other spellings, then each word alone

    @property
    def q(self) -> str:
        return self.reading.typed

    @property
    def found(self) -> bool:
        return bool(self.cards or self.posts or self.pages or self.shelves)

    @property
    def shelves(self) -> list[Way]:
        """Where it is shown to adults, when nothing that everybody may see is called so."""
        return [] if self.total else _ways_to(self.reading.shelves)

    @property
    def words(self) -> str:
        return counted(self.total, self.total_posts, len(self.pages))

    @property
    def start_url(self) -> str | None:
        return None if self.is_start else url_for("catalog.search", q=self.q)

    @property
    def exact_url(self) -> str:
        return url_for("catalog.search", q=self.q, exact=1)


@renewed_each_version
def vocabulary(last: Vocabulary | None) -> Vocabulary:
    return read_vocabulary(last, words_of_pages())


@once_a_version
def keeps_from_some() -> bool:
    """No statement while nothing changed: a shop that shows all to everybody pays nothing."""
    return sells_restricted()


def read(q: str, exactly: bool = False) -> Reading:
    """What is searched for: words that nothing has are corrected, unless they are meant."""
    known = vocabulary()
    words = query_words(q)
    shelves = shelves_like(" ".join(words)) if keeps_from_some() else []
    meant = bool(exactly or shelves or (here().said_in is not None and are_of_pages(words)))
    corrected = words if meant else known.corrected(words)
    return Reading(q, q if corrected == words else " ".join(corrected), known.synonyms, shelves)


def search_page(args: "MultiDict[str, str]", now: datetime) -> SearchPage:
    exactly = args.get("exact") == "1"
    reading = read(args.get("q", "").strip()[:LONGEST_SHOWN], exactly)
    start = min(_number(args.get("after", "")), MOST_COUNTED)
    upto = _number(args.get("upto", ""))
    size = min(max(upto, A_PAGE), MOST) if not start else A_PAGE
    ids = reading.products(size + 1, start)
    cards = cards_of(products_by_id(ids[:size]), now)
    posts = reading.posts(MOST_POSTS) if not start else []
    pages = reading.pages() if not start else []
    more = len(ids) > size
    shown = start + len(ids[:size])
    onward = {"q": reading.typed, **({"exact": 1} if exactly else {}), "after": shown}
    return SearchPage(
        reading=reading,
        cards=cards,
        posts=posts,
        pages=pages,
        total=reading.count() if more or start else shown,
        total_posts=reading.count_posts() if len(posts) == MOST_POSTS else len(posts),
        shown=shown,
        is_start=not start,
        next_url=f"{url_for('catalog.search')}?{urlencode(onward)}"
        if more and shown < MOST_COUNTED
        else None,
        ways_on=[] if cards or posts or pages or reading.shelves else ways_on(reading, exactly),
    )


def ways_on(reading: Reading, exactly: bool) -> list[Way]:
    """From a search that found nothing: what else it may have meant, then its words one by one."""
    known, words = vocabulary(), query_words(reading.words)
    meant = known.corrected(words) if exactly else words
    spellings = [meant] if meant != words else []
    for place, word in enumerate(words[:ASKED_ABOUT]):
        spellings += [
            [*words[:place], other, *words[place + 1 :]] for other in known.alike(word, ASKED_ABOUT)
        ]
    alone = [[word] for word in words if known.products.get(word)]
    ways = [*spellings[:ASKED_ABOUT], *(alone if len(words) > 1 else [])]
    texts = dict.fromkeys(" ".join(way) for way in ways)
    return [(text, url_for("catalog.search", q=text)) for text in texts]


def suggestions_for(q: str, now: datetime) -> tuple[list[dict[str, Any]], str]:
    """At most eight ways on from words still being typed, and how many there are in words."""
    q = q.strip()[:LONGEST_SHOWN]
    if len(q) < 2:
        return [], _("Type two letters or more")
    reading = read(q)
    posts, pages = reading.posts(SUGGESTED_POSTS), reading.pages()[:SUGGESTED_PAGES]
    room = min(SUGGESTED_PRODUCTS, SUGGESTED - len(posts) - len(pages))
    cards = cards_of(products_by_id(reading.products(room)), now)
    items = [_suggestion(card) for card in cards]
    if not items:
        ways = _ways_to(reading.shelves)
        items = [{"url": url, "label": name, "note": _("Shown to adults")} for name, url in ways]
    items += [
        {"url": url_for("blog.article", slug=post.slug), "label": post.title, "note": _("Article")}
        for post in posts
    ]
    items += [
        {"url": url_for("pages.show", slug=page.slug), "label": page.title, "note": _("Help")}
        for page in pages
    ]
    words = counted(len(cards), len(posts), len(pages))
    return items, _(
        "%(found)s for “%(query)s”", found=words, query=reading.words
    ) if reading.is_corrected else words


def _ways_to(shelves: list[Shelf]) -> list[Way]:
    return [(shelf.name, collection_url(shelf.slug)) for shelf in shelves]


def _suggestion(card: Card) -> dict[str, Any]:
    price = money(card.price)
    note = _("From %(amount)s", amount=price) if card.from_ else price
    return {"url": card.url, "label": card.name, "note": note}


def outcome_of(term: str) -> tuple[int, str]:
    """How many products, articles and pages a search finds, and the words it was corrected to."""
    reading = read(term)
    found = reading.count() + reading.count_posts() + len(reading.pages())
    return found, reading.words if reading.is_corrected else ""


def counted(products: int, posts: int, pages: int) -> str:
    """3 products, 2 articles and 1 help page."""
    found = []
    if products >= MOST_COUNTED:
        found.append(_("%(count)s or more products", count=_grouped(products)))
    elif products or not (posts or pages):
        found.append(
            ngettext("%(count)s product", "%(count)s products", products, count=_grouped(products))
        )
    if posts:
        found.append(ngettext("%(num)s article", "%(num)s articles", posts))
    if pages:
        found.append(ngettext("%(num)s help page", "%(num)s help pages", pages))
    *others, last = found
    return _(" and ").join([", ".join(others), last]) if others else last


def _grouped(number: int) -> str:
    return format_decimal(number, locale=spoken().locale)


def _number(text: str) -> int:
    return int(text[:6]) if text.isascii() and text.isdigit() else 0
