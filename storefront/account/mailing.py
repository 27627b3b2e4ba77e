"""Links mailed to whoever owns an address: each answer is the same, whoever that is."""

from datetime import timedelta

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit

from storefront.account.models import Customer, email_key
from storefront.account.opening import mail_ref
from storefront.account.tokens import signed
from storefront.clock import now
from storefront.extensions import limiter
from storefront.outbox import owe_mail
from storefront.tidying import tidied

SIGN_IN_FOR = timedelta(minutes=30)
RESET_FOR = timedelta(hours=1)
INVITED_FOR = timedelta(days=1)
REGISTER_FOR = timedelta(days=1)
FROM_ONE_BROWSER = "10/minute;60/day"
TO_ONE_ADDRESS = "5/hour"  # nobody's inbox is filled from here


def look_in_your_inbox() -> ResponseReturnValue:
    return redirect(url_for("sign_in.sent"), 303)


def _the_same_answer(_limit: RequestLimit) -> Response:
    """The inbox has mails enough; whoever asks is told what they were told before."""
    return make_response(look_in_your_inbox())


def _typed_address() -> str:
    return email_key(tidied(request.form.get("email", "")[:254]) or "nobody")


# Both stand above every view that mails a link.
to_one_address = limiter.limit(
    lambda: TO_ONE_ADDRESS, key_func=_typed_address, on_breach=_the_same_answer
)
from_one_browser = limiter.limit(lambda: FROM_ONE_BROWSER)


def mail_sign_in_link(customer: Customer, wanted: str = "") -> None:
    """Inside write_tx(), as are the others."""
    token = signed("sign-in", [customer.id, customer.stamp, wanted], now() + SIGN_IN_FOR)
    _owe("sign_in_link", customer.email, token, mail_ref(customer))


def mail_reset_link(customer: Customer) -> None:
    token = signed("reset", [customer.id, customer.stamp], now() + RESET_FOR)
    _owe("password_reset", customer.email, token, mail_ref(customer))


def mail_staff_invitation(customer: Customer, role: str) -> None:
    """They work here from now on; with a link to set a password where they have none."""
    token = ""
    if customer.password is None:
        token = signed("reset", [customer.id, customer.stamp], now() + INVITED_FOR)
    context = {"token": token, "role": role}
    ref = mail_ref(customer)
    owe_mail("staff_invitation", customer.email, now(), ref=ref, context=context)


def mail_registration(email: str) -> None:
    _owe("register", email, signed("register", [email], now() + REGISTER_FOR))


def mail_already_registered(customer: Customer) -> None:
    token = signed("sign-in", [customer.id, customer.stamp, ""], now() + SIGN_IN_FOR)
    _owe("already_registered", customer.email, token, mail_ref(customer))


def mail_new_address(customer: Customer, email: str) -> None:
    token = signed("email", [customer.id, customer.stamp, email], now() + RESET_FOR)
    _owe("new_email", email, token, mail_ref(customer))


def mail_no_account(email: str) -> None:
    """To the owner of an address that no account has: it could be a slip of theirs."""
    _owe("no_account", email, signed("register", [email], now() + REGISTER_FOR))


def _owe(kind: str, email: str, token: str, ref: str = "") -> None:
    owe_mail(kind, email, now(), ref=ref, context={"token": token})
