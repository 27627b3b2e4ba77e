"""What other parts of the shop keep of a customer, told where they sign in, ask for it, or leave.

A part adds its function to the list it needs, where the function is written:

    @at_sign_in
    def bring_wishes(customer: Customer, now: datetime) -> list[str]: ...
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from storefront.account.models import Customer

AtSignIn = Callable[[Customer, datetime], list[str]]
AtSignOut = Callable[[int, bool], None]
AtExport = Callable[[Customer], dict[str, Any]]
AtErasure = Callable[[Customer, datetime], None]

SIGN_IN: list[AtSignIn] = []
SIGN_OUT: list[AtSignOut] = []
EXPORT: list[AtExport] = []
ERASURE: list[AtErasure] = []


def at_sign_in(join: AtSignIn) -> AtSignIn:
    """Called inside the write_tx() of a sign-in, in the request; answers with what to tell the
    customer."""
    SIGN_IN.append(join)
    return join


def at_sign_out(part: AtSignOut) -> AtSignOut:
    """Called inside the write_tx() of signing out, with the customer's id and whether every browser
    is signed out."""
    SIGN_OUT.append(part)
    return part


def at_export(tell: AtExport) -> AtExport:
    """Called for a copy of everything: answers with named parts that JSON can hold."""
    EXPORT.append(tell)
    return tell


def at_erasure(forget: AtErasure) -> AtErasure:
    """Called inside the write_tx() that erases an account, while its row is still there."""
    ERASURE.append(forget)
    return forget
