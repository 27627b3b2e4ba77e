"""A product's pictures: added, ordered, described, aimed. Inside write_tx(); the cover is first.

Files are made before, outside of it (renditions.py: take_in).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from storefront.audit import record_change
from storefront.catalog.details import KIND, product_to_change
from storefront.catalog.models import Picture, Product, Variant
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.refusal import Refusal

MOST = 30
Kept = tuple[str, int, int]  # digest, width, height: as take_in() gives them


class TooManyPictures(Refusal):
    """Nobody looks at this many."""

    status = 422


class NoSuchPicture(Refusal):
    """It was removed meanwhile."""

    status = 404


@dataclass(frozen=True, slots=True)
class PictureWords:
    """What staff say of a picture."""

    id: int
    alt: str
    focus_x: int = 50
    focus_y: int = 50
    shown_by: frozenset[int] = frozenset()  # variants


def pictures_of(product_id: int) -> list[Picture]:
    return list(
        db.session.scalars(
            select(Picture)
            .where(Picture.product_id == product_id)
            .order_by(Picture.position, Picture.id)
        )
    )


def add_pictures(
    product_id: int, kept: Sequence[Kept], alt: str, now: datetime, actor: str
) -> list[int]:
    """After those there are; one that is there already is not added twice. Ids of the new ones."""
    product = product_to_change(product_id)
    there = pictures_of(product.id)
    known = {picture.digest for picture in there}
    new = [one for one in dict.fromkeys(kept) if one[0] not in known]
    if len(there) + len(new) > MOST:
        raise TooManyPictures(f"A product has {MOST} pictures at most. Remove some first.")
    added = []
    for place, (digest, width, height) in enumerate(new, len(there)):
        picture = Picture(
            product_id=product.id, digest=digest, width=width, height=height, alt=alt,
            position=place,
        )  # fmt: skip
        db.session.add(picture)
        added.append(picture)
    db.session.flush()
    for picture in added:
        size = {f"picture {picture.id}": f"{picture.width} x {picture.height}"}
        record_change(KIND, product.id, "added picture", {}, size, actor=actor, now=now)
    _touched(product, now)
    return [picture.id for picture in added]


def move_picture(product_id: int, picture_id: int, by: int, now: datetime, actor: str) -> None:
    """One place up (-1) or down (1); at the end of the line it stays."""
    product, picture, there = _found(product_id, picture_id)
    place = there.index(picture)
    there.remove(picture)
    there.insert(min(max(place + by, 0), len(there)), picture)
    _number(there)
    name = f"picture {picture.id} stands"
    before, after = {name: place + 1}, {name: there.index(picture) + 1}
    record_change(KIND, product.id, "moved picture", before, after, actor=actor, now=now)
    _touched(product, now)


def describe_pictures(
    product_id: int, words: Mapping[int, PictureWords], now: datetime, actor: str
) -> None:
    """What each shows, where one looks at it, and whose it is. Those left out stay as they are."""
    product = product_to_change(product_id)
    variants = db.session.scalars(select(Variant).where(Variant.product_id == product.id)).all()
    for picture in pictures_of(product.id):
        said = words.get(picture.id)
        if said is None:
            continue
        before = _said(picture, variants)
        picture.alt = said.alt
        picture.focus_x, picture.focus_y = (
            min(max(part, 0), 100) for part in (said.focus_x, said.focus_y)
        )
        for variant in variants:
            if variant.id in said.shown_by:
                variant.picture_id = picture.id
            elif variant.picture_id == picture.id:
                variant.picture_id = None
        after = _said(picture, variants)
        record_change(KIND, product.id, "changed picture", before, after, actor=actor, now=now)
    _touched(product, now)


def remove_picture(
    product_id: int, picture_id: int, now: datetime, actor: str
) -> tuple[Kept, PictureWords]:
    """What put_back() needs to undo it."""
    product, picture, there = _found(product_id, picture_id)
    variants = db.session.scalars(
        select(Variant).where(Variant.product_id == product.id, Variant.picture_id == picture.id)
    ).all()
    kept = (picture.digest, picture.width, picture.height)
    words = PictureWords(
        picture.position, picture.alt, picture.focus_x, picture.focus_y,
        frozenset(one.id for one in variants),
    )  # fmt: skip
    before = {f"picture {picture.id}": picture.alt or f"{picture.width} x {picture.height}"}
    for variant in variants:
        variant.picture_id = None
    there.remove(picture)
    db.session.delete(picture)
    db.session.flush()
    _number(there)
    record_change(KIND, product.id, "removed picture", before, {}, actor=actor, now=now)
    _touched(product, now)
    return kept, words


def put_back(product_id: int, kept: Kept, words: PictureWords, now: datetime, actor: str) -> None:
    """Where it was, as it was. `words.id`: its place."""
    found = add_pictures(product_id, [kept], words.alt, now, actor)
    if found:
        steps = words.id - (len(pictures_of(product_id)) - 1)
        described = {found[0]: replace(words, id=found[0])}
        describe_pictures(product_id, described, now, actor)
        if steps:
            move_picture(product_id, found[0], steps, now, actor)


def _found(product_id: int, picture_id: int) -> tuple[Product, Picture, list[Picture]]:
    product = product_to_change(product_id)
    there = pictures_of(product.id)
    picture = next((one for one in there if one.id == picture_id), None)
    if picture is None:
        raise NoSuchPicture("This picture is there no more.")
    return product, picture, there


def _number(there: Sequence[Picture]) -> None:
    for position, picture in enumerate(there):
        picture.position = position


def _said(picture: Picture, variants: Sequence[Variant]) -> dict[str, str]:
    name = f"picture {picture.id}"
    shown_by = sorted(one.sku for one in variants if one.picture_id == picture.id)
    return {
        f"{name} shows": picture.alt,
        f"{name} is looked at": f"{picture.focus_x} % from left, {picture.focus_y} % from top",
        f"{name} is of": ", ".join(shown_by),
    }


def _touched(product: Product, now: datetime) -> None:
    """Pictures are in no listing: its pages change, and nothing else."""
    product.updated_at = now
    db.session.flush()
    bump_version()
