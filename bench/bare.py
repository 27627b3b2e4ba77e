"""The ceiling: bare Flask with pages of the same kind, hand-written SQL and nothing else.

What a page of this shop cannot be faster than with the same server, framework and database.
"""

import json
import os
from typing import Any

from flask import Flask, redirect, render_template, request, session
from jinja2 import DictLoader
from sqlalchemy import create_engine, event, text
from werkzeug.wrappers import Response

LAYOUT = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{{ title }}</title></head><body><header><a href="/">Shop</a> <a href="/cart">Cart</a>
<nav>{% for name in "Kitchen Living Bedroom Outdoor Office Fashion Travel Gifts".split() %}
<a href="/category/{{ name|lower }}">{{ name }}</a>{% endfor %}</nav></header>
<main>{% block main %}{% endblock %}</main><footer>Delivery Returns Contact</footer></body></html>
"""
LIST = """{% extends "layout" %}{% block main %}<h1>{{ title }}</h1><p>{{ total }} products</p>
<ul>{% for row in rows %}<li><a href="/product/{{ row.slug }}"><h3>{{ row.name }}</h3></a>
<p>{{ "%.2f"|format(row.price_minor / 100) }} EUR</p>
<p>{{ "In stock" if row.on_hand > row.reserved else "Out of stock" }}</p></li>{% endfor %}</ul>
{% endblock %}"""
PRODUCT = """{% extends "layout" %}{% block main %}<h1>{{ product.name }}</h1>
<div>{{ product.description }}</div><form method="post" action="/cart/lines">
{% for row in variants %}<label><input type="radio" name="sku" value="{{ row.sku }}">
{{ "%.2f"|format(row.price_minor / 100) }} EUR, {{ row.on_hand - row.reserved }} left</label>
{% endfor %}<button>Add to cart</button></form>{% endblock %}"""
POSTS = """{% extends "layout" %}{% block main %}<h1>Blog</h1><ul>{% for row in rows %}
<li><a href="/blog/{{ row.slug }}"><h3>{{ row.title }}</h3></a><p>{{ row.minutes }} minutes</p></li>
{% endfor %}</ul>{% endblock %}"""
ARTICLE = """{% extends "layout" %}{% block main %}<h1>{{ title }}</h1>
{% for part in parts %}{{ part.html|safe }}{% endfor %}<ul>{% for row in rows %}
<li><a href="/product/{{ row.slug }}">{{ row.name }}</a>
{{ "%.2f"|format(row.price_minor / 100) }} EUR,
{{ "In stock" if row.on_hand > row.reserved else "Out of stock" }}</li>{% endfor %}</ul>
{% endblock %}"""
CART = """{% extends "layout" %}{% block main %}<h1>Cart</h1><table>{% for row in rows %}
<tr><td>{{ row.name }}</td><td>{{ row.quantity }}</td>
<td>{{ "%.2f"|format(row.price_minor * row.quantity / 100) }}</td></tr>{% endfor %}</table>
<p>Total {{ "%.2f"|format(total / 100) }} EUR</p>{% endblock %}"""

COLLECTION = text("SELECT id, name FROM collections WHERE slug = :slug")
COUNT = text("SELECT count(*) FROM listings WHERE collection_id = :id")
CARDS = text(
    "SELECT p.slug, p.name, v.price_minor, s.on_hand, s.reserved FROM listings l "
    "JOIN products p ON p.id = l.product_id "
    "JOIN variants v ON v.product_id = p.id AND v.position = 0 "
    "LEFT JOIN stock_levels s ON s.variant_id = v.id WHERE l.collection_id = :id "
    "ORDER BY l.position, l.product_id LIMIT :size OFFSET :skip"
)
ONE = text("SELECT id, name, description FROM products WHERE slug = :slug")
VARIANTS = text(
    "SELECT v.sku, v.price_minor, s.on_hand, s.reserved FROM variants v "
    "LEFT JOIN stock_levels s ON s.variant_id = v.id WHERE v.product_id = :id ORDER BY v.position"
)
NEWEST = text(
    "SELECT slug, title, minutes FROM posts WHERE status = 'published' "
    "ORDER BY published_at DESC, id DESC LIMIT 12"
)
POST = text("SELECT id, title, parts FROM posts WHERE slug = :slug")
SPOKEN_OF = text(
    "SELECT p.slug, p.name, v.price_minor, s.on_hand, s.reserved FROM product_cards c "
    "JOIN products p ON p.id = c.product_id "
    "JOIN variants v ON v.product_id = p.id AND v.position = 0 "
    "LEFT JOIN stock_levels s ON s.variant_id = v.id WHERE c.post_id = :id ORDER BY c.number"
)
LINES = text(
    "SELECT p.name, l.quantity, v.price_minor FROM carts c JOIN cart_lines l ON l.cart_id = c.id "
    "JOIN variants v ON v.id = l.variant_id JOIN products p ON p.id = v.product_id "
    "WHERE c.token = :token ORDER BY l.id"
)
CART_ID = text("SELECT id FROM carts WHERE token = :token")
FOR_SALE = text("SELECT id, price_minor FROM variants WHERE sku = :sku")
ADD = text(
    "INSERT INTO cart_lines (cart_id, variant_id, quantity, seen_price_minor, seen_currency,"
    " added_at) VALUES (:cart, :variant, :quantity, :price, 'EUR', '2026-01-01 00:00:00') "
    "ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = cart_lines.quantity + 1"
)


def make_bare() -> Flask:  # noqa: C901, PLR0915 one page after the other
    app = Flask(__name__)
    app.secret_key = "bench"
    app.jinja_loader = DictLoader(
        {
            "layout": LAYOUT,
            "list": LIST,
            "product": PRODUCT,
            "posts": POSTS,
            "article": ARTICLE,
            "cart": CART,
        }
    )
    engine = create_engine(os.environ["DATABASE_URL"])
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
    reading = engine.execution_options(isolation_level="AUTOCOMMIT")

    def listed(slug: str, size: int) -> str:
        session.get("visits")
        with reading.connect() as connection:
            found = connection.execute(COLLECTION, {"slug": slug}).one()
            total = connection.execute(COUNT, {"id": found.id}).scalar()
            skip = (request.args.get("page", 1, type=int) - 1) * size
            asked = {"id": found.id, "size": size, "skip": skip}
            rows = connection.execute(CARDS, asked).all()
        return render_template("list", title=found.name, total=total, rows=rows)

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.get("/")
    def home() -> str:
        return listed("all", 8)

    @app.get("/category/<slug>")
    def category(slug: str) -> str:
        return listed(slug, 24)

    @app.get("/product/<slug>")
    def product(slug: str) -> str:
        session.get("visits")
        with reading.connect() as connection:
            found = connection.execute(ONE, {"slug": slug}).one()
            variants = connection.execute(VARIANTS, {"id": found.id}).all()
        return render_template("product", title=found.name, product=found, variants=variants)

    @app.get("/blog")
    def blog() -> str:
        session.get("visits")
        with reading.connect() as connection:
            rows = connection.execute(NEWEST).all()
        return render_template("posts", title="Blog", rows=rows)

    @app.get("/blog/<slug>")
    def article(slug: str) -> str:
        session.get("visits")
        with reading.connect() as connection:
            found = connection.execute(POST, {"slug": slug}).one()
            rows = connection.execute(SPOKEN_OF, {"id": found.id}).all()
        parts = json.loads(found.parts) if isinstance(found.parts, str) else found.parts
        return render_template("article", title=found.title, parts=parts, rows=rows)

    @app.get("/cart")
    def cart() -> str:
        session.get("visits")
        with reading.connect() as connection:
            rows = connection.execute(LINES, {"token": request.cookies["cart"]}).all()
        total = sum(row.price_minor * row.quantity for row in rows)
        return render_template("cart", title="Cart", rows=rows, total=total)

    @app.post("/cart/lines")
    def add() -> Response:
        session.get("visits")
        with engine.begin() as connection:
            cart_id = connection.execute(CART_ID, {"token": request.cookies["cart"]}).scalar()
            variant = connection.execute(FOR_SALE, {"sku": request.form["sku"]}).one()
            line = {"cart": cart_id, "variant": variant.id, "price": variant.price_minor}
            connection.execute(ADD, {**line, "quantity": int(request.form["quantity"])})
        return redirect("/cart", 303)

    return app


def _set_pragmas(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode = wal", "synchronous = normal", "busy_timeout = 15000"):
        connection.execute(f"PRAGMA {pragma}")
