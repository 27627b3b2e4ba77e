"""A word said once, on the next page: kept in a cookie of its own, signed, for a minute.

Pages that are the same for everyone read no other cookie; one that has a flash to show is
private for that one answer (public_pages.py).
"""

from typing import Literal, NamedTuple

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "flash"
# kept: ok, and the wish list is the way on; card-2: said beside that card of an article
Kind = Literal["ok", "warn", "danger", "kept"] | str


class Flash(NamedTuple):
    kind: Kind
    text: str
    undo: str = ""  # the address that takes it back, by POST


def flash(kind: Kind, text: str, undo: str = "") -> None:
    """Show this on the next page the visitor sees; in the admin with a button that undoes it."""
    g.setdefault("flash_out", []).append(Flash(kind, text, undo))


def has_flashes() -> bool:
    return COOKIE in request.cookies


def flashes() -> list[Flash]:
    """What is to be shown on this page: said before, and said while making this answer."""
    if "flash_in" not in g:
        g.flash_in = _read_cookie()
    shown: list[Flash] = g.flash_in + g.pop("flash_out", [])
    g.flash_in = []
    return shown


def _read_cookie() -> list[Flash]:
    if not has_flashes():
        return []
    try:
        said = _signer().loads(request.cookies[COOKIE], max_age=60)
    except BadSignature:
        return []
    return [Flash(*one) for one in said]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="flash")


def _keep_or_drop(response: Response) -> Response:
    if said := g.pop("flash_out", []):
        response.set_cookie(
            COOKIE,
            _signer().dumps(said),
            max_age=60,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    elif "flash_in" in g and has_flashes():
        response.delete_cookie(COOKIE)
    return response


def init_app(app: Flask) -> None:
    app.after_request(_keep_or_drop)
