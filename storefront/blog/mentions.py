"""The other side of the link graph: products know the articles that speak of them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from storefront.blog.models import CARD, PUBLISHED, Post, ProductCard
from storefront.catalog.models import Product
from storefront.extensions import db

MOST = 50  # a product's page shows the first few; all of these lead back to where one came from


def products_in(post_id: int) -> set[int]:
    """What an article speaks of."""
    return set(
        db.session.scalars(select(ProductCard.product_id).where(ProductCard.post_id == post_id))
    )


def tell_products(product_ids: set[int]) -> None:
    """Work out anew which articles speak of these products. Inside write_tx()."""
    db.session.flush()
    articles = _articles_about(product_ids)
    for product_id in sorted(product_ids):
        db.session.execute(
            update(Product)
            .where(Product.id == product_id)
            .values(articles=articles.get(product_id, []))
            .execution_options(synchronize_session=False)
        )


def articles_about(product_id: int) -> Sequence[Any]:
    """Published articles that speak of a product, the newest first: id, title, slug."""
    return db.session.execute(
        select(Post.id, Post.title, Post.slug)
        .where(
            Post.status == PUBLISHED,
            Post.id.in_(select(ProductCard.post_id).where(ProductCard.product_id == product_id)),
        )
        .order_by(Post.published_at.desc(), Post.id.desc())
    ).all()


def _articles_about(product_ids: set[int]) -> dict[int, list[dict[str, Any]]]:
    """Slug, title, minutes and the first card of the product (0: it is only linked)."""
    first_card = func.min(ProductCard.number).filter(ProductCard.kind == CARD)
    rows = db.session.execute(
        select(
            ProductCard.product_id, Post.slug, Post.title, Post.minutes, first_card.label("card")
        )
        .join(Post, Post.id == ProductCard.post_id)
        .where(ProductCard.product_id.in_(product_ids), Post.status == PUBLISHED)
        .group_by(
            ProductCard.product_id, Post.id, Post.slug, Post.title, Post.minutes, Post.published_at
        )
        .order_by(Post.published_at.desc(), Post.id.desc())
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if len(found[row.product_id]) < MOST:
            found[row.product_id].append(
                {
                    "slug": row.slug,
                    "title": row.title,
                    "minutes": row.minutes,
                    "card": row.card or 0,
                }
            )
    return found
