"""Markets and phrases: made and changed here, checked. Pages hear of it by bump_markets()."""

from collections.abc import Mapping, Sequence

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from sqlalchemy import select

from storefront.extensions import db
from storefront.languages import _
from storefront.markets.models import Market, Phrase
from storefront.refusal import Refusal
from storefront.transactions import insert


class BadMarket(Refusal):
    """No market can be so."""

    status = 422


def add_market(
    code: str,
    name: str,
    currency: str,
    languages: Sequence[str],
    *,
    home_currency: str,
    countries: Sequence[str] = (),
    includes_tax: bool = False,
    measures: str = "metric",
    prefix: str = "",
) -> Market:
    """Inside write_tx(); bump_markets() (catalog/version.py) after it."""
    if currency not in list_currencies():
        raise BadMarket(_("There is no currency “%(code)s”.", code=currency[:10]))
    if not languages or not all(_is_locale(one) for one in languages):
        raise BadMarket(_("Write languages with their country, such as de_DE."))
    if prefix and not (prefix.startswith("/") and prefix[1:].isalnum() and prefix.islower()):
        raise BadMarket(_("Write a prefix such as /de: a slash and small letters."))
    if not prefix and currency != home_currency:
        raise BadMarket(_("The market without a prefix sells in %(code)s.", code=home_currency))
    last = db.session.scalar(select(Market.position).order_by(Market.position.desc()).limit(1))
    market = Market(
        code=code,
        name=name,
        currency=currency,
        languages=list(languages),
        countries=list(countries),
        includes_tax=includes_tax,
        measures=measures,
        prefix=prefix,
        position=0 if last is None else last + 1,
    )
    db.session.add(market)
    db.session.flush()
    return market


def say(language: str, phrases: Mapping[str, str]) -> None:
    """How the owner’s short texts are said in a language; bump_markets() after it."""
    for original, said in phrases.items():
        statement = insert(Phrase).values(language=language, original=original, said=said)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["language", "original"], set_={"said": statement.excluded.said}
            )
        )


def _is_locale(text: str) -> bool:
    try:
        return Locale.parse(text).territory is not None
    except (UnknownLocaleError, ValueError):
        return False
