"""Stripe's hosted Checkout page. The only module that imports the stripe library."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests  # type: ignore[import-untyped]
import stripe

from storefront.languages import N_
from storefront.payments.models import PaymentAttempt, Refund
from storefront.payments.provider import (
    BadSignature,
    Notice,
    PaidObject,
    ProviderBusy,
    ProviderDispute,
    ProviderDown,
    ProviderRefund,
    ProviderRefused,
    ProviderState,
    Started,
)
from storefront.payments.stripe_params import refund_params, session_params
from storefront.payments.stripe_readings import (
    EVENTS,
    dispute_of,
    notice_of,
    paid_object_of,
    refund_of,
    shop_of,
    state_of,
)

SIGNATURES_LAST = 300  # seconds
RETRIES = 2
TIMEOUT = (3.0, 20.0)  # to connect, to answer
PAGE = 100
IN_FULL = ["payment_intent.latest_charge"]
# Else the library writes a file into the home folder and tells Stripe how long calls took.
stripe.enable_telemetry = False


@dataclass(frozen=True, slots=True)
class StripeAccount:
    """Whose account, where, and how its notices are signed."""

    key: str
    secrets: Callable[[], Sequence[str]]  # two while one is being replaced
    api_base: str  # empty: Stripe itself
    base_url: str
    shop: str
    lasts: timedelta
    emulated: bool = False


@contextmanager
def _asking() -> Iterator[None]:
    """Stripe's errors as the three kinds that matter to the shop."""
    try:
        yield
    except stripe.RateLimitError as busy:
        raise ProviderBusy("rate_limit") from busy
    except (
        stripe.InvalidRequestError,
        stripe.AuthenticationError,
        stripe.PermissionError,
        stripe.IdempotencyError,
        stripe.CardError,
    ) as no:
        raise ProviderRefused(no.code or type(no).__name__) from no
    except stripe.APIError as failed:
        if failed.http_status == 409:
            raise ProviderBusy("in_progress", in_progress=True) from failed
        raise ProviderDown(f"http_{failed.http_status}") from failed
    except stripe.StripeError as failed:
        raise ProviderDown(type(failed).__name__) from failed


class StripeProvider:
    """The buyer types the card on Stripe's page; we keep references only."""

    code = "stripe"
    title = N_("Card")
    hint = N_("You pay on Stripe’s page, then come back here.")
    settled_by_staff = False

    def __init__(
        self, account: StripeAccount, http_client: stripe.HTTPClient | None = None
    ) -> None:
        self.account = account
        self.shop = account.shop
        self.lasts = account.lasts
        self.emulated = account.emulated
        self.livemode = account.key.startswith(("sk_live_", "rk_live_"))
        client = stripe.StripeClient(
            account.key,
            base_addresses={"api": account.api_base} if account.api_base else None,
            max_network_retries=RETRIES,
            http_client=http_client or _http_client(account.emulated),
        )
        self.api = client.v1

    def start(self, attempt: PaymentAttempt) -> Started:
        params: Any = session_params(attempt, self.shop, self.account.base_url)
        # The order's token keeps keys apart when a test database is made anew.
        key = f"{attempt.key}-{attempt.order.token[:12]}"
        with _asking():
            session = self.api.checkout.sessions.create(
                params=params, options={"idempotency_key": key}
            )
        if not session.url:
            raise ProviderRefused("no_pay_page")
        return Started(session.url, session.id)

    def fetch(self, attempt: PaymentAttempt) -> ProviderState:
        with _asking():
            session = self.api.checkout.sessions.retrieve(
                _ref(attempt), params={"expand": [*IN_FULL]}
            )
        return state_of(session)

    def cancel(self, attempt: PaymentAttempt) -> ProviderState:
        try:
            with _asking():
                self.api.checkout.sessions.expire(_ref(attempt))
        except ProviderRefused:
            pass  # not open any more: what it is instead, fetch tells
        state = self.fetch(attempt)
        if state.status != "authorized" or state.payment_ref is None:
            return state
        with _asking():
            self.api.payment_intents.cancel(state.payment_ref)
        return self.fetch(attempt)

    def refund(self, refund: Refund, attempt: PaymentAttempt) -> ProviderRefund:
        params: Any = refund_params(refund, attempt, self.shop)
        key = f"{refund.key}-{attempt.payment_ref}"
        with _asking():
            made = self.api.refunds.create(params=params, options={"idempotency_key": key})
        return refund_of(made)

    def refunds(self, attempt: PaymentAttempt) -> list[ProviderRefund] | None:
        if attempt.payment_ref is None:
            return []
        with _asking():
            found = self.api.refunds.list(
                params={"payment_intent": attempt.payment_ref, "limit": PAGE}
            )
            return [refund_of(refund) for refund in found.auto_paging_iter()]

    def disputes(self, attempt: PaymentAttempt) -> list[ProviderDispute]:
        if attempt.payment_ref is None:
            return []
        with _asking():
            found = self.api.disputes.list(
                params={"payment_intent": attempt.payment_ref, "limit": PAGE}
            )
            return [dispute_of(dispute) for dispute in found.auto_paging_iter()]

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> Notice | None:
        signature = headers.get("Stripe-Signature")
        if not any(_is_signed(body, signature, secret) for secret in self.account.secrets()):
            raise BadSignature
        return notice_of(json.loads(body))

    def undelivered(self, since: datetime) -> list[Notice]:
        with _asking():
            found = self.api.events.list(
                params={
                    "delivery_success": False,
                    "types": [*EVENTS],
                    "created": {"gte": int(since.timestamp())},
                    "limit": PAGE,
                }
            )
            notices = [notice_of(event.to_dict()) for event in found.auto_paging_iter()]
        return [notice for notice in reversed(notices) if notice is not None]

    def paid_since(self, since: datetime) -> Iterable[PaidObject]:
        with _asking():
            found = self.api.checkout.sessions.list(
                params={
                    "status": "complete",
                    "created": {"gte": int(since.timestamp())},
                    "limit": PAGE,
                }
            )
            return [
                paid_object_of(session)
                for session in found.auto_paging_iter()
                if session.payment_status == "paid" and shop_of(session) == self.shop
            ]

    def start_ref_of(self, payment_ref: str) -> str | None:
        with _asking():
            found = self.api.checkout.sessions.list(
                params={"payment_intent": payment_ref, "limit": 1}
            )
        return found.data[0].id if found.data else None


def _ref(attempt: PaymentAttempt) -> str:
    if attempt.provider_ref is None:
        raise ValueError(f"attempt {attempt.id} was never started")
    return attempt.provider_ref


def _is_signed(body: bytes, signature: str | None, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, SIGNATURES_LAST)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
    return True


def _http_client(emulated: bool) -> stripe.HTTPClient:
    if not emulated:
        return stripe.RequestsClient(timeout=TIMEOUT)
    here = requests.Session()
    here.trust_env = False  # a proxy meant for the outside must not see calls to this machine
    return stripe.RequestsClient(timeout=TIMEOUT, session=here)
