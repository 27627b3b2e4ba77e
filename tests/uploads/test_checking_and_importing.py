"""A file of products: what it would do row by row, and what it did; bad files and bad luck."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from storefront.audit import changes_of
from storefront.catalog.models import PriceChange, Product
from storefront.clock import now
from storefront.extensions import db
from storefront.jobs import check_and_import, forget_uploads, uploads_place
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from storefront.uploads import steps
from storefront.uploads.models import CHECKING, IMPORTING, Upload
from storefront.uploads.steps import NothingToImport, NotNow, claim, queue_import
from tests.factories import a_collection, a_product, a_variant, an_order
from tests.uploads.files import (
    SIMPLE,
    checked,
    imported,
    on_hand,
    product,
    rows_of,
    sent,
    table,
    upload,
    variants_of,
)

GOOD = [("A", "Assam", "9.50", 3), ("B", "Bowl", "20.00", 0), ("C", "Caddy", "12.00", "")]


def test_the_dry_run_says_what_each_row_would_do_and_writes_nothing(app):
    a_product("Assam", code="A", slug="assam", variants=[{"price": 900, "on_hand": 5}])
    a_product("Bowl", code="B", slug="bowl", variants=[{"price": 2000, "on_hand": 0}])
    rows = [*GOOD, ("", "Nameless", "1.00", 1), ("D", "Dish", "ten", 1), ("E", "Egg", "2.00", "-1")]
    found = checked(app, table(SIMPLE, rows))
    assert (found.state, found.kind, found.rows, found.percent) == ("checked", "table", 6, 100)
    assert found.counts == {"wrong": 3, "new": 1, "changed": 1, "same": 1}
    (changed,) = rows_of(found, "changed")
    assert (changed.number, changed.subject) == (2, "Assam (product A)")
    assert changed.changes == [["price", "9.00", "9.50"], ["stock", 5, 3]]
    assert [row.number for row in rows_of(found, "same")] == [3]
    assert [row.number for row in rows_of(found, "new")] == [4]
    assert [(row.number, row.words) for row in rows_of(found, "wrong")] == [
        (5, "sku is missing or not a text"),
        (6, 'price is missing or not written like "12.50"'),
        (7, "stock is no whole number from 0 to 1000000"),
    ]
    assert product("A").variants[0].price_minor == 900
    assert db.session.query(Product).count() == 2


def test_a_wrong_row_keeps_the_whole_file_out_unless_rows_are_wanted(app):
    found = checked(app, table(SIMPLE, [*GOOD, ("D", "Dish", "ten", 1)]))
    with pytest.raises(NothingToImport), write_tx():
        queue_import(found.id, per_row=False)
    assert db.session.query(Product).count() == 0
    with write_tx():
        queue_import(found.id, per_row=True)
    check_and_import(app)
    done = upload(found.id)
    assert (done.state, done.counts) == ("imported", {"wrong": 1, "new": 3})
    assert [one.code for one in db.session.query(Product).order_by(Product.id)] == ["A", "B", "C"]
    assert (on_hand("A"), on_hand("B")) == (3, 0)
    assert list(findings()) == []


def test_a_whole_file_comes_in_at_once_and_again_changes_nothing(app):
    content = table(SIMPLE, GOOD)
    done = imported(app, content)
    assert (done.state, done.counts, done.done) == ("imported", {"new": 3}, 3)
    assert product("A").slug == "assam"
    again = imported(app, content, per_row=True)
    assert again.counts == {"same": 3}


def test_what_a_file_changed_stands_in_the_products_log_and_its_price_history(app):
    imported(app, table(SIMPLE, GOOD))
    imported(app, table(SIMPLE, [("A", "Assam Gold", "11.00", 3)]))
    newest, first = changes_of("product", product("A").id)
    assert newest.actor == "Ada, by file"
    assert newest.differences == [("name", "Assam", "Assam Gold"), ("price", "9.50", "11.00")]
    assert first.action == "imported"
    prices = db.session.query(PriceChange.price_minor).filter_by(
        variant_id=product("A").variants[0].id
    )
    assert [minor for (minor,) in prices.order_by(PriceChange.id)] == [950, 1100]


def test_a_product_of_several_rows_comes_as_a_whole_or_not_at_all(app):
    columns = ("product", "name", "options", "sku", "values", "price")
    rows = [
        ("TE", "Tea", "Size", "TE-1", "50 g", "5.00"), ("TE", "", "", "TE-2", "100 g", "9.00"),
        ("CU", "Cup", "Size", "CU-1", "S", "5.00"), ("CU", "", "", "CU-2", "L", "x"),
        ("PO", "Pot", "Size", "PO-1", "S", "5.00"), ("PO", "Pan", "", "PO-2", "L", "6.00"),
    ]  # fmt: skip
    done = imported(app, table(columns, rows), per_row=True)
    assert [(row.number, row.words) for row in rows_of(done, "wrong")] == [
        (5, 'price is missing or not written like "12.50"'), (7, "name differs from line 6"),
    ]  # fmt: skip
    assert [one.option_values for one in variants_of("TE")] == [["50 g"], ["100 g"]]
    assert db.session.query(Product).count() == 1


def test_the_same_sku_twice_is_told_at_the_second_line(app):
    found = checked(app, table(SIMPLE, [*GOOD, ("B", "Bowl again", "3.00", 1)]))
    assert [(row.number, row.words) for row in rows_of(found, "wrong")] == [
        (5, "the product B is in this file twice")
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"sku,title\nA,b\n", "Columns are missing: name, price"),
        (b"sku,name,price\nA,M\xfcsli,1.00\n", "not UTF-8"),
        (b'sku,name,price\nA,"never closed,1.00\n', "quotation mark"),
        (b'sku,name,price\nA,"' + b"x," * 70_000, "too long"),
        (b'{"type": "meta", "currency": "EUR"}\n', "priced in EUR"),
        (b"PK\x03\x04\x14\x00\x08\x00\x08", "not a CSV file"),
    ],
    ids=["empty", "columns", "encoding", "quote", "bomb", "currency", "zip"],
)
def test_what_cannot_be_read_is_refused_in_words(app, content, said):
    found = checked(app, content)
    assert found.state == "refused"
    assert said in found.message
    assert found.finished_at is not None


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffsku;name;price;stock\r\nA;Assam;9,50;3\r\n".encode(),
        b"SKU\tName\tPrice\tStock\rA\tAssam\t9.50\t3\r",
        'sku,name,price,stock\n"A","Assam","9.5",3\n'.encode("utf-16"),
    ],
    ids=["bom-semicolons-comma", "tabs-cr-capitals", "utf-16"],
)
def test_tables_come_in_as_programs_save_them(app, content):
    assert imported(app, content).counts == {"new": 1}
    assert (product("A").variants[0].price_minor, on_hand("A")) == (950, 3)


def test_columns_nobody_knows_are_named_and_those_left_out_change_nothing(app):
    a_collection("tea")
    a_product("Assam", code="A", slug="here", tags=["old"], collections=("tea",), summary="Said.")
    done = imported(app, "sku,name,price,colour\nA,Assam,12.50,red\n")
    assert done.counts == {"same": 1}
    assert "colour" in done.notes[0]
    kept = product("A")
    assert (kept.slug, kept.tags, kept.summary) == ("here", ["old"], "Said.")
    done = imported(app, "sku,name,price,tags,collections\nA,Assam,12.50,new | x,\n")
    assert rows_of(done, "changed")[0].changes == [
        ["tags", ["old"], ["new", "x"]], ["collection", "tea", None],
    ]  # fmt: skip


def test_sales_come_with_a_file_and_end_with_one(app):
    moment = now()
    a_product("Assam", code="A", slug="assam", variants=[{"price": 1000}])
    ends = (moment + timedelta(days=2)).isoformat()
    columns = "sku,name,price,sale_price,sale_ends"
    imported(app, f"{columns}\nA,Assam,10.00,8.00,{ends}\n")
    (variant,) = variants_of("A")
    assert variant.on_sale(now())
    sale = db.session.query(PriceChange).filter_by(sale=True).one()
    assert (sale.price_minor, sale.valid_to) == (800, variant.sale_ends_at)
    assert imported(app, f"{columns}\nA,Assam,10.00,8.00,{ends}\n").counts == {"same": 1}
    imported(app, f"{columns}\nA,Assam,10.00,,\n")
    assert not variants_of("A")[0].on_sale(now())
    db.session.expire_all()
    assert db.session.query(PriceChange).filter_by(sale=True).one().valid_to < now()
    found = checked(app, f"{columns}\nA,Assam,10.00,10.00,\n")
    assert rows_of(found, "wrong")[0].words == "sale_price is not lower than price"


def test_less_than_orders_hold_is_wrong(app):
    held = a_variant(on_hand=5)
    an_order((held, 3))
    name = db.session.get_one(Product, held.product_id).name
    found = checked(app, table(SIMPLE, [(held.sku, name, "12.50", 2)]))
    assert "orders hold 3" in rows_of(found, "wrong")[0].words


def test_who_follows_may_stand_further_down(app):
    columns = ("sku", "name", "price", "status", "successor")
    rows = [(f"O{n}", f"Old {n}", "1.00", "archived", "N") for n in range(3)]
    rows.append(("N", "New", "2.00", "active", ""))
    rows.append(("X", "Odd", "2.00", "active", "nobody"))
    done = imported(app, table(columns, rows), per_row=True)
    assert [row.number for row in rows_of(done, "wrong")] == [6]
    assert {product(f"O{n}").successor_id for n in range(3)} == {product("N").id}


def test_two_files_at_once_do_not_meet(app):
    first = sent(app, table(SIMPLE, GOOD))
    second = sent(app, table(SIMPLE, [("Z", "Zest", "1.00", 1)]))
    check_and_import(app)
    assert upload(first).counts == {"new": 3}
    assert upload(second).counts == {"new": 1}
    for one in (second, first):
        with write_tx():
            queue_import(one, per_row=False)
    with pytest.raises(NotNow), write_tx():
        queue_import(first, per_row=True)
    check_and_import(app)
    assert {upload(one).state for one in (first, second)} == {"imported"}
    assert db.session.query(Product).count() == 4


def test_nobody_else_is_given_what_is_worked_on_until_the_worker_is_dead(app):
    one, other = sent(app, table(SIMPLE, GOOD)), sent(app, table(SIMPLE, GOOD))
    with write_tx():
        assert claim(now()) == (one, CHECKING)
    with write_tx():
        assert claim(now()) == (other, CHECKING)
    with write_tx():
        assert claim(now()) is None
    with write_tx():
        steps.go_on(other, now() + timedelta(minutes=9), done=1)
    with write_tx():
        assert claim(now() + timedelta(minutes=2)) == (one, CHECKING)


def test_an_import_goes_on_after_a_restart(app, monkeypatch):
    """The worker is killed in the middle: what was written stays once, the rest follows."""
    rows = [(f"P{n}", f"Product {n}", "3.00", n) for n in range(450)]
    found = checked(app, table(SIMPLE, rows))
    with write_tx():
        queue_import(found.id, per_row=True)

    class Killed(BaseException):
        pass

    def die(*_: object, done: int = 0, **__: object) -> None:
        if done == 400:
            raise Killed

    with monkeypatch.context() as power:
        power.setattr("storefront.uploads.working.go_on", die)
        with pytest.raises(Killed):
            check_and_import(app)
    assert db.session.query(Product).count() == 400
    assert upload(found.id).state == IMPORTING
    check_and_import(app)  # it may still be alive
    assert db.session.query(Product).count() == 400
    with write_tx() as session:
        session.execute(update(Upload).values(claimed_at=now() - timedelta(minutes=2)))
    check_and_import(app)
    assert upload(found.id).state == "imported"
    assert db.session.query(Product).count() == 450
    assert on_hand("P449") == 449
    assert list(findings()) == []


def test_old_files_are_forgotten_with_what_was_found_of_them(app):
    found = checked(app, table(SIMPLE, GOOD))
    folder = uploads_place(app).folder / found.folder
    assert folder.exists()
    forget_uploads(app)
    assert folder.exists()
    with write_tx() as session:
        session.execute(update(Upload).values(created_at=now() - timedelta(days=91)))
    forget_uploads(app)
    assert not folder.exists()
    assert db.session.query(Upload).count() == 0


def test_a_file_that_went_missing_is_told(app):
    upload_id = sent(app, table(SIMPLE, GOOD))
    (uploads_place(app).folder / upload(upload_id).folder / "file").unlink()
    check_and_import(app)
    assert "not there any more" in upload(upload_id).message
