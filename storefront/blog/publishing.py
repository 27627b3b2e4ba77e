"""What readers have: publish a revision, withdraw an article, and both by the clock.

What a revision shows is worked out before (made_of), so that nothing is rendered while the
database is held.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from slugify import slugify
from sqlalchemy import delete, select

from storefront.blog.content import Content, content_of
from storefront.blog.markdown import Part, Rendered, render
from storefront.blog.mentions import products_in, tell_products
from storefront.blog.models import (
    CARD,
    LINK,
    PUBLISHED,
    WITHDRAWN,
    Post,
    PostPicture,
    PostTag,
    ProductCard,
    Revision,
    Series,
    Tag,
)
from storefront.blog.saving import check_slug, revision_at
from storefront.blog.search import index_posts
from storefront.catalog.models import OldSlug, Product
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.languages import _
from storefront.refusal import Refusal


class NothingToPublish(Refusal):
    """An article needs a title, a text and an author before anybody can read it."""

    status = 422


class DeadCard(Refusal):
    """A card names a product that is not there."""

    status = 422


@dataclass(frozen=True, slots=True)
class Made:
    """A revision's content and what is shown of it."""

    content: Content
    rendered: Rendered


def made_of(content: Content) -> Made:
    return Made(content, render(content.body))


def publish(post_id: int, number: int, made: Made, now: datetime) -> Post:
    """Let readers have a revision; `made` is made_of() its content. Inside write_tx().

    Raises NothingToPublish, DeadCard, SlugTaken.
    """
    post = db.session.get_one(Post, post_id, with_for_update=True)
    revision = revision_at(post_id, number)
    content = made.content
    if not (content.title.strip() and content.body.strip() and content.author_id):
        raise NothingToPublish(_("An article needs a title, a text and an author to be published."))
    known = _products_of(made.rendered)
    for card in made.rendered.cards:
        if card.product_id not in known:
            raise DeadCard(
                _("The card in line %(line)s names no product of the shop.", line=card.line)
            )
    check_slug(content.slug, post_id)
    _readdress(post, content.slug)
    _lay_out(post, made)
    post.status = PUBLISHED
    post.published_at = post.published_at or now
    post.changed_at = now
    if post.publish_revision == number or post.publish_at is None:
        post.publish_at = post.publish_revision = None
    revision.published_at = now
    _keep_tags(post, content.tags)
    spoke_of = products_in(post.id)
    _keep_cards(post, made.rendered, known)
    tell_products(spoke_of | products_in(post.id))
    index_posts([post.id])
    bump_version()
    return post


def withdraw(post_id: int, now: datetime) -> None:
    """Take an article back. Its address tells that it is gone. Inside write_tx()."""
    post = db.session.get_one(Post, post_id, with_for_update=True)
    if post.status == PUBLISHED:
        post.status, post.changed_at, post.withdraw_at = WITHDRAWN, now, None
        tell_products(products_in(post.id))
        index_posts([post.id])
        bump_version()


def live_revision(post_id: int) -> Revision | None:
    """What readers have, if anything was ever published."""
    return db.session.scalars(
        select(Revision)
        .where(Revision.post_id == post_id, Revision.published_at.is_not(None))
        .order_by(Revision.published_at.desc(), Revision.number.desc())
        .limit(1)
    ).one_or_none()


def made_again(post: Post) -> Made | None:
    """What readers have, worked out anew: after the way it is rendered has changed."""
    revision = live_revision(post.id)
    return made_of(content_of(revision.content)) if revision else None


def _products_of(rendered: Rendered) -> set[int]:
    wanted = {card.product_id for card in rendered.cards}
    wanted |= {link.product_id for link in rendered.links}
    return set(db.session.scalars(select(Product.id).where(Product.id.in_(wanted - {None}))))


def _readdress(post: Post, slug: str) -> None:
    """Its old address leads to the new one, if anybody was ever told of it."""
    here = (OldSlug.kind == "post", OldSlug.slug == slug)
    db.session.execute(delete(OldSlug).where(*here))
    if post.published_at and post.slug != slug:
        db.session.add(OldSlug(kind="post", slug=post.slug, target_id=post.id))
    post.slug = slug


def _lay_out(post: Post, made: Made) -> None:
    content, rendered = made.content, made.rendered
    post.title, post.description = content.title, content.description
    post.body, post.disclosure = content.body, content.disclosure
    post.sources = content.as_json()["sources"]
    post.author_id, post.reviewer_id = content.author_id, content.reviewer_id
    post.reviewed_on = content.reviewed_on
    post.series_id = _series(content.series)
    post.series_position = content.series_position
    cover = pictures_of([content.cover]).get(content.cover)
    post.cover_digest = cover.digest if cover else None
    post.cover_width, post.cover_height = (cover.width, cover.height) if cover else (0, 0)
    post.cover_alt = content.cover_alt
    post.parts = parts_shown(rendered)
    post.contents = rendered.contents
    post.minutes, post.words = rendered.minutes, rendered.words


def parts_shown(rendered: Rendered) -> list[Part]:
    """The parts of a text with the sizes of its pictures."""
    pictures = pictures_of(shot.digest for shot in rendered.pictures)
    return [_with_size(part, pictures) for part in rendered.parts]


def _with_size(part: Part, pictures: dict[str, PostPicture]) -> Part:
    known = pictures.get(str(part.get("picture", "")))
    return {**part, "width": known.width, "height": known.height} if known else part


def pictures_of(digests: Iterable[str]) -> dict[str, PostPicture]:
    wanted = {digest for digest in digests if digest}
    if not wanted:
        return {}
    rows = db.session.scalars(select(PostPicture).where(PostPicture.digest.in_(wanted)))
    return {row.digest: row for row in rows}


def _series(name: str) -> int | None:
    if not name.strip():
        return None
    slug = slugify(name)[:160] or "series"
    found = db.session.scalars(select(Series).where(Series.slug == slug)).one_or_none()
    if found is None:
        found = Series(slug=slug, name=name.strip())
        db.session.add(found)
        db.session.flush()
    return found.id


def _keep_tags(post: Post, names: Iterable[str]) -> None:
    wanted = {slug: name.strip() for name in names if (slug := slugify(name)[:80])}
    found = {tag.slug: tag for tag in db.session.scalars(select(Tag).where(Tag.slug.in_(wanted)))}
    for slug, name in wanted.items():
        if slug not in found:
            found[slug] = Tag(slug=slug, name=name[:80])
            db.session.add(found[slug])
    db.session.flush()
    db.session.execute(delete(PostTag).where(PostTag.post_id == post.id))
    db.session.add_all(PostTag(post_id=post.id, tag_id=found[slug].id) for slug in wanted)
    post.tags = [{"slug": slug, "name": found[slug].name} for slug in wanted]


def _keep_cards(post: Post, rendered: Rendered, known: set[int]) -> None:
    """The article's side of the link graph, written anew."""
    db.session.execute(delete(ProductCard).where(ProductCard.post_id == post.id))
    for card in rendered.cards:
        db.session.add(
            ProductCard(
                post_id=post.id, kind=CARD, number=card.number, product_id=card.product_id,
                sku=card.sku[:80], note=card.note,
            )
        )  # fmt: skip
    linked = [one.product_id for one in rendered.links if one.product_id in known]
    for number, product_id in enumerate(dict.fromkeys(linked), start=1):
        db.session.add(
            ProductCard(post_id=post.id, kind=LINK, number=number, product_id=product_id)
        )
