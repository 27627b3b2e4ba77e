"""A stand-in for Stripe on the shop's own port: its API, its pay page, and a small dashboard.

For shops without keys, and for tests. It knows nothing of the shop but where its webhooks go.
"""

import time
from pathlib import Path

from flask import Blueprint, Response, current_app

from storefront.payments.stripe_emulator import api, dashboard, delivery, pay_page
from storefront.payments.stripe_emulator.calling import database

bp = Blueprint("stripe_emulator", __name__, url_prefix="/_stripe")
bp.register_blueprint(api.bp)
bp.register_blueprint(pay_page.bp)
bp.register_blueprint(dashboard.bp)

LOOK_EVERY_SECONDS = 30.0
_looked_at: dict[str, float] = {}


@bp.before_app_request
def take_up_deliveries() -> None:
    """After a restart, what a killed process left unsent is found by the first request."""
    path = database()
    now = time.monotonic()
    if _in_background() and now - _looked_at.get(path, -LOOK_EVERY_SECONDS) > LOOK_EVERY_SECONDS:
        _looked_at[path] = now
        if Path(path).exists():
            url = current_app.config.get("STRIPE_EMULATOR_WEBHOOK_URL")
            if url:
                # The shop may have moved to another port since.
                delivery.set_endpoint(path, url)
            delivery.wake(path)


@bp.before_request
def make_room() -> None:
    Path(database()).parent.mkdir(parents=True, exist_ok=True)


@bp.after_request
def send_events(answer: Response) -> Response:
    if _in_background():
        delivery.wake(database())
    return answer


def _in_background() -> bool:
    return bool(current_app.config.get("STRIPE_EMULATOR_DELIVERY", "thread") == "thread")
