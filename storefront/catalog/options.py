"""What a product can be chosen by, and the variants that come of it. SKUs that are there stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product as every_combination

from slugify import slugify
from sqlalchemy import func, select

from storefront.audit import record_change
from storefront.catalog.candidates import FACET_NAME, FACET_VALUE
from storefront.catalog.details import KIND, EditedMeanwhile, product_to_change, seen_digest
from storefront.catalog.listing import refresh_listings
from storefront.catalog.market_models import VariantPrice
from storefront.catalog.models import PriceChange, Product, Variant
from storefront.catalog.variants import live_variants
from storefront.extensions import db
from storefront.refusal import Refusal

MOST_AXES, MOST_VARIANTS = 3, 100


class BadOptions(Refusal):
    """No set of variants comes of these options."""

    status = 422


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing to choose, as in Size: 50 g, 100 g."""

    name: str
    values: tuple[str, ...]
    was: int | None = None  # which it has been until now, from 0; None: it is new


@dataclass(frozen=True, slots=True)
class Options:
    axes: tuple[Axis, ...]
    combinations: tuple[tuple[str, tuple[str, ...]], ...]  # SKU and its values


def options_of(product: Product) -> Options:
    live = live_variants(product)
    return Options(
        tuple(
            Axis(
                name,
                tuple(dict.fromkeys(_value(one.option_values, place) for one in live)),
                place,
            )
            for place, name in enumerate(product.option_names)
        ),
        tuple((one.sku, tuple(one.option_values)) for one in live),
    )


def _value(values: Sequence[str], place: int) -> str:
    return values[place] if place < len(values) else ""


def set_options(
    product_id: int, axes: Sequence[Axis], fill: bool, seen: str, now: datetime, actor: str
) -> list[str]:
    """Choose by these from now on; `fill`: with a variant for each combination that has none.

    Inside write_tx(). The SKUs that were added. What has a value that is no longer named is not
    removed here: that is said, and done variant by variant.
    """
    product = product_to_change(product_id)
    had = options_of(product)
    if seen != seen_digest(had):
        raise EditedMeanwhile(had)
    _check(axes)
    live = live_variants(product)
    for one in live:
        one.option_values = _moved(one, axes)
    _refuse_twins(live)
    product.option_names = [axis.name for axis in axes]
    db.session.flush()
    added = _fill(product, axes, live, now, actor) if fill and axes else []
    _order(product, axes)
    product.updated_at = now
    before, after = _said(had), _said(options_of(product))
    record_change(KIND, product.id, "changed options", before, after, actor=actor, now=now)
    refresh_listings([product.id], now)
    return added


def _check(axes: Sequence[Axis]) -> None:
    if len(axes) > MOST_AXES:
        raise BadOptions(f"A product is chosen by {MOST_AXES} options at most.")
    names = [axis.name.casefold() for axis in axes]
    if len(set(names)) < len(names):
        raise BadOptions("Two options have the same name. Name each once.")
    count = 1
    for axis in axes:
        if not axis.name or not axis.values:
            raise BadOptions("An option has a name and at least one value. Fill in both.")
        if len(axis.name) > FACET_NAME or any(len(v) > FACET_VALUE for v in axis.values):
            raise BadOptions(f"{axis.name[:FACET_NAME]} or one of its values is too long.")
        if len(set(axis.values)) < len(axis.values):
            raise BadOptions(f"{axis.name} has a value twice. Name each once.")
        count *= len(axis.values)
    if count > MOST_VARIANTS:
        raise BadOptions(
            f"These options make {count} variants; {MOST_VARIANTS} is the most. Name fewer values."
        )


def _moved(one: Variant, axes: Sequence[Axis]) -> list[str]:
    """Its values along the new axes: what it had, else the first."""
    found = []
    for axis in axes:
        value = _value(one.option_values, axis.was) if axis.was is not None else ""
        if value and value not in axis.values:
            raise BadOptions(
                f"{one.sku} is “{value}”, which {axis.name} no longer names. "
                "Remove that variant first, or keep the value."
            )
        found.append(value or axis.values[0])
    return found


def _refuse_twins(live: Sequence[Variant]) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for one in live:
        twin = seen.setdefault(tuple(one.option_values), one.sku)
        if twin != one.sku:
            raise BadOptions(
                f"{twin} and {one.sku} would be the same. Remove one of them first, "
                "or keep what tells them apart."
            )


def _fill(
    product: Product, axes: Sequence[Axis], live: Sequence[Variant], now: datetime, actor: str
) -> list[str]:
    """Each combination that no variant has; priced, weighed and sent as the one most like it."""
    there = {tuple(one.option_values) for one in live}
    archived = {
        tuple(one.option_values): one
        for one in db.session.scalars(
            select(Variant).where(Variant.product_id == product.id, Variant.archived.is_(True))
        )
    }
    added = []
    for values in every_combination(*(axis.values for axis in axes)):
        if values in there:
            continue
        if values in archived:  # it has been sold before, under its own SKU
            archived[values].archived = False
            added.append(archived[values].sku)
            continue
        model = max(live, key=lambda one: _alike(one.option_values, values)) if live else None
        if model is None:
            raise BadOptions("There is no variant to make others of. Add one with a price first.")
        added.append(_add_like(product, model, values, now, actor).sku)
    return added


def _alike(mine: Sequence[str], values: Sequence[str]) -> int:
    return sum(a == b for a, b in zip(mine, values, strict=False))


def _add_like(
    product: Product, model: Variant, values: Sequence[str], now: datetime, actor: str
) -> Variant:
    variant = Variant(
        product_id=product.id,
        sku=free_sku("-".join([product.code, *(slugify(value).upper() for value in values)])),
        option_values=list(values),
        currency=model.currency,
        price_minor=model.price_minor,
        content_amount=model.content_amount,
        content_unit=model.content_unit,
        weight_g=model.weight_g,
        ships=model.ships,
        track_stock=model.track_stock,
    )
    db.session.add(variant)
    db.session.flush()
    copy_list_prices(model, variant, now, actor)
    return variant


def copy_list_prices(model: Variant, variant: Variant, now: datetime, actor: str) -> None:
    """In all currencies, each with the first line of its history; sales stay behind."""
    abroad = db.session.scalars(select(VariantPrice).where(VariantPrice.variant_id == model.id))
    prices = {model.currency: model.price_minor} | {p.currency: p.price_minor for p in abroad}
    for currency, minor in prices.items():
        if currency != variant.currency:
            db.session.add(
                VariantPrice(variant_id=variant.id, currency=currency, price_minor=minor)
            )
        db.session.add(
            PriceChange(
                variant_id=variant.id,
                currency=currency,
                price_minor=minor,
                valid_from=now,
                actor=actor,
            )
        )


def free_sku(wanted: str) -> str:
    """This, or with the first number behind it that makes it free."""
    wanted = wanted[:70].strip("-") or "SKU"
    taken = set(
        db.session.scalars(
            select(Variant.sku).where(func.substr(Variant.sku, 1, len(wanted)) == wanted)
        )
    )
    number = 1
    while (sku := wanted if number == 1 else f"{wanted}-{number}") in taken:
        number += 1
    return sku


def _order(product: Product, axes: Sequence[Axis]) -> None:
    """As the values are named."""
    live = live_variants(product)
    db.session.flush()

    def place(one: Variant) -> list[int]:
        return [
            axis.values.index(value) if value in axis.values else len(axis.values)
            for axis, value in zip(axes, one.option_values, strict=False)
        ]

    for position, one in enumerate(sorted(live, key=place)):
        one.position = position


def _said(options: Options) -> dict[str, str]:
    return {
        "options": "; ".join(f"{axis.name}: {', '.join(axis.values)}" for axis in options.axes),
        "variants": ", ".join(sku for sku, _ in options.combinations),
    }
