"""Which article sold it: asked when something is put in a cart from one."""

from sqlalchemy import select

from storefront.blog.models import CARD, PUBLISHED, Post, ProductCard
from storefront.cart.models import NO_TOUCH, Touch
from storefront.extensions import db


def touch_of(slug: str, card: int) -> Touch:
    """Of a published article that speaks of something; a card it does not have counts as a link."""
    if not slug:
        return NO_TOUCH
    post_id = db.session.scalar(select(Post.id).where(Post.slug == slug, Post.status == PUBLISHED))
    if post_id is None:
        return NO_TOUCH
    has_it = select(ProductCard.id).where(
        ProductCard.post_id == post_id, ProductCard.kind == CARD, ProductCard.number == card
    )
    return Touch(post_id, card if card and db.session.scalar(has_it) else 0)
