"""A shop is saved while it is open, and comes back whole, on either kind of database."""

import io
import json
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from storefront.backup.restoring import NotABackup, ShopInTheWay, restore
from storefront.backup.saving import save
from storefront.clock import now
from tests.databases import Postgres, SqliteFile
from tests.factories import a_collection, a_discount, a_product, a_variant, an_order
from tests.payments.paying_shop import PayingShop
from tests.running import RunningShop

# Counted on when the shop is put back, or made anew from other tables.
MOVES_ON = {"catalog_version"}
NEW_GOODS = [
    {"type": "meta", "currency": "USD"},
    {"type": "category", "slug": "new", "name": "New", "description": "", "parent": None},
    {
        "type": "product", "sku": "NEW-1", "slug": "new-mug", "name": "New mug",
        "description": "", "price_cents": 900, "stock": 1, "category": "new",
    },
]  # fmt: skip


@pytest.fixture
def sold(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A shop with what is hard to carry over: moments, lists, trees, amounts, odd letters."""
    shop = PayingShop(app)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    parent = a_collection("tea", "Thé, 茶 & “more”")
    a_collection("green", "Green", parent_id=parent.id)
    a_product(name="Naïve café\nmug 🫖")
    a_discount()
    shop.paid(an_order((a_variant(on_hand=7), 2)))
    media = Path(app.config["MEDIA_PATH"])
    media.mkdir(exist_ok=True)
    (media / "plate.webp").write_bytes(b"\0plate")
    return app


def rows_in(file: Path) -> dict[str, list[dict[str, object]]]:
    with tarfile.open(file) as tar:
        return {
            Path(entry.name).stem: [json.loads(line) for line in tar.extractfile(entry) or ()]
            for entry in tar
            if entry.name.startswith("tables/")
        }


def saved(app: Flask, folder: Path) -> Path:
    file = folder / "shop.tar.gz"
    save(file, Path(app.config["MEDIA_PATH"]), now())
    return file


@contextmanager
def an_empty_shop(folder: Path, kind: str) -> Iterator[RunningShop]:
    folder.mkdir()
    database = Postgres() if kind == "postgresql" else SqliteFile(folder)
    yield RunningShop(folder, database.url)
    database.drop()


@pytest.mark.processes
def test_what_was_saved_comes_back_on_the_same_and_on_the_other_database(
    sold: Flask, tmp_path: Path, database_kind: str
) -> None:
    first = saved(sold, tmp_path)
    wanted = rows_in(first)
    assert len(wanted["orders"]) == 1
    assert len(wanted["movements"]) >= 2
    both = ["sqlite", "postgresql"] * (database_kind == "postgresql")
    for hop, kind in enumerate(both or ["sqlite"]):
        with an_empty_shop(tmp_path / f"hop-{hop}", kind) as other:
            said = other.flask("restore", str(first))
            assert "the stock adds up" in said
            assert (other.folder / "media" / "plate.webp").read_bytes() == b"\0plate"
            first = tmp_path / f"again-{hop}.tar.gz"
            other.flask("backup", str(first))
            found = rows_in(first)
            assert found.keys() >= {"products", "orders", "movements", "payment_attempts"}
            for table in found.keys() - MOVES_ON:
                assert found[table] == wanted[table], table
            assert other.flask("stock", "verify").startswith("Stock adds up")


@pytest.mark.processes
def test_a_restored_shop_gives_new_rows_numbers_of_their_own(
    sold: Flask, tmp_path: Path, database_kind: str
) -> None:
    file = saved(sold, tmp_path)
    goods = tmp_path / "goods.jsonl"
    goods.write_text("\n".join(map(json.dumps, NEW_GOODS)))
    with an_empty_shop(tmp_path / "other", database_kind) as other:
        other.flask("restore", str(file))
        assert "products: 1 new" in other.flask("catalog", "import", str(goods))


def test_only_its_owner_may_read_a_backup(sold: Flask, tmp_path: Path) -> None:
    file = saved(sold, tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob("*.unfinished")) == []


def test_a_shop_is_never_overwritten(sold: Flask, tmp_path: Path) -> None:
    file = saved(sold, tmp_path)
    before = rows_in(file)
    with pytest.raises(ShopInTheWay):
        restore(file, tmp_path / "media", now())
    assert rows_in(saved(sold, tmp_path)) == before


@pytest.mark.parametrize("damage", ["cut", "text", "newer"])
def test_what_is_no_whole_backup_is_refused_before_anything_is_touched(
    sold: Flask, tmp_path: Path, damage: str
) -> None:
    file = saved(sold, tmp_path)
    _damage(file, damage)
    with pytest.raises(NotABackup):
        restore(file, tmp_path / "media", now())


@pytest.mark.processes
@pytest.mark.parametrize("damage", ["a table short", "a row short"])
def test_a_backup_that_lacks_rows_leaves_nothing_behind(
    sold: Flask, tmp_path: Path, damage: str
) -> None:
    file = saved(sold, tmp_path)
    _damage(file, damage)
    with an_empty_shop(tmp_path / "other", "sqlite") as other:
        with pytest.raises(AssertionError, match="Error: "):
            other.flask("restore", str(file))
        left = tmp_path / "left.tar.gz"
        other.flask("backup", str(left))
        assert rows_in(left)["orders"] == rows_in(left)["products"] == []
        assert not (other.folder / "media").exists()


def _damage(file: Path, how: str) -> None:
    whole = file.read_bytes()
    if how in {"cut", "text"}:
        file.write_bytes(whole[: len(whole) // 2] if how == "cut" else b"not a backup")
        return
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar, tarfile.open(file, "w:gz") as out:
        for entry in tar:
            content = (tar.extractfile(entry) or io.BytesIO()).read()
            if how == "newer" and entry.name == "backup.json":
                content = json.dumps({**json.loads(content), "revision": "9999"}).encode()
            if entry.name == "tables/order_lines.jsonl" and how == "a table short":
                continue
            if entry.name == "tables/order_lines.jsonl" and how == "a row short":
                content = b""
            entry.size = len(content)
            out.addfile(entry, io.BytesIO(content))
