"""Questions about an order, kept with it and mailed to the shop."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from storefront.columns import UtcDateTime
from storefront.extensions import Model, db
from storefront.languages import _
from storefront.orders.models import Order
from storefront.orders.states import record
from storefront.outbox import owe_mail
from storefront.refusal import Refusal

MOST = 20  # of one order: a conversation moves to mail long before


class Question(Model):
    """What a buyer asked on their order's page."""

    __tablename__ = "order_questions"
    __table_args__ = (
        CheckConstraint("length(body) > 0", name="body"),
        Index("ix_order_questions_order", "order_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AskedOften(Refusal):
    """Enough questions on one page."""

    status = 429


def ask(order: Order, body: str, shop_email: str, now: datetime) -> Question | None:
    """Inside write_tx(), with the order locked. The last question again is no new one: None."""
    asked = questions_of(order.id)
    if asked and asked[-1].body == body:
        return None
    if len(asked) >= MOST:
        raise AskedOften(
            _("You asked %(count)s times here. Write to %(email)s instead.",
              count=MOST, email=shop_email)
        )  # fmt: skip
    question = Question(order_id=order.id, body=body, created_at=now)
    db.session.add(question)
    db.session.flush()
    record(order, "asked", now, "shopper", body)
    owe_mail(
        "question",
        shop_email,
        now,
        order_id=order.id,
        ref=str(question.id),
        context={"body": body, "reply_to": order.email},
    )
    return question


def questions_of(order_id: int) -> Sequence[Question]:
    return db.session.scalars(
        select(Question).where(Question.order_id == order_id).order_by(Question.id)
    ).all()
