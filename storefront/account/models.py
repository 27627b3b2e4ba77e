"""A customer, the browsers they are signed in with, their addresses and passkeys."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storefront.account.address import Address, AddressColumn
from storefront.columns import UtcDateTime
from storefront.extensions import Model


def new_stamp() -> str:
    return secrets.token_hex(8)


def email_key(email: str) -> str:
    """What two ways to write one address have in common."""
    return email.strip().lower()


class Customer(Model):
    """Somebody with an account. There is none before its address is confirmed."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320))  # as typed; confirmed
    email_key: Mapped[str] = mapped_column(String(320), unique=True)
    full_name: Mapped[str] = mapped_column(String(120), default="")
    password: Mapped[str | None] = mapped_column(String(200))  # its hash; None: links and passkeys
    # A mailed link carries the stamp and counts while it is this one: so it counts once.
    stamp: Mapped[str] = mapped_column(String(32), default=new_stamp)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def renew_stamp(self) -> None:
        """Links mailed before are void."""
        self.stamp = new_stamp()


class SignIn(Model):
    """A browser somebody is signed in with; its cookie's digest, never the cookie."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_customer", "customer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by a second factor
    browser: Mapped[str] = mapped_column(String(80), default="", server_default="")


class SavedAddress(Model):
    """An address to fill a checkout with."""

    __tablename__ = "saved_addresses"
    __table_args__ = (Index("ix_saved_addresses_customer", "customer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    address: Mapped[Address] = mapped_column(AddressColumn)
    preferred: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Passkey(Model):
    """A key that a phone, a computer or a stick keeps for signing in here."""

    __tablename__ = "passkeys"
    __table_args__ = (
        UniqueConstraint("credential_id"),
        Index("ix_passkeys_customer", "customer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    credential_id: Mapped[str] = mapped_column(String(1400))  # base64url, as are all of its bytes
    public_key: Mapped[str] = mapped_column(String(2800))
    sign_count: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
