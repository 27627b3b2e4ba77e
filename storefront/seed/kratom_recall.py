"""A lot of the demo that was called back ten days ago, and a buyer who has read of it."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from storefront.compliance.models import RecallNotice
from storefront.extensions import db
from storefront.orders.recall_steps import confirm_read
from storefront.orders.recalling import RecallWords, begin_recall
from storefront.seed.orders import written_to
from storefront.stock.models import Lot

BY = "owner@quillmoss.example"
LOT = "QM-2603-G0"
WORDS = RecallWords(
    reason="Bags of this lot may hold a piece of the wire that a sieve was made of.",
    advice=(
        "Do not use it. Throw it away out of the reach of children; you need not send it back."
        " We return what you paid for it."
    ),
    abroad={
        "de": {
            "reason": "In Beuteln dieser Charge kann ein Stück Draht aus einem Sieb sein.",
            "advice": (
                "Verwenden Sie es nicht. Werfen Sie es außer Reichweite von Kindern weg; Sie"
                " müssen es nicht zurückschicken. Wir erstatten, was Sie dafür bezahlt haben."
            ),
        }
    },
)


def sow_recall(now: datetime) -> None:
    """Inside write_tx(), once orders have taken of the lot, where there are any."""
    begun = now - timedelta(days=10)
    lots = db.session.scalars(select(Lot.id).where(Lot.code == LOT)).all()
    recall = begin_recall(lots, WORDS, begun, BY)
    of_it = RecallNotice.recall_id == recall.id
    mailed = begun + timedelta(minutes=2)
    db.session.execute(update(RecallNotice).where(of_it).values(mailed_at=mailed))
    for token in db.session.scalars(select(RecallNotice.token).where(of_it)).all():
        confirm_read(token, "unopened", begun + timedelta(hours=9))
    written_to()
