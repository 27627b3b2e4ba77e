"""Catalogue files in and out by the admin's pages: dry run, choice, progress, what came of it."""

import csv
from io import BytesIO, StringIO

import pytest

from storefront.catalog.models import Picture, Product
from storefront.clock import now
from storefront.extensions import db
from storefront.jobs import check_and_import
from storefront.transactions import write_tx
from storefront.uploads import reading, steps
from storefront.uploads.models import Upload
from tests.factories import a_product
from tests.page import Page
from tests.statements import count_statements
from tests.uploads.files import SIMPLE, a_picture, checked, sent, table, upload, zip_of

ROWS = [("A", "Assam", "9.50", 3), ("B", "=Bowl <b>", "x", 0), ("C", "Caddy", "12.00", 1)]


def send(client, content: bytes | str, name: str = "file.csv", **more: str) -> Page:
    raw = content.encode() if isinstance(content, str) else content
    answer = client.post(
        "/admin/catalog/uploads", data={"file": (BytesIO(raw), name), **more},
        follow_redirects=False,
    )  # fmt: skip
    return (
        Page.open(client, answer.location)
        if answer.status_code == 303
        else Page(client, answer, "")
    )


def shown(page: Page) -> list[list[str]]:
    rows = page.soup.select("table.file-rows tbody tr")
    return [[" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in rows]


def test_from_the_file_to_the_shop(app, staff_client):
    client = staff_client("stock")
    page = send(client, table(SIMPLE, ROWS), "spring.csv")
    assert page.heading == "spring.csv"
    assert "It begins in a moment" in page.text
    assert client.get(page.path).headers["Refresh"] == "2"
    check_and_import(app)
    page = Page.open(client, page.path)
    assert "Refresh" not in client.get(page.path).headers
    assert shown(page) == [["Line 3", 'price is missing or not written like "12.50"']]
    assert [one.get_text() for one in page.soup.select(".report__period")] == ["Wrong: 1", "New: 2"]
    new = Page.open(client, f"{page.path}?show=new")
    assert [row[:2] for row in shown(new)] == [
        ["Line 2", "Assam (product A)"], ["Line 4", "Caddy (product C)"],
    ]  # fmt: skip
    refused = page.form("/import").send()
    assert refused.status == 422
    assert "Put them right" in refused.text
    assert db.session.query(Product).count() == 0
    begun = refused.form("/import").send(way="rows")
    assert "Importing row by row" in begun.text
    check_and_import(app)
    done = Page.open(client, page.path)
    assert "What it did" in done.text
    assert {one.code for one in db.session.query(Product)} == {"A", "C"}
    rows = list(
        csv.reader(StringIO(client.get(f"{page.path}/wrong.csv").text.removeprefix("\ufeff")))
    )
    assert rows[1] == ["3", "", 'price is missing or not written like "12.50"']
    listed = Page.open(client, "/admin/catalog")
    assert listed.soup.select_one("tbody th a").get_text() == "spring.csv"


def test_the_page_says_how_far_it_is(app, staff_client):
    client = staff_client()
    upload_id = sent(app, table(SIMPLE, ROWS))
    with write_tx() as session:
        kept = session.get_one(Upload, upload_id)
        kept.state, kept.rows, kept.done = "importing", 8000, 2000
    page = Page.open(client, f"/admin/catalog/uploads/{upload_id}")
    bar = page.soup.progress
    assert (bar["value"], bar["max"]) == ("25", "100")
    assert "25 %: 2,000 of 8,000" in page.text
    assert not page.soup.select("form[action$='/import']")
    assert client.post(f"/admin/catalog/uploads/{upload_id}/removal").status_code == 409
    assert client.post(
        f"/admin/catalog/uploads/{upload_id}/import", data={"way": "all"}
    ).status_code == 409  # fmt: skip


def test_a_file_that_is_too_large_is_refused_before_it_is_read(staff_client):
    class Never(BytesIO):
        """A body of 200 MB that fails whoever reads it."""

        def read(self, *_: object) -> bytes:
            raise AssertionError("it was read")

        readline = readinto = read  # type: ignore[assignment]

    client = staff_client()
    answer = client.post(
        "/admin/catalog/uploads",
        input_stream=Never(),
        environ_overrides={"CONTENT_LENGTH": "200000000"},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "This file has 200 MB, and 32 MB is the most. Send it in parts." in answer.text
    assert db.session.query(Upload).count() == 0


def test_what_a_form_lacks_is_said_at_the_field(staff_client):
    client = staff_client()
    page = Page(client, client.post("/admin/catalog/uploads", data={}), "")
    assert page.status == 422
    assert "Choose a CSV file first." in page.text
    upload_page = client.post("/admin/catalog/uploads/1/import", data={"way": "x"})
    assert upload_page.status_code == 404


def test_a_file_of_another_kind_says_what_is_wrong(app, staff_client):
    client = staff_client()
    page = send(client, b"\x89PNG\r\n\x1a\n\x00\x00", "picture.csv")
    check_and_import(app)
    page = Page.open(client, page.path)
    assert "Nothing was imported." in page.text
    page.form("/removal").send()
    assert db.session.query(Upload).count() == 0


def test_rows_come_fifty_a_page_in_as_many_statements(app, staff_client):
    client = staff_client()
    few = checked(app, table(SIMPLE, [(f"F{n}", f"Few {n}", "1.00", 1) for n in range(3)]))
    many = checked(app, table(SIMPLE, [(f"M{n}", f"Many {n}", "1.00", 1) for n in range(60)]))
    client.get(f"/admin/catalog/uploads/{few.id}")
    client.get(f"/admin/catalog/uploads/{many.id}")
    with count_statements() as of_few:
        client.get(f"/admin/catalog/uploads/{few.id}")
    with count_statements() as of_many:
        page = Page.open(client, f"/admin/catalog/uploads/{many.id}")
    assert len(of_many) == len(of_few) <= 10
    assert len(shown(page)) == 50
    rest = Page.open(client, page.soup.find("a", rel="next")["href"])
    assert [row[0] for row in shown(rest)] == [f"Line {n}" for n in range(52, 62)]


def test_the_export_comes_back_and_changes_nothing(app, staff_client):
    a_product("=Tea", code="T", tags=["a | b"], variants=[{"on_hand": 3}, {"on_hand": 0}])
    client = staff_client()
    for path in ("products.csv", "catalogue.jsonl"):
        answer = client.get(f"/admin/catalog/{path}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        page = send(client, answer.data, path)
        check_and_import(app)
        page = Page.open(client, page.path)
        assert [one.get_text() for one in page.soup.select(".report__period")] == [
            "As they were: 1"
        ]
        assert "There is nothing to write" in page.text


SHOPIFY = table(
    ("Handle", "Title", "Variant Price", "Image Src", "Image Alt Text"),
    [("cup", "Cup", "5.00", "https://cdn.example/files/Cup%20A.png?v=1", "A red cup"),
     ("cup", "", "", "https://cdn.example/gone.png", "")],
)  # fmt: skip


def test_pictures_come_in_a_zip_and_what_is_missing_is_named(app, staff_client):
    client = staff_client()
    page = send(client, SHOPIFY)
    check_and_import(app)
    page = Page.open(client, page.path)
    assert "names 2 pictures that are elsewhere" in page.text
    listed = client.get(f"{page.path}/pictures.csv").text
    assert "cup,cup a.png,https://cdn.example/files/Cup%20A.png?v=1,A red cup" in listed
    bad = client.post(f"{page.path}/pictures", data={"pictures": (BytesIO(b"no"), "p.zip")})
    assert bad.status_code == 422
    assert "This is not a ZIP file" in bad.text
    good = zip_of(**{"CUP A__png": a_picture(), "other__png": a_picture("blue")})
    client.post(f"{page.path}/pictures", data={"pictures": (BytesIO(good), "p.zip")})
    Page.open(client, page.path).form("/import").send()
    check_and_import(app)
    done = Page.open(client, page.path)
    assert "Pictures that are missing: gone.png: not in the ZIP" in done.text
    (picture,) = db.session.query(Picture)
    assert (picture.alt, picture.width, picture.position) == ("A red cup", 40, 0)
    kept = upload(int(page.path.rpartition("/")[2]))
    assert (kept.state, kept.percent) == ("imported", 100)


@pytest.mark.parametrize("role", ["orders", "writer"])
def test_others_are_not_shown_it(staff_client, role):
    for path in ("", "/uploads/1", "/products.csv", "/catalogue.jsonl"):
        assert Page.open(staff_client(role), f"/admin/catalog{path}").status == 403


def test_a_file_that_is_worked_on_is_not_thrown_away_under_the_worker(app):
    upload_id = sent(app, table(SIMPLE, ROWS))
    with write_tx():
        steps.claim(now())
    with pytest.raises(steps.NotNow), write_tx():
        steps.throw_away(upload_id)


def test_the_largest_file_is_what_the_page_says(staff_client):
    page = Page.open(staff_client(), "/admin/catalog")
    assert f"at most {reading.LARGEST // 1_000_000} MB" in page.text
