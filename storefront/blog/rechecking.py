"""Published articles are held against the shop as it is now: its products, its claim rules.

Products are looked up whenever somebody asks. Reading a text by the rules takes long, so what they
said is kept, and asked again once the rules, the restricted classes or the article have changed.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from storefront.blog.checks import check
from storefront.blog.content import content_of
from storefront.blog.decisions import decided, standing
from storefront.blog.facts import facts_for, restricted_words
from storefront.blog.findings import Finding
from storefront.blog.models import CARD, PUBLISHED, Post, PostCheck, ProductCard
from storefront.blog.publishing import live_revision, made_of
from storefront.catalog.models import ACTIVE, Product
from storefront.compliance.claim_rules import HERE
from storefront.extensions import db

AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Looked:
    """What the rules say of a published article."""

    post_id: int
    changed_at: datetime
    open_claims: list[Finding]


def rules_now() -> str:
    """Changes with the rules and with what classes are restricted."""
    named = "\n".join(sorted(restricted_words()))
    return hashlib.sha256(f"{_rule_files()}\n{named}".encode()).hexdigest()


@lru_cache(maxsize=1)
def _rule_files() -> str:
    files = [HERE / name for name in ("claim-rules.yaml", "risk-block.md")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def look_again(today: date, limit: int = AT_ONCE) -> list[Looked]:
    """Read articles that were not, as they are now, held against the rules of now. Reads only."""
    current = rules_now()
    posts = db.session.scalars(
        select(Post)
        .outerjoin(PostCheck, PostCheck.post_id == Post.id)
        .where(
            Post.status == PUBLISHED,
            or_(
                PostCheck.post_id.is_(None),
                PostCheck.rules != current,
                PostCheck.changed_at != Post.changed_at,
            ),
        )
        .order_by(Post.id)
        .limit(limit)
    ).all()
    return [_look_at(post, today) for post in posts]


def _look_at(post: Post, today: date) -> Looked:
    revision = live_revision(post.id)
    if revision is None:  # published by other means than a revision: nothing to hold it against
        return Looked(post.id, post.changed_at, [])
    made = made_of(content_of(revision.content))
    findings = check(made, facts_for(made), today)
    return Looked(post.id, post.changed_at, open_claims(findings, decided(post.id)))


def open_claims(findings: Iterable[Finding], made: dict[str, Any]) -> list[Finding]:
    return [one for one in standing(findings, made) if one.is_claim]


def keep_looks(looked: Iterable[Looked], now: datetime) -> None:
    """Keep what was found. Inside write_tx()."""
    current = rules_now()
    for one in looked:
        db.session.execute(delete(PostCheck).where(PostCheck.post_id == one.post_id))
        first = one.open_claims[0] if one.open_claims else None
        db.session.add(
            PostCheck(
                post_id=one.post_id, rules=current, changed_at=one.changed_at, checked_at=now,
                open_claims=len(one.open_claims),
                first=f"{first.rule}: {first.about or first.words}"[:300] if first else "",
            )
        )  # fmt: skip
    db.session.flush()


def needs_attention() -> ColumnElement[bool]:
    """Of a row of Post: something to do about it. Live, but for what the rules said."""
    dead = (
        select(ProductCard.id)
        .join(Product, Product.id == ProductCard.product_id)
        .where(ProductCard.post_id == Post.id, ProductCard.kind == CARD, Product.status != ACTIVE)
    )
    claims = select(PostCheck.post_id).where(
        PostCheck.post_id == Post.id, PostCheck.open_claims > 0
    )
    return or_(
        Post.held_back != "", and_(Post.status == PUBLISHED, or_(dead.exists(), claims.exists()))
    )


def stopped(limit: int) -> Sequence[Any]:
    """Articles not published as planned, or that the rules object to; `in_all`: how many."""
    objected = and_(Post.status == PUBLISHED, PostCheck.open_claims > 0)
    return db.session.execute(
        select(Post.id, Post.title, Post.held_back, PostCheck.first,
               func.count().over().label("in_all"))
        .outerjoin(PostCheck, PostCheck.post_id == Post.id)
        .where(or_(Post.held_back != "", objected))
        .order_by(Post.id)
        .limit(limit)
    ).all()  # fmt: skip


def tasks_of(post_ids: Iterable[int]) -> dict[int, list[str]]:
    """What is to be done about these articles, in words. Three statements, however many."""
    ids = list(post_ids)
    tasks: dict[int, list[str]] = {}
    for post_id, why in db.session.execute(
        select(Post.id, Post.held_back).where(Post.id.in_(ids), Post.held_back != "")
    ):
        tasks.setdefault(post_id, []).append(f"Not published as planned: {why}")
    for row in _dead_cards(ids):
        tasks.setdefault(row.post_id, []).append(f"Card {row.number}: {row.name} is {row.status}.")
    claims = db.session.execute(
        select(PostCheck.post_id, PostCheck.open_claims, PostCheck.first)
        .join(Post, Post.id == PostCheck.post_id)
        .where(PostCheck.post_id.in_(ids), PostCheck.open_claims > 0, Post.status == PUBLISHED)
    )
    for post_id, count, first in claims:
        tasks.setdefault(post_id, []).append(f"The rules object {count} times, first to {first}")
    return tasks


def _dead_cards(ids: list[int]) -> Sequence[Any]:
    return db.session.execute(
        select(ProductCard.post_id, ProductCard.number, Product.name, Product.status)
        .join(Product, Product.id == ProductCard.product_id)
        .join(Post, Post.id == ProductCard.post_id)
        .where(
            ProductCard.post_id.in_(ids),
            ProductCard.kind == CARD,
            Product.status != ACTIVE,
            Post.status == PUBLISHED,
        )
        .order_by(ProductCard.post_id, ProductCard.number)
    ).all()
