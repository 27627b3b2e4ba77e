"""Error pages: what happened, what next; nothing lost. Uncaught Refusals are answered here."""

import secrets

import structlog
from flask import Flask, Response, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, default_exceptions

from storefront.account.tokens import DeadLink
from storefront.languages import _
from storefront.missing import Gone, way_on
from storefront.refusal import Refusal

log = structlog.get_logger()
WORDED = {403, 404, 409, 410, 429, 500, 503}


def page(status: int, **values: object) -> Response:
    """The error page of a status; statuses without one of their own share 409's layout."""
    name = status if status in WORDED else 409
    return make_response(render_template(f"errors/{name}.html", status=status, **values), status)


def _refused(refusal: Refusal) -> Response:
    if isinstance(refusal, DeadLink):
        return page(refusal.status, message=refusal.message, dead_link=True)
    return page(refusal.status, message=refusal.message)


def _http(error: HTTPException) -> Response:
    if error.response is not None:  # a limit that answers in its own words
        return make_response(error.response)
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    if error.code >= 500:
        return _failed(error)
    if error.code == 404 and (response := _instead()) is not None:
        return response
    response = page(error.code, message=_words(error))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _instead() -> Response | None:
    """What a rule of the shop's answers where nothing is found."""
    try:
        way = way_on()
    except Gone:
        return page(410)
    return make_response(way) if way is not None else None


def _words(error: HTTPException) -> str | None:
    """Our words for the codes visitors meet; the library's own for the rest."""
    said = {
        400: _("The request could not be read. Go back and try again."),
        405: _("This address does not do that. Go back and try again."),
        413: _("That was too much to send at once: the limit is 1 MB."),
        429: _("That was many tries in a short time. Wait a minute, then try again."),
    }
    return said.get(error.code or 0, error.description if error.code not in WORDED else None)


def _failed(error: BaseException) -> Response:
    reference = secrets.token_hex(4)
    log.error("failed", reference=reference, path=_path_without_secret(), exc_info=error)
    busy = isinstance(error, OperationalError)
    response = make_response(
        render_template(f"errors/{503 if busy else 500}.html", reference=reference),
        503 if busy else 500,
    )
    if busy:
        response.headers["Retry-After"] = "5"
    return response


def _path_without_secret() -> str:
    """Whoever reads the log must not be able to open the order it speaks of."""
    token = (request.view_args or {}).get("token")
    return request.path.replace(token, f"{token[:6]}…") if token else request.path


def init_app(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    for code in default_exceptions:
        app.register_error_handler(code, _http)
    app.register_error_handler(Exception, _failed)
