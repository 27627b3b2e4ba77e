"""Staff: customers with a role, and the second factor that the admin asks them for.

What the admin alone says is said in English.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from storefront.account.belongings import at_erasure, at_export
from storefront.account.models import Customer, Passkey
from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.languages import _
from storefront.refusal import Refusal

OWNER, STOCK, ORDERS, WRITER = "owner", "stock", "orders", "writer"
ROLES = (OWNER, STOCK, ORDERS, WRITER)
DEMO = "demo"  # made whom the demo shop comes with; production lets none of them in


class Staff(Model):
    """A customer who works here."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint(f"role in {ROLES}", name="role"),)

    customer_id: Mapped[int] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(120))
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_totp_step: Mapped[int] = mapped_column(default=0)  # a code counts once
    shortcuts: Mapped[bool] = mapped_column(default=True)  # keys that act without a modifier

    customer: Mapped[Customer] = relationship(lazy="raise_on_sql")

    @property
    def is_owner(self) -> bool:
        return self.role == OWNER

    @property
    def name(self) -> str:
        return self.customer.full_name or self.customer.email

    @property
    def actor(self) -> str:
        """As it is written beside what they did."""
        return self.customer.email[:120]


class RecoveryCode(Model):
    """Opens the admin once to whoever lost their phone; its digest, never the code."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("customer_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("staff.customer_id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoSuchRole(Refusal):
    """A role that the shop does not have."""

    status = 422

    def __init__(self, role: str) -> None:
        super().__init__(f"There is no role “{role}”: it is one of {', '.join(ROLES)}.")


class StillStaff(Refusal):
    """Whoever runs the shop cannot just be gone."""

    def __init__(self) -> None:
        super().__init__(
            _("You work in this shop. Have an owner take you off its staff first; then erase this.")
        )


def staff_of(customer_id: int) -> Staff | None:
    return db.session.scalar(
        select(Staff).where(Staff.customer_id == customer_id).options(joinedload(Staff.customer))
    )


def staff_to_change(customer_id: int) -> Staff | None:
    """As they are now, held until the change is done. Inside write_tx()."""
    return db.session.scalar(
        select(Staff)
        .where(Staff.customer_id == customer_id)
        .options(joinedload(Staff.customer, innerjoin=True))
        .with_for_update(of=Staff)
        .execution_options(populate_existing=True)
    )


def all_staff() -> Sequence[Staff]:
    return db.session.scalars(
        select(Staff)
        .options(joinedload(Staff.customer))
        .order_by(Staff.created_at, Staff.customer_id)
    ).all()


def give_role(customer: Customer, role: str, now: datetime, actor: str) -> Staff:
    """Make a customer staff, or change what they may. Inside write_tx(), the customer locked."""
    if role not in ROLES:
        raise NoSuchRole(role)
    staff = staff_to_change(customer.id)
    if staff is None:
        staff = Staff(customer_id=customer.id, role=role, created_at=now, created_by=actor)
        db.session.add(staff)
    staff.role = role
    db.session.flush()
    return staff


def has_second_factor(staff: Staff) -> bool:
    """A confirmed authenticator app, or a passkey."""
    if staff.totp_confirmed_at is not None:
        return True
    return bool(db.session.scalar(select(exists().where(Passkey.customer_id == staff.customer_id))))


@at_export
def tell_role(customer: Customer) -> dict[str, Any]:
    staff = staff_of(customer.id)
    if staff is None:
        return {}
    since = staff.created_at.isoformat()
    has_app = staff.totp_confirmed_at is not None
    return {"staff": {"role": staff.role, "since": since, "has_authenticator_app": has_app}}


@at_erasure
def keep_staff(customer: Customer, _now: datetime) -> None:
    """Raises StillStaff."""
    if staff_of(customer.id) is not None:
        raise StillStaff
