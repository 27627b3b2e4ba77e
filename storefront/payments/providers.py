"""The providers of a shop: which there are, and which an order may be paid through."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from storefront.languages import _
from storefront.payments.manual_provider import ManualProvider
from storefront.payments.provider import PaymentProvider
from storefront.payments.stripe_emulator.store import webhook_secret
from storefront.payments.stripe_provider import StripeAccount, StripeProvider
from storefront.refusal import Refusal

SHORTEST_SESSION = timedelta(minutes=31)  # Stripe asks for 30; one more to get there
LONGEST_SESSION = timedelta(hours=24)
EMULATOR_KEY = "sk_test_emulator"


class UnknownProvider(Refusal):
    """No such way to pay in this shop."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("This way to pay is not there. Choose another."))


@dataclass(frozen=True)
class Providers:
    by_code: Mapping[str, PaymentProvider]
    for_all: tuple[str, ...]
    for_restricted: tuple[str, ...]
    base_url: str
    shop_email: str  # whom to tell when staff must look

    def get(self, code: str) -> PaymentProvider:
        """Also one that is not offered any more: its old payments still need it."""
        if code not in self.by_code:
            raise UnknownProvider
        return self.by_code[code]

    def offered(
        self, payment_restricted: bool, only: Collection[str] | None = None
    ) -> list[PaymentProvider]:
        """What a shopper may choose from, first choice first. `only`: what the classes of the
        goods name; no account that takes them is guessed, the emulator's included."""
        codes = self.for_all
        if only is not None:
            codes = tuple(dict.fromkeys((*codes, *self.for_restricted)))
        if payment_restricted:
            allowed = {code for code in codes if self._is_emulated(code)} | {*self.for_restricted}
            codes = tuple(dict.fromkeys((*codes, *self.for_restricted)))
            codes = tuple(code for code in codes if code in allowed)
        return [
            self.by_code[code]
            for code in codes
            if code in self.by_code and (only is None or code in only)
        ]

    def withheld(
        self, payment_restricted: bool, only: Collection[str] | None = None
    ) -> list[PaymentProvider]:
        """What other goods of this shop may be paid with, and these may not."""
        offered = self.offered(payment_restricted, only)
        return [one for one in self.offered(False) if one not in offered]

    def order_url(self, token: str) -> str:
        return f"{self.base_url}/orders/{token}"

    def _is_emulated(self, code: str) -> bool:
        return code in self.by_code and self.by_code[code].emulated


def make_providers(config: Mapping[str, Any], http_client: Any = None) -> Providers:
    """From the settings. `http_client` carries Stripe's calls instead of the network."""
    base_url: str = config["BASE_URL"]
    shop = urlsplit(base_url).netloc
    lasts = timedelta(days=config["MANUAL_DEADLINE_DAYS"])
    by_code: dict[str, PaymentProvider] = {"manual": ManualProvider(base_url, shop, lasts)}
    if config["STRIPE_SECRET_KEY"] or config["USES_EMULATOR"]:
        by_code["stripe"] = StripeProvider(_account(config, base_url, shop), http_client)
    return Providers(
        by_code=by_code,
        for_all=tuple(config["PAYMENT_PROVIDERS"]),
        for_restricted=tuple(config["RESTRICTED_PROVIDERS"]),
        base_url=base_url,
        shop_email=config["SHOP_EMAIL"],
    )


def _account(config: Mapping[str, Any], base_url: str, shop: str) -> StripeAccount:
    emulated = bool(config["USES_EMULATOR"])
    hold = timedelta(minutes=config["PAYMENT_HOLD_MINUTES"])
    return StripeAccount(
        key=EMULATOR_KEY if emulated else config["STRIPE_SECRET_KEY"],
        secrets=_emulated_secret(config) if emulated else lambda: config["STRIPE_WEBHOOK_SECRETS"],
        api_base=config["STRIPE_API_BASE"] or (f"{base_url}/_stripe" if emulated else ""),
        base_url=base_url,
        shop=shop,
        lasts=min(max(hold, SHORTEST_SESSION), LONGEST_SESSION),
        emulated=emulated,
    )


def _emulated_secret(config: Mapping[str, Any]) -> Callable[[], Sequence[str]]:
    """Read when needed: the emulator makes it with its file."""
    return lambda: [webhook_secret(str(config["STRIPE_EMULATOR_PATH"]))]
