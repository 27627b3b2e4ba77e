"""What is decided of an order's restricted goods: frozen when it is placed, and asked anew when
its money comes in, when it is to go elsewhere and when it is packed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from storefront.cart.contents import Contents
from storefront.compliance.decide import Decision, Place, Why
from storefront.compliance.lawbook import Wanted, judge, place_of
from storefront.compliance.reviewing import is_restricted_shop
from storefront.compliance.words import why_not, why_nots
from storefront.languages import AS_WRITTEN, _, speaking
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import AWAITING, CANCELLED, PENDING, record
from storefront.refusal import Refusal
from storefront.stock.models import FOR_SALE, Lot
from storefront.stock.returning import lots_of_order
from storefront.stock.shelf import today

ATTESTED = "attestation"  # the method of a buyer's own word


class NotAllowed(Refusal):
    """Some of it may not be sold there, or not to this buyer; nothing was done."""


def age_words(age: int) -> str:
    """What the buyer says by ticking the box."""
    return _("I am %(age)s or older", age=age)


def attestation(age: int, now: datetime, method: str = ATTESTED) -> dict[str, Any]:
    """The buyer's word on their age, as an order keeps it; no birthday."""
    digest = sha256(age_words(age).encode()).hexdigest()
    return {"age": age, "method": method, "at": now.isoformat(), "digest": digest}


def age_of(attested: Mapping[str, Any] | None) -> int | None:
    return int(attested["age"]) if attested else None


def check_allowed(contents: Contents, attested: Mapping[str, Any] | None, later: bool) -> None:
    """`later`: the buyer's age is asked before paying. Raises NotAllowed with every reason."""
    blocked = contents.blocked
    if not blocked and not later and (age_of(attested) or 0) < contents.min_age:
        raise NotAllowed(
            _("Confirm that you are %(age)s or older, then pay.", age=contents.min_age)
        )
    if blocked:
        raise NotAllowed(
            " ".join(
                why_blocked(one.name, contents.decisions[one.variant_id], contents.place)
                for one in blocked
            )
        )


def why_blocked(name: str, decision: Decision, place: Place, what_to_do: bool = True) -> str:
    """Each reason, with what it is about and what it rests on; the age is asked before paying,
    so it is one only where nothing else is."""
    others = tuple(one for one in decision.reasons if one.why is not Why.AGE_UNKNOWN)
    shown = replace(decision, reasons=others) if others else decision
    nots = why_nots(shown, place)
    if not what_to_do:
        nots = [replace(one, to_do="") for one in nots]
    return " ".join([f"{name}:", *map(str, nots)])


def freeze(contents: Contents, now: datetime) -> dict[str, Any] | None:
    """By SKU, as the order keeps it; None where nothing in it is restricted."""
    if not contents.decisions:
        return None
    return {
        line.sku: _frozen(decision, line.goods_class.code, contents.place, now)
        for line in contents.lines
        if line.goods_class is not None
        and (decision := contents.decisions.get(line.variant_id)) is not None
    }


def _frozen(decision: Decision, class_code: str, place: Place, now: datetime) -> dict[str, Any]:
    return {
        "class": class_code,
        **decision.frozen(),
        "lots": list(decision.lots),
        "place": {**asdict(place), "counties": sorted(place.counties)},
        "day": today(now).isoformat(),
    }


def refrozen(
    order: Order, decisions: Mapping[str, Decision], place: Place, now: datetime
) -> dict[str, Any]:
    """What was decided of an order when it was changed; what stood before stays beneath it."""
    before = order.decision or {}
    return {
        **before,
        **{
            sku: {
                **_frozen(decision, before[sku]["class"], place, now),
                "before": before[sku],
            }
            for sku, decision in decisions.items()
            if sku in before
        },
    }


Lots = Mapping[int, Iterable[int]]  # ids of what was picked, by variant


def decisions_now(
    order: Order, place: Place, now: datetime, lots: Lots | None = None
) -> dict[str, Decision]:
    """Of its restricted lines, by SKU, by today's rules, and of those whose class was restricted
    since it was placed.
    `lots`: only of these goods, and from where; else of all, from what it was picked from or, while
    it holds goods on the shelf, from what is there."""
    lines = {one.variant_id: one for one in order.lines}
    if lots is None:
        wanted = _all_of(order, lines)
    else:
        wanted = [Wanted(id_, 0, tuple(lots[id_])) for id_ in sorted(lines) if id_ in lots]
    found = judge(wanted, place, age_of(order.attestation), now)
    return {lines[id_].sku: decision for id_, decision in found.items()}


def may_be_restricted(order: Order) -> bool:
    """Whether anything of it was restricted when it was placed, or may have become so since."""
    return order.decision is not None or is_restricted_shop()


def _all_of(order: Order, lines: Mapping[int, OrderLine]) -> list[Wanted]:
    picked = lots_of_order(order.id)
    holds = order.state in {PENDING, AWAITING, CANCELLED}  # what is reserved counts already
    return [
        Wanted(id_, 0, ids)
        if (ids := tuple(lot.id for lot, _quantity in picked.get(id_, ()) if lot))
        else Wanted(id_, 0 if holds else line.quantity)
        for id_, line in sorted(lines.items())
    ]


def attest(order: Order, age: int, now: datetime) -> None:
    """The buyer of an order that staff wrote says how old they are: it is decided with that.

    Inside write_tx(), with the order locked. Raises NotAllowed.
    """
    if order.attestation is not None or not age:
        return
    order.attestation = attestation(age, now)
    check_now(order, now)
    place = place_of(order.delivery_address)
    order.decision = refrozen(order, decisions_now(order, place, now), place, now)
    record(order, "attested", now, "shopper", f"{age} or older")


def check_now(order: Order, now: datetime) -> None:
    """Before paying, by today's rules, in the buyer's words. Raises NotAllowed. Goods restricted
    since the order was placed are found when its money comes."""
    if order.decision is None:
        return
    place = place_of(order.delivery_address)
    if why := in_words(order, decisions_now(order, place, now), place):
        raise NotAllowed(why)
    if (age_of(order.attestation) or 0) < order.min_age:
        raise NotAllowed(_("Confirm that you are %(age)s or older, then pay.", age=order.min_age))


def reasons_now(order: Order, now: datetime, lots: Lots | None = None) -> str:
    """Why it may not be sent where it goes, in English for staff; "" where it may."""
    if not may_be_restricted(order):
        return ""
    place = place_of(order.delivery_address)
    with speaking(AS_WRITTEN):
        return in_words(order, decisions_now(order, place, now, lots), place, what_to_do=False)


def label_gaps(order: Order, now: datetime) -> list[str]:
    """What the place it goes to asks for on labels and does not find, for whoever packs it."""
    if order.decision is None:
        return []
    place = place_of(order.delivery_address)
    decisions = decisions_now(order, place, now)
    with speaking(AS_WRITTEN):
        return [
            f"{line.name}: {why_not(reason, place)}"
            for line in order.lines
            if line.sku in decisions
            for reason in decisions[line.sku].reasons
            if reason.why is Why.LABEL
        ]


def in_words(
    order: Order, decisions: Mapping[str, Decision], place: Place, what_to_do: bool = True
) -> str:
    """Of those that are not allowed, line by line."""
    return " ".join(
        why_blocked(line.name, decision, place, what_to_do)
        for line in order.lines
        if (decision := decisions.get(line.sku)) is not None and not decision.allowed
    )


def check_goods(
    order: Order, picked: Mapping[int, Sequence[tuple[Lot | None, int]]], now: datetime
) -> None:
    """Before a parcel leaves: by today's rules and by the lots that were really picked, and
    whether one of those was called back or held back since. Raises NotAllowed, for staff."""
    held = [
        f"{lot.code} ({lot.state})"
        for parts in picked.values()
        for lot, _quantity in parts
        if lot is not None and lot.state != FOR_SALE
    ]
    if held:
        raise NotAllowed(
            f"Order {order.number} was picked from lots that are not for sale: {', '.join(held)}."
            " Refund these goods, or release the lot."
        )
    lots = {id_: [lot.id for lot, _quantity in parts if lot] for id_, parts in picked.items()}
    if why := reasons_now(order, now, lots):
        raise NotAllowed(f"Order {order.number} may not be sent: {why}")
