"""The addresses a customer keeps; one of them comes first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, update

from storefront.account.address import Address
from storefront.account.models import Customer, SavedAddress
from storefront.extensions import db
from storefront.languages import _
from storefront.refusal import Refusal

MOST = 20


class TooManyAddresses(Refusal):
    """A book, not a heap."""

    status = 422


def addresses_of(customer_id: int) -> Sequence[SavedAddress]:
    """The preferred one first, then the newest."""
    return db.session.scalars(
        select(SavedAddress)
        .where(SavedAddress.customer_id == customer_id)
        .order_by(SavedAddress.preferred.desc(), SavedAddress.id.desc())
    ).all()


def address_to_fill_in(customer: Customer, place: Address | None = None) -> Address:
    """For a checkout: the preferred address; where none is kept, the place named in the cart."""
    kept = addresses_of(customer.id)
    if kept:
        return kept[0].address
    return replace(place or Address(), full_name=customer.full_name)


def add_address(customer_id: int, address: Address, preferred: bool, now: datetime) -> SavedAddress:
    """Inside write_tx(), the customer locked. Raises TooManyAddresses."""
    if len(addresses_of(customer_id)) >= MOST:
        raise TooManyAddresses(
            _("%(num)s addresses are kept at most. Remove one, then add this.", num=MOST)
        )
    kept = SavedAddress(customer_id=customer_id, address=address, created_at=now)
    db.session.add(kept)
    db.session.flush()
    put_first(kept, preferred)
    return kept


def change_address(kept: SavedAddress, address: Address, preferred: bool) -> None:
    """Inside write_tx(), as is the next."""
    kept.address = address
    put_first(kept, preferred)


def put_first(kept: SavedAddress, preferred: bool) -> None:
    if preferred:
        db.session.execute(
            update(SavedAddress)
            .where(SavedAddress.customer_id == kept.customer_id, SavedAddress.id != kept.id)
            .values(preferred=False)
        )
    kept.preferred = preferred


def remove_address(kept: SavedAddress) -> None:
    db.session.execute(delete(SavedAddress).where(SavedAddress.id == kept.id))
