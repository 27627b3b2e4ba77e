"""Who works here: taken on, given another role, taken off; each written to the audit log.

What is refused is said in English, as all of the admin is.
"""

from datetime import datetime

from sqlalchemy import select

from storefront.account.models import Customer
from storefront.account.second_factor import forget_second_factor
from storefront.account.staff import (
    DEMO,
    OWNER,
    Staff,
    give_role,
    has_second_factor,
    staff_to_change,
)
from storefront.audit import record_change
from storefront.extensions import db
from storefront.refusal import Refusal

KIND = "staff"


class LastOwner(Refusal):
    """A shop without an owner could never get one again from its pages."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is the shop’s last owner. Make somebody else an owner first.")


class NoSuchStaff(Refusal):
    """Taken off meanwhile, or never there."""

    status = 404

    def __init__(self) -> None:
        super().__init__("Nobody of the staff has this number.")


def take_on(customer: Customer, role: str, now: datetime, actor: str) -> Staff:
    """Make them staff; who is already gets the role. Inside write_tx(), as are all of these."""
    known = _with_owners_held(customer.id)
    if known is not None:
        return change_role(customer.id, role, now, actor)
    staff = give_role(customer, role, now, actor)
    record_change(KIND, customer.id, "added", {}, {"role": role}, actor=actor, now=now)
    return staff


def change_role(customer_id: int, role: str, now: datetime, actor: str) -> Staff:
    """Raises LastOwner, NoSuchStaff, NoSuchRole."""
    staff = _with_owners_held(customer_id) or _nobody()
    before = staff.role
    if role != OWNER:
        _check_another_owner(staff)
    give_role(staff.customer, role, now, actor)
    record_change(
        KIND, customer_id, "changed role", {"role": before}, {"role": role}, actor=actor, now=now
    )
    return staff


def take_off(customer_id: int, now: datetime, actor: str) -> str:
    """They stay a customer. Answers with their name. Raises LastOwner, NoSuchStaff."""
    staff = _with_owners_held(customer_id) or _nobody()
    _check_another_owner(staff)
    name = staff.name
    record_change(KIND, customer_id, "removed", {"role": staff.role}, {}, actor=actor, now=now)
    db.session.delete(staff)
    db.session.flush()
    return name


def reset_second_factor(customer_id: int, now: datetime, actor: str) -> Staff:
    """For whoever lost theirs. Raises NoSuchStaff."""
    staff = staff_to_change(customer_id) or _nobody()
    before = {"second factor": has_second_factor(staff)}
    forget_second_factor(staff)
    after = {"second factor": False}
    record_change(KIND, customer_id, "reset second factor", before, after, actor=actor, now=now)
    return staff


def _with_owners_held(customer_id: int) -> Staff | None:
    """Owners first and in order: two who demote each other at once come one after the other."""
    db.session.execute(
        select(Staff.customer_id)
        .where(Staff.role == OWNER)
        .order_by(Staff.customer_id)
        .with_for_update()
    ).all()
    return staff_to_change(customer_id)


def _check_another_owner(staff: Staff) -> None:
    """Whom the demo came with count for each other only: production lets them not in."""
    if not staff.is_owner:
        return
    others = select(Staff.customer_id).where(
        Staff.role == OWNER, Staff.customer_id != staff.customer_id
    )
    if staff.created_by != DEMO:
        others = others.where(Staff.created_by != DEMO)
    if db.session.scalar(others.limit(1)) is None:
        raise LastOwner(staff.name)


def _nobody() -> Staff:
    raise NoSuchStaff
