"""Settings a shopkeeper may change while the shop runs. What the environment says wins."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.audit import record_change
from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.refusal import Refusal

KIND = "setting"


class Setting(Model):
    """What was chosen in the admin; no row: what the shop comes with."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(120))


class Changeable(NamedTuple):
    """`least`, `most`: of a whole number; `longest`: of a text."""

    label: str
    hint: str
    longest: int = 0
    least: int = 0
    most: int = 0
    may_be_empty: bool = True

    @property
    def is_number(self) -> bool:
        return self.most > 0


CHANGEABLE: Mapping[str, Changeable] = {
    "SELLER_NAME": Changeable(
        "Seller’s name", "On invoices from now on, where it is not the shop’s name.", 120
    ),
    "SELLER_VAT_ID": Changeable("Seller’s VAT number", "On invoices from now on.", 60),
    "SELLER_REGISTRATION": Changeable(
        "Register and number of the company", "On invoices from now on.", 160
    ),
    "MANUAL_INSTRUCTIONS": Changeable(
        "How to pay by bank transfer",
        "Shown with orders that wait for a transfer: account holder and number.",
        500,
        may_be_empty=False,
    ),
    "CART_REMINDER_HOURS": Changeable(
        "Hours until a cart’s reminder",
        "For those who asked for one mail about the cart they left.",
        least=1,
        most=720,
    ),
    "RESTRICTION_REVIEW_DAYS": Changeable(
        "Days until a restriction is looked at again",
        "A rule nobody looked at for longer is named in the work queue; after twice as long it"
        " closes its place. For goods that the law restricts.",
        least=1,
        most=730,
    ),
}


class BadSetting(Refusal):
    """`name`: which one."""

    status = 422

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def is_fixed(name: str) -> bool:
    """Whether the environment says it, so that nothing chosen here counts."""
    return bool(os.environ.get(name))


def chosen(names: Sequence[str]) -> dict[str, str]:
    """What was chosen of these and counts. One statement."""
    rows = db.session.execute(
        select(Setting.name, Setting.value).where(Setting.name.in_(list(names)))
    )
    return {name: value for name, value in rows if not is_fixed(name)}


def in_force(name: str, config: Mapping[str, object]) -> str:
    """As it is to be used now."""
    return chosen([name]).get(name, str(config[name]))


def choose(name: str, written: str, otherwise: str, now: datetime, actor: str) -> None:
    """Inside write_tx(). `otherwise`: what holds while nothing is chosen. Raises BadSetting."""
    if is_fixed(name):
        return
    value = checked(name, written)
    row = db.session.get(Setting, name, with_for_update=True)
    before = row.value if row is not None else otherwise
    if before == value:
        return
    if row is None:
        row = Setting(name=name)
        db.session.add(row)
    row.value, row.changed_at, row.changed_by = value, now, actor[:120]
    db.session.flush()
    record_change(KIND, name, "changed", {name: before}, {name: value}, actor=actor, now=now)


def checked(name: str, written: str) -> str:
    kind, value = CHANGEABLE[name], written.strip()
    if kind.is_number:
        if not (value.isascii() and value.isdecimal() and len(value) < 9):
            raise BadSetting(name, "Enter a whole number.")
        if not kind.least <= int(value) <= kind.most:
            raise BadSetting(name, f"Enter a number from {kind.least} to {kind.most}.")
        return str(int(value))
    if not value and not kind.may_be_empty:
        raise BadSetting(name, "This cannot be empty: shoppers are told it.")
    if len(value) > kind.longest:
        raise BadSetting(name, f"This is longer than {kind.longest} letters.")
    return value
