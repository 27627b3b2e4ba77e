"""exempt() and charge_again(): the shopkeeper says who is charged no tax; who waits to be told."""

from collections.abc import Sequence
from datetime import date, datetime

from babel import Locale
from sqlalchemy import delete, select

from storefront.extensions import db
from storefront.pricing.models import TaxExemption
from storefront.pricing.tax_numbers import BadNumber, check_number, country_of_vat, tidy_number
from storefront.pricing.taxes import CERTIFICATE, REVERSE_CHARGE
from storefront.refusal import Refusal


class BadExemption(Refusal):
    """No number that can be kept."""

    status = 422


def exempt(
    email: str, number: str, country: str, ends_on: date | None, now: datetime, vat: bool
) -> TaxExemption:
    """Inside write_tx(). Told again, the newer end counts."""
    row = db.session.scalar(
        select(TaxExemption).where(
            TaxExemption.email == email.lower(), TaxExemption.number == number
        )
    )
    if row is None:
        row = TaxExemption(email=email.lower(), number=number, confirmed_at=now)
        db.session.add(row)
    row.kind, row.country = REVERSE_CHARGE if vat else CERTIFICATE, country
    row.ends_on = ends_on
    db.session.flush()
    return row


def confirmed_number(written: str, country: str, vat: bool) -> tuple[str, str]:
    """The number as it is kept, and the country it counts in. Raises BadExemption."""
    number = tidy_number(written)
    where = ((country_of_vat(number) if vat else country) or "").upper()
    if vat and not where:
        raise BadExemption(f"{written} is not written like a VAT number of the EU.")
    if len(where) != 2 or where not in Locale("en").territories:
        raise BadExemption("Say in which country the certificate counts, as two letters: US.")
    try:
        check_number(number, where)
    except BadNumber as bad:
        raise BadExemption(bad.message) from bad
    return number, where


def charge_again(email: str) -> int:
    """Take back all that was confirmed for this address; how many that were. Inside write_tx()."""
    gone = db.session.scalars(
        delete(TaxExemption).where(TaxExemption.email == email.lower()).returning(TaxExemption.id)
    )
    return len(gone.all())


def exemptions() -> Sequence[TaxExemption]:
    return db.session.scalars(select(TaxExemption).order_by(TaxExemption.email)).all()
