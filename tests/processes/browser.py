"""A buyer's browser, over the network: tests.page.Page reads what it gets."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import requests

from tests.checkout.journey import ADA
from tests.page import Page

HOME = {**ADA, "delivery__country": "US"}


class Answer:
    """A response with the names that Flask's test client gives it."""

    def __init__(self, answer: requests.Response) -> None:
        self.status_code, self.headers, self.text = answer.status_code, answer.headers, answer.text

    def get_data(self, as_text: bool = True) -> str:
        return self.text


class Browser:
    """Keeps cookies as one buyer's browser does; follows nothing by itself."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False  # no proxy between this machine and itself

    def open(
        self,
        path: str,
        method: str = "GET",
        query_string: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        timeout: float = 60,
    ) -> Answer:
        return Answer(
            self.http.request(
                method,
                urljoin(self.url, path),
                params=query_string,
                data=data,
                timeout=timeout,
                allow_redirects=False,
            )
        )

    def get(self, path: str) -> Answer:
        return self.open(path)

    def post(self, path: str, timeout: float = 60, **fields: Any) -> Answer:
        return self.open(path, "POST", data=fields, timeout=timeout)

    def page(self, path: str) -> Page:
        return Page.open(self, path)  # type: ignore[arg-type]

    def to_review(self, sku: str, quantity: int = 1) -> dict[str, str]:
        """Fill the cart and every step; what the last form sends when Pay is pressed."""
        added = self.post("/cart/lines", sku=sku, quantity=quantity)
        assert added.status_code == 303, added.text[:500]
        kept = self.post("/checkout", **_named(HOME), same_billing="y")
        assert kept.status_code == 303, kept.text[:500]
        chosen = self.post("/checkout/delivery", method="standard")
        assert chosen.status_code == 303, chosen.text[:500]
        return self.review()

    def review(self) -> dict[str, str]:
        page = self.page("/checkout/review")
        assert page.heading == "Check and pay", (page.heading, page.text[:300])
        return {**page.form("/checkout/review").values, "provider": "stripe", "terms": "y"}

    def pay(self, pay_url: str) -> Page:
        """Press Pay on the provider's page and come back; the order's page."""
        paid = self.post(pay_url, method="card")
        assert paid.status_code == 303, (paid.status_code, paid.text[:500])
        return self.page(paid.headers["Location"])

    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies)

    def close(self) -> None:
        self.http.close()


def _named(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("__", "-"): value for name, value in fields.items()}
