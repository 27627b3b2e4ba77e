"""What search keeps beside its index: its words, words that mean the same, what was sought."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.extensions import Model


class SearchWord(Model):
    """A word of the index: in how many products it is, and in how many outside their prose."""

    __tablename__ = "search_words"

    word: Mapped[str] = mapped_column(String(60), primary_key=True)
    products: Mapped[int]
    named: Mapped[int]


class SynonymLine(Model):
    """Words and phrases that find one another, as written: "strainer = infuser = tea ball"."""

    __tablename__ = "search_synonyms"

    id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(String(300))


class SearchTerm(Model):
    """How often something was searched for on one day, and what that finds; nothing of who."""

    __tablename__ = "search_terms"

    day: Mapped[date] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(String(60), primary_key=True)
    searches: Mapped[int]
    found: Mapped[int]  # products and pages, when last looked at
    found_as: Mapped[str] = mapped_column(String(60), default="")  # the corrected words, if any
