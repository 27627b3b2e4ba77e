"""Carries the library's calls to the emulator in the same process and thread.

Over the shop's own port they would need a second thread for each buyer: with as many buyers at
once as there are threads, all would wait for each other. This way `flask payments reconcile`
works too while no server runs, and behind a proxy that the shop cannot reach itself through.
"""

from collections.abc import Mapping
from contextvars import Context
from typing import Any, NoReturn

import stripe
from flask import Flask
from requests.structures import CaseInsensitiveDict  # type: ignore[import-untyped]
from werkzeug.test import Client, TestResponse

from storefront.payments.stripe_emulator.calling import FAULT_HEADER

CONNECTION_ERROR: Any = stripe.APIConnectionError  # which has no types
DEAD_CONNECTIONS = {"timeout", "answer_lost"}
THIS_MACHINE = {"REMOTE_ADDR": "127.0.0.1"}


class Nearby(stripe.HTTPClient):
    """Give it to StripeClient(http_client=…), with base_addresses={"api": "http://…/_stripe"}."""

    name = "nearby"

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app = app

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **_more: Any,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        answer = self._ask(method, url, headers, post_data)
        fault = answer.headers.get(FAULT_HEADER)
        if fault in DEAD_CONNECTIONS:
            raise CONNECTION_ERROR(f"The emulator plays {fault}", should_retry=True)
        # Headers in any case, as the library expects them.
        return answer.get_data(), answer.status_code, CaseInsensitiveDict(answer.headers)

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str] | None, body: Any
    ) -> TestResponse:
        """In a context of its own: the caller's session and request are not the emulator's."""
        client = Client(self.app, use_cookies=False)
        return Context().run(
            client.open,
            url,
            method=method.upper(),
            headers=dict(headers or {}),
            data=body,
            environ_overrides=THIS_MACHINE,
        )

    def request_stream(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise NotImplementedError("Nothing we call streams")

    def close(self) -> None:
        """Nothing is open."""
