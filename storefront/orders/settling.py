"""What news of a payment does to its order: stock, number, mails, the emptied cart.

Called by payments, inside write_tx() and with the order locked.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from storefront.cart.models import Cart, CartLine
from storefront.extensions import db
from storefront.orders.finding import index_lots
from storefront.orders.invoicing import issue_invoice
from storefront.orders.judging import reasons_now
from storefront.orders.models import Order, OrderLine
from storefront.orders.numbering import give_number
from storefront.orders.states import AWAITING, CANCELLED, PAID, PENDING, REVIEW, move
from storefront.outbox import owe_mail
from storefront.pricing.using import give_back, take_again
from storefront.stock.reserving import LotsHeldBack, commit, release, reserve_again

PAY_AGAIN_HOURS = 24


def follow(order: Order, attempt_state: str, now: datetime, actor: str) -> None:
    """Let an order follow its payment attempt; what is no news does nothing."""
    if attempt_state == "processing":
        await_funds(order, now, actor)
    elif attempt_state == "paid":
        _paid(order, now, actor)
    elif attempt_state == "failed" and order.state == AWAITING:
        _funds_did_not_come(order, now, actor)


def await_funds(order: Order, now: datetime, actor: str, deadline: datetime | None = None) -> None:
    """The buyer has done their part; the goods wait without a short deadline."""
    if order.state != PENDING:
        return
    give_number(order)
    move(order, AWAITING, now, actor)
    order.deadline_at = deadline
    _empty_cart(order)
    owe_mail("awaiting_funds", order.email, now, order_id=order.id)


def send_to_review(order: Order, why: str, now: datetime, actor: str = "payments") -> None:
    """Money that does not fit: staff decide, nothing is shipped and nothing is dropped."""
    give_number(order)
    if move(order, REVIEW, now, actor, why):
        _empty_cart(order)


def cancel(order: Order, now: datetime, actor: str, why: str) -> None:
    """Nobody can pay this order any more: its goods and discounts are free again."""
    if move(order, CANCELLED, now, actor, why):
        give_back(order.id)
        release(order.id, now)


def _paid(order: Order, now: datetime, actor: str) -> None:
    if order.state in {PAID, REVIEW}:
        return
    take_again(order.id)  # it was cancelled, and money came late: at the price it had
    if order.state == CANCELLED and not reserve_again(order.id, now):
        send_to_review(order, "Paid after its hold was over, and its goods are gone.", now, actor)
        return
    if why := reasons_now(order, now):  # rules changed since, or a lot was called back
        send_to_review(order, f"Paid, but may not be sent: {why}", now, actor)
        return
    try:
        commit(order.id, now, actor)
    except LotsHeldBack as held:
        send_to_review(order, f"Paid, but not to be packed: {held.message}", now, actor)
        return
    move(order, PAID, now, actor)
    index_lots(order.id)
    give_number(order)
    invoice = issue_invoice(order, now)
    _empty_cart(order)
    context = {"invoice": invoice.number}
    owe_mail("order_paid", order.email, now, order_id=order.id, context=context)


def _funds_did_not_come(order: Order, now: datetime, actor: str) -> None:
    move(order, PENDING, now, actor, "The payment did not come through.")
    order.deadline_at = now + timedelta(hours=PAY_AGAIN_HOURS)
    owe_mail("pay_again", order.email, now, order_id=order.id, ref=now.isoformat())


def _empty_cart(order: Order) -> None:
    """Take what was bought out of the cart; what was added since stays."""
    if order.cart_id is None:
        return
    cart_id, order.cart_id = order.cart_id, None
    quiet = {"synchronize_session": False}
    db.session.execute(  # first the cart, then its lines: as everyone who changes it
        update(Cart)
        .where(Cart.id == cart_id)
        .values(checkout_token=f"after-{order.token}")
        .execution_options(**quiet)
    )
    bought = (
        select(func.sum(OrderLine.quantity))
        .where(OrderLine.order_id == order.id, OrderLine.variant_id == CartLine.variant_id)
        .scalar_subquery()
    )
    lines = CartLine.cart_id == cart_id
    db.session.execute(
        delete(CartLine).where(lines, CartLine.quantity <= bought).execution_options(**quiet)
    )
    db.session.execute(
        update(CartLine)
        .where(lines, CartLine.quantity > bought)
        .values(quantity=CartLine.quantity - bought)
        .execution_options(**quiet)
    )
