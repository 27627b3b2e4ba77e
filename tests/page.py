"""Reads a response as a shopper does: its heading, messages, links, and forms to fill and send."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Form:
    """A form as it stands on the page, with the values it has."""

    def __init__(self, page: "Page", tag: Tag) -> None:
        self.page, self.tag = page, tag
        self.action = urljoin(page.path, str(tag.get("action") or page.path))
        self.method = str(tag.get("method", "get")).lower()
        self.values = dict(_values(tag))

    def send(self, button: str | None = None, **fields: Any) -> "Page":
        """Fill some fields and press a button (the one with this name, or any)."""
        values = {**self.values, **{name.replace("__", "-"): v for name, v in fields.items()}}
        for name, value in list(values.items()):
            if value is None or value is False:
                del values[name]
        if button is not None:
            found = self.tag.find("button", attrs={"name": button})
            assert isinstance(found, Tag), f"no button {button}"
            values[button] = str(found.get("value", ""))
        return Page.open(self.page.client, self.action, self.method, values)


class Page:
    def __init__(self, client: FlaskClient, response: TestResponse, path: str) -> None:
        self.client, self.response, self.path = client, response, path
        self.status = response.status_code

    @cached_property
    def soup(self) -> BeautifulSoup:
        """Read by the quick parser, and only where somebody looks: test_valid_html.py makes sure
        that our pages mean the same to every one."""
        return BeautifulSoup(self.response.get_data(as_text=True), "html.parser")

    @classmethod
    def open(
        cls,
        client: FlaskClient,
        path: str,
        method: str = "get",
        values: Mapping[str, Any] | None = None,
    ) -> "Page":
        """Open an address, or send a form to it; redirects within the shop are followed."""
        sent = {"query_string": values} if method == "get" else {"data": values}
        response = client.open(path, method=method.upper(), **sent)
        for _ in range(5):
            where = response.headers.get("Location", "")
            if response.status_code not in {301, 302, 303} or not _is_ours(where):
                break
            path = urljoin(path, where)
            response = client.get(path)
        return cls(client, response, path)

    @property
    def location(self) -> str:
        """Where an answer sends the browser, when that is not a page of the shop."""
        return self.response.headers.get("Location", "")

    @property
    def heading(self) -> str:
        found = self.soup.find("h1")
        return " ".join(found.get_text().split()) if found else ""

    @property
    def title(self) -> str:
        found = self.soup.find("title")
        return found.get_text().strip() if found else ""

    @property
    def text(self) -> str:
        main = self.soup.find("main") or self.soup
        return " ".join(main.get_text(" ").split())

    @property
    def errors(self) -> list[str]:
        """What the summary above a form says is wrong."""
        found = self.soup.select(".error-summary__list li")
        return [" ".join(item.get_text().split()) for item in found]

    @property
    def flashes(self) -> list[str]:
        return [
            " ".join(f.get_text().split())
            for f in self.soup.select(".flash--ok .flash__text, .flash--warn .flash__text")
        ]

    def link(self, text: str) -> str:
        for found in self.soup.find_all("a"):
            if text in " ".join(found.get_text().split()):
                return urljoin(self.path, str(found["href"]))
        raise AssertionError(f"no link “{text}” on {self.path}")

    def follow(self, text: str) -> "Page":
        return Page.open(self.client, self.link(text))

    def form(self, action: str = "", index: int = 0) -> Form:
        """The form whose action ends like this, or the first in the page's main part."""
        main = self.soup.find("main") or self.soup
        forms = [Form(self, tag) for tag in main.find_all("form") if isinstance(tag, Tag)]
        fitting = [f for f in forms if urlsplit(f.action).path.endswith(action)]
        assert len(fitting) > index, f"no form for “{action}” on {self.path}: {self.text[:300]}"
        return fitting[index]


def _is_ours(where: str) -> bool:
    parts = urlsplit(where)
    return parts.netloc in {"", "localhost"} and not parts.path.startswith("/_stripe")


def _values(form: Tag) -> list[tuple[str, str]]:
    """What a browser would send if nothing were touched."""
    found = []
    for tag in form.find_all(["input", "select", "textarea"]):
        name = str(tag.get("name", ""))
        kind = str(tag.get("type", "text"))
        if not name or tag.has_attr("disabled") or kind in {"submit", "button"}:
            continue
        if kind in {"checkbox", "radio"} and not tag.has_attr("checked"):
            continue
        if tag.name == "select":
            chosen = tag.find("option", selected=True) or tag.find("option")
            found.append((name, str(chosen.get("value", "")) if isinstance(chosen, Tag) else ""))
        elif tag.name == "textarea":
            found.append((name, tag.get_text().removeprefix("\n")))
        else:
            found.append((name, str(tag.get("value", "on" if kind == "checkbox" else ""))))
    return found
