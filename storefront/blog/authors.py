"""Who signs articles: written down once, changed where what is said of them changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slugify import slugify
from sqlalchemy import select

from storefront.blog.models import Author
from storefront.catalog.prose import to_html
from storefront.catalog.version import bump_version
from storefront.extensions import db


def author_ids() -> dict[str, int]:
    """Ids by address."""
    return {slug: id_ for slug, id_ in db.session.execute(select(Author.slug, Author.id))}


def differs(author: Author, said: Mapping[str, Any]) -> bool:
    return any(getattr(author, name) != value for name, value in said.items())


def keep_author(said: Mapping[str, Any], now: datetime) -> Author:
    """The author with this address, as described; what is not said stays. Inside write_tx()."""
    author = db.session.scalars(select(Author).where(Author.slug == said["slug"])).one_or_none()
    if author is None:
        author = Author(slug=said["slug"])
        db.session.add(author)
    elif not differs(author, said):
        return author
    for name, value in said.items():
        setattr(author, name, value)
    author.bio_html = to_html(author.bio or "")
    author.updated_at = now
    db.session.flush()
    bump_version()
    return author


def house_author(shop: str, now: datetime) -> Author:
    """Signs what nobody signed: the shop itself. Inside write_tx()."""
    said = {"slug": slugify(shop, max_length=160) or "shop", "name": shop[:120]}
    known = author_ids().get(said["slug"])
    if known is not None:
        return db.session.get_one(Author, known)
    return keep_author({**said, "connection": "staff"}, now)
