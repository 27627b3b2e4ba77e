"""From paid to on its way: pack(), ship(); and accept(), staff's word on an order in review."""

from datetime import datetime

from sqlalchemy import select

from storefront.extensions import db
from storefront.orders.invoicing import issue_invoice
from storefront.orders.models import Order, Shipment
from storefront.orders.states import PAID, REVIEW, move, record
from storefront.orders.withdrawing import left_of, withdrawals_of
from storefront.outbox import owe_mail
from storefront.pricing.using import take_again
from storefront.refusal import Refusal
from storefront.stock.reserving import all_sold, commit, reserve_again


class NotShippable(Refusal):
    """An order that is not paid, is disputed, was given back, or has left already."""


class NoSuchOrder(Refusal):
    status = 404


def locked_order(number: int) -> Order:
    """The order with this number, held until the change is done. Inside write_tx()."""
    order: Order | None = db.session.scalar(
        select(Order).where(Order.number == number).with_for_update()
    )
    if order is None:
        raise NoSuchOrder(f"There is no order {number}.")
    return order


def pack(order: Order, now: datetime, actor: str) -> None:
    """Put it in a parcel: from here on the buyer cannot cancel. Packing twice changes nothing."""
    if order.fulfilment != "new":
        return
    _check_it_may_go(order)
    order.fulfilment, order.packed_at = "packed", now
    record(order, "packed", now, actor)


def ship(order: Order, now: datetime, actor: str, carrier: str = "", tracking: str = "") -> None:
    """It left; the buyer is told once."""
    if order.fulfilment == "shipped":
        raise NotShippable(f"Order {order.number} has left already.")
    _check_it_may_go(order)  # also what was packed: much may have happened to it since
    pack(order, now, actor)
    order.fulfilment = "shipped"
    db.session.add(
        Shipment(order_id=order.id, carrier=carrier, tracking=tracking, shipped_at=now, actor=actor)
    )
    record(order, "shipped", now, actor, f"{carrier} {tracking}".strip())
    owe_mail("shipped", order.email, now, order_id=order.id)


def _check_it_may_go(order: Order) -> None:
    """Raises NotShippable where the shop would send goods that it has no money for."""
    if order.state != PAID:
        raise NotShippable(f"Order {order.number} is {order.state}: send it when it is paid.")
    if order.disputed:
        raise NotShippable(f"Order {order.number} is disputed: answer the bank, then send it.")
    if order.given_back:
        raise NotShippable(f"The money of order {order.number} went back: keep its goods.")
    if withdrawals_of(order.id) and not any(left_of(order).values()):
        raise NotShippable(f"The buyer withdrew from order {order.number}: keep its goods.")
    if not all_sold(order.id):
        raise NotShippable(f"Goods of order {order.number} are back on the shelf: keep them there.")


def accept(order: Order, now: datetime, actor: str) -> None:
    """Staff say the money is fine: an order in review is paid after all, if its goods are there."""
    if order.state != REVIEW:
        raise NotShippable(f"Order {order.number} is {order.state}: only one in review needs this.")
    take_again(order.id)
    if not reserve_again(order.id, now):
        raise NotShippable(f"The goods of order {order.number} are gone. Refund it instead.")
    move(order, PAID, now, actor, "Accepted by hand.")
    commit(order.id, now, actor)
    invoice = issue_invoice(order, now)
    context = {"invoice": invoice.number}
    owe_mail("order_paid", order.email, now, order_id=order.id, context=context)
