"""How staff find an order: by a word of a name, mail, SKU, lot or number, however it is written."""

import unicodedata

from sqlalchemy import ForeignKey, Index, Select, String, delete, select, union
from sqlalchemy.orm import Mapped, mapped_column

from storefront.extensions import Model, db
from storefront.orders.models import Order
from storefront.stock.models import Lot, Movement
from storefront.transactions import insert

LAST = "\U0010ffff"  # after every word
HIGHEST_NUMBER = 2**31 - 1


class OrderWord(Model):
    """A word an order is found by. Compared byte by byte on both databases, so that the words
    that begin alike lie together."""

    __tablename__ = "order_words"
    __table_args__ = (Index("ix_order_words_order", "order_id"),)

    word: Mapped[str] = mapped_column(
        String(120).with_variant(String(120, collation="C"), "postgresql"), primary_key=True
    )
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)


def index_new_order(order: Order) -> None:
    """Write down by what it is found; no lot was picked for it yet."""
    db.session.flush()
    _add(order.id, _texts_of(order))


def index_order(order: Order) -> None:
    """The same anew, when it says something else: another address, or nothing any more."""
    db.session.flush()
    db.session.execute(delete(OrderWord).where(OrderWord.order_id == order.id))
    _add(order.id, [*_texts_of(order), *_lots_of(order.id)])


def _texts_of(order: Order) -> list[str]:
    texts = [order.email, *(line.sku for line in order.lines)]
    for place in (order.delivery_address, order.billing_address):
        texts += place.full_name.split()
    return texts


def index_lots(order_id: int) -> None:
    """By the lots too, once it was sold from them."""
    _add(order_id, _lots_of(order_id))


def _add(order_id: int, texts: list[str]) -> None:
    words = sorted({folded(text) for text in texts} - {""})
    if words:
        db.session.execute(
            insert(OrderWord).on_conflict_do_nothing(),
            [{"word": word, "order_id": order_id} for word in words],
        )


def folded(text: str) -> str:
    """Small letters without marks: Müller is found as muller."""
    bare = unicodedata.normalize("NFKD", text.strip())
    return "".join(one for one in bare if not unicodedata.combining(one)).casefold()[:120]


def with_words(words: str) -> list[Select[int]]:
    """For each word that was typed the ids of the orders that have one beginning with it, or that
    have it for a number."""
    return [_having(word) for word in words.split()[:6]]


def _having(word: str) -> Select[int]:
    text = folded(word)
    found = select(OrderWord.order_id).where(OrderWord.word >= text, OrderWord.word < text + LAST)
    number = word.lstrip("#")
    if number.isascii() and number.isdigit() and int(number) <= HIGHEST_NUMBER:
        by_number = select(Order.id).where(Order.number == int(number))
        return select(union(found, by_number).subquery().c[0])
    return found


def _lots_of(order_id: int) -> list[str]:
    return list(
        db.session.scalars(
            select(Lot.code)
            .join(Movement, Movement.lot_id == Lot.id)
            .where(Movement.order_id == order_id)
            .distinct()
        )
    )
