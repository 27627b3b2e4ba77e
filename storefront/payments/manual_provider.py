"""Bank transfer or payment on invoice: staff say when the money came."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from storefront.languages import N_
from storefront.money import Money
from storefront.payments.models import PaymentAttempt, Refund
from storefront.payments.provider import (
    BadSignature,
    Notice,
    PaidObject,
    ProviderDispute,
    ProviderRefund,
    ProviderState,
    Started,
    Status,
)

_AS_TOLD: dict[str, Status] = {
    "created": "open",
    "open": "open",
    "processing": "processing",
    "authorized": "authorized",
    "paid": "paid",
    "failed": "failed",
    "expired": "expired",
    "cancelled": "cancelled",
}


class ManualProvider:
    """Nobody outside is asked: our own row is the truth."""

    code = "manual"
    title = N_("Bank transfer")
    hint = N_("We show you the account. Your order leaves when the money is here.")
    livemode = False
    emulated = False
    settled_by_staff = True

    def __init__(self, base_url: str, shop: str, lasts: timedelta) -> None:
        self.base_url = base_url
        self.shop = shop
        self.lasts = lasts

    def start(self, attempt: PaymentAttempt) -> Started:
        return Started(f"{self.base_url}/orders/{attempt.order.token}", f"manual-{attempt.key}")

    def fetch(self, attempt: PaymentAttempt) -> ProviderState:
        return self.told(attempt, _AS_TOLD[attempt.state])

    def cancel(self, attempt: PaymentAttempt) -> ProviderState:
        """Paid stays paid; what nobody has received may be given up at any time."""
        if attempt.state == "paid":
            return self.fetch(attempt)
        return self.told(attempt, "cancelled")

    @staticmethod
    def told(attempt: PaymentAttempt, status: Status, amount: Money | None = None) -> ProviderState:
        """What staff say of an attempt, in the form every provider's word has."""
        amount = attempt.amount if amount is None else amount
        return ProviderState(
            status=status,
            amount_minor=amount.minor,
            currency=amount.currency,
            payment_ref=None,
            livemode=ManualProvider.livemode,
        )

    def refund(self, refund: Refund, attempt: PaymentAttempt) -> ProviderRefund:
        return ProviderRefund(
            ref=f"manual-{refund.key}",
            status="succeeded",
            amount_minor=refund.amount_minor,
            currency=refund.currency,
            refund_id=refund.id,
            by_hand=True,
        )

    def refunds(self, attempt: PaymentAttempt) -> list[ProviderRefund] | None:
        return None

    def disputes(self, attempt: PaymentAttempt) -> list[ProviderDispute]:
        return []

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> Notice | None:
        raise BadSignature  # nobody signs for a bank account

    def undelivered(self, since: datetime) -> list[Notice]:
        return []

    def paid_since(self, since: datetime) -> Iterable[PaidObject]:
        return []

    def start_ref_of(self, payment_ref: str) -> str | None:
        return None
