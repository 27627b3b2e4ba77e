"""A cart and its lines, and what its owner has told the checkout so far."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    case,
    delete,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.account.address import Address, AddressColumn
from storefront.catalog.models import Variant
from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.money import Money
from storefront.transactions import insert


def new_token() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Touch:
    """The article something was put in the cart from, and by which of its cards (0: a link)."""

    post_id: int | None = None
    card: int | None = None

    def __bool__(self) -> bool:
        return self.post_id is not None


NO_TOUCH = Touch()


@dataclass(frozen=True, slots=True)
class Touches:
    """The first and the last article a line was put in the cart from."""

    first: Touch = NO_TOUCH
    last: Touch = NO_TOUCH

    @classmethod
    def one(cls, touch: Touch) -> "Touches":
        return cls(touch, touch)

    def then(self, later: "Touches") -> "Touches":
        """Of two lines that become one."""
        return Touches(self.first or later.first, later.last or self.last)

    @property
    def columns(self) -> dict[str, int | None]:
        return {
            "first_post_id": self.first.post_id,
            "first_card": self.first.card,
            "last_post_id": self.last.post_id,
            "last_card": self.last.card,
        }

    def set_on(self, new: Any) -> dict[str, Any]:
        """What it changes on a line that is there: the last touch, and the first if it had none."""
        if not self.last:
            return {}
        untouched = CartLine.first_post_id.is_(None)
        return {
            "first_post_id": func.coalesce(CartLine.first_post_id, new.first_post_id),
            "first_card": case((untouched, new.first_card), else_=CartLine.first_card),
            "last_post_id": new.last_post_id,
            "last_card": new.last_card,
        }


NO_TOUCHES = Touches()


class Cart(Model):
    """A visitor's cart, found by the token in their cookie. Its verbs run inside write_tx()."""

    __tablename__ = "carts"
    __table_args__ = (Index("uq_carts_customer", "customer_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    checkout_token: Mapped[str] = mapped_column(String(64))  # new with every change of the cart
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    market: Mapped[str | None] = mapped_column(String(20))  # whose prices its owner has seen
    codes: Mapped[list[str]] = mapped_column(JSON, default=list)  # of discounts, as entered
    destination: Mapped[Address | None] = mapped_column(AddressColumn)  # as far as it is known
    customer_id: Mapped[int | None] = mapped_column(
        ForeignKey("customers.id")
    )  # whose it is in every browser they are signed in with

    details: Mapped["CheckoutDetails | None"] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    def add(
        self,
        variant: Variant,
        quantity: int,
        now: datetime,
        price: Money | None = None,
        touches: Touches = NO_TOUCHES,
    ) -> None:
        """Put more of a variant in; two tabs at once add up, in one statement.

        `price`: what its owner sees; None where that is the price at home.
        """
        price = price or variant.price(now)
        statement = insert(CartLine).values(
            cart_id=self.id,
            variant_id=variant.id,
            quantity=quantity,
            seen_price_minor=price.minor,
            seen_currency=price.currency,
            added_at=now,
            **touches.columns,
        )
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["cart_id", "variant_id"],
                set_={
                    "quantity": CartLine.quantity + statement.excluded.quantity,
                    "seen_price_minor": statement.excluded.seen_price_minor,
                    "seen_currency": statement.excluded.seen_currency,
                    **touches.set_on(statement.excluded),
                },
            )
        )
        self.changed(now)

    def change(self, line: "CartLine", quantity: int, now: datetime) -> None:
        line.quantity = quantity
        self.changed(now)

    def remove(self, line: "CartLine", now: datetime) -> None:
        db.session.execute(delete(CartLine).where(CartLine.id == line.id))
        self.changed(now)

    def keep_code(self, code: str, now: datetime) -> None:
        self.codes = [*self.codes, code]
        self.changed(now)

    def drop_code(self, code: str, now: datetime) -> None:
        self.codes = [one for one in self.codes if one != code]
        self.changed(now)

    def quantity_of(self, variant_id: int) -> int:
        """How many of a variant are in it now."""
        found = db.session.scalar(
            select(CartLine.quantity).where(
                CartLine.cart_id == self.id, CartLine.variant_id == variant_id
            )
        )
        return found or 0

    def changed(self, now: datetime) -> None:
        """What was agreed to before no longer describes this cart."""
        self.checkout_token = new_token()
        self.updated_at = now


class CartLine(Model):
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
    # Which article it was put in from, first and last, and by which of its cards (0: a link).
    first_post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    first_card: Mapped[int | None]
    last_post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    last_card: Mapped[int | None]

    @property
    def touches(self) -> Touches:
        return Touches(
            Touch(self.first_post_id, self.first_card), Touch(self.last_post_id, self.last_card)
        )


class CheckoutDetails(Model):
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
    gift_note: Mapped[str] = mapped_column(Text, default="")
    tax_number: Mapped[str] = mapped_column(String(60), default="")  # as tidy_number() leaves it
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
