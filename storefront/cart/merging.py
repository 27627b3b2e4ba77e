"""Two carts of one customer become one: what was put in here joins what was put in elsewhere."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select, update

from storefront.cart.contents import Contents
from storefront.cart.lines import LineNow
from storefront.cart.models import Cart, CartLine, CheckoutDetails
from storefront.cart.reading import contents_of
from storefront.extensions import db
from storefront.languages import _

MOST_CODES = 5


def cart_of(customer_id: int) -> Cart | None:
    return db.session.scalar(select(Cart).where(Cart.customer_id == customer_id))


def adopt(
    own: Cart, guests: Cart, currency: str, now: datetime, held: Mapping[int, int]
) -> list[str]:
    """Quantities of the same thing add up, to no more than can be sold; codes are kept, and what
    was typed last at the checkout. What to tell the customer. Inside write_tx(), both locked."""
    brought = contents_of(guests, currency, now, held)
    there = {line.variant_id: line for line in contents_of(own, currency, now, held).lines}
    said = [_("What you put in your cart here is in your account’s cart now.")]
    if not brought.lines or not there:
        said = []
    for line in brought.lines:
        if line.variant_id in there:
            said += _add_up(own, there[line.variant_id], line)
        else:
            _move(own, line)
    own.destination = guests.destination or own.destination
    _keep_codes(own, guests)
    _keep_details(own, guests, brought)
    db.session.execute(delete(Cart).where(Cart.id == guests.id))
    db.session.expire_all()
    own.changed(now)
    return said


def _add_up(own: Cart, mine: LineNow, brought: LineNow) -> list[str]:
    wanted = mine.quantity + brought.quantity
    had = min(wanted, max(brought.most, 1))
    db.session.execute(
        update(CartLine)
        .where(CartLine.id == mine.id, CartLine.cart_id == own.id)
        .values(
            quantity=had,
            seen_price_minor=brought.seen_price.minor,
            seen_currency=brought.seen_price.currency,
            **mine.touches.then(brought.touches).columns,
        )
    )
    db.session.execute(delete(CartLine).where(CartLine.id == brought.id))
    if had == wanted:
        return []
    return [
        _(
            "%(product)s: your two carts asked for %(wanted)s, and %(had)s is all there can be.",
            product=brought.name,
            wanted=wanted,
            had=had,
        )
    ]


def _move(own: Cart, line: LineNow) -> None:
    db.session.execute(update(CartLine).where(CartLine.id == line.id).values(cart_id=own.id))


def _keep_codes(own: Cart, guests: Cart) -> None:
    more = [code for code in guests.codes if code not in own.codes]
    own.codes = [*own.codes, *more][:MOST_CODES]
    db.session.flush()


def _keep_details(own: Cart, guests: Cart, brought: Contents) -> None:
    typed_here = select(CheckoutDetails.cart_id).where(CheckoutDetails.cart_id == guests.id)
    if brought.lines and db.session.scalar(typed_here) is not None:
        db.session.execute(delete(CheckoutDetails).where(CheckoutDetails.cart_id == own.id))
        db.session.execute(
            update(CheckoutDetails)
            .where(CheckoutDetails.cart_id == guests.id)
            .values(cart_id=own.id)
        )
