"""Which articles drive the demand for products: what was read, and bought from there."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from storefront.blog.models import PUBLISHED, Post, PostReads, ProductCard
from storefront.extensions import db
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import PAID

SHOWN = 3


class Driving(NamedTuple):
    """A published article that names a product, since some day."""

    post_id: int
    slug: str
    title: str
    units: int  # bought by way of it, last
    reads: int


def driving(product_ids: Iterable[int], day: date, moment: datetime) -> dict[int, list[Driving]]:
    """By product, those that sold most of it first, then those most read. Two statements."""
    ids = sorted(set(product_ids))
    reads = (
        select(func.coalesce(func.sum(PostReads.count), 0))
        .where(PostReads.post_id == Post.id, PostReads.day >= day)
        .correlate(Post)
        .scalar_subquery()
    )
    named = select(ProductCard.product_id, ProductCard.post_id).where(
        ProductCard.product_id.in_(ids)
    )
    pairs = named.distinct().subquery()
    posts = db.session.execute(
        select(pairs.c.product_id, Post.id, Post.slug, Post.title, reads.label("reads"))
        .join(Post, Post.id == pairs.c.post_id)
        .where(Post.status == PUBLISHED)
    ).all()
    units = _units(ids, {row.id for row in posts}, moment)
    found: defaultdict[int, list[Driving]] = defaultdict(list)
    for row in posts:
        sold = units.get((row.product_id, row.id), 0)
        found[row.product_id].append(Driving(row.id, row.slug, row.title, sold, int(row.reads)))
    for one in found.values():
        one.sort(key=lambda post: (-post.units, -post.reads, post.title))
        del one[SHOWN:]
    return dict(found)


def _units(
    product_ids: list[int], post_ids: set[int], moment: datetime
) -> dict[tuple[int, int], int]:
    rows = db.session.execute(
        select(OrderLine.product_id, OrderLine.last_post_id, func.sum(OrderLine.quantity))
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            OrderLine.last_post_id.in_(post_ids),
            OrderLine.product_id.in_(product_ids),
            Order.state == PAID,
            Order.paid_at >= moment,
        )
        .group_by(OrderLine.product_id, OrderLine.last_post_id)
    )
    return {(product, post): int(count) for product, post, count in rows if post is not None}
