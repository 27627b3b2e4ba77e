"""An order that staff write for a buyer: a cart like any other, placed by place_order(), its goods
held while the buyer has a link to pay it by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.account.address import Address
from storefront.cart.models import Cart, CartLine, CheckoutDetails, new_token
from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.orders.models import Order
from storefront.orders.placing import Placing, place_order
from storefront.orders.states import record
from storefront.outbox import owe_mail
from storefront.refusal import Refusal

MOST = 500  # of one thing


class Draft(Model):
    """Who writes an order down, and the cart it is written in; the order, once it is placed."""

    __tablename__ = "draft_orders"
    __table_args__ = (Index("ix_draft_orders_order", "order_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int | None] = mapped_column(ForeignKey("carts.id", ondelete="SET NULL"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NotSold(Refusal):
    """Not one of the things this shop sells now."""

    status = 422


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who it is for and where it goes."""

    email: str
    address: Address
    note: str = ""


def begin_draft(actor: str, now: datetime) -> Draft:
    """Inside write_tx()."""
    cart = Cart(token=new_token(), checkout_token=new_token(), created_at=now, updated_at=now)
    db.session.add(cart)
    db.session.flush()
    draft = Draft(cart_id=cart.id, created_by=actor, created_at=now)
    db.session.add(draft)
    db.session.flush()
    return draft


def drafts() -> list[Draft]:
    """Those that were not placed, newest first."""
    open_ones = select(Draft).where(Draft.order_id.is_(None), Draft.cart_id.is_not(None))
    return list(db.session.scalars(open_ones.order_by(Draft.id.desc()).limit(20)))


def put_line(cart: Cart, sku: str, quantity: int, now: datetime) -> None:
    """So many of it, at today's price; 0 takes it out. Inside write_tx(); raises NotSold."""
    variant = db.session.scalar(
        select(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.sku == sku, Variant.archived.is_(False), Product.status == ACTIVE)
    )
    if variant is None:
        raise NotSold(f"“{sku}” is no SKU of something on sale. Look for it by name.")
    if not 0 <= quantity <= MOST:
        raise NotSold(f"Enter a number from 0 to {MOST}.")
    db.session.execute(
        delete(CartLine).where(CartLine.cart_id == cart.id, CartLine.variant_id == variant.id)
    )
    if quantity:
        cart.add(variant, quantity, now)
    cart.changed(now)


def keep_buyer(cart: Cart, buyer: Buyer, now: datetime) -> None:
    """Inside write_tx(). Where it goes says how it can be sent: that is chosen anew."""
    kept = db.session.get(CheckoutDetails, cart.id)
    if kept is None:
        kept = CheckoutDetails(cart_id=cart.id, gift_note="")
        db.session.add(kept)
    kept.email, kept.delivery_address, kept.note = buyer.email, buyer.address, buyer.note
    kept.updated_at = now
    cart.destination = Address(
        country=buyer.address.country, region=buyer.address.region, postcode=buyer.address.postcode
    )
    cart.changed(now)


def keep_choices(cart: Cart, shipping_code: str | None, codes: list[str], now: datetime) -> None:
    """Inside write_tx()."""
    kept = db.session.get_one(CheckoutDetails, cart.id)
    kept.shipping_code, kept.updated_at = shipping_code, now
    cart.codes = codes
    cart.changed(now)


def place_draft(draft: Draft, placing: Placing, now: datetime, actor: str) -> Order:
    """The goods are held until the link ends; the terms are agreed to on the page it leads to.

    Inside write_tx(). Placed twice is once. Raises what place_order() does.
    """
    order = place_order(placing, now)
    if draft.order_id is None:
        draft.order_id = order.id
        record(order, "linked", now, actor)
        until = order.deadline_at.isoformat() if order.deadline_at else ""
        owe_mail("pay_link", order.email, now, order_id=order.id, context={"until": until})
    return order


def agree(order: Order, terms: Mapping[str, str], now: datetime) -> None:
    """The buyer of an order that staff wrote agrees to the terms. Inside write_tx(), locked."""
    if not order.terms_version:
        order.terms_version, order.terms_digest = terms["version"], terms["digest"]
        record(order, "agreed", now, "shopper", f"{terms['version']} {terms['digest'][:12]}")
