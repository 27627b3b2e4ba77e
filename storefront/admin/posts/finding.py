"""Products for the picker: by name, SKU or tag, on sale or not; price, stock and status of each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, exists, func, or_, select

from storefront.catalog.cards import stock_of
from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.extensions import db
from storefront.money import Money
from storefront.stock.queries import OnShelf, State, on_shelf

MOST = 12


@dataclass(frozen=True, slots=True)
class Found:
    name: str
    slug: str
    status: str
    price: Money | None
    from_: bool
    stock: State
    left: int | None


def find_any(words: str, now: datetime) -> list[Found]:
    """All words must be found, each anywhere; what is on sale first. Two statements."""
    statement = select(Product).order_by(Product.status != ACTIVE, Product.name, Product.id)
    for word in words.lower().split()[:8]:
        statement = statement.where(
            or_(
                func.lower(Product.name).contains(word, autoescape=True),
                Product.slug.contains(word, autoescape=True),
                func.lower(cast(Product.tags, String)).contains(word, autoescape=True),
                exists().where(
                    Variant.product_id == Product.id,
                    func.lower(Variant.sku).contains(word, autoescape=True),
                ),
            )
        )
    products = db.session.scalars(statement.limit(MOST)).all() if words else []
    shelf = on_shelf(product.id for product in products)
    return [_found(product, shelf.get(product.id, []), now) for product in products]


def _found(product: Product, shelf: list[OnShelf], now: datetime) -> Found:
    prices = [one.variant.price(now) for one in shelf]
    stock, left = stock_of(shelf, product.min_quantity)
    return Found(
        name=product.name,
        slug=product.slug,
        status=product.status,
        price=min(prices, key=lambda price: price.minor) if prices else None,
        from_=len(set(prices)) > 1,
        stock=stock,
        left=left,
    )
