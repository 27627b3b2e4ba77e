"""Staff must know: a line in the order's timeline and a mail to the shop, once per matter."""

from datetime import datetime

import structlog
from sqlalchemy import exists, select

from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.states import record
from storefront.outbox import OutboxMail, owe_mail

log = structlog.get_logger()
KIND = "staff_notice"


def tell_staff(order: Order, shop_email: str, note: str, ref: str, now: datetime) -> None:
    """Inside write_tx(). The same `ref` of an order again is not told twice."""
    if _was_told(ref, order.id):
        return
    record(order, KIND, now, "payments", note)
    context = {"note": note, "order_number": order.number}
    owe_mail(KIND, shop_email, now, order_id=order.id, ref=ref, context=context)
    log.warning("staff_notice", order=order.id, note=note)


def raise_alarm(shop_email: str, note: str, ref: str, now: datetime) -> bool:
    """Inside write_tx(). As tell_staff(), where there is no order to speak of; False if known."""
    if _was_told(ref, None):
        return False
    owe_mail(KIND, shop_email, now, ref=ref, context={"note": note, "order_number": None})
    log.error("payment_alarm", note=note)
    return True


def _was_told(ref: str, order_id: int | None) -> bool:
    told = select(OutboxMail.id).where(
        OutboxMail.kind == KIND,
        OutboxMail.ref == ref,
        OutboxMail.order_id.is_not_distinct_from(order_id),
    )
    return bool(db.session.scalar(select(exists(told))))
