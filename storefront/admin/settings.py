"""How the shop is set up: what the environment says, what is wrong with it, what can be changed."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from storefront.account.staff_access import signed_in_staff
from storefront.audit import Change, changes_of
from storefront.catalog.models import ProductClass
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.health import problems
from storefront.restricting import restricts
from storefront.settings import (
    CHANGEABLE,
    KIND,
    BadSetting,
    Changeable,
    checked,
    choose,
    chosen,
    is_fixed,
)
from storefront.tidying import tidied
from storefront.transactions import write_tx

bp = Blueprint("settings", __name__, url_prefix="/settings")
# Shown as they are; all others of the environment that are secret only as set or not.
SHOWN = (
    "ENV_NAME", "BASE_URL", "SHOP_NAME", "SHOP_TAGLINE", "SHOP_EMAIL", "SHOP_ADDRESS",
    "SHOP_CURRENCY", "SHOP_LOCALE", "SHOP_TIMEZONE", "SELLER_COUNTRY", "PRICES_INCLUDE_TAX",
    "RETURN_DAYS", "WITHDRAWAL_DAYS", "TERMS_VERSION", "PAYMENT_PROVIDERS",
    "RESTRICTED_PROVIDERS", "PAYMENT_HOLD_MINUTES", "MANUAL_DEADLINE_DAYS", "MAIL_FROM",
    "MEDIA_URL", "TRUSTED_PROXIES",
)  # fmt: skip
SECRET = ("SECRET_KEY", "DATABASE_URL", "MAIL_URL", "REDIS_URL", "STRIPE_SECRET_KEY",
          "STRIPE_WEBHOOK_SECRETS")  # fmt: skip
OF_THE_LAW = {"RESTRICTION_REVIEW_DAYS"}
FROM = {"ENV_NAME": "SHOP_ENV"}  # what the environment calls it


@bp.get("")
def index() -> str:
    return _page(_now(), {})


@bp.post("")
def change() -> ResponseReturnValue:
    """All or none."""
    offered = _offered()
    written = {name: tidied(request.form.get(name)) or "" for name in offered}
    wrong = {}
    for name in offered:
        try:
            if not is_fixed(name):
                checked(name, written[name])
        except BadSetting as bad:
            wrong[name] = bad.message
    if wrong:
        return _page(written, wrong), 422
    with write_tx():
        for name in offered:
            otherwise, actor = str(current_app.config[name]), signed_in_staff().actor
            choose(name, written[name], otherwise, now(), actor)
    flash("ok", "The settings are kept and count from now on.")
    return redirect(url_for("admin.settings.index"), 303)


def _offered() -> dict[str, Changeable]:
    """Those of the law only where it restricts something that is sold here."""
    return {name: one for name, one in CHANGEABLE.items() if restricts() or name not in OF_THE_LAW}


def _now() -> dict[str, str]:
    kept = chosen(list(CHANGEABLE))
    return {name: kept.get(name, str(current_app.config[name])) for name in CHANGEABLE}


def _page(values: dict[str, str], wrong: dict[str, str]) -> str:
    return render_template(
        "admin/settings.html",
        changeable=_offered(),
        values=values,
        wrong=wrong,
        fixed={name for name in CHANGEABLE if is_fixed(name)},
        problems=problems(),
        shown=[(FROM.get(one, one), _said(current_app.config[one]), True) for one in _shown()],
        secret=[(one, "set" if current_app.config[one] else "not set", False) for one in SECRET],
        changes=_changes(),
    )


def _shown() -> list[str]:
    """How goods are paid that not every provider takes: only where there are such goods."""
    some = select(ProductClass.id).where(ProductClass.payment_restricted.is_(True)).limit(1)
    hidden = set() if db.session.scalar(some) else {"RESTRICTED_PROVIDERS"}
    return [name for name in SHOWN if name not in hidden]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _changes() -> list[Change]:
    found = [one for name in CHANGEABLE for one in changes_of(KIND, name, 10)]
    return sorted(found, key=lambda one: one.id, reverse=True)[:20]
