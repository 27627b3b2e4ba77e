"""What is in a cart right now, as a whole: what keeps it from being bought, what it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from storefront.cart.lines import LineNow
from storefront.compliance.decide import Decision, Place, Why
from storefront.money import Money
from storefront.pricing.discounts import DiscountRule
from storefront.pricing.lines import LineToQuote
from storefront.pricing.models import Parcel, ShippingMethod
from storefront.pricing.quote import Quote, quote
from storefront.pricing.taxes import Taxes

NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Contents:
    """A cart's lines, oldest first."""

    lines: tuple[LineNow, ...]
    currency: str
    came_over: bool = False  # from another market; its owner has yet to agree to this one's terms
    # Of its restricted lines, by variant; none while nobody asked: see cart/judging.py.
    decisions: Mapping[int, Decision] = field(default_factory=dict)
    place: Place = NOWHERE  # that they are about

    @property
    def count(self) -> int:
        """How many things are in it: the figure beside "Cart"."""
        return sum(line.quantity for line in self.lines)

    @property
    def gone(self) -> tuple[LineNow, ...]:
        """Lines that cannot be sold at all; they must be removed."""
        return tuple(line for line in self.lines if line.counted == 0)

    @property
    def moved(self) -> tuple[LineNow, ...]:
        """Lines whose price or stock moved since their owner saw them; they must be agreed to."""
        return tuple(
            line for line in self.lines if line.counted and (line.price_moved or line.short)
        )

    @property
    def ready(self) -> bool:
        return bool(self.lines) and not (self.gone or self.moved or self.came_over or self.blocked)

    @property
    def ships(self) -> bool:
        return any(line.ships for line in self.lines)

    @property
    def restricted(self) -> bool:
        return any(line.restricted for line in self.lines)

    @property
    def restricted_classes(self) -> frozenset[str]:
        classes = [line.goods_class for line in self.lines if line.goods_class]
        return frozenset(found.code for found in classes if found.restricted)

    @property
    def capped(self) -> bool:
        """Whether one may have only so many of something in it."""
        return any(line.goods_class and line.goods_class.cap_units for line in self.lines)

    @property
    def blocked(self) -> tuple[LineNow, ...]:
        """Lines that may not go where the cart goes, whoever buys them."""
        return tuple(
            line
            for line in self.lines
            if (found := self.decisions.get(line.variant_id)) is not None
            and not found.allowed
            and not found.blocked_only_by(*self._asked_later)
        )

    @property
    def _asked_later(self) -> tuple[Why, ...]:
        """What the checkout asks before anything is bought."""
        return (Why.AGE_UNKNOWN,) if self.place.country else (Why.AGE_UNKNOWN, Why.PLACE_UNKNOWN)

    @property
    def min_age(self) -> int:
        """How old whoever buys this, and whoever takes it in, has to be; 0: of any age."""
        own = [line.goods_class.min_age for line in self.lines if line.goods_class]
        return max([*own, *(found.min_age for found in self.decisions.values())], default=0)

    @property
    def payment_restricted(self) -> bool:
        """Whether some of it goes by the settings' list of providers for such goods."""
        classes = [line.goods_class for line in self.lines if line.goods_class]
        return any(found.payment_restricted for found in classes)

    @property
    def providers(self) -> frozenset[str] | None:
        """The codes that every class in it with a list of its own allows; None: there is none."""
        classes = [line.goods_class for line in self.lines if line.goods_class]
        own = [found.providers for found in classes if found.providers is not None]
        return frozenset.intersection(*own) if own else None

    @property
    def product_ids(self) -> frozenset[int]:
        return frozenset(line.product_id for line in self.lines)

    @property
    def parcel(self) -> Parcel:
        """What a delivery is priced by: the goods before any discount, so no code makes it dearer;
        the weight of what ships. What has no weight counts as nothing."""
        return Parcel(
            Money.sum((line.total for line in self.lines if line.counted), self.currency),
            sum(line.grams * line.counted for line in self.lines if line.ships),
            adult=self.min_age > 0,
        )

    def charge(
        self,
        method: ShippingMethod,
        discounts: Sequence[DiscountRule],
        taxes: Taxes | None,
        prices_include_tax: bool,
    ) -> Money:
        """What a delivery that is on offer costs, discounts included."""
        price = method.price(self.parcel)
        charged = self.quote(discounts, price, taxes, prices_include_tax).shipping
        return charged or Money.zero(self.currency)

    def as_quoted(self, quote: Quote) -> tuple[LineNow, ...]:
        """The lines at the prices of a quote: those without tax, where none is charged."""
        prices = {line.key: line.price for line in quote.lines}
        return tuple(replace(line, price=prices.get(line.id, line.price)) for line in self.lines)

    def quote(
        self,
        discounts: Sequence[DiscountRule] = (),
        shipping: Money | None = None,
        taxes: Taxes | None = None,
        prices_include_tax: bool = False,
    ) -> Quote:
        lines = [
            LineToQuote(line.id, line.price, line.counted, line.product_id, line.tax_class)
            for line in self.lines
            if line.counted
        ]
        return quote(lines, self.currency, shipping, taxes, discounts, prices_include_tax)
