"""order_of(): what the visitor agreed to on the review page becomes an order."""

from typing import Any

from flask import current_app

from storefront.account.access import current_customer
from storefront.age.proof import age_proof
from storefront.checkout.forms import ReviewForm
from storefront.checkout.visit import Visit, shop_providers
from storefront.clock import now
from storefront.languages import _
from storefront.markets.here import here
from storefront.orders.judging import ATTESTED, attestation
from storefront.orders.placing import CartChanged, Placing, place_order
from storefront.orders.queries import order_by_token
from storefront.pages.texts import terms
from storefront.payments.cancelling import PaidMeanwhile, cancel_order
from storefront.taxing import tax_home
from storefront.transactions import write_tx


def order_of(visit: Visit, form: ReviewForm) -> tuple[int, str]:
    """The order's id and token. Opens its own transactions.

    Raises what place_order() and cancel_order() raise.
    """
    cart_id = visit.cart.id
    _drop_unpaid_order(visit)
    text, config, customer = terms(), current_app.config, current_customer()
    customer_id = customer.id if customer else None
    with write_tx():
        order = place_order(
            Placing(
                cart_id=cart_id,
                checkout_token=form.checkout_token.data or "",
                terms_version=text.version,
                terms_digest=text.digest,
                timezone=config["SHOP_TIMEZONE"],
                secret=config["SECRET_KEY"],
                hold_minutes=config["PAYMENT_HOLD_MINUTES"],
                market=here().market,
                currency=here().currency,
                prices_include_tax=here().includes_tax,
                tax_home=tax_home(),
                seen_total_minor=form.seen_total.data,
                locale=here().locale,
                customer_id=customer_id,
                attestation=_word_on_age(form.asked_age),
            ),
            now(),
        )
        return order.id, order.token


def _word_on_age(asked: int) -> dict[str, Any] | None:
    """The box was ticked; who else has looked at the buyer's age is named with it."""
    if not asked:
        return None
    proof = age_proof()
    seen = proof is not None and proof.age >= asked
    return attestation(asked, now(), proof.verifier if seen and proof else ATTESTED)


def _drop_unpaid_order(visit: Visit) -> None:
    """The cart changed since an order was placed from it: that one frees its goods first."""
    order = order_by_token(visit.unpaid_token) if visit.unpaid_token else None
    if order is None or order.checkout_token == visit.cart.checkout_token:
        return
    try:
        cancel_order(order.id, shop_providers(), now(), "shopper", "Replaced by a newer order.")
    except PaidMeanwhile as paid:
        raise CartChanged(
            _(
                "The order you began before is paid, so it is not replaced."
                " Check what your cart holds now, then pay."
            )
        ) from paid
