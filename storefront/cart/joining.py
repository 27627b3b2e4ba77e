"""A customer has one cart, in every browser they are signed in with."""

from datetime import datetime

from sqlalchemy import select, update

from storefront.account.belongings import at_sign_in, at_sign_out
from storefront.account.models import Customer
from storefront.cart.current import current_cart, lose_cart, recount, use_cart
from storefront.cart.merging import adopt, cart_of
from storefront.cart.models import Cart, new_token
from storefront.cart.page import held_by, shop_currency
from storefront.extensions import db
from storefront.orders.models import Order


@at_sign_in
def bring_cart(customer: Customer, now: datetime) -> list[str]:
    """The cart of this browser becomes the customer's, or joins the one they have."""
    here, own = current_cart(), cart_of(customer.id)
    if here is not None and here.customer_id not in {None, customer.id}:
        here = None  # somebody else's, who used this browser before
        lose_cart()
    said: list[str] = []
    if own is None and here is not None:
        here.customer_id = customer.id
        db.session.flush()
    elif own is not None and here is not None and own.id != here.id:
        said = _join(own, here, now)
    if own is not None:
        use_cart(own)
    recount()
    return said


def _join(own: Cart, here: Cart, now: datetime) -> list[str]:
    pair = sorted((own.id, here.id))
    db.session.scalars(select(Cart).where(Cart.id.in_(pair)).order_by(Cart.id).with_for_update())
    # What this browser began to pay for keeps its goods, now for the joined cart.
    db.session.execute(update(Order).where(Order.cart_id == here.id).values(cart_id=own.id))
    return adopt(own, here, shop_currency(), now, held_by(own))


@at_sign_out
def leave_cart(customer_id: int, everywhere: bool) -> None:
    """Whoever uses this browser next does not find it; signed out everywhere, nobody does who has
    its old cookie."""
    own = cart_of(customer_id)
    here = current_cart()
    if here is not None and here.customer_id == customer_id:
        lose_cart()
    if own is not None and everywhere:
        own.token = new_token()
