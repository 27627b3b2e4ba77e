"""What we send to Stripe: pure values, the same for the same attempt every time."""

from typing import Any

from storefront.languages import _, language_of, speaking
from storefront.orders.models import Order, OrderLine
from storefront.payments.models import PaymentAttempt, Refund
from storefront.payments.queries import DUPLICATE
from storefront.payments.stripe_amounts import to_stripe
from storefront.seller import the_seller

MOST_LINES = 100
LONGEST_NAME = 250


def session_params(attempt: PaymentAttempt, shop: str, base_url: str) -> dict[str, Any]:
    """A hosted payment page for an attempt, whose order is loaded."""
    order = attempt.order
    ours = {"shop": shop, "order": str(order.id), "attempt": str(attempt.id)}
    page = f"{base_url}/orders/{order.token}"
    with speaking(language_of(order.locale or the_seller().locale)):  # whoever asks, and again
        items = _lines(order, attempt.amount_minor)
    return {
        "mode": "payment",
        "line_items": items,
        "client_reference_id": str(order.id),
        "customer_email": order.email,
        "metadata": ours,
        "payment_intent_data": {"metadata": ours},
        "expires_at": int(attempt.expires_at.timestamp()),
        "adaptive_pricing": {"enabled": False},
        "success_url": f"{page}/done?session={{CHECKOUT_SESSION_ID}}",
        "cancel_url": page,
    }


def refund_params(refund: Refund, attempt: PaymentAttempt, shop: str) -> dict[str, Any]:
    duplicate = refund.key.startswith(f"{DUPLICATE}-")
    return {
        "payment_intent": attempt.payment_ref,
        "amount": to_stripe(refund.amount_minor, refund.currency),
        "reason": "duplicate" if duplicate else "requested_by_customer",
        "metadata": {"shop": shop, "order": str(attempt.order_id), "refund": str(refund.id)},
    }


def _lines(order: Order, total_minor: int) -> list[dict[str, Any]]:
    """The order's lines less their discounts, delivery and added tax; one line when those are
    not the total."""
    lines = [_order_line(line) for line in order.lines]
    if order.shipping_minor:
        name = _("Delivery") + (f": {order.shipping_name}" if order.shipping_name else "")
        lines.append((name, order.shipping_minor, 1))
    if order.tax_minor and not order.tax_included:
        lines.append(
            (
                ", ".join(dict.fromkeys(tax.name for tax in order.taxes)) or _("Tax"),
                order.tax_minor,
                1,
            )
        )
    if (
        sum(price * count for _name, price, count in lines) != total_minor
        or len(lines) > MOST_LINES
    ):
        pieces = sum(line.quantity for line in order.lines)
        lines = [(_("Order of %(num)s pieces", num=pieces), total_minor, 1)]
    return [_line(name, price, count, order.currency) for name, price, count in lines]


def _order_line(line: OrderLine) -> tuple[str, int, int]:
    name = f"{line.name}, {line.options}" if line.options else line.name
    each, rest = divmod(line.net_minor, line.quantity)
    if rest == 0:
        return name, each, line.quantity
    return f"{line.quantity} × {name}", line.net_minor, 1


def _line(name: str, price_minor: int, count: int, currency: str) -> dict[str, Any]:
    return {
        "price_data": {
            "currency": currency.lower(),
            "product_data": {"name": name[:LONGEST_NAME]},
            "unit_amount": to_stripe(price_minor, currency),
        },
        "quantity": count,
    }
