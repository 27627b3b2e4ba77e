"""How often articles are read, and how often something is put in a cart from them: sums by day."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from sqlalchemy import Table, func, select

from storefront.blog.models import CardAdds, Post, PostReads
from storefront.catalog.models import OldSlug
from storefront.extensions import db
from storefront.transactions import insert

READS = cast(Table, PostReads.__table__)
ADDS = cast(Table, CardAdds.__table__)


def count_reads(day: date, reads: Mapping[str, int]) -> None:
    """Add what was read on this day, by address. Inside write_tx()."""
    counts: dict[int, int] = {}
    for slug, post_id in _posts_at(list(reads)).items():
        counts[post_id] = counts.get(post_id, 0) + reads[slug]
    if not counts:
        return
    new = insert(READS)
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["post_id", "day"], set_={"count": READS.c.count + new.excluded.count}
        ),
        [{"post_id": id_, "day": day, "count": counts[id_]} for id_ in sorted(counts)],
    )


def count_add(post_id: int, card: int, day: date) -> None:
    """Something was put in a cart by this card; card 0: by a link. Inside the same write_tx()."""
    new = insert(ADDS).values(post_id=post_id, card=card, day=day, count=1)
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["post_id", "card", "day"],
            set_={"count": ADDS.c.count + new.excluded.count},
        )
    )


def _posts_at(slugs: list[str]) -> dict[str, int]:
    """An address that changed since it was read still names its article."""
    old = select(OldSlug.slug, OldSlug.target_id).where(
        OldSlug.kind == "post", OldSlug.slug.in_(slugs)
    )
    now = select(Post.slug, Post.id).where(Post.slug.in_(slugs))
    return {**_pairs(old), **_pairs(now)}


def _pairs(rows: object) -> dict[str, int]:
    return {slug: post_id for slug, post_id in db.session.execute(rows)}  # type: ignore[call-overload]


def reads_since(day: date | None) -> dict[int, int]:
    """Reads by article, from this day on; None: ever."""
    counted = select(PostReads.post_id, func.sum(PostReads.count)).group_by(PostReads.post_id)
    if day is not None:
        counted = counted.where(PostReads.day >= day)
    return {post_id: int(count) for post_id, count in db.session.execute(counted)}


def adds_since(day: date | None) -> dict[tuple[int, int], int]:
    """Adds by article and card, from this day on; None: ever."""
    counted = select(CardAdds.post_id, CardAdds.card, func.sum(CardAdds.count)).group_by(
        CardAdds.post_id, CardAdds.card
    )
    if day is not None:
        counted = counted.where(CardAdds.day >= day)
    return {(post, card): int(count) for post, card, count in db.session.execute(counted)}
