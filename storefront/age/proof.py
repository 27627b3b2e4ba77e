"""What this browser has shown of its visitor's age: a signed cookie, read only where goods that the
law restricts would show. It says "at least 21", never when somebody was born."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, g, request

from storefront.account.tokens import DeadLink, read, signed
from storefront.age.verifier import AGES, OLDEST
from storefront.clock import now

COOKIE = "age"
KEPT_FOR = timedelta(days=30)
# Whoever has shown to be too young stays so for a day, whatever they answer next.
STAYS_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Proof:
    """`age`: one of AGES, or 0: younger than all of them; shown to `verifier`, `at` a moment."""

    age: int
    verifier: str
    at: datetime

    @property
    def settled(self) -> bool:
        """Whether it cannot be answered again yet: they were too young for something."""
        return self.age < OLDEST and now() < self.at + STAYS_FOR


def age_proof() -> Proof | None:
    """None: nothing was shown, or not in this form, or it is too long ago."""
    if "age_proof" not in g:
        g.age_proof = _read(request.cookies.get(COOKIE, ""))
    found: Proof | None = g.age_proof
    return found


def age_shown() -> int | None:
    """The least the visitor has shown to be: what judge() asks for."""
    proof = age_proof()
    return proof.age if proof else None


def keep_proof(age: int, verifier: str) -> None:
    """With this answer; from here on this request knows it too."""
    g.age_proof = g.new_age_proof = Proof(age, verifier, now())


def forget_proof() -> None:
    g.age_proof = g.new_age_proof = None


def as_cookie(proof: Proof) -> str:
    says = [proof.age, proof.verifier, int(proof.at.timestamp())]
    return signed("age", says, proof.at + lasts(proof))


def lasts(proof: Proof) -> timedelta:
    return KEPT_FOR if proof.age else STAYS_FOR


def _read(cookie: str) -> Proof | None:
    if not cookie:
        return None
    try:
        age, verifier, at = read("age", cookie, now())
        proof = Proof(age, verifier, datetime.fromtimestamp(at, UTC))
    except (DeadLink, TypeError, ValueError):
        return None
    return proof if age in (0, *AGES) else None


def _set_cookie(response: Response) -> Response:
    if "new_age_proof" not in g:
        return response
    proof: Proof | None = g.new_age_proof
    if proof is None:
        response.delete_cookie(COOKIE)
        return response
    ways: dict[str, Any] = {"httponly": True, "samesite": "Lax"}
    response.set_cookie(
        COOKIE,
        as_cookie(proof),
        max_age=lasts(proof),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        **ways,
    )
    return response


def init_app(app: Flask) -> None:
    app.after_request(_set_cookie)
