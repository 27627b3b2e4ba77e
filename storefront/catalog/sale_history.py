"""Sales that come in a file, many at once, with the history the law asks for: see prices.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, or_

from storefront.catalog.models import PriceChange
from storefront.extensions import db

Values = dict[str, Any]
PRICES = cast(Table, PriceChange.__table__)


def from_now(values: Values, now: datetime) -> Values:
    """A sale whose start is not told starts now."""
    if values.get("sale_price_minor") is None or values.get("sale_starts_at") is not None:
        return values
    return {**values, "sale_starts_at": now}


def record_sales(sales: Mapping[int, Values], currency: str, now: datetime, actor: str) -> None:
    """Of these variants, in place of any other sale; a price of None only ends it. Inside
    write_tx(). What never began is forgotten, what runs ends now."""
    if not sales:
        return
    on = PRICES.c
    of_one = (on.variant_id == bindparam("the_id"), on.currency == currency, on.sale.is_(True))
    ids = [{"the_id": id_} for id_ in sales]
    db.session.execute(PRICES.delete().where(*of_one, on.valid_from >= now), ids)
    running = or_(on.valid_to.is_(None), on.valid_to > now)
    db.session.execute(PRICES.update().where(*of_one, running).values(valid_to=now), ids)
    begun = [
        {
            "variant_id": id_,
            "currency": currency,
            "price_minor": values["sale_price_minor"],
            "sale": True,
            "valid_from": max(values["sale_starts_at"], now),
            "valid_to": values.get("sale_ends_at"),
            "actor": actor,
        }
        for id_, values in sales.items()
        if values["sale_price_minor"] is not None
        and (values.get("sale_ends_at") is None or values["sale_ends_at"] > now)
    ]
    if begun:
        db.session.execute(PRICES.insert(), begun)
