"""The gate before every page of the admin: signed in, staff, second factor, role; in that order."""

from flask import abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.access import current_customer
from storefront.account.staff_access import StaffMember, current_staff
from storefront.admin.roles import who_may
from storefront.languages import language_of, speaking
from storefront.markets.here import here

OPEN = {"admin.sign_in"}
PROVING = "admin.second_factor."


def ask() -> ResponseReturnValue | None:
    """None lets the request in. Whoever is not staff is told of no page."""
    if here().prefix:  # staff work at one address, whatever markets the shop has
        abort(404)
    endpoint = request.endpoint or ""
    if endpoint in OPEN:
        return None
    if current_customer() is None:
        return _first(url_for("sign_in.show", next=_back()))
    staff = current_staff()
    if staff is None:
        abort(404)
    if not endpoint.startswith(PROVING) and (way := _to_prove(staff)):
        return _first(url_for(way, next=_back()))
    if staff.role not in who_may(endpoint):
        abort(403)
    return None


def _first(way: str) -> ResponseReturnValue:
    """There first. What was written in a form is not lost: it is shown, to be sent again."""
    written = list(request.form.items(multi=True)) if request.method == "POST" else []
    if not written or (request.endpoint or "").startswith(PROVING):
        return redirect(way, 303)
    return render_template(
        "admin/again.html", way=way, written=written, had_files=bool(request.files)
    ), 403


def _to_prove(staff: StaffMember) -> str | None:
    """The page where a second factor is shown or set up, before anything else is."""
    if staff.is_proven:
        return None
    if staff.has_second_factor:
        return "admin.second_factor.show"
    return "admin.second_factor.enrolment" if current_app.config["PRODUCTION"] else None


def _back() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("admin.home")


def speak_english() -> None:
    """The admin is written in English; dates and amounts as the shop's own locale has them."""
    locale: str = current_app.config["SHOP_LOCALE"]
    g.speaking_to_staff = speaking(language_of(locale if locale.startswith("en") else "en_US"))
    g.speaking_to_staff.__enter__()


def speak_again_as_before(_error: BaseException | None) -> None:
    said = g.pop("speaking_to_staff", None)
    if said is not None:
        said.__exit__(None, None, None)
