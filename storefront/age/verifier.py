"""How somebody shows that they are old enough: what we ask of whoever looks at it for us.

Built in is attestation (attestation.py): one says when one was born. Nothing of what is answered is
kept, only the highest of AGES that was shown.
"""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from flask import current_app

from storefront.refusal import Refusal

AGES = (18, 21)  # laws ask for one of these
OLDEST = AGES[-1]


class NotShown(Refusal):
    """The answers say nothing of an age; `part`: which of them to look at, "" is all."""

    status = 422

    def __init__(self, message: str, part: str = "") -> None:
        super().__init__(message)
        self.part = part


class AgeVerifier(Protocol):
    code: str  # kept with an order, beside the age

    def way_out(self, back: str) -> str | None:
        """Where one shows it, and is sent `back` from with answers; None: on our own screen."""

    def shown(self, answers: Mapping[str, str], today: date) -> int:
        """The highest of AGES that is reached; 0 is none of them. Raises NotShown."""


def age_verifier() -> AgeVerifier:
    found: AgeVerifier = current_app.extensions["age_verifier"]
    return found


def step_of(years: int) -> int:
    """The highest of AGES somebody that old has reached."""
    return max((age for age in AGES if age <= years), default=0)
