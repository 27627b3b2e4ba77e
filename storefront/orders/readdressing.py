"""Sending an order somewhere else while it is not packed, where that costs just the same."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from storefront.account.address import Address
from storefront.compliance.lawbook import place_of
from storefront.languages import _
from storefront.orders.caps import move_caps
from storefront.orders.finding import index_order
from storefront.orders.judging import (
    NotAllowed,
    decisions_now,
    in_words,
    may_be_restricted,
    refrozen,
)
from storefront.orders.models import Order
from storefront.orders.states import CANCELLED, record
from storefront.outbox import owe_mail
from storefront.pricing.queries import delivery_map, tax_table
from storefront.refusal import Refusal
from storefront.seller import the_seller

READDRESSED = "readdressed"


class AddressFixed(Refusal):
    """Too late, or nothing will be sent."""


class CostsOtherwise(Refusal):
    """Delivery or tax differ there: what was charged would not be right any more."""


def why_fixed(order: Order) -> str | None:
    """Why the address of this order cannot be changed; None when it can."""
    if order.shipping_code is None:
        return _("Nothing of this order is sent by post.")
    if order.fulfilment in {"shipped", "partly"}:
        return _("This order is on its way, so its address stays as it is.")
    if order.fulfilment == "packed":
        return _("This order is packed already, so its address stays as it is.")
    if order.state == CANCELLED or order.given_back or order.fulfilment == "none":
        return _("Nothing of this order is sent any more.")
    if order.disputed:
        return _("Your bank is looking into this payment. Until it has decided, nothing changes.")
    return None


def readdress(
    order: Order, place: Address, shop_email: str, now: datetime, secret: str = ""
) -> bool:
    """Inside write_tx(), with the order locked. False when it goes there already. `secret`: of
    the hashes that caps know households by.

    No money moves: raises CostsOtherwise where delivery or tax would differ, AddressFixed where
    it is too late, NotAllowed where some of it may not be sent there, CapReached.
    """
    if (why := why_fixed(order)) is not None:
        raise AddressFixed(why)
    if place == order.delivery_address:
        return False
    decisions = _check_it_is_allowed(order, place, now)
    _check_it_costs_the_same(order, place)
    if decisions is not None:
        move_caps(order.id, secret, place, now)
        order.decision = decisions
    before, order.delivery_address = order.delivery_address, place
    index_order(order)
    record(order, READDRESSED, now, "shopper")
    _tell(order, before, shop_email, now)
    return True


def _check_it_is_allowed(order: Order, to: Address, now: datetime) -> dict[str, Any] | None:
    """What is decided of it there, as the order keeps it from now on; None where it has nothing
    restricted."""
    if not may_be_restricted(order):
        return None
    place = place_of(to)
    found = decisions_now(order, place, now)
    if why := in_words(order, found, place):
        raise NotAllowed(why)
    if any(one.min_age for one in found.values()) and not _signs(order):
        raise NotAllowed(
            _("At this address an adult has to sign for it, and “%(delivery)s” does not ask that.",
              delivery=order.shipping_name)
        )  # fmt: skip
    return refrozen(order, found, place, now) if order.decision is not None else None


def _signs(order: Order) -> bool:
    return any(
        method.adult_signature
        for zone in delivery_map().zones
        for method in zone.methods
        if method.code == order.shipping_code
    )


def _check_it_costs_the_same(order: Order, place: Address) -> None:
    """Today's rules for the new place beside today's rules for the old one.

    The same country, region and postcode are the same place to every rule there is.
    """
    old = order.delivery_address
    if _area(place) == _area(old):
        return
    zone = delivery_map().zone_for(place)
    codes = [method.code for method in zone[0].methods] if zone else []
    if order.shipping_code not in codes:  # where it goes it costs the same and takes as long
        raise CostsOtherwise(
            _("“%(delivery)s” does not go to this address.", delivery=order.shipping_name)
        )
    if order.tax_exempt and place.country != old.country:  # confirmed for that country alone
        raise CostsOtherwise(_("The tax at this address is another one."))
    table, seller = tax_table(), the_seller()
    day = order.placed_at.astimezone(ZoneInfo(seller.timezone)).date()
    if table.at(place, day, seller.country) != table.at(old, day, seller.country):
        raise CostsOtherwise(_("The tax at this address is another one."))


def _area(place: Address) -> tuple[str, str, str]:
    return place.country, place.region, place.postcode


def _tell(order: Order, before: Address, shop_email: str, now: datetime) -> None:
    """The buyer reads both addresses: whoever else has the link cannot redirect a parcel unseen."""
    ref = str(1 + sum(event.kind == READDRESSED for event in order.events))
    context = {"before": before.lines(), "after": order.delivery_address.lines()}
    owe_mail("readdressed", order.email, now, order_id=order.id, ref=ref, context=context)
    note = f"The buyer changed where it goes: {', '.join(context['after'])}."
    owe_mail(
        "staff_notice",
        shop_email,
        now,
        order_id=order.id,
        ref=f"readdressed-{ref}",
        context={"note": note, "order_number": order.number},
    )
