"""Signed links that expire: what they say can be read by whoever holds them, and not be changed.

A link counts until its moment. One that must count only once says something that its use changes,
such as a customer's stamp.
"""

from datetime import UTC, datetime
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from storefront.languages import _
from storefront.refusal import Refusal

LONGEST = 2000


class DeadLink(Refusal):
    """A link that leads nowhere any more."""

    status = 410


class LinkExpired(DeadLink):
    """Its time is over."""

    def __init__(self) -> None:
        super().__init__(_("This link has expired."))


class LinkUnknown(DeadLink):
    """Not one of ours, or cut off."""

    def __init__(self) -> None:
        super().__init__(_("This link is not complete. Copy all of it from the mail."))


class LinkUsed(DeadLink):
    """It counted once, or something newer took its place."""

    def __init__(self) -> None:
        super().__init__(_("This link has been used, or a newer one took its place."))


def signed(purpose: str, says: Any, until: datetime) -> str:
    """A token for a link. `says`: what JSON can hold; `purpose`: one kind never passes for
    another."""
    return str(_signer(purpose).dumps([int(until.timestamp()), says]))


def read(purpose: str, token: str, now: datetime) -> Any:
    """What a link says. Raises LinkExpired, LinkUnknown."""
    return read_until(purpose, token, now)[0]


def read_until(purpose: str, token: str, now: datetime) -> tuple[Any, datetime]:
    """The same, and the moment until which it counts."""
    try:
        until, says = _signer(purpose).loads(token if len(token) <= LONGEST else "")
    except (BadSignature, ValueError, TypeError) as wrong:
        raise LinkUnknown from wrong
    ends = datetime.fromtimestamp(until, UTC)
    if ends <= now:
        raise LinkExpired
    return says, ends


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"link:{purpose}")
