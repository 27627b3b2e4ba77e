"""CSV as programs write it, read; and as we write it, read back."""

import pytest

from storefront.spreadsheets import (
    LONGEST_LINE,
    BadSheet,
    as_it_left,
    csv_file,
    read_csv,
    read_rows,
)

CELLS = ["=1+1", "+5", "-3", "@me", "'quoted", "'=1", "''", "plain", "a;b,c\td", 'say "ah"', "é\n2"]


def rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, row.cells) for row in read_csv(content, 100).rows]


@pytest.mark.parametrize(
    "content",
    [
        b"sku,on_hand\nA,1\nB,2\n",
        b"\xef\xbb\xbfsku,on_hand\r\nA,1\r\nB,2",
        b"sku;on_hand\rA;1\rB;2\r",
        b" sku \ton_hand\nA\t1\nB\t2",
        b'"sku","on_hand"\n"A","1"\n"B","2"\n,\n\n',
        "sku\ton_hand\r\nA\t1\r\nB\t2".encode("utf-16"),
    ],
    ids=["plain", "mark-crlf", "semicolons-cr", "tabs", "quotes-blank-lines", "utf-16"],
)
def test_a_table_is_read_however_a_program_wrote_it(content):
    assert rows(content) == [(2, {"sku": "A", "on_hand": "1"}), (3, {"sku": "B", "on_hand": "2"})]


def test_a_line_that_only_names_the_delimiter_is_not_the_first_row():
    assert rows(b"sep=;\r\nsku;n\r\nA,1;2\r\n") == [(3, {"sku": "A,1", "n": "2"})]


def test_lines_are_counted_as_an_editor_counts_them():
    content = b'sku,note\nA,"one\ntwo"\n\nB,x\n'
    assert [line for line, _ in rows(content)] == [2, 5]


def test_a_row_with_more_cells_than_columns_says_so_and_a_short_one_is_filled_up():
    long, short = read_csv(b"a,b\n1,2,3\n1\n", 9).rows
    assert long.problem == "it has 3 cells, and the first line names 2"
    assert (short.cells, short.problem) == ({"a": "1", "b": ""}, "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"sku,sku\nA,B\n", "sku is there twice"),
        (b"sku\nCaf\xe9\n", "Line 2 holds letters that are not UTF-8"),
        (b'sku,n\nA,"1\n', "Line 2 cannot be read"),
        (b"PK\x03\x04\x00\x00", "not a CSV file"),
        (b"sku\nA\nB\nC\n", "more than 2 rows"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content, said):
    with pytest.raises(BadSheet, match=said):
        read_csv(content, 2)


def test_no_cell_we_write_is_a_formula_and_all_come_back_as_they_left(app):
    with app.test_request_context():
        content = csv_file("x", ["a"], [[cell] for cell in CELLS]).get_data()
    kept = [row.cells["a"] for row in read_csv(content, 100).rows]
    assert not [cell for cell in kept if cell.startswith(("=", "+", "-", "@"))]
    assert [as_it_left(cell) for cell in kept] == CELLS


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b'a,b\n1,2\n3,"' + b"4,5\n" * 60_000, 3, "a cell is too long"),
        (b'a,b\n"1"x,2\n', 2, "quotation mark"),
        (b"a,b\n" + b"1,2\r" * 9000 + b"M\xfcsli,3\n", 9002, "not UTF-8"),
        (b"a,b\n" + b"x" * (LONGEST_LINE + 1), 2, "too long to be one of a table"),
    ],
    ids=["cell-without-end", "letters-after-a-quote", "far-down", "line-without-end"],
)
def test_what_cannot_be_read_on_is_told_with_its_line(content, line, said):
    with pytest.raises(BadSheet, match=said) as refused:
        read_csv(content, 100_000)
    assert refused.value.line == line


class Endless:
    """A file without a line end that says how much of it was asked for."""

    given = 0
    closed = False

    def __getattr__(self, name: str):
        return {"readable": lambda: True, "flush": lambda: None}.get(name, lambda: False)

    def read(self, size: int) -> bytes:
        self.given += size
        return b"x" * size

    read1 = read

    def seek(self, _place: int) -> None:
        pass


def test_of_a_file_without_line_ends_no_more_is_read_than_a_line_may_have():
    file = Endless()
    with pytest.raises(BadSheet, match="too long"):
        read_rows(file)  # type: ignore[arg-type]
    assert file.given < 2 * LONGEST_LINE
