"""Security headers on every answer, and the rule that refuses requests from other sites."""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from storefront.languages import _
from storefront.refusal import Refusal

SAFE = {"GET", "HEAD", "OPTIONS"}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


class CrossSite(Refusal):
    """A form of another site was sent to us with our visitor's cookies."""

    status = 403


def _refuse_other_sites() -> None:
    """Browsers say where a request comes from; what says nothing is not a browser's form.

    `same-origin` and `none` (typed by hand) pass; so does a request without either header,
    which carries nobody's cookies but its sender's own.
    """
    if request.method in SAFE or _is_exempt():
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        allowed = site in {"same-origin", "none"}
    else:
        origin = request.headers.get("Origin")
        allowed = origin is None or _host_of(origin) == request.host
    if not allowed:
        raise CrossSite(
            _("This form was sent from another site. Open the page here and try again.")
        )


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # what cannot be read is not ours
        return None


def _is_exempt() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "open_to_other_sites", False)


def _secure(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if "Content-Security-Policy" not in response.headers:
        response.headers["Content-Security-Policy"] = current_app.extensions["csp"]
    if current_app.config["PRODUCTION"]:
        response.headers["Strict-Transport-Security"] = "max-age=63072000"
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def pay_page_policy() -> str:
    """The policy of the one page whose form ends on the provider's pay page.

    Browsers hold form-action against the redirect too, so that host must be named.
    """
    here = {"form-action": "'self' https://checkout.stripe.com"}
    return _policy({**_allow_media_host(current_app), **here})


def _policy(parts: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _allow_media_host(app: Flask) -> dict[str, str]:
    host = urlsplit(app.config["MEDIA_URL"])
    if not host.netloc:
        return POLICY
    return {**POLICY, "img-src": f"'self' {host.scheme}://{host.netloc}"}


def init_app(app: Flask) -> None:
    app.extensions["csp"] = _policy(_allow_media_host(app))
    app.before_request(_refuse_other_sites)
    app.after_request(_secure)
