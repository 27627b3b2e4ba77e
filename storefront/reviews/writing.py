"""Who may review what, and the one review a buyer has of a product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from storefront.account.belongings import at_erasure, at_export
from storefront.account.models import Customer
from storefront.catalog.models import DRAFT, Product
from storefront.extensions import db
from storefront.languages import _
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import PAID
from storefront.outbox import owe_mail
from storefront.refusal import Refusal
from storefront.reviews.models import APPROVED, HELD, WITHDRAWN, Review
from storefront.reviews.rating import rate_again


class NotYours(Refusal):
    """Only who had it can say how it is."""

    status = 404


@dataclass(frozen=True, slots=True)
class Words:
    """What the buyer says."""

    stars: int
    title: str
    body: str
    name: str


def reviewable(order: Order) -> list[OrderLine]:
    """The lines one can speak of, once a product: what has left, or never had to be posted."""
    if order.state != PAID:
        return []
    sent = {line_id for parcel in order.sent for line_id in parcel.quantities}
    there = [line for line in order.lines if line.id in sent or not line.ships]
    return list({line.product_id: line for line in there}.values())


def reviewed_product(order: Order, slug: str) -> Any:
    """(id, name, slug) of a product the order's buyer may review; raises NotYours."""
    bought = [line.product_id for line in reviewable(order)]
    row = db.session.execute(
        select(Product.id, Product.name, Product.slug).where(
            Product.slug == slug, Product.id.in_(bought), Product.status != DRAFT
        )
    ).one_or_none()
    if row is None:
        raise NotYours(_("Only what you bought and have can be reviewed from here."))
    return row


def products_to_review(order: Order) -> Sequence[Any]:
    """(name, slug) of each, for the order's page."""
    bought = [line.product_id for line in reviewable(order)]
    if not bought:
        return []
    return db.session.execute(
        select(Product.name, Product.slug)
        .where(Product.id.in_(bought), Product.status != DRAFT)
        .order_by(Product.name)
    ).all()


def review_of(order: Order, product_id: int) -> Review | None:
    """What the order's buyer has said of it, in this order or another."""
    return db.session.scalar(
        select(Review)
        .where(Review.product_id == product_id, Review.buyer == order.email.lower())
        .execution_options(populate_existing=True)
    )


def write(order: Order, product_id: int, words: Words, shop_email: str, now: datetime) -> bool:
    """Keep the buyer's words, and hold them until staff have read them; False where they are the
    same as before. Inside write_tx(), with the order locked."""
    review = review_of(order, product_id)
    if review is None:
        review = Review(product_id=product_id, order_id=order.id, buyer=order.email.lower())
        db.session.add(review)
    elif review.state != WITHDRAWN and _words_of(review) == words:
        return False
    was_shown = review.state == APPROVED
    review.stars, review.title, review.body = words.stars, words.title, words.body
    review.name, review.written_at = words.name, now
    review.state, review.decided_at, review.decided_by, review.reason = HELD, None, "", ""
    db.session.flush()
    if was_shown:
        rate_again(product_id)
    owe_mail("review_held", shop_email, now, context={"review_id": review.id})
    return True


def withdraw_review(order: Order, product_id: int) -> None:
    """Take it off the page; the buyer may write again. Inside write_tx()."""
    review = review_of(order, product_id)
    if review is None or review.state == WITHDRAWN:
        return
    was_shown = review.state == APPROVED
    review.state = WITHDRAWN
    db.session.flush()
    if was_shown:
        rate_again(product_id)


def erase_reviewer(email: str) -> None:
    """Drop who said it; what was said stays, under nobody's name. Inside write_tx()."""
    rows = db.session.execute(
        update(Review)
        .where(Review.buyer == email.lower())
        .values(buyer=None, name="")
        .returning(Review.product_id)
        .execution_options(synchronize_session=False)
    )
    for product_id in sorted({row.product_id for row in rows}):
        rate_again(product_id)


@at_erasure
def erase_customers_reviews(customer: Customer, now: datetime) -> None:
    erase_reviewer(customer.email)


@at_export
def tell_reviews(customer: Customer) -> dict[str, Any]:
    rows = db.session.execute(
        select(Review, Product.name)
        .join(Product, Product.id == Review.product_id)
        .where(Review.buyer == customer.email.lower())
        .order_by(Review.id)
    )
    return {
        "reviews": [
            {
                "product": product,
                "stars": review.stars,
                "title": review.title,
                "text": review.body,
                "name": review.name,
                "state": review.state,
                "written_at": review.written_at.isoformat(),
                "answer": review.reply,
            }
            for review, product in rows
        ]
    }


def _words_of(review: Review) -> Words:
    return Words(review.stars, review.title, review.body, review.name)
