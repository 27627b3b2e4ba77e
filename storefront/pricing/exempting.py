"""exempt() and charge_again(): the shopkeeper says who is charged no tax; who waits to be told."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select

from storefront.extensions import db
from storefront.pricing.models import TaxExemption
from storefront.pricing.taxes import CERTIFICATE, REVERSE_CHARGE


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


def charge_again(email: str) -> int:
    """Take back all that was confirmed for this address; how many that were. Inside write_tx()."""
    gone = db.session.scalars(
        delete(TaxExemption).where(TaxExemption.email == email.lower()).returning(TaxExemption.id)
    )
    return len(gone.all())


def exemptions() -> Sequence[TaxExemption]:
    return db.session.scalars(select(TaxExemption).order_by(TaxExemption.email)).all()
