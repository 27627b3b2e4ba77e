"""What the shop asks of a payment provider. One class each; nothing else knows which one it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from storefront.payments.models import PaymentAttempt, Refund

Status = Literal["open", "processing", "authorized", "paid", "failed", "expired", "cancelled"]
RefundStatus = Literal["pending", "succeeded", "failed", "cancelled"]
UNPAYABLE = frozenset({"failed", "expired", "cancelled"})


class BadSignature(Exception):
    """A notice that the provider did not sign, or signed long ago."""


class ProviderDown(Exception):
    """The provider gave no useful answer: what it did is not known."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:80]


class ProviderBusy(ProviderDown):
    """Not now: this call did nothing, and may be repeated with the same key."""

    def __init__(self, code: str, in_progress: bool = False) -> None:
        super().__init__(code)
        self.in_progress = in_progress  # somebody else is making the same call


class ProviderRefused(ProviderDown):
    """A definite no: the same call will not be accepted later either."""


@dataclass(frozen=True, slots=True)
class Started:
    """Where the buyer pays, and what the provider calls this attempt."""

    url: str
    provider_ref: str


@dataclass(frozen=True, slots=True)
class ProviderState:
    """The truth about an attempt, as its provider tells it."""

    status: Status
    amount_minor: int  # what came in, once paid; before that, what is asked
    currency: str
    payment_ref: str | None
    livemode: bool
    refunded_minor: int = 0
    disputed: bool = False
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """A refund the provider knows of; `refund_id` is our row's, if it was made from one."""

    ref: str
    status: RefundStatus
    amount_minor: int
    currency: str
    refund_id: int | None
    error: str | None = None
    by_hand: bool = False  # staff must send the money themselves


@dataclass(frozen=True, slots=True)
class ProviderDispute:
    ref: str
    state: str
    amount_minor: int
    currency: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Notice:
    """News of a provider, verified. It says where to look, never what is true."""

    event_id: str
    type: str
    about: Literal["payment", "refund", "dispute"]
    object_ref: str
    payment_ref: str | None
    attempt_id: int | None
    shop: str | None
    livemode: bool


@dataclass(frozen=True, slots=True)
class PaidObject:
    """Something paid at the provider that says it belongs to this shop."""

    ref: str
    attempt_id: int | None
    amount_minor: int
    currency: str


class PaymentProvider(Protocol):
    """Every call but `start` and `refund` may be repeated at will; those carry a key."""

    code: str
    title: str  # what a shopper chooses
    hint: str
    shop: str  # how this shop is named in what the provider keeps for it
    livemode: bool
    emulated: bool
    settled_by_staff: bool  # nobody else can say that the money came
    lasts: timedelta  # how long the buyer has to pay

    def start(self, attempt: PaymentAttempt) -> Started:
        """Ask for payment; the same attempt again gives the same answer."""

    def fetch(self, attempt: PaymentAttempt) -> ProviderState:
        """The truth, read only."""

    def cancel(self, attempt: PaymentAttempt) -> ProviderState:
        """Make it unpayable if that can still be done; what it now is."""

    def refund(self, refund: Refund, attempt: PaymentAttempt) -> ProviderRefund:
        """Give money back, once per key of the row."""

    def refunds(self, attempt: PaymentAttempt) -> list[ProviderRefund] | None:
        """All refunds of a payment; None where the shop's own rows are all there is."""

    def disputes(self, attempt: PaymentAttempt) -> list[ProviderDispute]: ...

    def read_webhook(self, body: bytes, headers: Mapping[str, str]) -> Notice | None:
        """The notice, or None if it is of a kind we do not need; raises BadSignature."""

    def undelivered(self, since: datetime) -> list[Notice]:
        """Notices that did not reach the shop, oldest first."""

    def paid_since(self, since: datetime) -> Iterable[PaidObject]: ...

    def start_ref_of(self, payment_ref: str) -> str | None:
        """The provider_ref of the attempt a payment came from."""
