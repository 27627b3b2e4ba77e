"""How far a recall has come: its orders one by one, and all of it in figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from storefront.compliance.models import Recall, RecallLot, RecallNotice
from storefront.extensions import db
from storefront.money import Money
from storefront.orders.models import Order
from storefront.orders.recalls import UNREAD
from storefront.payments.models import Refund
from storefront.stock.models import LotLevel

BACK = ("requested", "pending", "succeeded")
OUT = RecallNotice.quantity - RecallNotice.kept
COLUMNS = (
    "order", "placed", "units", "left_the_shop", "mailed", "read", "answer", "answered",
    "refunded", "currency", "state_of_refund",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one recall. Accounted for is what is here, and what a buyer has said the end of."""

    orders: int
    units: int
    out: int  # units that had left for buyers
    told: int  # orders whose buyers are mailed: it left for them, or is lacking
    mailed: int
    read: int
    answered: int
    answered_units: int
    refunded: int  # orders
    unread: int
    in_stock: int  # of its lots, now
    money: Sequence[Money]  # that went back, or is on its way; one a currency

    @property
    def accounted(self) -> int:
        return self.in_stock + self.answered_units

    @property
    def known(self) -> int:
        """All units that this recall is after."""
        return self.in_stock + self.out


def figures_of(recall_id: int) -> Figures:
    """Three statements."""
    counts: dict[str, Any] = {
        "orders": func.count(),
        "units": _sum(RecallNotice.quantity),
        "out": _sum(OUT),
        "told": _count((OUT > 0) | RecallNotice.mailed_at.is_not(None)),
        "mailed": func.count(RecallNotice.mailed_at),
        "read": func.count(RecallNotice.read_at),
        "answered": func.count(RecallNotice.answered_at),
        "answered_units": _sum(case((RecallNotice.answered_at.is_not(None), OUT), else_=0)),
        "refunded": _count(Refund.state.in_(BACK)),
        "unread": _count(UNREAD),
    }
    row: Any = db.session.execute(
        select(*(count.label(name) for name, count in counts.items()))
        .select_from(RecallNotice)
        .outerjoin(Refund, Refund.id == RecallNotice.refund_id)
        .where(RecallNotice.recall_id == recall_id)
    ).one()
    in_stock = db.session.scalar(
        select(_sum(LotLevel.on_hand))
        .join(RecallLot, RecallLot.lot_id == LotLevel.lot_id)
        .where(RecallLot.recall_id == recall_id)
    )
    return Figures(
        **{name: int(count) for name, count in row._mapping.items()},
        in_stock=int(in_stock or 0),
        money=_money(recall_id),
    )


def rows_of(recall_id: int) -> Iterator[tuple[RecallNotice, Order, Refund | None]]:
    """The oldest order first."""
    rows: Iterable[Any] = db.session.execute(
        select(RecallNotice, Order, Refund)
        .join(Order, Order.id == RecallNotice.order_id)
        .outerjoin(Refund, Refund.id == RecallNotice.refund_id)
        .where(RecallNotice.recall_id == recall_id)
        .order_by(RecallNotice.order_id)
    )
    yield from rows


def report_rows(recall_id: int) -> Iterator[Sequence[str | int | Decimal]]:
    """For COLUMNS. Orders by their number: whose they are is nobody's business who checks this."""
    for notice, order, refund in rows_of(recall_id):
        yield (
            order.number or f"id {order.id}", order.placed_at.date().isoformat(),
            notice.quantity, notice.out,
            *(at.isoformat() if at else "" for at in (notice.mailed_at, notice.read_at)),
            notice.answer, notice.answered_at.isoformat() if notice.answered_at else "",
            refund.amount.decimal if refund else "", refund.currency if refund else "",
            refund.state if refund else "",
        )  # fmt: skip


def listed(view: str) -> Select[*tuple[Any, ...]]:
    """Recalls with how many orders each has, and how many have not read it. `view`: open, closed
    or all."""
    counts = (
        select(
            RecallNotice.recall_id, func.count().label("orders"),
            _sum(RecallNotice.quantity).label("units"), _count(UNREAD).label("unread"),
        )
        .group_by(RecallNotice.recall_id)
        .subquery()
    )  # fmt: skip
    found = select(
        Recall.id, Recall.code, Recall.reason, Recall.begun_at, Recall.closed_at,
        *(func.coalesce(counts.c[name], 0).label(name) for name in ("orders", "units", "unread")),
    ).outerjoin(counts, counts.c.recall_id == Recall.id)  # fmt: skip
    if view == "open":
        return found.where(Recall.closed_at.is_(None))
    return found.where(Recall.closed_at.is_not(None)) if view == "closed" else found


def unread_recalls(limit: int) -> Sequence[Any]:
    """Open ones that somebody has not read, the oldest first: id, code, unread; `in_all`."""
    found = listed("open").subquery()
    return db.session.execute(
        select(found.c.id, found.c.code, found.c.unread, func.count().over().label("in_all"))
        .where(found.c.unread > 0)
        .order_by(found.c.id)
        .limit(limit)
    ).all()


def _money(recall_id: int) -> list[Money]:
    rows = db.session.execute(
        select(Refund.currency, func.sum(Refund.amount_minor))
        .join(RecallNotice, RecallNotice.refund_id == Refund.id)
        .where(RecallNotice.recall_id == recall_id, Refund.state.in_(BACK))
        .group_by(Refund.currency)
        .order_by(Refund.currency)
    )
    return [Money(int(total), currency) for currency, total in rows]


def _sum(amount: Any) -> Any:
    return func.coalesce(func.sum(amount), 0)


def _count(fit: ColumnElement[bool]) -> Any:
    return _sum(case((fit, 1), else_=0))
