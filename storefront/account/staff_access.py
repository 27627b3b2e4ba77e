"""Who of the staff is signed in, and whether a second factor was shown in this sign-in."""

from dataclasses import dataclass
from datetime import timedelta

from flask import abort, current_app, g
from sqlalchemy import update

from storefront.account.access import this_sign_in
from storefront.account.models import SignIn
from storefront.account.staff import DEMO, has_second_factor, staff_of
from storefront.clock import now
from storefront.extensions import db

PROVEN_FOR = timedelta(hours=12)  # a working day; then a code is asked for, and no password


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Who acts in this request; a value, so that it outlives transactions."""

    customer_id: int
    sign_in_id: int
    role: str
    name: str
    email: str
    has_second_factor: bool  # one is set up
    has_app: bool  # and it is an authenticator app
    is_proven: bool  # it was shown in this sign-in
    shortcuts: bool  # single keys act

    @property
    def actor(self) -> str:
        """As it is written beside what they did."""
        return self.email[:120]


def current_staff() -> StaffMember | None:
    """Who of the staff is signed in with this browser; proven or not."""
    if "staff" not in g:
        g.staff = _find()
    found: StaffMember | None = g.staff
    return found


def signed_in_staff() -> StaffMember:
    """The same behind the admin's gate, where there is one."""
    return current_staff() or abort(404)


def sign_in_is_proven() -> None:
    """A second factor was shown. Inside write_tx()."""
    staff = signed_in_staff()
    db.session.execute(update(SignIn).where(SignIn.id == staff.sign_in_id).values(proven_at=now()))
    g.pop("staff")
    g.pop("signed_in")


def _find() -> StaffMember | None:
    sign_in = this_sign_in()
    staff = staff_of(sign_in.customer_id) if sign_in else None
    if sign_in is None or staff is None:
        return None
    if staff.created_by == DEMO and current_app.config["PRODUCTION"]:
        return None
    proven_at = sign_in.proven_at
    return StaffMember(
        customer_id=staff.customer_id,
        sign_in_id=sign_in.sign_in_id,
        role=staff.role,
        name=staff.name,
        email=staff.customer.email,
        has_second_factor=has_second_factor(staff),
        has_app=staff.totp_confirmed_at is not None,
        is_proven=proven_at is not None and proven_at > now() - PROVEN_FOR,
        shortcuts=staff.shortcuts,
    )
