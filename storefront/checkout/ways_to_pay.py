"""Which ways to pay remain for a cart or an order, which do not, and because of which goods."""

from collections.abc import Collection
from dataclasses import dataclass

from storefront.cart.contents import Contents
from storefront.cart.lines import ClassNow
from storefront.orders.models import Order
from storefront.payments.provider import PaymentProvider
from storefront.payments.providers import Providers


@dataclass(frozen=True, slots=True)
class WaysToPay:
    offered: list[PaymentProvider]
    withheld: list[PaymentProvider]  # that other goods may be paid with
    because: tuple[str, ...]  # names of lines

    @classmethod
    def of(cls, providers: Providers, contents: Contents) -> "WaysToPay":
        restricted, only = contents.payment_restricted, contents.providers
        names = [
            line.name
            for line in contents.lines
            if line.goods_class and _withheld_by(providers, line.goods_class)
        ]
        return cls._made(providers, restricted, only, names)

    @classmethod
    def of_order(cls, providers: Providers, order: Order) -> "WaysToPay":
        """By what it froze: its restricted lines are named, for no other was asked about."""
        judged = order.decision or {}
        names = [line.name for line in order.lines if line.sku in judged]
        return cls._made(providers, order.payment_restricted, order.providers, names)

    @classmethod
    def _made(
        cls,
        providers: Providers,
        restricted: bool,
        only: Collection[str] | None,
        names: list[str],
    ) -> "WaysToPay":
        withheld = providers.withheld(restricted, only)
        offered = providers.offered(restricted, only)
        because = tuple(dict.fromkeys(names)) if withheld or not offered else ()
        return cls(offered, withheld, because)


def _withheld_by(providers: Providers, found: ClassNow) -> bool:
    """Whether goods of this class alone would leave fewer ways to pay than other goods have."""
    return bool(providers.withheld(found.payment_restricted, found.providers))
