"""The shop's own way to its emulator, with notes of what was called and without waiting."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from storefront.payments.stripe_emulator.nearby import Nearby


class WsgiClient(Nearby):
    """Retries do not wait, unless that is asked for."""

    def __init__(self, app: Flask, waits: bool = False) -> None:
        super().__init__(app)
        self.waits = waits
        self.calls: list[tuple[str, str]] = []

    def request(  # type: ignore[override]
        self, method: str, url: str, *rest: Any, **more: Any
    ) -> tuple[bytes, int, Mapping[str, str]]:
        self.calls.append((method, url))
        return super().request(method, url, *rest, **more)

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return super()._sleep_time_seconds(num_retries) if self.waits else 0.0
