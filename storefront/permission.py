"""What this visitor may buy of restricted goods, where it would go: said early, and asked again by
the checkout of the address itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from storefront.account.address import Address
from storefront.age.proof import age_shown
from storefront.age.screen import old_enough
from storefront.cart.contents import Contents
from storefront.cart.current import current_cart
from storefront.cart.limits import NotForSale
from storefront.catalog.models import Variant
from storefront.catalog.saying import name_of
from storefront.checkout.destination_form import DestinationForm
from storefront.clock import now
from storefront.compliance.decide import Decision, Place, Why
from storefront.compliance.lawbook import Wanted, judge, place_of
from storefront.compliance.words import WhyNot, place_name, why_nots
from storefront.languages import _

NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Permission:
    """`decisions`: by variant, of restricted ones only; `form`: where it would go."""

    place: Place = NOWHERE
    decisions: Mapping[int, Decision] = field(default_factory=dict)
    form: DestinationForm | None = None

    @property
    def place_name(self) -> str:
        """ "" while nobody has said where to."""
        return place_name(self.place) if self.place.country else ""

    @property
    def any(self) -> bool:
        return any(decision.allowed for decision in self.decisions.values())

    @property
    def missing(self) -> set[str]:
        """The parts of the destination that decide, and that nobody has told."""
        return {
            reason.detail
            for decision in self.decisions.values()
            for reason in decision.reasons
            if reason.why is Why.PLACE_UNKNOWN
        }

    def allows(self, variant_id: int) -> bool:
        found = self.decisions.get(variant_id)
        return found is None or found.allowed

    def why_not(self, variant_id: int) -> list[WhyNot]:
        found = self.decisions.get(variant_id)
        return why_nots(found, self.place) if found else []


def permission_for(
    variant_ids: Iterable[int], class_code: str, form: DestinationForm | None = None
) -> Permission:
    """Of variants of one restricted class; `form`: a destination that was just refused."""
    destination = _destination()
    place = place_of(destination)
    wanted = [Wanted(id_, 1) for id_ in variant_ids]
    return Permission(
        place,
        judge(wanted, place, age_shown(), now()),
        form or DestinationForm.of(destination, [class_code]),
    )


def permission_of(contents: Contents) -> Permission:
    """Of a cart that was judged."""
    return Permission(contents.place, contents.decisions)


def check_restricted(variant: Variant, quantity: int) -> None:
    """Raises NotForSale, with every reason, for what the law keeps from this visitor. Where it goes
    may be said later: nothing leaves before that is known."""
    found = variant.product.product_class
    if found is None or not found.restricted:
        return
    product = name_of(variant.product)
    if not old_enough(found.min_age):
        raise NotForSale(
            _(
                "Not added: it is shown and sold to adults only. Tell us when you were born on the "
                "product’s page first."
            )
        )
    place = place_of(_destination())
    decision = judge([Wanted(variant.id, quantity)], place, age_shown(), now())[variant.id]
    later = not place.country and decision.blocked_only_by(Why.PLACE_UNKNOWN)
    if not decision.allowed and not later:
        raise NotForSale(_not_allowed(product, why_nots(decision, place)))


def _destination() -> Address | None:
    cart = current_cart()
    return cart.destination if cart else None


def _not_allowed(product: str, reasons: Sequence[WhyNot]) -> str:
    return " ".join([_("%(product)s was not added.", product=product), *map(str, reasons)])
