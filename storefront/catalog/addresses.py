"""Addresses of products and collections: changed freely, and none ever lost."""

import re
from typing import Literal

from sqlalchemy import delete, select

from storefront.catalog.models import ALL_PRODUCTS, Collection, OldSlug, Product
from storefront.extensions import db
from storefront.refusal import Refusal

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 160

Kind = Literal["product", "collection"]
Named = Product | Collection


class BadSlug(Refusal):
    """Not something an address can end in."""

    status = 422


class SlugTaken(Refusal):
    """Something else is at this address."""


def kind_of(thing: Named) -> Kind:
    return "product" if isinstance(thing, Product) else "collection"


def claim_slug(kind: Kind, slug: str, own_id: int | None = None) -> str:
    """The slug, free for the product or collection of that id (None: a new one) to take.

    An old address that leads elsewhere gives way to the page that is really there.
    """
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST:
        raise BadSlug(
            f'"{slug[:80]}" cannot be an address. '
            f"Use small letters a to z, digits and single hyphens, {LONGEST} at most."
        )
    model: type[Product] | type[Collection] = Product if kind == "product" else Collection
    holder = db.session.execute(select(model.id, model.name).where(model.slug == slug)).first()
    if holder is not None and holder.id != own_id:
        raise SlugTaken(f'The address "{slug}" belongs to {holder.name}. Choose another one.')
    db.session.execute(delete(OldSlug).where(OldSlug.kind == kind, OldSlug.slug == slug))
    return slug


def move_to_slug(thing: Named, slug: str) -> bool:
    """Give it a new address; the one it had, and any before, lead there. Whether it moved."""
    if thing.slug == slug:
        return False
    kind = kind_of(thing)
    if kind == "collection" and thing.slug == ALL_PRODUCTS:
        raise BadSlug("The list of all products keeps its address.")
    old, thing.slug = thing.slug, claim_slug(kind, slug, thing.id)
    db.session.add(OldSlug(kind=kind, slug=old, target_id=thing.id))
    db.session.flush()
    return True
