"""Bringing articles to what a catalogue file says; only what differs is written.

Articles and authors are known by their addresses. What is compared is what readers have (of a
draft: what was saved last), so that what a writer is still working on is left alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storefront.blog.authors import author_ids, differs, house_author, keep_author
from storefront.blog.content import Content, Source, content_of
from storefront.blog.identity import ids_named, to_ids
from storefront.blog.markdown import render
from storefront.blog.models import DRAFT, PUBLISHED, Author, Post, Revision
from storefront.blog.publishing import Made, publish
from storefront.blog.saving import begin, save
from storefront.catalog.contents import BadLines, Contents, PostLine
from storefront.catalog.importing import Tally
from storefront.catalog.version import bump_version
from storefront.extensions import db

NOT_YET = 0  # the id of a product or author that the same file brings
AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Had:
    """An article that is there."""

    id: int
    status: str
    published_at: datetime | None
    publish_at: datetime | None
    newest: int  # revision
    content: Content


@dataclass(frozen=True, slots=True)
class Change:
    """An article the file brings, or says something else of."""

    line: PostLine
    had: Had | None
    content: Content


def post_changes(contents: Contents, base_url: str, now: datetime) -> list[Change]:
    """Which articles differ, and what they should say. Reads only; raises BadLines."""
    here = {**dict.fromkeys(contents.authors, NOT_YET), **author_ids()}
    products = {line.values["slug"]: NOT_YET for line in contents.products.values()}
    bodies = [line.values["body"] for line in contents.posts.values()]
    products.update(ids_named(bodies, base_url))
    known = _known(list(contents.posts))
    problems: list[tuple[int, str]] = []
    found = []
    for line in contents.posts.values():
        had = known.get(line.slug)
        body = to_ids(line.values["body"], base_url, products)
        content = _content(line, had, body, here, problems)
        if _is_change(line, had, content, now):
            found.append(Change(line, had, content))
            problems += _dead_cards(line, body)
    if problems:
        raise BadLines(sorted(problems))
    return found


def tally_posts(contents: Contents, changes: Sequence[Change]) -> Tally:
    new = sum(1 for change in changes if change.had is None)
    changed = len(changes) - new
    return Tally(new, changed, len(contents.posts) - new - changed)


def tally_authors(contents: Contents) -> Tally:
    """Asked before they are written."""
    known = {
        author.slug: author
        for author in db.session.scalars(select(Author).where(Author.slug.in_(contents.authors)))
    }
    new = len(contents.authors) - len(known)
    changed = sum(differs(known[slug], contents.authors[slug]) for slug in known)
    return Tally(new, changed, len(contents.authors) - new - changed)


def write_authors(contents: Contents, now: datetime) -> None:
    """Inside write_tx()."""
    for said in contents.authors.values():
        keep_author(said, now)


def write_posts(ready: Iterable[tuple[Change, Made]], shop: str, now: datetime, actor: str) -> None:
    """Each change with made_of() its content. Inside write_tx()."""
    for change, made in ready:
        if not change.content.author_id:
            signed = replace(change.content, author_id=house_author(shop, now).id)
            made = replace(made, content=signed)
        _show(change, made, *_saved(change, made.content, now, actor), now)


def _saved(change: Change, content: Content, now: datetime, actor: str) -> tuple[Post, int]:
    """The article and the number of the revision that says it."""
    had, published = change.had, change.line.published
    if had is None:
        # It was written when the file says so, not when it came here.
        return begin(content, actor, min(published or now, now)), 1
    post = db.session.get_one(Post, had.id)
    if content == had.content and had.status != DRAFT:
        return post, 0
    return post, save(had.id, content, actor, now, had.newest).number


def _show(change: Change, made: Made, post: Post, number: int, now: datetime) -> None:
    """Let readers have it from when the file says; one that was withdrawn stays so."""
    when = change.line.published
    if post.status == DRAFT and when and when > now:
        post.publish_at, post.publish_revision = when, number
        return
    if post.status not in (DRAFT, PUBLISHED) or (post.status == DRAFT and when is None):
        return
    if when and post.published_at != when:
        post.published_at = when
        bump_version()
    if number:
        publish(post.id, number, made, now if change.had else when or now)


def _content(
    line: PostLine,
    had: Had | None,
    body: str,
    authors: dict[str, int],
    problems: list[tuple[int, str]],
) -> Content:
    said: dict[str, Any] = {**line.values, "body": body}
    if "sources" in said:
        said["sources"] = tuple(Source(**one) for one in said["sources"])
    if "tags" in said:
        said["tags"] = tuple(said["tags"])
    for name in ("author", "reviewer"):
        if name not in said:
            continue
        slug = said.pop(name)
        if slug is not None and slug not in authors:
            problems.append((line.number, f"its {name} {slug} is unknown"))
        said[f"{name}_id"] = None if slug is None else authors.get(slug)
    if had and not said.get("author_id", True):
        del said["author_id"]  # an article in the shop always has one
    return replace(had.content, **said) if had else Content(**said)


def _is_change(line: PostLine, had: Had | None, content: Content, now: datetime) -> bool:
    if had is None or content != had.content:
        return True
    when = line.published
    if when is None:
        return False
    if had.status == DRAFT:
        return when <= now or had.publish_at != when
    return had.status == PUBLISHED and had.published_at != when


def _dead_cards(line: PostLine, body: str) -> list[tuple[int, str]]:
    if "::product[" not in body:
        return []
    dead = [card for card in render(body).cards if card.product_id is None]
    return [(line.number, f"its card names no product: {card.product}") for card in dead]


def _known(slugs: Sequence[str]) -> dict[str, Had]:
    found: dict[str, Had] = {}
    for at in range(0, len(slugs), AT_A_TIME):
        posts = db.session.scalars(select(Post).where(Post.slug.in_(slugs[at : at + AT_A_TIME])))
        by_id = {post.id: post for post in posts}
        newest = _newest(by_id)
        for post_id, content in _compared(by_id).items():
            post = by_id[post_id]
            found[post.slug] = Had(
                post_id, post.status, post.published_at, post.publish_at, newest[post_id], content
            )
    return found


def _newest(post_ids: Iterable[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Revision.post_id, func.max(Revision.number))
        .where(Revision.post_id.in_(post_ids))
        .group_by(Revision.post_id)
    )
    return {post_id: number for post_id, number in rows}


def _compared(post_ids: Iterable[int]) -> dict[int, Content]:
    """What readers have of each; of one they never had, what was saved last."""
    place = func.row_number().over(
        partition_by=Revision.post_id,
        order_by=(Revision.published_at.desc().nulls_last(), Revision.number.desc()),
    )
    ranked = (
        select(Revision.id, place.label("place")).where(Revision.post_id.in_(post_ids)).subquery()
    )
    rows: Iterable[Any] = db.session.execute(
        select(Revision.post_id, Revision.content)
        .join(ranked, ranked.c.id == Revision.id)
        .where(ranked.c.place == 1)
    )
    return {post_id: content_of(kept) for post_id, kept in rows}
