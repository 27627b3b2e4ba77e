"""A word said once, on the next page: kept in a cookie of its own, signed, for a minute.

Pages that are the same for everyone read no other cookie; one that has a flash to show is
private for that one answer (public_pages.py).
"""

from typing import Literal

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "flash"
# kept: ok, and the wish list is the way on; card-2: said beside that card of an article
Kind = Literal["ok", "warn", "danger", "kept"] | str


def flash(kind: Kind, text: str) -> None:
    """Show this on the next page the visitor sees."""
    g.setdefault("flash_out", []).append((kind, text))


def has_flashes() -> bool:
    return COOKIE in request.cookies


def flashes() -> list[tuple[str, str]]:
    """What is to be shown on this page: said before, and said while making this answer."""
    if "flash_in" not in g:
        g.flash_in = _read_cookie()
    shown: list[tuple[str, str]] = g.flash_in + g.pop("flash_out", [])
    g.flash_in = []
    return shown


def _read_cookie() -> list[tuple[str, str]]:
    if not has_flashes():
        return []
    try:
        said = _signer().loads(request.cookies[COOKIE], max_age=60)
    except BadSignature:
        return []
    return [(kind, text) for kind, text in said]


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
