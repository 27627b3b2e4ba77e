"""Files as people send them, and what becomes of them without a page in between."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

from flask import Flask
from PIL import Image

from storefront.catalog.models import Product, Variant
from storefront.clock import now
from storefront.extensions import db
from storefront.jobs import check_and_import, uploads_place
from storefront.stock.models import StockLevel
from storefront.transactions import write_tx
from storefront.uploads.models import Upload, UploadRow
from storefront.uploads.steps import begin, new_folder, queue_import
from storefront.uploads.working import ARCHIVE, FILE

SIMPLE = ("sku", "name", "price", "stock")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = StringIO()
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue()


def sent(app: Flask, content: str | bytes, name: str = "file.csv", pictures: bytes = b"") -> int:
    """An upload that nobody has looked at yet; its id."""
    folder = new_folder()
    path = uploads_place(app).folder / folder
    path.mkdir(parents=True)
    (path / FILE).write_bytes(content.encode() if isinstance(content, str) else content)
    if pictures:
        (path / ARCHIVE).write_bytes(pictures)
    with write_tx():
        return begin(folder, name, "Ada", now()).id


def checked(app: Flask, content: str | bytes, **more: bytes) -> Upload:
    upload_id = sent(app, content, **more)  # type: ignore[arg-type]
    check_and_import(app)
    return upload(upload_id)


def imported(app: Flask, content: str | bytes, per_row: bool = False, **more: bytes) -> Upload:
    found = checked(app, content, **more)
    with write_tx():
        queue_import(found.id, per_row)
    check_and_import(app)
    return upload(found.id)


def upload(upload_id: int) -> Upload:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Upload, upload_id)


def rows_of(found: Upload, verdict: str) -> list[UploadRow]:
    rows = db.session.query(UploadRow).filter_by(upload_id=found.id, verdict=verdict)
    return list(rows.order_by(UploadRow.number, UploadRow.id))


def product(code: str) -> Product:
    return db.session.query(Product).filter_by(code=code).one()


def variants_of(code: str) -> list[Variant]:
    return [one for one in product(code).variants if not one.archived]


def on_hand(sku: str) -> int | None:
    found = (
        db.session.query(StockLevel.on_hand)
        .join(Variant, Variant.id == StockLevel.variant_id)
        .filter(Variant.sku == sku)
        .one_or_none()
    )
    return found[0] if found else None


def zip_of(**files: bytes) -> bytes:
    """ZIP of files; two underscores in a name stand for a dot."""
    kept = BytesIO()
    with ZipFile(kept, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"some folder/{name.replace('__', '.')}", content)
    return kept.getvalue()


def a_picture(colour: str = "red") -> bytes:
    kept = BytesIO()
    Image.new("RGB", (40, 30), colour).save(kept, "PNG")
    return kept.getvalue()


def exported(app: Flask, path: Path) -> str:
    result = app.test_cli_runner().invoke(args=["catalog", "export", str(path)])
    assert result.exit_code == 0, result.output
    return path.read_text(encoding="utf-8")
