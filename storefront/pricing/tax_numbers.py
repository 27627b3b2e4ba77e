"""Tax numbers of buyers: VAT numbers, whose form is known, and certificates, which have any."""

import re

from storefront.languages import _
from storefront.refusal import Refusal

LONGEST = 60
CERTIFICATE_FORM = re.compile(r"[A-Z0-9]{4,40}")
ELSEWHERE = {"EL": "GR", "XI": "GB"}  # prefixes that are no country's code
MEMBERS = (
    "AT BE BG CY CZ DE DK EE ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"  # as prefixes
)


class BadNumber(Refusal):
    """It is not written as such a number is; nobody was asked whether it is in use."""

    status = 422


def tidy_number(text: str) -> str:
    """The same for “DE 136.695.976” and “de136695976”."""
    return re.sub(r"[\s.\-/]", "", text.upper())[:LONGEST]


def country_of_vat(number: str) -> str | None:
    """The country of a tidy VAT number of the EU's system; None where it is not one."""
    country = _named_by(number)
    if country is None:
        return None
    from stdnum.eu import vat

    return country if vat.is_valid(number) else None


def check_number(number: str, country: str) -> None:
    """Raises BadNumber where a buyer in this country cannot have a number like it."""
    if _named_by(number) == country:
        if country_of_vat(number) is None:
            raise BadNumber(
                _("This is not a VAT number of %(country)s. Check its digits.", country=country)
            )
    elif not CERTIFICATE_FORM.fullmatch(number):
        raise BadNumber(_("Enter the number with letters and digits only."))


def _named_by(number: str) -> str | None:
    """The country that the prefix of a VAT number of the EU's system names."""
    prefix = number[:2]
    return ELSEWHERE.get(prefix) or (prefix if prefix in MEMBERS.split() else None)
