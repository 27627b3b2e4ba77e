"""Quantity caps: how many units of a class one person or household may order in so many days, in
whatever account or as a guest. Who it was is known by keyed hashes alone; an order that was
cancelled does not count."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, tuple_

from storefront.account.address import Address
from storefront.account.models import email_key
from storefront.cart.contents import Contents
from storefront.catalog.models import ProductClass
from storefront.compliance.models import CapMark
from storefront.dates import long_day
from storefront.extensions import db
from storefront.languages import _, ngettext
from storefront.orders.models import Order
from storefront.orders.states import CANCELLED
from storefront.refusal import Refusal

EMAIL, ADDRESS = "email", "address"
_Marks = Sequence[tuple[str, int, datetime]]  # kind, quantity, placed at


class CapReached(Refusal):
    """More than one person or household may have in that time; nothing was ordered."""


@dataclass(frozen=True, slots=True)
class Cap:
    """A capped class as a cart holds it. `more_on`: when it will be `more` than is left now."""

    class_code: str
    goods: str  # its lines by name
    units: int
    days: int
    wanted: int
    left: int
    more_on: date | None = None
    more: int = 0

    @property
    def exceeded(self) -> bool:
        return self.wanted > self.left

    def __str__(self) -> str:
        said = [
            _(
                "At most %(num)s of %(goods)s in %(days)s days for one person or household.",
                num=self.units,
                goods=self.goods,
                days=self.days,
            ),
            ngettext("%(num)s is left for you.", "%(num)s are left for you.", self.left)
            if self.left
            else _("None is left for you."),
        ]
        if self.more_on is not None:
            day = long_day(self.more_on)
            said.append(_("From %(day)s on it is %(num)s more.", num=self.more, day=day))
        return " ".join(said)


def hashes_of(secret: str, email: str = "", address: Address | None = None) -> dict[str, str]:
    """What is known of somebody, by kind; each kind has a key of its own."""
    known = {EMAIL: _plain_email(email), ADDRESS: _plain_address(address)}
    return {kind: _hash(secret, kind, text) for kind, text in known.items() if text}


def _hash(secret: str, kind: str, text: str) -> str:
    key = hmac.digest(secret.encode(), f"quantity cap by {kind}".encode(), "sha256")
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _plain_email(email: str) -> str:
    """Without what makes two ways of writing one box: case, and +something."""
    name, at, host = email_key(email).rpartition("@")
    return f"{name.partition('+')[0]}{at}{host}" if at else ""


def _plain_address(address: Address | None) -> str:
    """A household, whoever lives in it and however they write it."""
    if address is None or not address.line1:
        return ""
    parts = (address.country, address.postcode, address.line1, address.line2)
    return "|".join(_letters(part) for part in parts)


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^\w]|_", "", "".join(c for c in plain if not unicodedata.combining(c)))


def caps_of(
    contents: Contents,
    hashes: Mapping[str, str],
    now: datetime,
    timezone: ZoneInfo,
    leave_out: Collection[int] = (),
) -> list[Cap]:
    """Of the capped classes in a cart; without one, nothing is asked. `leave_out`: the cart's own
    orders that the next one replaces."""
    capped = _capped(contents)
    if not capped:
        return []
    longest = max(days for _units, days, _wanted, _names in capped.values())
    marks = _marks(capped, hashes, now - timedelta(days=longest), leave_out) if hashes else {}
    return [_cap(code, *rest, marks.get(code, []), now, timezone) for code, rest in capped.items()]


def check_caps(
    contents: Contents, hashes: Mapping[str, str], now: datetime, timezone: ZoneInfo
) -> list[Cap]:
    """Inside write_tx(). Raises CapReached."""
    _held(sorted(_capped(contents)))
    caps = caps_of(contents, hashes, now, timezone)
    over = [cap for cap in caps if cap.exceeded]
    if over:
        said = [*map(str, over), _("Change your cart; nothing was ordered.")]
        raise CapReached(" ".join(said))
    return caps


def mark_caps(order_id: int, caps: Iterable[Cap], hashes: Mapping[str, str], now: datetime) -> None:
    db.session.add_all(
        CapMark(
            order_id=order_id,
            class_code=cap.class_code,
            kind=kind,
            digest=digest,
            quantity=cap.wanted,
            placed_at=now,
        )
        for cap in caps
        for kind, digest in hashes.items()
    )


def move_caps(order_id: int, secret: str, to: Address, now: datetime) -> None:
    """An order goes to another household: it counts there from now on. Inside write_tx().
    Raises CapReached."""
    digest = hashes_of(secret, address=to).get(ADDRESS, "")
    marks = db.session.scalars(
        select(CapMark).where(CapMark.order_id == order_id, CapMark.kind == ADDRESS)
    ).all()
    moved = {mark.class_code: mark for mark in marks if mark.digest != digest}
    for own in _held(sorted(moved)):
        since = now - timedelta(days=own.cap_days or 0)
        others = _marks([own.code], {ADDRESS: digest}, since, [order_id]).get(own.code, [])
        used = sum(quantity for _kind, quantity, _placed_at in others)
        if own.cap_units and used + moved[own.code].quantity > own.cap_units:
            raise CapReached(
                _("This household has as much of it as it may in %(days)s days already.",
                  days=own.cap_days)
            )  # fmt: skip
    for mark in moved.values():
        mark.digest = digest


def _held(codes: Sequence[str]) -> Sequence[ProductClass]:
    """The classes, so that of two orders at once one counts the other."""
    if not codes:
        return ()
    return db.session.scalars(
        select(ProductClass)
        .where(ProductClass.code.in_(codes))
        .order_by(ProductClass.id)
        .with_for_update(key_share=True)
    ).all()


def counted_of(order_id: int) -> dict[str, int]:
    """How many units of each class an order counts for."""
    rows = db.session.execute(
        select(CapMark.class_code, CapMark.quantity).where(CapMark.order_id == order_id)
    )
    return {code: quantity for code, quantity in rows}


def _capped(contents: Contents) -> dict[str, tuple[int, int, int, str]]:
    """By class: units, days, how many are wanted, of what."""
    found: dict[str, tuple[int, int, int, str]] = {}
    for line in contents.lines:
        own = line.goods_class
        if own is None or not own.cap_units or not own.cap_days or not line.counted:
            continue
        _units, _days, wanted, names = found.get(own.code, (0, 0, 0, ""))
        known = names.split(", ") if names else []
        names = ", ".join(dict.fromkeys([*known, line.name]))
        found[own.code] = (own.cap_units, own.cap_days, wanted + line.counted, names)
    return found


def _marks(
    codes: Iterable[str], hashes: Mapping[str, str], since: datetime, leave_out: Collection[int]
) -> dict[str, list[tuple[str, int, datetime]]]:
    """An order that was cancelled gives back what it counted, and counts again if it is paid."""
    rows = db.session.execute(
        select(CapMark.class_code, CapMark.kind, CapMark.quantity, CapMark.placed_at)
        .join(Order, Order.id == CapMark.order_id)
        .where(
            CapMark.class_code.in_(sorted(codes)),
            tuple_(CapMark.kind, CapMark.digest).in_(sorted(hashes.items())),
            CapMark.placed_at > since,
            Order.state != CANCELLED,
            Order.id.not_in(leave_out),
        )
        .order_by(CapMark.placed_at, CapMark.id)
    )
    found: dict[str, list[tuple[str, int, datetime]]] = {}
    for code, kind, quantity, placed_at in rows:
        found.setdefault(code, []).append((kind, quantity, placed_at))
    return found


def _cap(
    code: str, units: int, days: int, wanted: int, names: str,
    marks: _Marks, now: datetime, timezone: ZoneInfo,
) -> Cap:  # fmt: skip
    period = timedelta(days=days)
    left = _left(marks, units, now - period)
    for _kind, _quantity, placed_at in marks:
        later = _left(marks, units, placed_at)
        if placed_at > now - period and later > left:
            day = (placed_at + period).astimezone(timezone).date()
            return Cap(code, names, units, days, wanted, left, day, later - left)
    return Cap(code, names, units, days, wanted, left)


def _left(marks: _Marks, units: int, since: datetime) -> int:
    """By what the email or the address ordered, whichever is more."""
    used = {EMAIL: 0, ADDRESS: 0}
    for kind, quantity, placed_at in marks:
        if placed_at > since:
            used[kind] += quantity
    return max(units - max(used.values()), 0)
