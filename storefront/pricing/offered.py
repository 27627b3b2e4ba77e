"""Which discounts a cart may ask its quote for: those that apply by themselves and its codes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select

from storefront.catalog.models import Listing
from storefront.extensions import db
from storefront.money import Money
from storefront.pricing.discounts import PERCENT, DiscountRule, Why
from storefront.pricing.models import Discount, DiscountUse


@dataclass(frozen=True, slots=True)
class Buyer:
    """What is known of who buys. `unpaid`: their own orders that wait for payment and will be
    replaced by the next one, so that what those used is still theirs to use."""

    email: str = ""
    has_ordered: bool = False
    unpaid: frozenset[int] = field(default_factory=frozenset)


def discounts_for(
    codes: Collection[str],
    product_ids: Collection[int],
    currency: str,
    now: datetime,
    buyer: Buyer,
    entered: str = "",
) -> tuple[DiscountRule, ...]:
    """`entered`: the code that is just being tried; the others were good once."""
    found = db.session.scalars(
        select(Discount)
        .where(
            Discount.currency == currency,
            or_(Discount.code.in_(codes), (Discount.code.is_(None) & Discount.active)),
        )
        .order_by(Discount.id)
        .execution_options(populate_existing=True)
    ).all()
    covered = _covered(found, product_ids)
    uses = _uses(found, buyer)
    rules = [_rule(row, covered.get(row.id), _barred(row, now, buyer, uses)) for row in found]
    known = {row.code for row in found}
    for code in codes:
        if code not in known:
            why = Why.UNKNOWN if code == entered else Why.WITHDRAWN
            rules.append(DiscountRule(0, code, PERCENT, code, barred=why))
    return tuple(rules)


def rule_of(row: Discount, product_ids: Collection[int], now: datetime) -> DiscountRule:
    """One discount by itself, kept or just being written, to a buyer of whom nothing is known."""
    covered = _covered([row], product_ids)
    barred = _barred(row, now, Buyer(), _Uses({}, {}))
    return _rule(row, covered.get(row.id), barred)


def _rule(row: Discount, products: frozenset[int] | None, barred: Why | None) -> DiscountRule:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, row.currency)

    return DiscountRule(
        id=row.id,
        name=row.name,
        kind=row.kind,
        code=row.code,
        rate_ppm=row.rate_ppm,
        amount=money(row.amount_minor),
        buy=row.buy_quantity,
        get=row.get_quantity,
        products=products,
        minimum=money(row.minimum_minor),
        stackable=row.stackable,
        barred=barred,
        starts_at=row.starts_at,
    )


def _covered(
    rows: Iterable[Discount], product_ids: Collection[int]
) -> Mapping[int, frozenset[int]]:
    """By discount, what it is for: its products, and those of its collections in this cart."""
    narrow = [row for row in rows if row.product_ids or row.collection_ids]
    wanted = {id_ for row in narrow for id_ in row.collection_ids}
    members: dict[int, set[int]] = {}
    if wanted and product_ids:
        pairs = db.session.execute(
            select(Listing.collection_id, Listing.product_id).where(
                Listing.collection_id.in_(wanted), Listing.product_id.in_(product_ids)
            )
        )
        for collection_id, product_id in pairs:
            members.setdefault(collection_id, set()).add(product_id)
    return {
        row.id: frozenset(row.product_ids).union(
            *(members.get(id_, set()) for id_ in row.collection_ids)
        )
        for row in narrow
    }


@dataclass(frozen=True, slots=True)
class _Uses:
    by_email: Mapping[int, int]
    by_unpaid: Mapping[int, int]


def _uses(rows: Iterable[Discount], buyer: Buyer) -> _Uses:
    """What this email address has used of those with limits, and what its unpaid orders hold."""
    email = buyer.email.casefold()
    limited = [row.id for row in rows if row.limit_per_email or row.usage_limit]
    by_email: dict[int, int] = {}
    by_unpaid: dict[int, int] = {}
    if limited and (email or buyer.unpaid):
        found = db.session.execute(
            select(DiscountUse.discount_id, DiscountUse.order_id, DiscountUse.email).where(
                DiscountUse.discount_id.in_(limited),
                DiscountUse.given_back.is_(False),
                or_(DiscountUse.email == email, DiscountUse.order_id.in_(buyer.unpaid)),
            )
        )
        for discount_id, order_id, whose in found:
            if order_id in buyer.unpaid:
                by_unpaid[discount_id] = by_unpaid.get(discount_id, 0) + 1
            elif email and whose == email:
                by_email[discount_id] = by_email.get(discount_id, 0) + 1
    return _Uses(by_email, by_unpaid)


def _barred(row: Discount, now: datetime, buyer: Buyer, uses: _Uses) -> Why | None:
    """Why it is out whatever the cart holds. Its start belongs to it, its end does not."""
    used = row.used - uses.by_unpaid.get(row.id, 0)
    by_you = uses.by_email.get(row.id, 0)
    reasons = (
        (not row.active, Why.WITHDRAWN),
        (row.starts_at is not None and now < row.starts_at, Why.NOT_BEGUN),
        (row.ends_at is not None and now >= row.ends_at, Why.ENDED),
        (row.limit_per_email is not None and by_you >= row.limit_per_email, Why.USED_BY_YOU),
        (row.usage_limit is not None and used >= row.usage_limit, Why.USED_UP),
        (row.first_order and buyer.has_ordered, Why.NOT_FIRST_ORDER),
    )
    return next((why for holds, why in reasons if holds), None)
