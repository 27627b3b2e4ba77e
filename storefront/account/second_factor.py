"""An authenticator app's codes and the recovery codes beside them. pyotp does the reckoning."""

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import delete, func, select, update

from storefront.account.models import Passkey, SignIn
from storefront.account.staff import RecoveryCode, Staff
from storefront.extensions import db
from storefront.refusal import Refusal

STEP = 30  # seconds a code is shown for
DRIFT = (-1, 0, 1)  # steps that a phone's clock may be off
CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
GROUPS, GROUP = 4, 5  # 20 letters of 31: 99 bits


class WrongCode(Refusal):
    """Neither a code of now nor a recovery code that is left."""

    status = 422

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message
            or "That code is not right. Enter the one your app shows now, or a recovery code."
        )


class CodeUsed(WrongCode):
    """It was right, and counted once."""

    def __init__(self) -> None:
        super().__init__("That code was used before. Wait until your app shows the next one.")


def new_secret() -> str:
    import pyotp

    return pyotp.random_base32()


def address_for_app(secret: str, email: str, shop_name: str) -> str:
    """What the QR code says to an authenticator app."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=shop_name)


def is_app_code(typed: str) -> bool:
    return len(typed) == 6 and typed.isascii() and typed.isdigit()


def plain(typed: str) -> str:
    """A code without the blanks and dashes it is shown with."""
    return "".join(typed.split()).replace("-", "").lower()[:64]


def enrol(staff: Staff, secret: str, typed: str, now: datetime) -> list[str]:
    """Confirm an app by one of its codes; the recovery codes to show, this once. Inside
    write_tx(), the staff member locked. Raises WrongCode."""
    staff.last_totp_step = _step_of(secret, plain(typed), 0, now)
    staff.totp_secret, staff.totp_confirmed_at = secret, now
    return renew_recovery_codes(staff)


def prove(staff: Staff, typed: str, now: datetime) -> None:
    """Use up a code. Inside write_tx(), the staff member locked. Raises WrongCode, CodeUsed."""
    code = plain(typed)
    if not is_app_code(code):
        _use_recovery_code(staff, code, now)
    elif staff.totp_secret is None or staff.totp_confirmed_at is None:
        raise WrongCode
    else:
        staff.last_totp_step = _step_of(staff.totp_secret, code, staff.last_totp_step, now)


def renew_recovery_codes(staff: Staff) -> list[str]:
    """Ten new ones; those before are void. Inside write_tx()."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.customer_id == staff.customer_id))
    codes = [_new_code() for _ in range(CODES)]
    db.session.add_all(
        RecoveryCode(customer_id=staff.customer_id, digest=_digest(plain(code))) for code in codes
    )
    db.session.flush()
    return codes


def forget_second_factor(staff: Staff) -> None:
    """For whoever lost theirs: app, recovery codes and passkeys open nothing any more, and nobody
    is signed in. Inside write_tx(), the staff member locked."""
    staff.totp_secret, staff.totp_confirmed_at, staff.last_totp_step = None, None, 0
    for kept in (RecoveryCode, Passkey, SignIn):
        db.session.execute(delete(kept).where(kept.customer_id == staff.customer_id))


def recovery_codes_left(customer_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.customer_id == customer_id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def _step_of(secret: str, code: str, last_step: int, now: datetime) -> int:
    """The step a code belongs to, which must be later than the last one used."""
    import pyotp

    app, step = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    right = [
        step + off
        for off in DRIFT
        if hmac.compare_digest(app.at((step + off) * STEP).encode(), code.encode())
    ]
    if not right:
        raise WrongCode
    if max(right) <= last_step:
        raise CodeUsed
    return max(right)


def _use_recovery_code(staff: Staff, code: str, now: datetime) -> None:
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.customer_id == staff.customer_id,
            RecoveryCode.digest == _digest(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise WrongCode


def _new_code() -> str:
    letters = ["".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS)]
    return "-".join(letters)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
