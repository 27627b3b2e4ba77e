"""A delivery is received once: in parts, with what is broken, by lot, held back where need be."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from storefront.catalog.models import Product, ProductClass
from storefront.clock import now
from storefront.extensions import db
from storefront.stock.documents import DocumentRefused, made_of
from storefront.stock.inbound import inbound, last_costs
from storefront.stock.models import Lot, Movement, StockLevel
from storefront.stock.purchase_models import Delivery, Document, DocumentPart, PurchaseOrder
from storefront.stock.purchasing import SupplierDetails, add_supplier, draft_order, place, set_line
from storefront.stock.shelf import today
from storefront.stock.undoing import undo
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_product, a_variant
from tests.page import Page


@pytest.fixture
def stock(staff_client):
    return staff_client("stock")


def level(variant_id: int) -> tuple[int, int]:
    found = db.session.get_one(StockLevel, variant_id, populate_existing=True)
    return found.on_hand, found.held_back


def an_order_for(*lines: tuple[str, int], cost: int | None = 450) -> int:
    with write_tx():
        supplier = add_supplier(SupplierDetails("Leaf & Co"), now(), "ada")
        order_id = draft_order(supplier.id, "USD", None, now(), "ada").id
        for sku, quantity in lines:
            set_line(order_id, sku, quantity, cost, now(), "ada")
        place(order_id, now(), "ada")
    return order_id


def receiving(client, order_id: int | None = None):
    path = "/admin/receiving/new" + (f"?order={order_id}" if order_id else "")
    return Page.open(client, path).form("/receiving/new")


def fields(line: int, **values) -> dict[str, object]:
    return {f"lines-{line}-{name}": value for name, value in values.items()}


def reasons(variant_id: int) -> list[tuple[str, int]]:
    found = select(Movement).where(Movement.variant_id == variant_id).order_by(Movement.id)
    return [(line.reason, line.delta) for line in db.session.scalars(found)]


def test_an_order_is_drafted_ordered_and_received_in_parts(stock):
    tea = a_variant(on_hand=0)
    page = Page.open(stock, "/admin/suppliers").form("/suppliers").send(name="Leaf & Co")
    page = Page.open(stock, "/admin/purchase-orders").form("/purchase-orders", 1).send()
    assert "Draft" in page.text
    page = page.form("/lines").send(sku=tea.sku, quantity="10", cost="4.50")
    assert "In all: $45.00" in page.text
    page = page.form("/placing").send()
    assert inbound([tea.id]) == {tea.id: 10}
    order_id = int(page.path.rpartition("/")[2].partition("?")[0])
    page = receiving(stock, order_id).send("receive", **fields(0, arrived="4"))
    assert "The delivery is in the stock." in page.text
    assert (level(tea.id), inbound([tea.id])) == ((4, 0), {tea.id: 6})
    page = Page.open(stock, f"/admin/purchase-orders/{order_id}")
    assert "Part received" in page.text
    receiving(stock, order_id).send("receive", **fields(0, arrived="6"))
    assert inbound([tea.id]) == {}
    page = Page.open(stock, f"/admin/purchase-orders/{order_id}")
    assert "Received" in page.text
    assert page.form("/closing").send().flashes[0].startswith("The order is closed")
    assert last_costs([tea.id], "USD") == {tea.id: 450}


def test_ten_arrive_two_of_them_broken(stock):
    tea = a_variant(on_hand=0)
    order_id = an_order_for((tea.sku, 10))
    receiving(stock, order_id).send("receive", **fields(0, arrived="10", damaged="2"))
    assert level(tea.id) == (8, 0)
    assert reasons(tea.id) == [("received", 10), ("damaged", -2)]
    assert inbound([tea.id]) == {}  # all ten arrived
    assert list(findings()) == []


def test_a_form_sent_twice_is_received_once(stock):
    tea = a_variant(on_hand=0)
    form = receiving(stock, an_order_for((tea.sku, 10)))
    first = form.send("receive", **fields(0, arrived="4"))
    again = form.send("receive", **fields(0, arrived="4"))
    assert first.path == again.path
    assert level(tea.id) == (4, 0)
    assert db.session.scalar(select(func.count()).select_from(Delivery)) == 1


def test_goods_come_with_their_lot_and_day(stock):
    tea = a_variant(on_hand=0)
    day = today(now()) + timedelta(days=300)
    form = receiving(stock, an_order_for((tea.sku, 10)))
    form.send("receive", **fields(0, arrived="5", lot="A-1", best_before=day.isoformat()))
    lot = db.session.scalars(select(Lot)).one()
    assert (lot.code, lot.best_before, lot.state) == ("A-1", day, "released")
    assert "A-1" in Page.open(stock, "/admin/lots").text
    page = Page.open(stock, f"/admin/lots/{lot.id}")
    page = page.form("/state").send(to="quarantine", why="Smells odd")
    assert "quarantine: not for sale" in page.text
    assert level(tea.id) == (5, 5)
    page = page.form("/best-before").send(best_before="2020-01-31", reason="Misread")
    assert "31 January 2020" in page.text
    assert "Misread" in page.text
    assert list(findings()) == []


def test_what_its_class_has_released_first_is_held_back_and_needs_its_lot(stock):
    with write_tx() as session:
        session.add(ProductClass(code="oils", name="Oils", release_required=True))
    oil = a_product().variants[0]
    with write_tx() as session:
        cls = session.scalars(select(ProductClass)).one()
        session.get_one(Product, oil.product_id).class_id = cls.id
    before = level(oil.id)[0]
    form = receiving(stock, an_order_for((oil.sku, 3)))
    page = form.send("receive", **fields(0, arrived="3"))
    assert page.status == 422
    assert "Enter the code of its lot" in page.text
    assert page.form("/new").values["lines-0-arrived"] == "3"
    page.form("/new").send("receive", **fields(0, lot="OIL-7"))
    assert level(oil.id) == (before + 3, 3)


def test_without_an_order_each_scan_finds_a_line_and_keeps_what_was_written(stock):
    tea, mug = a_variant(on_hand=0), a_variant(on_hand=0)
    page = receiving(stock).send("find", scan=tea.sku)
    page = page.form("/new").send("find", scan=mug.sku, **fields(0, arrived="3"))
    page = page.form("/new").send("find", scan=tea.sku, **fields(1, arrived="2"))
    focused = page.soup.select_one("input[autofocus]")
    assert focused["name"] == "lines-0-arrived"
    assert focused["value"] == "3"
    page = page.form("/new").send("find", scan="NO-SUCH")
    assert page.status == 422
    assert page.errors == ["Nothing here has the SKU NO-SUCH. Look at the label again."]
    page.form("/new").send("receive", scan="", reference="DN 9")
    assert (level(tea.id), level(mug.id)) == ((3, 0), (2, 0))
    assert "DN 9" in Page.open(stock, "/admin/receiving?q=DN").text


def test_one_thing_comes_in_two_lots(stock):
    tea = a_variant(on_hand=0)
    form = receiving(stock, an_order_for((tea.sku, 10)))
    page = form.send(another=str(tea.id), **fields(0, arrived="4", lot="A"))
    page.form("/new").send("receive", another=None, **fields(1, arrived="6", lot="B"))
    codes = db.session.scalars(select(Lot.code).order_by(Lot.code)).all()
    assert (level(tea.id), codes) == ((10, 0), ["A", "B"])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"arrived": "2", "damaged": "3"}, "More are damaged than arrived"),
        ({"arrived": "-1"}, "Enter a whole number"),
        ({"arrived": "9999999999"}, "Enter a whole number"),
        ({"arrived": "2", "best_before": "2030-01-01"}, "A day needs a lot"),
        ({"arrived": "2", "cost": "much"}, "Enter an amount"),
        ({"arrived": ""}, "Nothing arrived"),
        ({"arrived": "2", "variant": "999999"}, ""),
        ({"arrived": "2", "variant": "'; --"}, ""),
    ],
)
def test_what_cannot_be_is_refused_with_all_that_was_written(stock, values, said):
    tea = a_variant(on_hand=0)
    form = receiving(stock, an_order_for((tea.sku, 10)))
    page = form.send("receive", reference="DN 1", **fields(0, **values))
    assert page.status == 422
    assert said in page.text
    assert page.form("/new").values["reference"] == "DN 1"
    assert level(tea.id) == (0, 0)


def test_nothing_is_received_of_an_order_that_was_closed(stock):
    tea = a_variant(on_hand=0)
    order_id = an_order_for((tea.sku, 10))
    form = receiving(stock, order_id)
    Page.open(stock, f"/admin/purchase-orders/{order_id}").form("/closing").send()
    page = form.send("receive", **fields(0, arrived="1"))
    assert page.status == 409
    assert level(tea.id) == (0, 0)


def test_a_delivery_that_is_undone_is_to_come_again(stock):
    tea = a_variant(on_hand=0)
    order_id = an_order_for((tea.sku, 10))
    page = receiving(stock, order_id).send("receive", **fields(0, arrived="10"))
    delivery = db.session.scalars(select(Delivery)).one()
    with write_tx():
        undo(delivery.batch_id, now(), "ada")
    assert (level(tea.id), inbound([tea.id])) == ((0, 0), {tea.id: 10})
    assert "Undone" in Page.open(stock, page.path).text


def test_what_was_ordered_stays_as_the_supplier_has_it(stock):
    tea = a_variant(on_hand=0)
    order_id = an_order_for((tea.sku, 10))
    values = {"sku": tea.sku, "quantity": "3", "cost": ""}
    page = Page.open(stock, f"/admin/purchase-orders/{order_id}/lines", "post", values)
    assert page.status == 409
    assert db.session.get_one(PurchaseOrder, order_id).lines[0].quantity == 10


def a_delivery(client) -> str:
    tea = a_variant(on_hand=0)
    page = receiving(client, an_order_for((tea.sku, 10))).send("receive", **fields(0, arrived="1"))
    return page.path


def send_document(client, path: str, name: str, content: bytes) -> Page:
    data = {"document": (BytesIO(content), name)}
    return Page.open(client, f"{path}/documents", "post", data)


def test_a_delivery_note_is_kept_as_it_came_for_staff_only(stock, staff_client, client):
    path = a_delivery(stock)
    pdf = b"%PDF-1.7\n" + b"x" * 300_000 + b"\n%%EOF\n"
    for _ in range(2):
        assert send_document(stock, path, "../note one.pdf", pdf).flashes
    kept = db.session.scalars(select(Document)).one()
    assert db.session.scalar(select(func.count()).select_from(DocumentPart)) == 2
    where = f"/admin/receiving/documents/{kept.id}"
    answer = stock.get(where)
    assert answer.data == pdf
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert staff_client("writer").get(where).status_code == 403
    assert client.get(where).status_code == 303
    with write_tx() as session:
        session.get_one(Document, kept.id).digest = "0" * 64
    assert stock.get(where).status_code == 500


def test_a_photo_of_the_note_is_drawn_anew(stock):
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Secret phone"
    Image.new("RGB", (3000, 4000), "white").save(out, "JPEG", exif=exif)
    assert send_document(stock, a_delivery(stock), "IMG.HEIC.jpg", out.getvalue()).flashes
    kept = db.session.scalars(select(Document)).one()
    content = stock.get(f"/admin/receiving/documents/{kept.id}").data
    assert (kept.kind, kept.name) == ("image/jpeg", "IMG-HEIC.jpg")
    assert b"Secret" not in content
    assert max(Image.open(BytesIO(content)).size) == 2400


@pytest.mark.parametrize("content", [b"", b"<html>%PDF-", b"%PDF-1.4 cut off", b"MZ\x90"])
def test_what_is_neither_a_pdf_nor_a_picture_is_refused(stock, content):
    answer = send_document(stock, a_delivery(stock), "note.pdf", content)
    assert answer.status == 422
    assert db.session.scalars(select(Document)).all() == []


def test_a_file_that_is_too_large_is_refused_unread(stock):
    path = a_delivery(stock)
    answer = stock.post(
        f"{path}/documents",
        environ_overrides={"CONTENT_LENGTH": "200000000"},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 422
    assert "larger than 10 MB" in answer.text
    with pytest.raises(DocumentRefused, match="larger than 5 MB"):
        made_of(b"%PDF-" + b"x" * 6_000_000 + b"%%EOF")
