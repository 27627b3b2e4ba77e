"""What staff do with reviews: approve, reject, answer. Stars are no reason for either."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from storefront.audit import record_change
from storefront.catalog.models import Product, ProductClass
from storefront.compliance.claim_rules import Severity
from storefront.compliance.letting_through import SHORTEST_REASON
from storefront.compliance.shop_texts import Found, look_at, review_texts
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.refusal import Refusal
from storefront.reviews.models import APPROVED, HELD, REJECTED, WITHDRAWN, Review
from storefront.reviews.rating import rate_again

KIND = "review"  # in the log of changes
LONGEST_REPLY = 2000


class NoSuchReview(Refusal):
    status = 404


class ReasonMissing(Refusal):
    """Claim rules find something in it, and nobody said why it may be shown."""

    status = 422


class TakenBack(Refusal):
    """Its writer does not stand by it any more."""


def reviews_in(state: str, limit: int = 50) -> Sequence[Any]:
    """(review, product's name), the longest waiting first."""
    return db.session.execute(
        select(Review, Product.name)
        .join(Product, Product.id == Review.product_id)
        .where(Review.state == state)
        .order_by(Review.written_at, Review.id)
        .limit(limit)
    ).all()


def listed(state: str) -> Select[*tuple[Any, ...]]:
    """(review, product's name and slug, number and id of the order it was bought with)."""
    return (
        select(Review, Product.name, Product.slug, Order.number)
        .join(Product, Product.id == Review.product_id)
        .join(Order, Order.id == Review.order_id)
        .where(Review.state == state)
    )


def review_by(review_id: int) -> Any:
    """(review, product's name and slug, order's number). Raises NoSuchReview."""
    found = db.session.execute(
        select(Review, Product.name, Product.slug, Order.number)
        .join(Product, Product.id == Review.product_id)
        .join(Order, Order.id == Review.order_id)
        .where(Review.id == review_id)
    ).one_or_none()
    if found is None:
        raise NoSuchReview(f"There is no review {review_id}.")
    return found


def findings_of(review: Review) -> list[Found]:
    """What claim rules say of its words, but notices to whoever writes."""
    restricted = db.session.scalar(
        select(ProductClass.restricted)
        .join(Product, Product.class_id == ProductClass.id)
        .where(Product.id == review.product_id)
    )
    found = look_at(review_texts(review.title, review.body), bool(restricted))
    return [one for one in found if one.finding.severity is not Severity.NOTICE]


def waiting_reviews(limit: int) -> Sequence[Any]:
    """(product, name, title, stars, written_at, in_all) of held ones, the longest waiting first."""
    return db.session.execute(
        select(
            Review.id, Product.name.label("product"), Review.name, Review.title, Review.stars,
            Review.written_at, func.count().over().label("in_all"),
        )
        .join(Product, Product.id == Review.product_id)
        .where(Review.state == HELD)
        .order_by(Review.written_at, Review.id)
        .limit(limit)
    ).all()  # fmt: skip


def approve(review_id: int, now: datetime, actor: str, because: str = "") -> None:
    """Show it; `because`: why, although claim rules find something in it. Inside write_tx(), as
    are the next two. Raises ReasonMissing."""
    review = _standing(review_id)
    if len(because) < SHORTEST_REASON and findings_of(review):
        raise ReasonMissing("Say in a sentence why it may be shown although a rule found this.")
    before, after = {"state": review.state}, {"state": APPROVED}
    if because:
        after["because"] = because[:300]
    record_change(KIND, review_id, "approved", before, after, actor=actor, now=now)
    review.state, review.decided_at, review.decided_by, review.reason = APPROVED, now, actor, ""
    db.session.flush()
    rate_again(review.product_id)


def reject(review_id: int, reason: str, now: datetime, actor: str) -> None:
    """Do not show it; its writer reads why."""
    review = _standing(review_id)
    was_shown = review.state == APPROVED
    before, after = {"state": review.state}, {"state": REJECTED, "because": reason[:300]}
    record_change(KIND, review_id, "rejected", before, after, actor=actor, now=now)
    review.state, review.decided_at, review.decided_by = REJECTED, now, actor
    review.reason = reason[:300]
    db.session.flush()
    if was_shown:
        rate_again(review.product_id)


def reply(review_id: int, text: str, now: datetime, actor: str) -> None:
    """The shop's answer beneath it; an empty one takes the last away."""
    review = _standing(review_id)
    text = text.strip()[:LONGEST_REPLY]
    before, after = {"reply": review.reply}, {"reply": text}
    record_change(KIND, review_id, "answered", before, after, actor=actor, now=now)
    review.reply, review.replied_at = text, now if text else None
    db.session.flush()
    if review.state == APPROVED:
        rate_again(review.product_id)


def _standing(review_id: int) -> Review:
    review = db.session.get(Review, review_id, with_for_update=True)
    if review is None:
        raise NoSuchReview(f"There is no review {review_id}.")
    if review.state == WITHDRAWN:
        raise TakenBack(f"The buyer withdrew review {review_id}.")
    return review
