"""What was exported and not touched changes nothing, as a table and as lines."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from storefront.catalog.cells import join_facts, join_list, split_facts, split_list
from storefront.catalog.models import ProductClass
from storefront.catalog.version import current_version
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.conftest import lay_clean
from tests.factories import a_collection, a_product
from tests.uploads.files import exported, product, variants_of

ODD = [
    "=1+1", "-5", "'=x", "a | b", "a\\|b", "back\\slash", " led ", "two\nlines", "ümlaut, 茶",
    'quo"ted"', "a = b", "*star", "\\", "|", "'", "tab\tin",
]  # fmt: skip


@pytest.fixture
def full(app: Flask) -> None:
    """A shop with all that a file carries, in words that are hard to carry."""
    tea = a_collection("tea", "Tea", description="All *tea*.", position=3)
    a_collection("green", "=Green", parent_id=tea.id, in_menu=False)
    a_collection("cheap", "Cheap", rule=[{"field": "price_under", "is": "20.00"}])
    with write_tx() as session:
        session.add(ProductClass(code="leaf", name="Leaf"))
    class_id = db.session.scalar(select(ProductClass.id))
    moment = now()
    a_product(
        "@Sencha", code="TE", summary="+1", description="=A\n\n- one\n- two | three",
        collections=("tea", "green"), tags=list(ODD), class_id=class_id, position=4,
        min_quantity=2, max_quantity=9, tax_class="reduced",
        option_names=["Size", "Shape"],
        facts=[{"name": n, "value": v, "filter": n == v} for n, v in zip(ODD, ODD[1:] + ODD[:1],
               strict=True) if n.strip() == n],
        variants=[
            {"sku": "TE-1", "option_values": ["50 g", "=loose"], "content_amount": 50,
             "content_unit": "g", "sale_price_minor": 999, "sale_starts_at": moment,
             "sale_ends_at": moment + timedelta(days=3), "on_hand": 7},
            {"sku": "TE-2", "option_values": ["100 g", "'brick"], "weight_g": None, "on_hand": 0},
            {"sku": "TE-3", "option_values": ["old", "x"], "archived": True},
        ],
    )  # fmt: skip
    last = a_product("Kettle", code="KE", variants=[{"track_stock": False, "ships": False}])
    a_product("Old kettle", code="KE-0", status="archived", successor_id=last.id)
    a_product("Nothing sold", code="NO", status="draft", variants=[{"archived": True}])


@pytest.mark.parametrize("name", ["catalogue.csv", "catalogue.jsonl"])
def test_an_export_that_nobody_touched_changes_nothing(full, app: Flask, tmp_path: Path, name):
    file = tmp_path / name
    text = exported(app, file)
    version = current_version()
    for words in (["--dry-run"], [], ["--per-row"]):
        told = app.test_cli_runner().invoke(args=["catalog", "import", str(file), *words])
        assert told.exit_code == 0, told.output
        if "--per-row" not in words:
            for kind in ("categories", "products", "variants"):
                assert f"{kind}: 0 new, 0 changed" in told.output, told.output
            assert "stock: 0 lines" in told.output
    assert exported(app, tmp_path / f"again-{name}") == text
    if name.endswith(".jsonl"):
        assert current_version() == version + 1  # row by row sorts the lists again at its end


@pytest.mark.parametrize("name", ["catalogue.csv", "catalogue.jsonl"])
def test_an_export_fills_an_empty_shop_with_the_same(full, app, tmp_path, name, scratch):
    file = tmp_path / name
    text = exported(app, file)
    db.session.remove()
    lay_clean(app, scratch)
    with write_tx() as session:
        session.add(ProductClass(code="leaf", name="Leaf"))
    told = app.test_cli_runner().invoke(args=["catalog", "import", str(file)])
    assert told.exit_code == 0, told.output
    assert exported(app, tmp_path / f"again-{name}") == text
    db.session.expire_all()
    assert product("KE-0").successor_id == product("KE").id
    assert [one.on_sale(now()) for one in variants_of("TE")] == [True, False]


def test_cells_carry_every_word():
    assert split_list(join_list(ODD)) == ODD
    facts = [
        {"name": name, "value": value, "filter": bool(number % 2)}
        for number, (name, value) in enumerate(zip(ODD, reversed(ODD), strict=True))
    ]
    assert split_facts(join_facts(facts)) == facts
    assert split_list(" a|b |  | c ") == ["a", "b", "c"]
    assert split_facts("* Origin=Japan|Kind = a=b") == [
        {"name": "Origin", "value": "Japan", "filter": True},
        {"name": "Kind", "value": "a=b", "filter": False},
    ]
    with pytest.raises(ValueError, match="Origin"):
        split_facts("Origin")
