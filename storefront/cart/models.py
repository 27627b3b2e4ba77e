"""A cart and its lines, and what its owner has told the checkout so far."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.account.address import Address, AddressColumn
from storefront.catalog.models import Variant
from storefront.columns import UtcDateTime
from storefront.extensions import db


class Cart(db.Model):
    """A visitor's cart, found by the token in their cookie."""

    __tablename__ = "carts"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    checkout_token: Mapped[str] = mapped_column(String(64))  # new with every change of the cart
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    lines: Mapped[list["CartLine"]] = relationship(
        back_populates="cart", order_by="CartLine.id", lazy="selectin", cascade="all, delete-orphan"
    )
    details: Mapped["CheckoutDetails | None"] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan"
    )


class CartLine(db.Model):
    """A variant and how many of it; the price is the one its owner has last seen."""

    __tablename__ = "cart_lines"
    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    quantity: Mapped[int]
    seen_price_minor: Mapped[int]
    seen_currency: Mapped[str] = mapped_column(String(3))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    cart: Mapped[Cart] = relationship(back_populates="lines", lazy="raise_on_sql")
    variant: Mapped[Variant] = relationship(lazy="raise_on_sql")


class CheckoutDetails(db.Model):
    """Contact, address and delivery choice of a cart on its way to an order."""

    __tablename__ = "checkout_details"

    cart_id: Mapped[int] = mapped_column(
        ForeignKey("carts.id", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str] = mapped_column(String(320))
    delivery_address: Mapped[Address] = mapped_column(AddressColumn)
    billing_address: Mapped[Address | None] = mapped_column(AddressColumn)  # None: the same
    shipping_code: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
