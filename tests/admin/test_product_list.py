"""The list of products: its views, search and filters; and how the database finds them."""

from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from storefront.admin.listing import Asked, page_of
from storefront.admin.products.listed import (
    NEWEST,
    VIEWS,
    how_many,
    matching,
    rows_of,
)
from storefront.blog.models import Post, ProductCard
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import Picture, Product, ProductTerm, Variant
from storefront.clock import now
from storefront.extensions import db
from storefront.stock.models import StockLevel
from storefront.transactions import write_tx
from tests.factories import a_collection, a_post, a_product
from tests.page import Page
from tests.statements import count_statements

MANY = 10_000


def names(client, query: str = "") -> list[str]:
    page = Page.open(client, f"/admin/products{query}")
    assert page.status == 200
    return [tag.get_text() for tag in page.soup.select("tbody th a")]


@pytest.fixture
def shelf(app):
    with_picture = a_product("Plain mug", slug="plain", tags=["everyday"])
    with write_tx() as session:
        session.add(Picture(product_id=with_picture.id, digest="d", width=1, height=1))
    a_product("Draft bowl", status="draft", tags=["Käse"])
    a_product("Old jar", status="archived")
    a_product("Sold-out cup", variants=[{"on_hand": 0}])
    a_product("Cheap pot", code="POT/9", variants=[{"sale_price_minor": 900}])
    past = {"sale_price_minor": 900, "sale_ends_at": now() - timedelta(days=1)}
    a_product("Once cheap", variants=[past])
    a_post("::product[plain]")


FOUND = (
    ("?view=active", {"Plain mug", "Sold-out cup", "Cheap pot", "Once cheap"}),
    ("?view=drafts", {"Draft bowl"}),
    ("?view=archived", {"Old jar"}),
    ("?view=out", {"Sold-out cup"}),
    ("?view=sale", {"Cheap pot"}),
    ("?view=no-picture", {"Draft bowl", "Sold-out cup", "Cheap pot", "Once cheap"}),
    ("?view=no-article", {"Sold-out cup", "Cheap pot", "Once cheap"}),
    ("?q=MUG", {"Plain mug"}),
    ("?q=everyd", {"Plain mug"}),
    ("?q=kase", {"Draft bowl"}),
    ("?q=käse bowl", {"Draft bowl"}),
    ("?q=pot/9", {"Cheap pot"}),
    ("?q=sold-out", {"Sold-out cup"}),
    ("?q=bowl mug", set()),
    ("?q=cheap&view=sale", {"Cheap pot"}),
)


def test_views_and_words_find_what_they_say(shelf, staff_client):
    keeper = staff_client("stock")
    for query, found in FOUND:
        assert set(names(keeper, query)) == found, query


def test_words_follow_a_change(app, staff_client):
    mug = a_product("Mug")
    with write_tx() as session:
        session.get_one(Product, mug.id).name = "Beaker"
        refresh_listings([mug.id], now())
    client = staff_client("owner")
    assert names(client, "?q=mug") == []
    assert names(client, "?q=beak") == ["Beaker"]


def test_a_row_says_what_there_is_to_know(app, staff_client):
    a_collection("mugs", "Mugs")
    a_product(
        "Mug", code="M", collections=["mugs"],
        variants=[{"on_hand": 3}, {"price": 900, "on_hand": 4}, *({"on_hand": 0},) * 3],
    )  # fmt: skip
    row = Page.open(staff_client("owner"), "/admin/products").soup.select_one("tbody tr")
    said = " ".join(row.get_text(" ").split())
    assert "M, M-2, M-3 +2" in said
    assert "From $9.00" in said
    assert "Mugs" in said
    assert " 7 " in said


def test_a_filter_of_a_collection_and_the_next_rows(app, staff_client):
    mugs = a_collection("mugs")
    for _ in range(52):
        a_product(collections=["mugs"])
    a_product("Elsewhere")
    client = staff_client("owner")
    first = Page.open(client, f"/admin/products?collection={mugs.id}")
    assert len(first.soup.select("tbody tr")) == 50
    rest = first.follow("Next rows")
    assert len(rest.soup.select("tbody tr")) == 2
    assert "Elsewhere" not in first.text + rest.text


def test_the_list_takes_ten_statements_however_long_it_is(app, staff_client):
    for n in range(3):
        a_product(collections=[a_collection(f"c{n}").slug])
    client = staff_client("owner")
    names(client)
    with count_statements() as few:
        names(client, "?view=sale&q=mug")
    for _ in range(30):
        a_product()
    names(client)  # what is read once for a version of the shop
    with count_statements() as many:
        names(client, "?view=active&q=mug")
    assert len(many) <= 10, many
    assert len(few) <= 10


@pytest.fixture
def many_products(app: Flask):
    """As many as the numbers to hold speak of, and the database's own figures about them: its
    plans are those of a shop of that size, not of a small one that was talked into an index."""
    products = [
        {
            "id": n, "code": f"P-{n}", "slug": f"p-{n}", "name": f"Thing {n}",
            "status": ("draft", "archived")[n // 10 % 2] if n % 10 == 0 else "active",
            "created_at": now(), "updated_at": now(),
        }
        for n in range(1, MANY + 1)
    ]  # fmt: skip
    variants = [
        {
            "id": n, "product_id": n, "sku": f"P-{n}", "currency": "USD", "price_minor": 1000,
            "sale_price_minor": 900 if n % 200 == 1 else None,
        }
        for n in range(1, MANY + 1)
    ]  # fmt: skip
    with write_tx() as session:
        session.execute(insert(Product), products)
        session.execute(insert(Variant), variants)
        session.execute(
            insert(StockLevel),
            [{"variant_id": n, "on_hand": (n - 1) % 40, "reserved": 0} for n in range(1, MANY + 1)],
        )
        session.execute(
            insert(ProductTerm),
            [
                {"product_id": n, "term": term}
                for n in range(1, MANY + 1)
                for term in ("thing", str(n), f"p-{n}")
            ],
        )
        session.execute(
            insert(Picture),
            [
                {"product_id": n, "digest": "d", "width": 1, "height": 1}
                for n in range(1, MANY + 1)
                if n % 50
            ],
        )
        session.execute(
            insert(Post),
            [
                {
                    "id": n,
                    "slug": f"a-{n}",
                    "status": "published",
                    "created_at": now(),
                    "changed_at": now(),
                }
                for n in range(1, 501)
            ],
        )
        session.execute(
            insert(ProductCard),
            [
                {"post_id": n % 500 + 1, "kind": "card", "number": n // 500 + 1, "product_id": n}
                for n in range(1, MANY + 1)
                if n % 3
            ],
        )  # fmt: skip
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


LARGE = ("products", "variants", "pictures", "product_terms", "product_cards", "stock_levels")


def plan_of(statement) -> list[str]:
    """What the database would do, line by line."""
    dialect = db.engine.dialect
    sql = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN " if dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    rows = db.session.connection().exec_driver_sql(explain + sql.replace("%", "%%")).all()
    return [str(row[-1]).strip() for row in rows]


def scans(plan: list[str]) -> list[str]:
    """Walks through all of a large table: "Seq Scan on t" on PostgreSQL.

    SQLite calls it SCAN, as it does a walk along an index ("USING") or in the order of the ids,
    newest first. Such a walk ends with the rows a page shows, unless they are sorted afterwards.
    """
    is_sorted = any("TEMP B-TREE FOR ORDER BY" in line for line in plan)
    return [
        line
        for line in plan
        if any(f"Seq Scan on {table}" in line for table in LARGE)
        or (
            line.startswith("SCAN")
            and "USING" not in line
            and (is_sorted or line != "SCAN products")
        )
    ]


def asked(view: str, words: str = "", place: str = "") -> Asked:
    return Asked("admin.products.index", view, words, (), {}, place, ())


def test_no_view_reads_all_of_a_large_table(many_products):
    for view, words, place in product(VIEWS, ("", "thing", "p-77", "thing 77"), ("", "5000.5000")):
        wanted = asked(view, words, place)
        statement = matching(wanted, now()).order_by(Product.id.desc()).limit(51)
        plan = plan_of(statement.where(Product.id < 5000) if place else statement)
        assert scans(plan) == [], (view, words, place, plan)
        page = page_of(matching(wanted, now()), NEWEST, Product.id, place)
        found = {row.id for row in rows_of(page.rows, now())}
        assert found or words, (view, place)
        assert not place or max(found, default=0) < 5000


def test_what_is_too_much_to_change_at_once_is_not_counted(many_products):
    the_plan_of_a_query_without_an_index_would_be_seen()
    assert how_many(asked("all"), now()) is None
    assert how_many(asked("sale"), now()) == 50
    assert how_many(asked("out"), now()) == 250


def the_plan_of_a_query_without_an_index_would_be_seen() -> None:
    plan = plan_of(select(Product.id).order_by(Product.name).limit(51))
    assert scans(plan) != [], plan
