"""Stock to a spreadsheet program and back: nothing edited writes nothing, and every row has its
verdict before anything is written."""

import csv
from io import BytesIO, StringIO

import pytest
from sqlalchemy import func, select

from storefront.extensions import db
from storefront.stock.models import Batch, Movement
from storefront.stock.sheet import MOST_BYTES
from storefront.stock.verifying import findings
from tests.admin.test_stock_grid import moved_meanwhile, on_hand
from tests.factories import a_product, a_variant, an_order
from tests.page import Page
from tests.statements import count_statements

SHEETS = "/admin/stock/sheets"


@pytest.fixture
def keeper(staff_client):
    return staff_client("stock")


def export(browser) -> list[dict[str, str]]:
    text = browser.get(f"{SHEETS}/stock.csv").get_data(as_text=True)
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def written(rows: list[dict[str, str]], delimiter: str = ",", ends: str = "\r\n") -> str:
    text = StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), delimiter=delimiter, lineterminator=ends)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def send(browser, content: str | bytes, name: str = "stock.csv") -> Page:
    raw = content.encode() if isinstance(content, str) else content
    return Page.open(browser, SHEETS, "post", {"file": (BytesIO(raw), name)})


def counts(page: Page) -> dict[str, int]:
    return {
        str(one.dt.get_text()): int(one.dd.get_text())
        for one in page.soup.select(".verdicts > div")
    }


def applied(page: Page, **fields: str) -> Page:
    return page.form("/application").send(**fields)


def lines() -> int:
    return db.session.scalar(select(func.count()).select_from(Movement)) or 0


def test_a_file_nobody_edited_writes_nothing_even_after_a_sale(keeper):
    mug = a_variant(on_hand=5, sku="=CMD()")  # a formula for a spreadsheet program
    a_product("Tea, “loose”\nleaf", variants=[{"sku": "'quoted"}, {"sku": "-5"}])
    text = keeper.get(f"{SHEETS}/stock.csv").get_data()
    assert b"'=CMD()" in text
    moved_meanwhile(mug, -1)
    before = lines()
    page = send(keeper, text)
    assert counts(page) == {"changed": 0, "unchanged": 3, "moved since the export": 0, "wrong": 0}
    assert "This file changes nothing." in page.text
    assert lines() == before


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_an_edited_file_is_applied_as_one_batch_that_can_be_undone(keeper, delimiter, ends):
    mug, jar, tin = (a_variant(on_hand=10, sku=sku) for sku in ("A", "B", "C"))
    rows = export(keeper)
    rows[0]["on_hand"], rows[2]["on_hand"] = "12", "0.0"
    page = send(keeper, "\ufeff" + written(rows, delimiter, ends))
    assert counts(page) == {"changed": 2, "unchanged": 1, "moved since the export": 0, "wrong": 0}
    page = applied(page, reason="counted", note="Winter count")
    assert [on_hand(v) for v in (mug, jar, tin)] == [12, 10, 0]
    batch = db.session.scalars(select(Batch).order_by(Batch.id.desc())).first()
    assert (batch.kind, batch.note) == ("sheet", "Winter count")
    page.form("/reversal").send()
    assert [on_hand(v) for v in (mug, jar, tin)] == [10, 10, 10]
    assert list(findings()) == []


def test_a_row_that_moved_since_the_export_conflicts_and_is_left_out_only_if_one_says_so(keeper):
    mug, jar = a_variant(on_hand=12, sku="A"), a_variant(on_hand=10, sku="B")
    rows = export(keeper)
    rows[0]["on_hand"], rows[1]["on_hand"] = "20", "11"
    page = send(keeper, written(rows))
    moved_meanwhile(mug, 2)
    refused = applied(page, note="Counted")
    assert refused.status == 409
    assert "Now 14, was 12." in refused.text
    assert refused.form("/application").values["note"] == "Counted"
    assert [on_hand(mug), on_hand(jar)] == [14, 10]
    applied(refused, without_conflicts="y")
    assert [on_hand(mug), on_hand(jar)] == [14, 11]


def test_one_wrong_row_is_named_with_its_line_and_none_is_written(keeper):
    mug, jar = a_variant(on_hand=10, sku="A"), a_variant(on_hand=10, sku="B")
    an_order((jar, 3))
    rows = export(keeper)
    spoilt = [
        {**rows[0], "on_hand": "11"}, {**rows[1], "on_hand": "2"},
        {**rows[0], "sku": "NO-SUCH", "on_hand": "1"}, {**rows[0], "on_hand": "12"},
        {**rows[0], "sku": "", "on_hand": "3"}, {**rows[0], "sku": "D", "on_hand": "=1+1"},
        {**rows[0], "sku": "E", "on_hand": "-4"},
        {**rows[0], "sku": "F", "on_hand_when_exported": ""},
    ]  # fmt: skip
    page = send(keeper, written(spoilt))
    assert counts(page) == {"changed": 1, "unchanged": 0, "moved since the export": 0, "wrong": 7}
    said = {
        row.th.get_text(): row.select("td")[-1].get_text(" ").strip()
        for row in page.soup.select("[aria-labelledby=rows-error] tbody tr")
    }
    assert said["Line 3"] == "Orders hold 3."
    assert said["Line 4"] == "No variant has this SKU."
    assert said["Line 5"] == "A is in line 2 already."
    assert said["Line 6"] == "There is no SKU."
    assert "“=1+1”" in said["Line 7"]
    assert "“-4”" in said["Line 8"]
    assert said["Line 9"].startswith("on_hand_when_exported was changed.")
    assert not page.soup.select("form[action$=application]")
    assert Page.open(keeper, f"{page.path}/application", "post").status == 409
    assert [on_hand(mug), on_hand(jar)] == [10, 10]


def test_a_file_is_applied_once(keeper):
    mug = a_variant(on_hand=10, sku="A")
    rows = export(keeper)
    page = send(keeper, written([{**rows[0], "on_hand": "9"}]))
    form = page.form("/application")
    form.send(note="Counted")
    moved_meanwhile(mug, 1)
    again = form.send(note="Counted")
    assert again.status == 409
    assert "applied already" in again.text
    assert on_hand(mug) == 10


def test_a_count_far_off_needs_a_note_here_too(keeper):
    mug = a_variant(on_hand=10, sku="A")
    page = applied(send(keeper, written([{**export(keeper)[0], "on_hand": "500"}])))
    assert page.status == 422
    assert "needs a note" in page.text
    assert on_hand(mug) == 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty."),
        (b"name,price\nMug,5\n", "names no column “sku”"),
        (b"sku,on_hand\nA,5\n", "names no column “on_hand_when_exported”"),
        (b'sku,on_hand\nA,"5\n', "Line 2 cannot be read"),
        (b"PK\x03\x04\x00\x00", "not a CSV file"),
        (b"sku\n\xe9\n", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_stock_list_is_refused_in_words(keeper, content, said):
    page = send(keeper, content)
    assert page.status == 422
    assert said in page.text


def test_no_file_at_all_says_so(keeper):
    page = Page.open(keeper, SHEETS, "post", {"file": (BytesIO(b""), "")})
    assert (page.status, "Choose a CSV file first." in page.text) == (422, True)


def test_200_mb_are_refused_by_their_size_without_being_read(keeper):
    class Huge(BytesIO):
        def tell(self) -> int:
            return 200_000_000 if super().tell() == len(self.getvalue()) else 0

        def read(self, *_: object) -> bytes:
            raise AssertionError("somebody read it")

    answer = keeper.post(
        SHEETS, input_stream=Huge(b"--x"), content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert "This file has 200 MB, and 10 MB is the most." in answer.text
    assert MOST_BYTES == 10_000_000


def test_a_statement_judges_a_thousand_rows(keeper):
    for n in range(3):
        a_variant(on_hand=5, sku=f"S-{n}")
    rows = [{"sku": f"S-{n}", "on_hand": "6", "on_hand_when_exported": "5"} for n in range(3000)]
    page = send(keeper, written(rows))
    assert counts(page)["wrong"] == 2997
    with count_statements() as sent:
        assert keeper.get(page.path).status_code == 200
    judging = [statement for statement in sent if "stock_levels" in statement]
    assert len(judging) == 3
    assert len(sent) <= 10
