"""What the shop logs: one line an event, JSON in production, readable while developing."""

import secrets

import structlog
from flask import Flask, g, request


def _name_request() -> None:
    """Every line logged while answering carries the request's own name."""
    g.request_id = request.headers.get("X-Request-Id", "")[:64] or secrets.token_hex(6)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def init_app(app: Flask) -> None:
    renderer: structlog.typing.Processor
    if app.config["PRODUCTION"]:
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if app.config["PRODUCTION"] else []),
            renderer,
        ],
        cache_logger_on_first_use=False,
    )
    app.before_request(_name_request)
