"""Where providers report: the raw body is checked, and worked on before the answer."""

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from storefront.checkout.visit import shop_providers
from storefront.clock import now
from storefront.payments.notices import work_on
from storefront.payments.provider import BadSignature
from storefront.payments.providers import UnknownProvider

bp = Blueprint("webhooks", __name__)
log = structlog.get_logger()


@bp.post("/webhooks/<provider>")
def receive(provider: str) -> Response:
    """200 only when the work is done: anything else makes the provider send it again."""
    providers = shop_providers()
    try:
        chosen = providers.get(provider)
        notice = chosen.read_webhook(request.get_data(cache=False), dict(request.headers))
        if notice is not None:
            work_on(notice, chosen, providers, now())
    except UnknownProvider:
        return _answer(404)
    except RequestEntityTooLarge:
        return _answer(413)
    except BadSignature:
        log.warning("webhook_not_signed", provider=provider)
        return _answer(400)
    except Exception:
        log.exception("webhook_failed", provider=provider)
        return _answer(500)
    return _answer(200)


# Signed by their sender, and sent without any visitor's cookies.
receive.open_to_other_sites = True  # type: ignore[attr-defined]


def _answer(status: int) -> Response:
    return Response(status=status, content_type="text/plain")
