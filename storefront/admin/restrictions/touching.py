"""What a change of rules would touch: decide() asked with it and without, and nothing is saved.

Whoever is old enough is asked for, so that what shows is what the place and the goods decide;
a changed age is told apart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import func, select

from storefront.account.address import Address, country_name
from storefront.blog.models import Post, ProductCard
from storefront.cart.models import Cart, CartLine, CheckoutDetails
from storefront.catalog.models import Product, ProductClass, Variant
from storefront.compliance.decide import Decision, Goods, Place, Rule, decide
from storefront.compliance.lawbook import (
    Wanted,
    as_rule,
    goods_of,
    place_of,
    review_days,
    rules_for,
)
from storefront.compliance.models import Restriction
from storefront.extensions import db
from storefront.languages import _
from storefront.orders.models import Order, OrderLine
from storefront.orders.states import CANCELLED
from storefront.stock.shelf import today

MOST = 300  # of carts and of orders, the newest
NAMED = 20
OLD_ENOUGH = 120
OPEN = ("new", "packed", "partly")


class Touched(NamedTuple):
    name: str
    effect: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """What would be otherwise once the rows count (or no longer count); `looked_at`: how many carts
    and orders were asked about."""

    switched_on: bool
    classes: Sequence[str]
    carts: Sequence[Touched]
    orders: Sequence[Touched]
    posts: Sequence[Touched]
    all_posts: int
    looked_at: tuple[int, int]


class _Line(NamedTuple):
    subject: int  # cart or order
    variant_id: int
    quantity: int
    name: str
    address: Address
    said: str


Both = Callable[[int, Place], tuple[Decision, Decision]]


def reach_of(rows: Sequence[Restriction], switched_on: bool, now: datetime) -> Reach:
    """Of rows that would count, or no longer count."""
    day = today(now)
    changed = [as_rule(row, looked_on=day if switched_on else None) for row in rows]
    day = max([day, *(rule.starts_on for rule in changed if rule.starts_on and switched_on)])
    classes = _classes_under(changed)
    codes = [code for code, _name in classes]
    carts, orders = _carts(codes), _orders(codes)
    most: dict[int, int] = {}
    for line in (*carts, *orders):
        most[line.variant_id] = max(line.quantity, most.get(line.variant_id, 0))
    goods = goods_of([Wanted(id_, quantity) for id_, quantity in most.items()], day)
    there = rules_for(codes)
    without = [rule for rule in there if rule.id not in {one.id for one in changed}]
    before, after = (without, [*without, *changed]) if switched_on else (there, without)
    review = review_days()

    def both(variant_id: int, place: Place) -> tuple[Decision, Decision]:
        first, second = (
            decide(goods[variant_id], place, OLD_ENOUGH, rules, day, review)
            for rules in (before, after)
        )
        return first, second

    places: dict[Address, Place] = {}
    posts, all_posts = _posts(codes)
    return Reach(
        switched_on,
        [name for _code, name in classes],
        _touched(carts, goods, both, places, None),
        _touched(orders, goods, both, places, "admin.orders.show"),
        posts,
        all_posts,
        (len({line.subject for line in carts}), len({line.subject for line in orders})),
    )


def _classes_under(rules: Iterable[Rule]) -> list[tuple[str, str]]:
    found = db.session.execute(
        select(ProductClass.code, ProductClass.name)
        .where(ProductClass.restricted.is_(True))
        .order_by(ProductClass.name)
    )
    asked = list(rules)
    return [(code, name) for code, name in found if any(rule.covers(code) for rule in asked)]


def _touched(
    lines: Sequence[_Line], goods: Mapping[int, Goods], both: Both, places: dict[Address, Place],
    page: str | None,
) -> list[Touched]:  # fmt: skip
    found: dict[tuple[int, str], list[_Line]] = {}
    for line in lines:
        where = line.address
        place = places[where] if where in places else places.setdefault(where, place_of(where))
        effect = _effect(*both(line.variant_id, place)) if line.variant_id in goods else ""
        if effect:
            found.setdefault((line.subject, effect), []).append(line)
    return [
        Touched(
            f"{some[0].said}: {', '.join(line.name for line in some)} · {_place(some[0].address)}",
            effect,
            url_for(page, order_id=subject) if page else None,
        )
        for (subject, effect), some in found.items()
    ]


def _effect(before: Decision, after: Decision) -> str:
    if before.allowed and not after.allowed:
        return _("blocked from then on")
    if after.allowed and not before.allowed:
        return _("allowed from then on")
    if before.allowed and before.min_age != after.min_age:
        return _("from age %(new)s, not %(old)s", new=after.min_age, old=before.min_age)
    return ""


def _place(address: Address) -> str:
    parts = (address.city, address.region, country_name(address.country, "en"))
    return ", ".join(part for part in parts if part)


def _carts(codes: Sequence[str]) -> list[_Line]:
    """Those whose destination is known."""
    rows = db.session.execute(
        select(
            Cart.id, CartLine.variant_id, CartLine.quantity, Product.name,
            Cart.destination, CheckoutDetails.delivery_address, CheckoutDetails.email,
        )
        .join(CartLine, CartLine.cart_id == Cart.id)
        .join(Variant, Variant.id == CartLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .join(ProductClass, ProductClass.id == Product.class_id)
        .outerjoin(CheckoutDetails, CheckoutDetails.cart_id == Cart.id)
        .where(ProductClass.code.in_(codes))
        .order_by(Cart.updated_at.desc(), Cart.id, CartLine.id)
        .limit(MOST)
    )  # fmt: skip
    return [
        _Line(cart_id, variant_id, quantity, name, address, email or _("A cart"))
        for cart_id, variant_id, quantity, name, told, details, email in rows
        if (address := details or told) is not None and address.country
    ]


def _orders(codes: Sequence[str]) -> list[_Line]:
    """Those of which something has not left yet."""
    rows = db.session.execute(
        select(
            Order.id, OrderLine.variant_id, OrderLine.quantity, OrderLine.name,
            Order.delivery_address, Order.number,
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Product, Product.id == OrderLine.product_id)
        .join(ProductClass, ProductClass.id == Product.class_id)
        .where(
            ProductClass.code.in_(codes), Order.fulfilment.in_(OPEN), Order.state != CANCELLED
        )
        .order_by(Order.id.desc(), OrderLine.id)
        .limit(MOST)
    )  # fmt: skip
    return [
        _Line(id_, variant_id, quantity, name, address, _("Order %(number)s", number=number or id_))
        for id_, variant_id, quantity, name, address, number in rows
    ]


def _posts(codes: Sequence[str]) -> tuple[list[Touched], int]:
    """Articles that show goods of these classes, whose cards say where they may go."""
    rows: Sequence[Any] = db.session.execute(
        select(Post.id, Post.title, func.count().over().label("in_all"))
        .where(
            Post.id.in_(
                select(ProductCard.post_id)
                .join(Product, Product.id == ProductCard.product_id)
                .join(ProductClass, ProductClass.id == Product.class_id)
                .where(ProductClass.code.in_(codes))
            )
        )
        .order_by(Post.title)
        .limit(NAMED)
    ).all()
    found = [Touched(row.title, "", url_for("admin.posts.edit", post_id=row.id)) for row in rows]
    return found, rows[0].in_all if rows else 0
