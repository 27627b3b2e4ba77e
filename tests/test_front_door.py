"""Finished pages are answered before Flask is asked, and nobody can tell but by the clock."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from storefront.catalog.models import Product
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_market, a_product
from tests.statements import count_statements


@pytest.fixture(autouse=True)
def mug(app: Flask) -> Product:
    a_market()
    return a_product("Blue mug", slug="mug")


def seen(client: FlaskClient, path: str, **headers: str):
    answer = client.get(path, headers=headers)
    kept = {name: text for name, text in answer.headers if name != "Date"}
    return answer.status_code, kept, answer.data


@pytest.mark.parametrize("path", ["/", "/products", "/products/mug", "/pages/terms"])
@pytest.mark.parametrize("accepts", ["", "gzip", "gzip, deflate, br, zstd"])
def test_the_second_visitor_gets_what_the_first_one_got(
    client: FlaskClient, path: str, accepts: str
) -> None:
    headers = {"Accept-Encoding": accepts} if accepts else {}
    first = seen(client, path, **headers)
    with count_statements() as sent:
        assert seen(client, path, **headers) == first
    assert len(sent) == 1  # has anything changed?


def test_head_says_the_same_without_the_page(client: FlaskClient) -> None:
    _, headers, body = seen(client, "/products")
    answer = client.head("/products")
    assert answer.headers["Content-Length"] == str(len(body)) == headers["Content-Length"]
    assert answer.data == b""


@pytest.mark.parametrize("accepts", ["", "br"])
def test_a_page_the_browser_has_is_not_sent_again(client: FlaskClient, accepts: str) -> None:
    etag = seen(client, "/products", **{"Accept-Encoding": accepts})[1]["ETag"]
    for _ in range(2):
        status, headers, body = seen(
            client, "/products", **{"Accept-Encoding": accepts, "If-None-Match": etag}
        )
        assert (status, headers["ETag"], body) == (304, etag, b"")


def test_plain_and_compressed_are_not_taken_for_each_other(client: FlaskClient) -> None:
    etag = seen(client, "/products", **{"Accept-Encoding": "br"})[1]["ETag"]
    for _ in range(2):
        assert seen(client, "/products", **{"If-None-Match": etag})[0] == 200


def test_an_edit_shows_at_once(client: FlaskClient) -> None:
    for _ in range(3):
        assert b"Blue mug" in client.get("/products/mug").data
    with write_tx() as session:
        session.execute(db.update(Product).values(name="Red mug"))
        bump_version()
    assert b"Red mug" in client.get("/products/mug").data


def test_what_just_happened_is_said_on_a_page_of_the_visitors_own(client: FlaskClient) -> None:
    for _ in range(2):
        client.get("/products/mug")
    client.post("/cart/lines", data={"sku": _sku(), "quantity": 1, "back": "product"})
    told = client.get("/products/mug")
    assert b"Added Blue mug" in told.data
    assert told.headers["Cache-Control"] == "private, no-store"
    assert b"Added Blue mug" not in client.get("/products/mug").data


def test_who_refuses_an_encoding_does_not_get_it(client: FlaskClient) -> None:
    for _ in range(2):
        headers = seen(client, "/products", **{"Accept-Encoding": "br;q=0, gzip"})[1]
        assert headers["Content-Encoding"] == "gzip"


def test_a_form_is_never_answered_from_here(client: FlaskClient) -> None:
    for _ in range(2):
        client.get("/products")
    assert client.post("/products").status_code == 405


def _sku() -> str:
    return db.session.scalars(db.select(Product)).one().variants[0].sku
