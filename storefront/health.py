"""Is the shop alive, is it ready, and what is wrong with it."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from storefront.account.staff import DEMO, all_staff
from storefront.extensions import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """The process answers; the database is not asked."""
    return jsonify(status="alive")


@bp.get("/readyz")
def ready() -> tuple[Response, int]:
    """Database reachable and all revisions applied, or 503 with the reason."""
    found = _database_problems()
    if found:
        return jsonify(status="not ready", problems=found), 503
    return jsonify(status="ready"), 200


def problems() -> list[str]:
    """Everything `flask doctor` complains about."""
    found = _database_problems()
    config = current_app.config
    if config["PRODUCTION"] and not found:
        found += _staff_problems()
    if not config["MAIL_URL"]:
        found.append("MAIL_URL is not set: mails stay in the outbox and are not sent.")
    if config["USES_EMULATOR"]:
        found.append("STRIPE_SECRET_KEY is not set: payments go to the built-in emulator.")
    if not config["SHOWS_DEMO_PAGES"] and not config["PRODUCTION"]:
        found.append("The Stripe key is live: set SHOP_ENV=production, which asks for the rest.")
    media = config["MEDIA_PATH"]
    if not media.is_dir():
        found.append(f"MEDIA_PATH {media} does not exist: pictures will be missing.")
    return found


def _staff_problems() -> list[str]:
    kept = all_staff()
    found = []
    if not any(staff.is_owner and staff.created_by != DEMO for staff in kept):
        found.append("Nobody owns the shop: run flask add-staff EMAIL.")
    if any(staff.created_by == DEMO for staff in kept):
        found.append("The demo’s staff are still there, and not let in: take them off the staff.")
    return found


def _database_problems() -> list[str]:
    wanted = ScriptDirectory(current_app.extensions["migrate"].directory).get_current_head()
    try:
        with db.engine.connect() as connection:
            applied = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as problem:
        return [f"The database does not answer: {type(problem).__name__}."]
    if applied != wanted:
        return [
            f"The database is at revision {applied}, the shop needs {wanted}: run flask db upgrade."
        ]
    return []
