"""One order with all that is known of it, as staff see it."""

from typing import Any

from flask import render_template
from sqlalchemy import select

from storefront.admin.orders.changing import KIND, order_or_404
from storefront.admin.orders.forms import CancelForm, NoteForm, ReceivedForm
from storefront.audit import changes_of
from storefront.blog.models import Post
from storefront.clock import now
from storefront.extensions import db
from storefront.money import Money
from storefront.orders.asking import questions_of
from storefront.orders.caps import counted_of
from storefront.orders.invoicing import papers_of
from storefront.orders.judging import reasons_now
from storefront.orders.models import Order
from storefront.orders.parcels import rest_of
from storefront.orders.returns import returns_of
from storefront.orders.seeing import newest_event
from storefront.orders.states import AWAITING, CANCELLED, PAID, REVIEW
from storefront.orders.withdrawals import withdrawals_of
from storefront.payments.queries import attempts_of, disputes_of, main_payment, refunds_of
from storefront.payments.refunding import refundable
from storefront.restricting import restricts
from storefront.stock.returning import lots_of_order


def order_page(order_id: int, said: str | None = None, **forms: Any) -> str:
    """`forms`: one that was sent and refused: note, received, cancel."""
    order = order_or_404(order_id)
    rests = rest_of(order)
    attempts = attempts_of(order_id)
    left = refundable(main_payment(order_id))
    return render_template(
        "admin/orders/show.html",
        order=order,
        seen=newest_event(order_id),
        rests=rests,
        lots=lots_of_order(order_id),
        attempts=attempts,
        refunds=refunds_of(order_id),
        disputes=disputes_of(order_id),
        refundable=left,
        may=may(order, left, rests),
        papers=papers_of(order_id),
        questions=questions_of(order_id),
        withdrawals=withdrawals_of(order_id),
        returns=returns_of(order_id),
        articles=_articles(order),
        note=forms.get("note") or NoteForm(formdata=None),
        received=forms.get("received") or ReceivedForm(formdata=None),
        cancel=forms.get("cancel") or CancelForm(formdata=None),
        said=said,
        changes=changes_of(KIND, order_id),
        **(_of_the_law(order) if order.decision or restricts() else {}),
    )


def _of_the_law(order: Order) -> dict[str, Any]:
    """Of restricted goods: whether they may still go, and what caps count of them."""
    waits = order.state != CANCELLED and order.fulfilment in {"new", "packed", "partly"}
    caps = counted_of(order.id) if order.decision else {}
    return {
        "now_blocked": reasons_now(order, now()) if waits else "",
        "caps": [f"{n} ({code})" for code, n in sorted(caps.items())],
    }


def may(order: Order, left: Money, rests: list[Any]) -> dict[str, bool]:
    """What can be done with it now: the buttons on its page."""
    goes = order.state == PAID and not order.disputed and not order.given_back
    packable = any(rest.left or rest.packed for rest in rests)
    return {
        "pack": goes and packable,
        "refund": bool(left) and not order.disputed,
        "cancel": order.state != CANCELLED
        and order.fulfilment in {"new", "none"}
        and not order.disputed,
        "receive": order.state in {AWAITING, REVIEW} and order.number is not None,
        "accept": order.state == REVIEW,
    }


def _articles(order: Order) -> dict[int, Any]:
    """(slug, title) of those it was put in the cart from, by id."""
    touches = [one for line in order.lines for one in (line.first_post_id, line.last_post_id)]
    ids = {id_ for id_ in touches if id_ is not None}
    if not ids:
        return {}
    rows = db.session.execute(select(Post.id, Post.slug, Post.title).where(Post.id.in_(ids)))
    return {row.id: row for row in rows}
