"""Beside the text: preview, products, cards, pictures; and the link for somebody outside."""

import gzip
import struct
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from storefront.admin.posts import preview_link
from storefront.blog.models import PostPicture
from storefront.catalog.models import ARCHIVED, DRAFT, Product
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.admin.writing import (
    a_picture,
    an_author,
    content,
    editor,
    newest,
    open_editor,
    press,
    publication,
    publish,
    written,
)
from tests.factories import a_product
from tests.page import Page
from tests.valid_html import faults


@pytest.fixture
def writer(staff_client):
    return staff_client("writer")


def send_picture(client, post_id: int, raw: BytesIO, name: str = "a.png", **fields) -> Page:
    form = editor(open_editor(client, post_id))
    values = {**form.values, "picture_alt": "A cup", **fields, "picture": FileStorage(raw, name)}
    path = f"/admin/posts/{post_id}/pictures"
    boundary, sent = encode_multipart(values)
    kind = f"multipart/form-data; boundary={boundary}"
    answer = client.post(path, data=sent, content_type=kind)
    page = Page(client, answer, path)
    answer.close()  # and with it the file that was sent
    assert faults(answer.get_data(as_text=True)) == []
    return page


def huge_png(width: int, height: int) -> BytesIO:
    """A few bytes that claim to be very large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return BytesIO(b"\x89PNG\r\n\x1a\n" + parts)


def test_the_preview_is_the_article_as_readers_have_it_and_saves_nothing(writer):
    a_product("Sencha", slug="sencha", variants=[{"price": 950, "on_hand": 5}])
    post_id = written(writer)
    before = newest(post_id).number
    page = open_editor(writer, post_id)
    body = "## Brew\n\n::product[sencha]\n\n> [!RISK]\n> Hot water.\n"
    page = press(page, editor(page), "/preview", body=body)
    shown = page.soup.select_one("#preview")
    assert shown.select_one("h2#s-brew")
    assert "Sencha" in shown.select_one(".buy-card").get_text()
    assert "$9.50" in shown.select_one(".buy-card").get_text()
    assert shown.select_one(".callout--risk")
    assert editor(page).values["body"] == body
    assert "Not saved yet" in page.soup.select_one("#saved").get_text()
    assert faults(page.response.get_data(as_text=True)) == []
    assert newest(post_id).number == before


@pytest.mark.parametrize("status", [DRAFT, ARCHIVED])
def test_cards_of_what_is_not_sold_say_so_in_the_preview(writer, status):
    a_product("Sencha", slug="sencha", status=status)
    page = open_editor(writer, written(writer))
    page = press(page, editor(page), "/preview", body="::product[sencha]\n\n::product[nothing]\n")
    cards = [card.get_text() for card in page.soup.select("#preview .buy-card")]
    said = "is not on sale yet" if status == DRAFT else "is no longer sold"
    assert said in cards[0]
    assert "names no product" in cards[1]


def test_the_price_in_a_preview_is_that_of_now(writer):
    tea = a_product("Sencha", slug="sencha", variants=[{"price": 950}])
    page = open_editor(writer, written(writer, "::product[sencha]\n"))
    with write_tx() as session:
        session.execute(update(Product).where(Product.id == tea.id).values(name="Shincha"))
    assert "Shincha" in press(page, editor(page), "/preview").soup.select_one("#preview").text


@pytest.mark.parametrize("q", ["senc", "te-9", "green", "SENCHA", "sen green"])
def test_a_product_is_found_by_name_sku_or_tag_and_put_in_at_the_end(writer, q):
    a_product("Sencha", slug="sencha", tags=["Green"], variants=[{"sku": "TE-9", "price": 950}])
    a_product("Mug", slug="mug", tags=["Clay"])
    page = open_editor(writer, written(writer))
    page = press(page, editor(page), "/products", find=q, body="Unsaved words.")
    [found] = page.soup.select("#found li")
    assert "Sencha" in found.get_text()
    assert "$9.50" in found.get_text()
    assert "In stock" in found.get_text()
    assert faults(page.response.get_data(as_text=True)) == []
    page = press(page, editor(page), "/cards", product="sencha")
    assert editor(page).values["body"] == "Unsaved words.\n\n::product[sencha]\n"


def test_a_card_goes_after_the_line_that_script_names(writer):
    a_product("Sencha", slug="sencha")
    page = open_editor(writer, written(writer))
    fields = {"body": "One.\nTwo.\n\nThree.", "product": "sencha", "after_line": "2"}
    values = {**editor(page).values, **fields}
    page = Page.open(writer, page.path + "/cards", "post", values)
    assert editor(page).values["body"] == "One.\nTwo.\n\n::product[sencha]\n\nThree."


def test_an_unknown_product_is_no_card_and_the_text_stays(writer):
    post_id = written(writer)
    values = {**editor(open_editor(writer, post_id)).values, "body": "Mine.", "product": "nothing"}
    page = Page.open(writer, f"/admin/posts/{post_id}/cards", "post", values)
    assert page.status == 422
    assert page.errors == ["There is no such product. Look for it again."]
    assert editor(page).values["body"] == "Mine."


def test_the_picker_has_a_page_of_its_own_with_price_stock_and_status(writer):
    a_product("Sencha", slug="sencha", variants=[{"price": 950, "on_hand": 0}])
    a_product("Sencha old", slug="old", status=ARCHIVED)
    page = Page.open(writer, "/admin/posts/products?q=sencha")
    found = [" ".join(one.get_text().split()) for one in page.soup.select("#found li")]
    assert found[0].startswith("Sencha $9.50 · Out of stock")
    assert found[1].startswith("Sencha old archived")
    assert [one["data-slug"] for one in page.soup.select("#found li")] == ["sencha", "old"]


def test_a_picture_goes_into_the_text_with_what_it_shows_and_is_published(writer, client, app):
    post_id = written(writer)
    page = send_picture(
        writer, post_id, a_picture(), body="Unsaved.", picture_alt="A [green] cup",
        caption='It is "green"',
    )  # fmt: skip
    [digest] = db.session.scalars(select(PostPicture.digest)).all()
    assert editor(page).values["body"] == (
        f'Unsaved.\n\n![A \\[green\\] cup](picture:{digest} "It is ”green”")\n'
    )
    editor(page).send()
    publish(writer, post_id)
    shown = Page.open(client, "/blog/tea-for-one").soup.select_one(".article__figure img")
    assert (shown["alt"], shown["width"], shown["height"]) == ("A [green] cup", "40", "30")
    with client.get(shown["src"]) as answer:
        assert answer.status_code == 200


def test_the_same_picture_sent_twice_is_one(writer):
    post_id = written(writer)
    for _ in range(2):
        assert send_picture(writer, post_id, a_picture()).status == 200
    assert len(db.session.scalars(select(PostPicture.digest)).all()) == 1


def test_a_picture_is_used_as_the_cover_and_taken_out_again(writer):
    post_id = written(writer)
    page = send_picture(writer, post_id, a_picture(), **{"as": "cover"})
    editor(page).send()
    kept = content(post_id)
    assert kept.cover
    assert kept.cover_alt == "A cup"
    editor(open_editor(writer, post_id)).send(no_cover="y")
    assert (content(post_id).cover, content(post_id).cover_alt) == ("", "")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (BytesIO(b"<html><script>alert(1)</script></html>"), "cannot be read as a picture"),
        (BytesIO(b'<svg xmlns="http://www.w3.org/2000/svg"/>'), "cannot be read as a picture"),
        (BytesIO(b"GIF89a<script>alert(1)</script>"), "cannot be read as a picture"),
        (huge_png(40_000, 40_000), "more than 40 million pixels"),
        (huge_png(20_000, 10), "longer than 16,383 pixels"),
        (BytesIO(gzip.compress(b"\0" * 9_000_000)), "cannot be read as a picture"),
        (BytesIO(b""), "Choose a file first."),
        (BytesIO(b"\xff" * (20 * 1024 * 1024 + 1)), "larger than 20 MB"),
    ],
)
def test_what_is_no_picture_is_refused_in_words_and_the_text_stays(writer, raw, said):
    post_id = written(writer)
    page = send_picture(writer, post_id, raw, body="Mine.")
    assert page.status == 422
    assert any(said in error for error in page.errors), page.errors
    assert editor(page).values["body"] == "Mine."
    assert db.session.scalars(select(PostPicture.digest)).all() == []


def test_a_picture_that_is_a_page_too_is_kept_as_pixels_only(writer, app):
    raw = BytesIO(a_picture().getvalue() + b"<script>alert(1)</script>")
    send_picture(writer, written(writer), raw, name="a.html")
    [digest] = db.session.scalars(select(PostPicture.digest)).all()
    files = list(app.config["MEDIA_PATH"].glob(f"{digest}-*"))
    assert files
    assert not any(b"script" in file.read_bytes() for file in files)


def test_a_picture_needs_words_for_those_who_do_not_see_it(writer):
    page = send_picture(writer, written(writer), a_picture(), picture_alt=" ")
    assert page.status == 422
    assert page.errors == ["Say in a few words what the picture shows."]


class TestPreviewLink:
    def link(self, client, post_id: int) -> str:
        return publication(client, post_id).link("Preview link")

    def test_it_shows_the_newest_version_to_who_is_not_signed_in_and_to_no_cache(
        self, writer, client
    ):
        a_product("Sencha", slug="sencha", status=DRAFT)
        author = an_author("Ada Byron")
        post_id = written(writer, "::product[sencha]\n", author=str(author))
        page = Page.open(client, self.link(writer, post_id))
        assert page.heading == "Tea for one"
        assert "Preview of a draft. It is not public." in page.text
        assert "Sencha is not on sale yet" in page.soup.select_one(".buy-card").get_text()
        assert "By Ada Byron" in page.text
        assert page.response.headers["Cache-Control"] == "private, no-store"
        assert "noindex" in page.response.headers["X-Robots-Tag"]
        assert faults(page.response.get_data(as_text=True)) == []
        publish(writer, post_id)
        editor(open_editor(writer, post_id)).send(body="A newer text.\n")
        page = Page.open(client, self.link(writer, post_id))
        assert "A newer text." in page.text

    def test_it_ends_after_a_week(self, writer, client, monkeypatch):
        link = self.link(writer, written(writer))
        later = now() + timedelta(days=7, minutes=1)
        monkeypatch.setattr(preview_link, "now", lambda: later)
        page = Page.open(client, link)
        assert page.status == 410
        assert "This link has expired." in page.text

    @pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "a" * 3000])
    def test_a_changed_one_leads_nowhere(self, writer, client, change):
        path, _, token = self.link(writer, written(writer)).rpartition("/")
        page = Page.open(client, f"{path}/{change(token)}")
        assert page.status == 410
        assert "Tea for one" not in page.text


def test_lists_hold_what_their_names_say_50_at_a_time(writer):
    published = written(writer, title="Published one")
    publish(writer, published)
    written(writer, title="A draft")
    holds = {"drafts": ["A draft"], "published": ["Published one"], "nonsense": ["A draft"]}
    for tab in ("drafts", "scheduled", "published", "withdrawn", "attention", "nonsense"):
        page = Page.open(writer, f"/admin/posts?view={tab}")
        assert [row.get_text().strip() for row in page.soup.select("tbody th a")] == holds.get(
            tab, []
        )
    page = Page.open(writer, "/admin/posts?q=no%25such")
    assert "No articles match." in page.text
    assert page.follow("Clear the search").soup.select("tbody tr")


def test_the_editor_page_is_small(writer):
    """Sizes of experience.md: 18 KB of HTML with an article of 1,500 words in it."""
    post_id = written(writer, "\n\n".join(f"Paragraph {n}. " + "word " * 60 for n in range(25)))
    html = open_editor(writer, post_id).response.get_data()
    assert len(gzip.compress(html, mtime=0)) <= 18_000
