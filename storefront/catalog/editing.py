"""Products as staff make and change them. Everything here runs inside write_tx().

Texts become HTML here, and each change ends in refresh_listings().
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slugify import slugify
from sqlalchemy import select

from storefront.catalog.addresses import claim_slug, move_to_slug
from storefront.catalog.candidates import FACET_NAME, FACET_VALUE
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import (
    ACTIVE,
    ARCHIVED,
    DRAFT,
    PriceChange,
    Product,
    ProductClass,
    Variant,
)
from storefront.catalog.prose import to_html
from storefront.extensions import db
from storefront.money import Money
from storefront.refusal import Refusal


class CodeTaken(Refusal):
    """Codes and SKUs name one thing only."""


class NothingToSell(Refusal):
    """A product without a variant cannot be bought."""


class BadSuccessor(Refusal):
    """A product that cannot stand in for an archived one."""


class BadFact(Refusal):
    """A fact has a name and a value, short enough to filter by."""

    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVariant:
    """What it takes to put a variant up for sale."""

    sku: str
    price: Money
    option_values: Sequence[str] = ()
    content_amount: int | None = None
    content_unit: str | None = None
    weight_g: int | None = None
    ships: bool = True
    track_stock: bool = True


def create_product(
    code: str,
    name: str,
    variants: Iterable[NewVariant],
    now: datetime,
    actor: str,
    *,
    slug: str = "",
    summary: str = "",
    description: str = "",
    option_names: Sequence[str] = (),
    facts: Sequence[dict[str, Any]] = (),
    tags: Iterable[str] = (),
    product_class: ProductClass | None = None,
    position: int = 0,
    status: str = DRAFT,
    tax_class: str = "standard",
    created_at: datetime | None = None,
) -> Product:
    """A product with its variants and the first line of their price history."""
    _refuse_taken(Product.code, code)
    product = Product(
        code=code,
        slug=claim_slug("product", slug or slugify(name)),
        name=name,
        summary=summary,
        description=description,
        description_html=to_html(description),
        status=status,
        tax_class=tax_class,
        product_class=product_class,
        option_names=list(option_names),
        facts=check_facts(facts),
        tags=list(tags),
        position=position,
        created_at=created_at or now,
        updated_at=now,
    )
    db.session.add(product)
    db.session.flush()
    for place, new in enumerate(variants):
        _add_variant(product, new, place, now, actor)
    refresh_listings([product.id], now)
    return product


def add_variant(product: Product, new: NewVariant, now: datetime, actor: str) -> Variant:
    """One more to choose from, after those there are."""
    places = select(Variant.position).where(Variant.product_id == product.id)
    variant = _add_variant(
        product, new, max(db.session.scalars(places), default=-1) + 1, now, actor
    )
    refresh_listings([product.id], now)
    return variant


def _add_variant(
    product: Product, new: NewVariant, place: int, now: datetime, actor: str
) -> Variant:
    _refuse_taken(Variant.sku, new.sku)
    variant = Variant(
        product_id=product.id,
        sku=new.sku,
        option_values=list(new.option_values),
        position=place,
        currency=new.price.currency,
        price_minor=new.price.minor,
        content_amount=new.content_amount,
        content_unit=new.content_unit,
        weight_g=new.weight_g,
        ships=new.ships,
        track_stock=new.track_stock,
    )
    db.session.add(variant)
    db.session.flush()
    db.session.add(
        PriceChange(
            variant_id=variant.id,
            currency=new.price.currency,
            price_minor=new.price.minor,
            valid_from=product.created_at,
            actor=actor,
        )
    )
    return variant


def describe(
    product: Product,
    now: datetime,
    *,
    name: str | None = None,
    summary: str | None = None,
    description: str | None = None,
    facts: Sequence[dict[str, Any]] | None = None,
    tags: Iterable[str] | None = None,
) -> None:
    """Change what is said about it; what is left out stays."""
    product.name = name if name is not None else product.name
    product.summary = summary if summary is not None else product.summary
    if description is not None:
        product.description = description
        product.description_html = to_html(description)
    if facts is not None:
        product.facts = check_facts(facts)
    if tags is not None:
        product.tags = list(tags)
    _changed(product, now)


def change_slug(product: Product, slug: str, now: datetime) -> None:
    """A new address; all it ever had lead there in one hop."""
    if move_to_slug(product, slug):
        _changed(product, now)


def publish(product: Product, now: datetime) -> None:
    """For sale from now on, also if it was archived."""
    on_offer = select(Variant.id).where(
        Variant.product_id == product.id, Variant.archived.is_(False)
    )
    if db.session.scalar(on_offer.limit(1)) is None:
        raise NothingToSell(f"{product.name} has no variant to buy. Add one, then publish it.")
    product.status, product.successor_id = ACTIVE, None
    _changed(product, now)


def withdraw(product: Product, now: datetime) -> None:
    """Back to a draft: its page is gone until it is published again."""
    product.status = DRAFT
    _changed(product, now)


def archive(product: Product, successor: Product | None, now: datetime) -> None:
    """Never sold again; its page stays and names the successor, if there is one."""
    if successor is not None:
        if successor.id == product.id:
            raise BadSuccessor(f"{product.name} cannot follow itself. Choose another product.")
        if successor.status != ACTIVE:
            raise BadSuccessor(f"{successor.name} is not for sale. Choose a product that is.")
    product.status = ARCHIVED
    product.successor_id = successor.id if successor else None
    _changed(product, now)


def check_facts(facts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Facts as they are kept: {"name": …, "value": …, "filter": whether one can filter by it}."""
    kept = []
    for fact in facts:
        name, value = str(fact.get("name", "")).strip(), str(fact.get("value", "")).strip()
        if not name or not value:
            raise BadFact("A fact has a name and a value. Fill in both.")
        by_filter = bool(fact.get("filter", False))
        if len(name) > FACET_NAME or (by_filter and len(value) > FACET_VALUE):
            raise BadFact(
                f'The fact "{name[:FACET_NAME]}" is too long: '
                f"{FACET_NAME} letters for a name, {FACET_VALUE} for a value to filter by."
            )
        kept.append({"name": name, "value": value, "filter": by_filter})
    return kept


def _changed(product: Product, now: datetime) -> None:
    product.updated_at = now
    refresh_listings([product.id], now)


def _refuse_taken(column: Any, code: str) -> None:
    if db.session.scalar(select(column).where(column == code)) is not None:
        raise CodeTaken(f'"{code}" is in use. Choose another code.')
