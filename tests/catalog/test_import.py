"""`flask catalog import` and `export`: the catalogue in and out of a file."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from storefront.catalog.arranging import pick
from storefront.catalog.indexing import PRODUCT_TEXTS, _indexed_words
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import (
    Collection,
    Listing,
    OldSlug,
    PriceChange,
    Product,
    Variant,
)
from storefront.catalog.search import find_products
from storefront.catalog.version import current_version
from storefront.clock import now
from storefront.extensions import db
from storefront.stock.models import Movement, StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.factories import a_collection, a_product, a_variant, an_order
from tests.statements import count_statements

Line = dict[str, Any]
Import = Callable[..., Result]

META: Line = {"type": "meta", "format": 1, "currency": "USD"}
KITCHEN: Line = {
    "type": "category", "slug": "kitchen", "name": "Kitchen", "parent": None,
    "description": "Everything for *kitchen*.",
}  # fmt: skip
POTS: Line = {
    "type": "category", "slug": "pots", "name": "Pots", "parent": "kitchen", "description": "",
}  # fmt: skip
POT: Line = {
    "type": "product", "sku": "SKU-1", "slug": "iron-pot", "name": "Iron Pot",
    "description": "A pot.\n\n- heavy", "price": "20.00", "price_cents": 1999, "stock": 7,
    "category": "pots", "created": "2024-03-01T08:00:00Z", "featured": False,
    "option": None, "variants": [],
}  # fmt: skip
MUG: Line = {
    "type": "product", "sku": "SKU-2", "slug": "blue-mug", "name": "Blue Mug",
    "description": "A mug.", "price": "9.50", "price_cents": 950, "stock": 5,
    "category": "kitchen", "created": "2024-01-01T08:00:00Z", "featured": True,
    "option": "Size", "variants": [
        {"sku": "SKU-2-1", "value": "Small", "price": "9.50", "stock": 5},
        {"sku": "SKU-2-2", "value": "Large", "price_cents": 1200, "stock": 0},
    ],
}  # fmt: skip
ALL = (META, KITCHEN, POTS, POT, MUG)


@pytest.fixture
def bring_in(app: Flask, tmp_path: Path) -> Import:
    """Import these lines; a str is written as it is."""

    def run(*lines: Line | str, dry: bool = False, fails: bool = False) -> Result:
        file = tmp_path / "catalogue.jsonl"
        texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        file.write_text("".join(text + "\n" for text in texts), encoding="utf-8")
        result = command(app, "import", str(file), *(["--dry-run"] if dry else []))
        assert result.exit_code == (1 if fails else 0), result.output
        db.session.rollback()
        db.session.expire_all()
        return result

    return run


def command(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["catalog", *words])


def rows_in(*models: Any) -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def everything() -> list[int]:
    return [current_version(), *rows_in(Product, Variant, Collection, Movement, PriceChange)]


def product(code: str) -> Product:
    return db.session.scalars(select(Product).where(Product.code == code)).one()


def on_hand() -> dict[str, int]:
    rows = db.session.execute(
        select(Variant.sku, StockLevel.on_hand).join(
            StockLevel, StockLevel.variant_id == Variant.id
        )
    )
    return {sku: count for sku, count in rows}


def listed(slug: str) -> list[str]:
    return list(
        db.session.scalars(
            select(Product.code)
            .join(Listing, Listing.product_id == Product.id)
            .join(Collection, Collection.id == Listing.collection_id)
            .where(Collection.slug == slug)
            .order_by(Listing.position, Listing.product_id)
        )
    )


def test_a_file_becomes_products_categories_prices_and_stock(bring_in: Import):
    told = bring_in(*ALL).output
    assert "products: 2 new, 0 changed, 0 as they were" in told
    assert "posts: 0 new, 0 changed, 0 as they were" in told

    pot, mug = product("SKU-1"), product("SKU-2")
    assert (pot.slug, pot.status, pot.created_at.year) == ("iron-pot", "active", 2024)
    assert pot.description_html == "<p>A pot.</p>\n<ul>\n<li>heavy</li>\n</ul>"
    assert [(v.sku, v.price_minor, v.currency) for v in pot.variants] == [("SKU-1", 1999, "USD")]
    assert mug.option_names == ["Size"]
    assert [(v.option_values, v.price_minor) for v in mug.variants] == [
        (["Small"], 950),
        (["Large"], 1200),
    ]
    assert on_hand() == {"SKU-1": 7, "SKU-2-1": 5, "SKU-2-2": 0}
    assert list(findings()) == []
    assert sorted(db.session.scalars(select(PriceChange.price_minor))) == [950, 1200, 1999]


def test_an_import_fills_collections_and_the_search(bring_in: Import):
    bring_in(*ALL)
    assert listed("pots") == ["SKU-1"]
    assert listed("kitchen") == listed("all") == ["SKU-2", "SKU-1"], "featured first"
    kitchen = db.session.scalars(select(Collection).where(Collection.slug == "kitchen")).one()
    assert kitchen.product_count == 2
    assert kitchen.facet_counts == {"Size": {"Large": 1, "Small": 1}}
    assert kitchen.description_html == "<p>Everything for <em>kitchen</em>.</p>"
    assert find_products("iron", 5) == [product("SKU-1").id]


GIANT: Line = {**MUG, "variants": [*MUG["variants"][:1], {**MUG["variants"][1], "value": "Giant"}]}
CHEAPER: Line = {**POT, "price_cents": 1500}


@pytest.mark.parametrize(
    ("changed", "found", "not_found"),
    [
        ([CHEAPER, MUG], "iron", "giant"),
        ([{**POT, "name": "Copper Pot"}, MUG], "copper", "iron"),
        ([{**POT, "description": "For stews."}, MUG], "stews", "heavy"),
        ([POT, GIANT], "giant", "large"),
        ([POT, {**MUG, "variants": MUG["variants"][:1]}], "small", "large"),
        ([{**POT, "status": "archived"}, MUG], "blue", "iron"),
    ],
)
def test_the_search_knows_what_an_import_changed(
    bring_in: Import, changed: list[Line], found: str, not_found: str
):
    bring_in(*ALL)
    bring_in(META, KITCHEN, POTS, *changed)
    assert find_products(found, 5)
    assert not find_products(not_found, 5)
    ids = list(db.session.scalars(select(Product.id)))
    indexed = words_indexed(ids)
    with write_tx():
        refresh_listings(None, now())
    assert words_indexed(ids) == indexed


def words_indexed(ids: list[int]) -> Counter[tuple[str, bool]]:
    return _indexed_words(PRODUCT_TEXTS, ids, db.engine.dialect.name)


def test_a_price_alone_leaves_the_search_as_it_is(bring_in: Import):
    bring_in(*ALL)
    with count_statements() as first:
        bring_in(META, KITCHEN, POTS, {**CHEAPER, "name": "Iron Pan"}, MUG)
    assert any("product_search" in one for one in first)
    with count_statements() as second:
        bring_in(META, KITCHEN, POTS, {**POT, "name": "Iron Pan"}, MUG)
    assert not any("product_search" in one for one in second)
    assert find_products("pan", 5) == [product("SKU-1").id]


def test_importing_the_same_file_again_changes_nothing(bring_in: Import):
    bring_in(*ALL)
    before = everything()
    told = bring_in(*ALL).output
    assert "products: 0 new, 0 changed, 2 as they were" in told
    assert "stock: 0 lines" in told
    assert everything() == before


def test_a_second_import_changes_only_what_differs(bring_in: Import):
    bring_in(*ALL)
    mug = product("SKU-2").updated_at
    pot = {**POT, "name": "Iron Pan", "price_cents": 1799, "stock": 4, "category": "kitchen"}
    told = bring_in(META, KITCHEN, POTS, pot, MUG).output
    assert "products: 0 new, 1 changed, 1 as they were" in told
    assert "variants: 0 new, 1 changed, 2 as they were" in told
    assert "stock: 1 lines" in told
    assert product("SKU-1").name == "Iron Pan"
    assert product("SKU-2").updated_at == mug
    assert listed("pots") == []
    assert set(listed("kitchen")) == {"SKU-1", "SKU-2"}
    last = db.session.scalars(select(Movement).order_by(Movement.id.desc())).first()
    assert last is not None
    assert (last.delta, last.reason, last.actor) == (-3, "counted", "catalog import")
    assert on_hand()["SKU-1"] == 4
    assert list(findings()) == []
    prices = select(PriceChange).where(PriceChange.variant_id == product("SKU-1").variants[0].id)
    old, new = db.session.scalars(prices.order_by(PriceChange.id)).all()
    assert (old.price_minor, old.valid_to) == (1999, new.valid_from)
    assert (new.price_minor, new.valid_to) == (1799, None)


def test_what_a_line_leaves_out_stays_as_it_is(bring_in: Import):
    bring_in(*ALL)
    short = {key: POT[key] for key in ("type", "sku", "slug", "name", "price", "category")}
    bring_in(META, KITCHEN, POTS, {**short, "price": "19.99"}, MUG)
    assert product("SKU-1").description.startswith("A pot.")
    assert on_hand()["SKU-1"] == 7


def test_a_changed_address_leaves_the_old_one_behind(bring_in: Import):
    bring_in(*ALL)
    bring_in(META, KITCHEN, POTS, {**POT, "slug": "pan"}, MUG)
    assert product("SKU-1").slug == "pan"
    assert db.session.scalars(select(OldSlug.slug)).all() == ["iron-pot"]


def test_two_products_may_swap_addresses(bring_in: Import):
    bring_in(*ALL)
    bring_in(META, KITCHEN, POTS, {**POT, "slug": "blue-mug"}, {**MUG, "slug": "iron-pot"})
    assert (product("SKU-1").slug, product("SKU-2").slug) == ("blue-mug", "iron-pot")
    assert db.session.scalars(select(OldSlug.slug)).all() == []


def test_a_variant_the_file_no_longer_names_is_archived(bring_in: Import):
    bring_in(*ALL)
    bring_in(META, KITCHEN, POTS, POT, {**MUG, "variants": MUG["variants"][:1]})
    assert [v.archived for v in product("SKU-2").variants] == [False, True]
    bring_in(*ALL)
    assert [v.archived for v in product("SKU-2").variants] == [False, False]


def test_what_the_file_does_not_name_is_left_alone(bring_in: Import):
    a_collection("gifts")
    other = a_product("Other", slug="other", collections=["gifts"])
    bring_in(*ALL)
    mug, gifts = (
        product("SKU-2"),
        db.session.scalars(select(Collection).where(Collection.slug == "gifts")).one(),
    )
    with write_tx():
        pick(gifts, mug, 0, now())
    bring_in(*ALL)
    assert set(listed("gifts")) == {other.code, "SKU-2"}
    assert product(other.code).status == "active"


def test_a_dry_run_tells_the_same_and_writes_nothing(bring_in: Import):
    before = everything()
    dry = bring_in(*ALL, dry=True).output.splitlines()
    assert everything() == before
    real = bring_in(*ALL).output.splitlines()
    assert dry[1:] == real[1:]
    before = everything()
    changed = (META, KITCHEN, POTS, {**POT, "stock": 1, "price_cents": 5}, MUG)
    dry = bring_in(*changed, dry=True).output.splitlines()
    assert everything() == before
    assert dry[1:] == bring_in(*changed).output.splitlines()[1:]
    assert "  stock: 1 lines in the ledger" in dry


def test_a_file_in_another_currency_is_refused_and_says_what_to_set(bring_in: Import):
    told = bring_in({**META, "currency": "EUR"}, KITCHEN, fails=True).output
    assert "SHOP_CURRENCY=EUR" in told
    assert rows_in(Collection) == [1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{not json", "this is not JSON"),
        ("[1, 2]", "type"),
        ("\ufeff\udc80".encode("utf-8", "surrogatepass").decode("latin-1"), "not JSON"),
        ('{"type": "customer"}', "type"),
        ('{"type": ["product"]}', "type"),
        ("[" * 100_000, "not JSON"),
        ({**POT, "sku": None}, "missing"),
        ({**POT, "name": ""}, "name"),
        ({**POT, "name": "n" * 201}, "name is longer than 200"),
        ({**POT, "name": "a\0b"}, "cannot be stored"),
        ({**POT, "name": "\ud800"}, "cannot be stored"),
        ({**POT, "slug": "Iron Pot"}, "slug"),
        ({**POT, "price_cents": -1}, "price_cents"),
        ({**POT, "price_cents": 1.5}, "price_cents"),
        ({**POT, "price_cents": True}, "price_cents"),
        ({**POT, "price_cents": 10**12}, "price_cents"),
        ({**POT, "price_cents": None, "price": "12,50"}, "price"),
        ({**POT, "price_cents": None, "price": 12.5}, "price"),
        ({**POT, "price_cents": None, "price": None}, "price"),
        ('{"type": "product", "sku": "X", "price_cents": NaN}', "NaN"),
        ({**POT, "stock": "many"}, "whole number"),
        ({**POT, "stock": -1}, "whole number"),
        ({**POT, "created": "yesterday"}, "created"),
        ({**POT, "created": 5}, "created"),
        ({**POT, "created": "9999-12-31T23:59:59-12:00"}, "created"),
        ({**POT, "category": "garden"}, "garden"),
        ({**POT, "category": 5}, "text"),
        ({**POT, "facts": [{"name": "x"}]}, "facts"),
        ({**POT, "tags": "gift"}, "tags"),
        ({**POT, "status": "gone"}, "status"),
        ({**POT, "variants": {"a": 1}}, "variants"),
        ({**POT, "variants": [5]}, "variant"),
        ({**POT, "variants": [{"sku": "A", "price": "1"}, {"sku": "B", "price": "1"}]}, "same"),
        ({**POT, "sku": "SKU-2"}, "twice"),
        ({**POT, "slug": "blue-mug"}, "twice"),
        ({**POT, "sku": "SKU-2-1"}, "twice"),
        ({**POTS, "slug": "kitchen"}, "twice"),
        ({**POTS, "parent": "garden"}, "garden"),
        ({**POTS, "parent": "pots"}, "below itself"),
        ({**POT, "slug": "taken"}, "belongs to Other"),
        ({**POT, "sku": "TAKEN"}, "belongs to Other"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_imported(
    bring_in: Import, line: Line | str, words: str
):
    a_product("Other", code="OTHER", slug="taken", variants=[{"sku": "TAKEN"}])
    before = everything()
    told = bring_in(META, KITCHEN, MUG, "", line, fails=True).output
    assert "Nothing was imported" in told
    assert "line 5:" in told
    assert words in told
    assert everything() == before


def test_all_bad_lines_are_named_at_once(bring_in: Import):
    told = bring_in(META, {**POT, "name": ""}, MUG, {**POT, "price_cents": -1}, fails=True).output
    assert "line 2:" in told
    assert "line 4:" in told


def test_a_file_that_does_not_say_its_currency_is_refused(bring_in: Import):
    assert "currency" in bring_in(KITCHEN, fails=True).output


def test_categories_that_stand_in_a_circle_are_refused(bring_in: Import):
    told = bring_in(META, {**KITCHEN, "parent": "pots"}, POTS, fails=True).output
    assert "below itself" in told


def test_stock_that_orders_hold_cannot_be_counted_away(bring_in: Import):
    bring_in(*ALL)
    pot = db.session.scalars(select(Variant).where(Variant.sku == "SKU-1")).one()
    an_order((pot, 5))
    told = bring_in(META, KITCHEN, POTS, {**POT, "stock": 4, "name": "Pan"}, MUG, fails=True).output
    assert "Orders hold 5 of SKU-1" in told
    assert product("SKU-1").name == "Iron Pot"
    bring_in(META, KITCHEN, POTS, {**POT, "stock": 5}, MUG)
    assert on_hand()["SKU-1"] == 5


def test_what_was_exported_imports_as_unchanged(app: Flask, bring_in: Import, tmp_path: Path):
    bring_in(*ALL)
    a_product(
        "Sencha",
        summary="Grassy.",
        tags=["loose-leaf"],
        facts=[{"name": "Origin", "value": "Japan", "filter": True}],
        status="draft",
        collections=["pots", "kitchen"],
        variants=[
            {"track_stock": False, "ships": False, "content_amount": 50, "content_unit": "g"}
        ],
    )
    file = tmp_path / "out.jsonl"
    assert command(app, "export", str(file)).exit_code == 0
    before = everything()
    told = bring_in(*file.read_text(encoding="utf-8").splitlines()).output
    assert "products: 0 new, 0 changed, 3 as they were" in told
    assert "categories: 0 new, 0 changed, 2 as they were" in told
    assert everything() == before


def test_a_file_saved_with_a_byte_order_mark_is_read_all_the_same(bring_in: Import):
    bring_in("\ufeff" + json.dumps(META), KITCHEN, POTS, POT)
    assert rows_in(Product) == [1]


def test_an_unknown_file_is_named(app: Flask):
    result = command(app, "import", "/no/such/file.jsonl")
    assert result.exit_code != 0
    assert "/no/such/file.jsonl" in result.output


def test_a_large_file_is_imported_in_parts(bring_in: Import):
    many = [
        {**POT, "sku": f"S-{n}", "slug": f"pot-{n}", "name": f"Pot {n}", "stock": n % 3}
        for n in range(2300)
    ]
    bring_in(META, KITCHEN, POTS, *many)
    assert rows_in(Product, Variant, StockLevel) == [2300, 2300, 2300]
    assert rows_in(Listing) == [3 * 2300]
    assert list(findings()) == []


def test_stock_is_only_counted_where_it_is_kept(bring_in: Import):
    a_variant(sku="BOOK", track_stock=False)
    bring_in(*ALL, {**POT, "sku": "PDF", "slug": "pdf", "track_stock": False, "stock": None})
    assert "PDF" not in on_hand()
