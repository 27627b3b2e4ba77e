"""Discounts as the shopkeeper writes them: new, changed, ended; each change in the log."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from storefront.audit import record_change
from storefront.catalog.models import Collection, Product
from storefront.extensions import db
from storefront.money import Money
from storefront.pricing.discounts import BUY_X_GET_Y, FIXED, PERCENT
from storefront.pricing.models import Discount
from storefront.refusal import Refusal

KIND = "discount"
MILLION = 1_000_000


class BadDiscount(Refusal):
    """It could not be kept as it is written. `where`: the field that is meant."""

    status = 422

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.where = where


class NoSuchDiscount(Refusal):
    status = 404

    def __init__(self) -> None:
        super().__init__("There is no discount of this number.")


class DiscountChanged(Refusal):
    """Somebody else was faster; both say what they want."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody changed this discount while you looked at it. What is kept now stands beside"
            " it: write again what you want, then save."
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a discount says, as columns keep it."""

    name: str
    kind: str
    currency: str
    code: str | None = None
    rate_ppm: int = 0
    amount_minor: int | None = None
    buy_quantity: int = 0
    get_quantity: int = 0
    product_ids: tuple[int, ...] = ()
    collection_ids: tuple[int, ...] = ()
    minimum_minor: int | None = None
    first_order: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    usage_limit: int | None = None
    limit_per_email: int | None = None
    stackable: bool = False

    @property
    def columns(self) -> dict[str, Any]:
        found = {name: getattr(self, name) for name in self.__slots__}
        return {**found, "product_ids": list(self.product_ids),
                "collection_ids": list(self.collection_ids)}  # fmt: skip

    @property
    def facts(self) -> dict[str, Any]:
        """For the log: what it says, and nothing of what it leaves out."""
        said = {name: value for name, value in self.columns.items() if value or name == "code"}
        for name in ("starts_at", "ends_at"):
            if name in said:
                said[name] = said[name].isoformat()
        for name in ("amount_minor", "minimum_minor"):
            if name in said:
                said[name.removesuffix("_minor")] = str(
                    Money(said.pop(name), self.currency).decimal
                )
        if "rate_ppm" in said:
            said["percent"] = f"{said.pop('rate_ppm') / 10_000:g}"
        return said


def terms_of(row: Discount) -> Terms:
    values = {name: getattr(row, name) for name in Terms.__slots__}
    ids = {name: tuple(values[name]) for name in ("product_ids", "collection_ids")}
    return Terms(**{**values, **ids})


def mark_of(row: Discount) -> str:
    """What a form carries to tell whether it is stale."""
    said = json.dumps(asdict(terms_of(row)) | {"active": row.active}, default=str, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def add_discount(terms: Terms, now: datetime, actor: str) -> Discount:
    """Inside write_tx(), as are the next two. Raises BadDiscount."""
    check(terms, None)
    row = Discount(**terms.columns, active=True, created_at=now)
    db.session.add(row)
    db.session.flush()
    record_change(KIND, row.id, "added", {}, terms.facts, actor=actor, now=now)
    return row


def change_discount(
    discount_id: int, terms: Terms, seen: str, now: datetime, actor: str
) -> Discount:
    """What orders were sold with stays as it was. Raises BadDiscount, DiscountChanged."""
    row = _held(discount_id)
    if mark_of(row) != seen:
        raise DiscountChanged
    check(terms, row)
    before = terms_of(row).facts
    for name, value in terms.columns.items():
        setattr(row, name, value)
    db.session.flush()
    record_change(KIND, row.id, "changed", before, terms.facts, actor=actor, now=now)
    return row


def set_active(discount_id: int, active: bool, now: datetime, actor: str) -> Discount:
    """End it at once, or offer it again."""
    row = _held(discount_id)
    before, row.active = {"offered": row.active}, active
    action = "offered again" if active else "ended"
    record_change(KIND, row.id, action, before, {"offered": active}, actor=actor, now=now)
    db.session.flush()
    return row


def check(terms: Terms, row: Discount | None) -> None:
    """Raises BadDiscount. `row`: what it is a change of."""
    for refused, message, where in (
        (terms.kind in (PERCENT, BUY_X_GET_Y) and not 0 < terms.rate_ppm <= MILLION,
         "Enter a percentage above 0, up to 100.", "percent"),
        (terms.kind == FIXED and not (terms.amount_minor or 0) > 0,
         "Enter the amount that comes off.", "amount"),
        (terms.kind == BUY_X_GET_Y and terms.buy_quantity < 1,
         "Enter how many are paid for.", "buy_quantity"),
        (terms.kind == BUY_X_GET_Y and terms.get_quantity < 1,
         "Enter how many come with them.", "get_quantity"),
        (terms.starts_at and terms.ends_at and terms.ends_at <= terms.starts_at,
         "The last day is before the first.", "ends_on"),
        (row is not None and terms.usage_limit is not None and terms.usage_limit < row.used,
         f"It was used {row.used if row else 0} times already. Enter that many or more.",
         "usage_limit"),
    ):  # fmt: skip
        if refused:
            raise BadDiscount(message, where)
    if terms.code is not None:
        own = row.id if row is not None else None
        taken = select(Discount.name).where(Discount.code == terms.code, Discount.id != (own or 0))
        if (name := db.session.scalar(taken)) is not None:
            raise BadDiscount(f"The code {terms.code} belongs to “{name}”. Choose another.", "code")


def products_named(slugs: list[str]) -> list[int]:
    """Raises BadDiscount, naming those that are not there."""
    return _ids(Product, slugs, "products")


def collections_named(slugs: list[str]) -> list[int]:
    return _ids(Collection, slugs, "collections")


def _ids(model: type[Product] | type[Collection], slugs: list[str], where: str) -> list[int]:
    rows = db.session.execute(select(model.slug, model.id).where(model.slug.in_(slugs)))
    found = {slug: id_ for slug, id_ in rows}
    if missing := [slug for slug in slugs if slug not in found]:
        raise BadDiscount(f"There is no “{missing[0]}” among the {where}.", where)
    return sorted(set(found.values()))


def slugs_of(model: type[Product] | type[Collection], ids: list[int]) -> list[str]:
    return list(
        db.session.scalars(select(model.slug).where(model.id.in_(ids)).order_by(model.slug))
    )


def listed(view: str, words: str, now: datetime) -> Select[*tuple[Any, ...]]:
    """Discounts of a view: active, planned, ended, used-up, all."""
    is_over = or_(~Discount.active, and_(Discount.ends_at.is_not(None), Discount.ends_at <= now))
    is_spent = and_(Discount.usage_limit.is_not(None), Discount.used >= Discount.usage_limit)
    is_planned = and_(Discount.starts_at.is_not(None), Discount.starts_at > now)
    found = select(Discount).where(
        {
            "active": and_(~is_over, ~is_spent, ~is_planned),
            "planned": and_(~is_over, is_planned),
            "ended": is_over,
            "used-up": and_(~is_over, is_spent),
        }.get(view, Discount.id > 0)
    )
    if words:
        part = words.lower()
        found = found.where(
            or_(
                func.lower(Discount.name).contains(part, autoescape=True),
                func.lower(Discount.code).contains(part, autoescape=True),
            )
        )
    return found


def discount_or_refusal(discount_id: int) -> Discount:
    row = db.session.get(Discount, discount_id)
    if row is None:
        raise NoSuchDiscount
    return row


def _held(discount_id: int) -> Discount:
    row = db.session.get(Discount, discount_id, with_for_update=True)
    if row is None:
        raise NoSuchDiscount
    return row
