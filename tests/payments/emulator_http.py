"""The real library's calls, answered by an app in this process instead of a server."""

from collections.abc import Mapping
from typing import Any, NoReturn

import stripe
from flask import Flask
from requests.structures import CaseInsensitiveDict

from storefront.payments.stripe_emulator.calling import FAULT_HEADER

CONNECTION_ERROR: Any = stripe.APIConnectionError  # which has no types
DEAD_CONNECTIONS = {"timeout", "answer_lost"}


class WsgiClient(stripe.HTTPClient):
    """Give it to StripeClient(http_client=…), with base_addresses={"api": "http://…/_stripe"}.

    A timeout or a lost answer, switched on in the emulator, arrives as the library's own
    connection error. Retries do not wait, unless that is asked for.
    """

    name = "wsgi"

    def __init__(self, app: Flask, waits: bool = False) -> None:
        super().__init__()
        self.app = app
        self.waits = waits
        self.calls: list[tuple[str, str]] = []

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        self.calls.append((method, url))
        answer = self.app.test_client(use_cookies=False).open(
            url, method=method.upper(), headers=dict(headers or {}), data=post_data
        )
        fault = answer.headers.get(FAULT_HEADER)
        if fault in DEAD_CONNECTIONS:
            raise CONNECTION_ERROR(f"The emulator plays {fault}", should_retry=True)
        # Headers in any case, as the library expects them.
        return answer.get_data(), answer.status_code, CaseInsensitiveDict(answer.headers)

    def request_stream(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise NotImplementedError("Nothing we call streams")

    def close(self) -> None:
        """Nothing is open."""

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return super()._sleep_time_seconds(num_retries) if self.waits else 0.0
