"""flask payments …: what the worker does on its own, and what staff say about money."""

from decimal import Decimal

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money, exponent
from storefront.orders.models import Order
from storefront.payments.providers import Providers
from storefront.payments.receiving import receive_transfer
from storefront.payments.reconcile import reconcile
from storefront.payments.refunding import carry_out_refund, request_refund
from storefront.refusal import Refusal

payments = AppGroup("payments", help="Payments: reconcile, record a transfer, give money back.")
ACTOR = "command line"
MOST = 2**31 - 1  # minor units a column holds


@payments.command("reconcile")
def reconcile_command() -> None:
    """Find what got lost between the shop and its payment providers. Safe to repeat."""
    report = reconcile(_providers(), now())
    for line in report.done:
        click.echo(line)
    for line in report.failed:
        click.echo(f"FAILED {line}", err=True)
    if report.failed:
        raise SystemExit(1)
    if not report.done:
        click.echo("Nothing to do.")


@payments.command("received")
@click.argument("order_number", type=int)
@click.option("--amount", required=True, help="What arrived, in the order's currency: 42.50")
def received_command(order_number: int, amount: str) -> None:
    """A bank transfer for ORDER_NUMBER has arrived. Another amount than asked goes to review."""
    order = _order(order_number)
    try:
        order = receive_transfer(
            order_number, _money(amount, order.currency), _providers(), now(), ACTOR
        )
    except Refusal as no:
        raise click.ClickException(no.message) from no
    click.echo(f"Order {order_number} is {order.state.replace('_', ' ')}.")


@payments.command("refund")
@click.argument("order_number", type=int)
@click.option("--amount", help="Part of it, in the order's currency; all that is left without.")
@click.option("--restock", is_flag=True, help="The goods are back on the shelf.")
@click.option("--reason", required=True, help="Why; the buyer reads it.")
def refund_command(order_number: int, amount: str | None, restock: bool, reason: str) -> None:
    """Give money of ORDER_NUMBER back the way it came."""
    order = _order(order_number)
    wanted = _money(amount, order.currency) if amount is not None else None
    try:
        refund = request_refund(order.id, wanted, reason, restock, ACTOR, now())
    except Refusal as no:
        raise click.ClickException(no.message) from no
    refund = carry_out_refund(refund.id, _providers(), now())
    click.echo(f"Refund {refund.id} of {refund.amount.decimal} {refund.currency}: {refund.state}.")
    if refund.state == "failed":
        raise SystemExit(1)


def _providers() -> Providers:
    found: Providers = current_app.extensions["payment_providers"]
    return found


def _order(number: int) -> Order:
    order: Order | None = db.session.scalar(select(Order).where(Order.number == number))
    if order is None:
        raise click.ClickException(f"There is no order {number}.")
    return order


def _money(text: str, currency: str) -> Money:
    """42.50 as Money; no more digits than the currency has."""
    try:
        minor = Decimal(text).scaleb(exponent(currency))
    except ArithmeticError:
        minor = Decimal("NaN")
    whole = minor.is_finite() and 0 < minor <= MOST and minor == minor.to_integral_value()
    if not whole:
        raise click.BadParameter(f"“{text}” is not an amount of {currency}.")
    return Money(int(minor), currency)
