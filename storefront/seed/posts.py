"""The demo shop's articles and their authors, published through the shop's own rules."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from storefront.blog.authors import keep_author
from storefront.blog.content import Content, Source
from storefront.blog.identity import to_ids
from storefront.blog.models import PostPicture
from storefront.blog.publishing import made_of, publish
from storefront.blog.saving import begin
from storefront.extensions import db
from storefront.seed.articles import (
    ArticleFile,
    read_articles,
    read_authors,
    without_restricted,
)
from storefront.seed.pictures import Kept
from storefront.seed.plates.draw import PLATES


def sow_posts(
    pictures: Mapping[str, Kept], now: datetime, actor: str, restricted: bool = True
) -> int:
    """Inside the write_tx() that makes the demo: nobody visits a shop that is not there yet, so
    rendering keeps nobody waiting. Its products must be there. How many articles it made."""
    articles = read_articles() if restricted else without_restricted(read_articles())
    people = {name for article in articles for name in (article.author, article.reviewer)}
    authors = {
        entry.slug: keep_author(asdict(entry), now).id
        for entry in read_authors()
        if entry.slug in people
    }
    for article in articles:
        _hang(_cover(article, pictures), now, actor)
        content = _content(article, authors, _cover(article, pictures), now)
        at = now - timedelta(days=article.published_days_ago)
        post = begin(content, actor, at)
        publish(post.id, 1, made_of(content), at)
    return len(articles)


def _content(
    article: ArticleFile, authors: Mapping[str, int], cover: Kept | None, now: datetime
) -> Content:
    return Content(
        title=article.title,
        slug=article.slug,
        description=article.description,
        body=to_ids(article.body.strip()),
        tags=article.tags,
        author_id=authors[article.author],
        reviewer_id=authors[article.reviewer] if article.reviewer else None,
        reviewed_on=(now - timedelta(days=article.reviewed_days_ago)).date(),
        series=article.series or "",
        series_position=article.series_position or 0,
        disclosure=article.disclosure,
        sources=tuple(Source(one.title, one.url or "", one.note) for one in article.sources),
        cover=cover.digest if cover else "",
        cover_alt=article.cover_alt if cover else "",
    )


def _cover(article: ArticleFile, pictures: Mapping[str, Kept]) -> Kept | None:
    """The plate it names, or the first of the product it names."""
    if not article.cover:
        return None
    plates = PLATES.get(article.cover)
    return pictures[plates[0].name if plates else article.cover]


def _hang(cover: Kept | None, now: datetime, actor: str) -> None:
    if cover and db.session.get(PostPicture, cover.digest) is None:
        db.session.add(PostPicture(**cover._asdict(), actor=actor, created_at=now))
        db.session.flush()
