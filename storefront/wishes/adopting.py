"""A guest's list becomes an account's when its owner signs in, and goes when the account goes."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, literal, select

from storefront.account.belongings import at_erasure, at_export
from storefront.account.models import Customer
from storefront.catalog.models import Variant
from storefront.extensions import db
from storefront.transactions import insert
from storefront.wishes.models import Wish, WishList, new_token


def list_of(customer_id: int) -> WishList | None:
    return db.session.scalar(select(WishList).where(WishList.customer_id == customer_id))


def adopt(guest: WishList, customer_id: int, now: datetime) -> int:
    """Put what is on both on the account's list, each thing once; how many the guest's had.

    Inside write_tx(). The guest's cookie opens nothing any more.
    """
    ids = db.session.scalars(select(Wish.id).where(Wish.list_id == guest.id)).all()
    own = list_of(customer_id)
    if own is None:
        guest.customer_id, guest.token, guest.updated_at = customer_id, new_token(), now
        return len(ids)
    moved = select(literal(own.id), Wish.variant_id, Wish.added_at).where(Wish.list_id == guest.id)
    db.session.execute(
        insert(Wish)
        .from_select(["list_id", "variant_id", "added_at"], moved.order_by(Wish.id))
        .on_conflict_do_nothing()
    )
    shared = guest.share_token
    db.session.execute(delete(WishList).where(WishList.id == guest.id))
    own.share_token, own.updated_at = own.share_token or shared, now
    return len(ids)


@at_export
def tell_wishes(customer: Customer) -> dict[str, Any]:
    skus = db.session.scalars(
        select(Variant.sku)
        .join(Wish, Wish.variant_id == Variant.id)
        .join(WishList, WishList.id == Wish.list_id)
        .where(WishList.customer_id == customer.id)
        .order_by(Wish.id)
    )
    return {"wish_list": list(skus)}


@at_erasure
def forget_wishes(customer: Customer, now: datetime) -> None:
    db.session.execute(delete(WishList).where(WishList.customer_id == customer.id))
