"""The one clock: edges read it and pass the moment on as `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
