"""Which article sold it: told when something is put in a cart, and kept with the line."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from storefront.blog.models import CARD, PUBLISHED, Post, ProductCard
from storefront.cart.models import NO_TOUCH, NO_TOUCHES, Touch, Touches
from storefront.extensions import db


def touch_of(slug: str, card: int) -> Touch:
    """Of a published article that speaks of something; a card it does not have counts as a link."""
    if not slug or "\0" in slug:
        return NO_TOUCH
    post_id = db.session.scalar(select(Post.id).where(Post.slug == slug, Post.status == PUBLISHED))
    if post_id is None:
        return NO_TOUCH
    has_it = select(ProductCard.id).where(
        ProductCard.post_id == post_id, ProductCard.kind == CARD, ProductCard.number == card
    )
    return Touch(post_id, card if card and db.session.scalar(has_it) else 0)


def written(touches: Touches) -> str:
    """As a form carries them while a line is out of the cart: "slug:2,slug:0"; empty for none."""
    if not touches.last:
        return ""
    slugs = slugs_of([touches])
    both = ((slugs[one.post_id or 0], one.card or 0) for one in (touches.first, touches.last))
    return ",".join(f"{slug}:{card}" for slug, card in both)


def read_back(text: str) -> Touches:
    """What written() wrote; nothing where it says anything else."""
    parts = [one.partition(":") for one in text.split(",")]
    if len(parts) != 2 or not all(card.isdecimal() and len(card) < 5 for _, _, card in parts):
        return NO_TOUCHES
    return Touches(*(touch_of(slug, int(card)) for slug, _, card in parts))


def slugs_of(lines: Iterable[Touches]) -> dict[int, str]:
    """The addresses of all articles these came from."""
    ids = {one.post_id for line in lines for one in (line.first, line.last)} - {None}
    if not ids:
        return {}
    return {id_: slug for id_, slug in db.session.execute(
        select(Post.id, Post.slug).where(Post.id.in_(ids))
    )}  # fmt: skip


def articles_of(touches: Touches, slugs: Mapping[int, str]) -> dict[str, str]:
    """What a person is told of their own line; nothing where it came from no article."""
    both = {"first_article": touches.first, "last_article": touches.last}
    return {name: slugs[one.post_id] for name, one in both.items() if one.post_id is not None}
