"""Passkeys: what a browser is asked, and whether its answer is right. webauthn does the proving.

It is imported where it is used: it is heavy, and most visitors never come by.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select

from storefront.account.models import Customer, Passkey
from storefront.account.opening import customer_to_change
from storefront.extensions import db
from storefront.languages import _
from storefront.refusal import Refusal
from storefront.tidying import tidied

MOST = 20
LONGEST = 20_000  # of a browser's answer


class PasskeyRefused(Refusal):
    """The answer proves nothing here."""

    status = 422

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("That passkey does not open an account here."))


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks: passkeys hold for this host only."""

    name: str
    origin: str

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or "localhost"


def new_challenge() -> str:
    return secrets.token_urlsafe(32)


def asked_to_sign_in(party: Party, challenge: str) -> str:
    """For navigator.credentials.get(), as JSON."""
    return json.dumps({"challenge": challenge, "rpId": party.host, "userVerification": "required"})


def asked_to_add(party: Party, customer: Customer, kept: Sequence[Passkey], challenge: str) -> str:
    """For navigator.credentials.create(), as JSON."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name=party.name,
        user_id=_handle(customer),
        user_name=customer.email,
        user_display_name=customer.full_name or customer.email,
        challenge=_bytes(challenge),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=_bytes(key.credential_id)) for key in kept
        ],
    )
    return str(webauthn.options_to_json(options))


def proven_new(party: Party, answer: str, challenge: str) -> tuple[str, str, int]:
    """(credential id, public key, count) of a passkey just made. Raises PasskeyRefused."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = webauthn.verify_registration_response(
            credential=answer[:LONGEST],
            expected_challenge=_bytes(challenge),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        raise PasskeyRefused(_("The passkey could not be added. Try again.")) from wrong
    return _text(made.credential_id), _text(made.credential_public_key), made.sign_count


def proof_of(party: Party, answer: str, challenge: str) -> tuple[int, int]:
    """(passkey, new count) of a right answer. Raises PasskeyRefused. Before write_tx(): it takes
    its time."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    key = db.session.scalar(select(Passkey).where(Passkey.credential_id == _named_by(answer)))
    if key is None:
        raise PasskeyRefused
    try:
        proof = webauthn.verify_authentication_response(
            credential=answer[:LONGEST],
            expected_challenge=_bytes(challenge),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        raise PasskeyRefused from wrong
    return key.id, proof.new_sign_count


def use_passkey(passkey_id: int, count: int, asked_at: datetime, now: datetime) -> Customer:
    """Whose it is, locked. Inside write_tx(). Raises PasskeyRefused, also for an answer sent a
    second time: it was asked for before the key was last used."""
    key = db.session.get(Passkey, passkey_id, with_for_update=True, populate_existing=True)
    customer = customer_to_change(key.customer_id) if key else None
    if key is None or customer is None:
        raise PasskeyRefused
    if key.used_at is not None and asked_at <= key.used_at:
        raise PasskeyRefused(_("That took too long, or was sent twice. Try again."))
    key.sign_count, key.used_at = count, now
    return customer


def _named_by(answer: str) -> str:
    """The id of the passkey an answer speaks of; "" for what is no answer."""
    try:
        said = json.loads(answer[:LONGEST])
        return tidied(str(said["id"])[:1400]) or ""
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _handle(customer: Customer) -> bytes:
    """Names the account to its owner's devices, and says nothing of them."""
    said = f"{customer.id} {customer.created_at.isoformat()}"
    return hashlib.sha256(said.encode()).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
