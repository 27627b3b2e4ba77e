"""What a check has to know of the shop, read at once: products, people, pictures, restrictions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from storefront.blog.models import Author, PostPicture
from storefront.blog.publishing import Made
from storefront.catalog.models import Product, ProductClass, Variant
from storefront.extensions import db
from storefront.stock.queries import can_be_had


@dataclass(frozen=True, slots=True)
class ProductNow:
    """A product that a text speaks of, as it is now."""

    name: str
    status: str
    restricted: bool = False
    can_be_had: bool = True
    skus: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """An author or reviewer. `connection` with what is sold: none, staff, supplier…"""

    name: str
    connection: str = "none"


@dataclass(frozen=True, slots=True)
class Facts:
    """`restricted_words`: what restricted classes are called; none where the shop has no such."""

    products: Mapping[int, ProductNow] = field(default_factory=dict)
    people: Mapping[int, Person] = field(default_factory=dict)
    pictures: frozenset[str] = frozenset()
    restricted_words: frozenset[str] = frozenset()


def facts_for(made: Made) -> Facts:
    """Five statements at most, however long the text is."""
    content, rendered = made.content, made.rendered
    ids = {card.product_id for card in rendered.cards}
    ids |= {link.product_id for link in rendered.links}
    digests = {shot.digest for shot in rendered.pictures} | {content.cover} - {""}
    return Facts(
        products=_products(ids - {None}),
        people=_people({content.author_id, content.reviewer_id} - {None}),
        pictures=_known_pictures(digests),
        restricted_words=restricted_words(),
    )


def _products(ids: Iterable[int | None]) -> dict[int, ProductNow]:
    wanted = list(ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(
            Product.id, Product.name, Product.status, ProductClass.restricted,
            can_be_had(Product.id).label("can_be_had"),
        )
        .outerjoin(ProductClass, ProductClass.id == Product.class_id)
        .where(Product.id.in_(wanted))
    ).all()  # fmt: skip
    skus: dict[int, set[str]] = {}
    for product_id, sku in db.session.execute(
        select(Variant.product_id, Variant.sku).where(
            Variant.product_id.in_(wanted), Variant.archived.is_(False)
        )
    ):
        skus.setdefault(product_id, set()).add(sku)
    return {
        row.id: ProductNow(
            row.name, row.status, bool(row.restricted), bool(row.can_be_had),
            frozenset(skus.get(row.id, ())),
        )
        for row in rows
    }  # fmt: skip


def _people(ids: Iterable[int | None]) -> dict[int, Person]:
    rows = db.session.execute(
        select(Author.id, Author.name, Author.connection).where(Author.id.in_(list(ids)))
    )
    return {row.id: Person(row.name, row.connection) for row in rows}


def _known_pictures(digests: Iterable[str]) -> frozenset[str]:
    wanted = list(digests)
    if not wanted:
        return frozenset()
    return frozenset(
        db.session.scalars(select(PostPicture.digest).where(PostPicture.digest.in_(wanted)))
    )


def restricted_words() -> frozenset[str]:
    """A class covers its children by prefix (kratom: kratom_leaf), so its first word names it."""
    rows = db.session.execute(
        select(ProductClass.code, ProductClass.name).where(ProductClass.restricted.is_(True))
    )
    return frozenset(
        word.lower() for row in rows for word in (row.code.partition("_")[0], row.name) if word
    )
