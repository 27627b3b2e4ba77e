"""Static files: one style sheet in one request, kept for ever, changed with any change."""

import re

import pytest

from storefront.assets import inline_imports
from tests.page import Page


@pytest.fixture
def style(client) -> str:
    sheets = Page.open(client, "/cart").soup.select('link[rel="stylesheet"]')
    return str(sheets[0]["href"])


def test_the_style_sheet_is_one_file_that_browsers_keep(client, style):
    response = client.get(style)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.mimetype == "text/css"
    assert "@import" not in response.get_data(as_text=True)
    assert "Set-Cookie" not in response.headers


def test_every_address_in_the_style_sheet_leads_to_a_file(client, style):
    css = client.get(style).get_data(as_text=True)
    found = re.findall(r'url\("([^"]+)"\)', css)
    assert found
    for address in found:
        path = re.sub(r"[^/]+$", "", style) + address
        assert client.get(path).status_code == 200, address


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_compressed_answers_say_so_and_have_an_etag_of_their_own(client, style, coding):
    plain = client.get(style, headers={"Accept-Encoding": "identity"})
    packed = client.get(style, headers={"Accept-Encoding": coding})
    assert packed.headers["Content-Encoding"] == coding
    assert len(packed.data) < len(plain.data) / 2
    assert packed.headers["ETag"] != plain.headers["ETag"]
    again = client.get(
        style, headers={"Accept-Encoding": coding, "If-None-Match": packed.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_an_older_version_still_answers_but_is_not_kept(client, style):
    old = re.sub(r"/static/[^/]+/", "/static/0ldver5ion00/", style)
    response = client.get(old)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["../config.py", "%2e%2e/config.py", "css/no-such.css", "css"])
def test_nothing_outside_the_folder_is_served(client, path):
    assert client.get(f"/static/x/{path}").status_code == 404


@pytest.mark.parametrize("odd", ["css/./shop.css", "css//shop.css", "css/x/../shop.css"])
def test_a_file_is_kept_in_memory_under_one_name_only(client, app, odd):
    client.get("/static/x/css/shop.css")
    kept = len(app.extensions["assets"].known)
    assert client.get(f"/static/x/{odd}", follow_redirects=True).status_code == 200
    assert len(app.extensions["assets"].known) == kept


def test_imports_are_written_out_in_their_layers(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.css").write_text('b { background: url("../c.png") }')
    css = inline_imports('@import url("parts/a.css") layer(base);\n', tmp_path)
    assert css.startswith("@layer base {")
    assert 'url("../c.png")' in css
