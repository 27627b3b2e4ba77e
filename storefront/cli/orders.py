"""flask orders …: what staff do with an order until the admin pages exist."""

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from storefront.clock import now
from storefront.extensions import db
from storefront.orders.asking import questions_of
from storefront.orders.fulfilment import accept, locked_order, pack, ship
from storefront.orders.models import Order
from storefront.orders.withdrawals import withdrawals_of, withdrawn_of
from storefront.refusal import Refusal
from storefront.transactions import write_tx

orders = AppGroup("orders", help="List, pack and ship orders.")
ACTOR = "command line"


@orders.command("list")
@click.option("--state", help="Only orders in this state.")
def list_orders(state: str | None) -> None:
    """The newest 50 orders, a line each."""
    wanted = select(Order).order_by(Order.id.desc()).limit(50)
    if state:
        wanted = wanted.where(Order.state == state)
    found = db.session.scalars(wanted).all()
    withdrawn = withdrawn_of([order.id for order in found])
    for order in found:
        number = order.number or "-"
        mark = "  withdrawn" if order.id in withdrawn else ""
        click.echo(
            f"{number}  {order.state}  {order.fulfilment}  {order.total.decimal} {order.currency}"
            f"  {order.email}{mark}"
        )


@orders.command("show")
@click.argument("number", type=int)
def show_order(number: int) -> None:
    """One order: its lines, notes, questions, withdrawals and what happened to it."""
    order = db.session.scalar(
        select(Order).where(Order.number == number).options(selectinload(Order.events))
    )
    if order is None:
        raise click.ClickException(f"There is no order {number}.")
    click.echo(f"{number}  {order.state}  {order.fulfilment}  {order.email}")
    for line in order.lines:
        click.echo(f"  {line.quantity} × {line.sku}  {line.name} {line.options}".rstrip())
    for label, note in (("note", order.note), ("gift note", order.gift_note)):
        if note:
            click.echo(f"  {label}: {note}")
    for one in withdrawals_of(order.id):
        what = ", ".join(f"{line['quantity']} × {line['sku']}" for line in one.lines)
        click.echo(f"  WITHDRAWN {one.created_at:%Y-%m-%d %H:%M} by {one.name}: {what} {one.note}")
    for question in questions_of(order.id):
        click.echo(f"  asked {question.created_at:%Y-%m-%d %H:%M}: {question.body}")
    for event in order.events:
        click.echo(f"  {event.created_at:%Y-%m-%d %H:%M}  {event.kind}  {event.actor} {event.note}")


@orders.command("pack")
@click.argument("number", type=int)
def pack_order(number: int) -> None:
    """Say that an order is in its parcel; the buyer cannot cancel it any more."""
    with _refusals_as_errors(), write_tx():
        pack(locked_order(number), now(), ACTOR)
    click.echo(f"Order {number} is packed.")


@orders.command("ship")
@click.argument("number", type=int)
@click.option("--carrier", default="")
@click.option("--tracking", default="")
def ship_order(number: int, carrier: str, tracking: str) -> None:
    """Say that an order has left; the buyer gets a mail."""
    with _refusals_as_errors(), write_tx():
        ship(locked_order(number), now(), ACTOR, carrier, tracking)
    click.echo(f"Order {number} is on its way.")


@orders.command("accept")
@click.argument("number", type=int)
def accept_order(number: int) -> None:
    """Say that the money of an order in review is fine."""
    with _refusals_as_errors(), write_tx():
        accept(locked_order(number), now(), ACTOR)
    click.echo(f"Order {number} is paid.")


class _refusals_as_errors:
    """A refusal ends a command with its words and exit code 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, Refusal):
            raise click.ClickException(problem.message) from problem
