"""Questions about recalls: a notice by its link, those of an order, a recall in figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from storefront.compliance.models import Recall, RecallLot, RecallNotice
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.recall_steps import NoSuchRecall

LONGEST_TOKEN = 64
# Told, and has not said that they read it.
UNREAD = RecallNotice.read_at.is_(None) & (
    (RecallNotice.quantity > RecallNotice.kept) | RecallNotice.mailed_at.is_not(None)
)


@dataclass(frozen=True, slots=True)
class Mine:
    """A buyer's own notice, with the recall it is of and their order."""

    notice: RecallNotice
    recall: Recall
    order: Order


def notice_at(token: str) -> Mine | None:
    """The notice behind a secret link."""
    if len(token) > LONGEST_TOKEN:
        return None
    row = db.session.execute(_told_of().where(RecallNotice.token == token)).one_or_none()
    return Mine(row[0], row[1], row[2]) if row else None


def notices_of(order_id: int) -> list[Mine]:
    """What an order's page says: those its buyer was told of, the newest first."""
    rows: Iterable[Any] = db.session.execute(
        _told_of().where(Order.id == order_id).order_by(RecallNotice.id.desc())
    )
    found = [Mine(notice, recall, order) for notice, recall, order in rows]
    return [one for one in found if one.notice.is_told or one.notice.mailed_at]


def _told_of() -> Select[*tuple[Any, ...]]:
    return (
        select(RecallNotice, Recall, Order)
        .join(Recall, Recall.id == RecallNotice.recall_id)
        .join(Order, Order.id == RecallNotice.order_id)
    )


def recall_by(recall_id: int) -> Recall:
    """Raises NoSuchRecall."""
    recall = db.session.get(Recall, recall_id)
    if recall is None:
        raise NoSuchRecall("There is no such recall.")
    return recall


def recalls_of_lot_id(lot_id: int) -> Sequence[Recall]:
    """The newest first."""
    return db.session.scalars(
        select(Recall)
        .join(RecallLot, RecallLot.recall_id == Recall.id)
        .where(RecallLot.lot_id == lot_id)
        .order_by(Recall.id.desc())
    ).all()
