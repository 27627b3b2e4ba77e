"""Another product made of one: a draft to change, with SKUs of its own. Inside write_tx()."""

from datetime import datetime

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from storefront.audit import record_change
from storefront.catalog.details import KIND, product_to_change
from storefront.catalog.gallery import pictures_of
from storefront.catalog.listing import refresh_listings
from storefront.catalog.market_models import ProductTranslation
from storefront.catalog.models import DRAFT, CollectionPick, Picture, Product, Variant
from storefront.catalog.options import copy_list_prices, free_sku
from storefront.catalog.variants import live_variants
from storefront.extensions import db

TAKEN_OVER = (
    "summary", "description", "description_html", "class_id", "option_names", "facts", "tags",
    "search_words", "seo_description", "min_quantity", "max_quantity", "tax_class", "position",
)  # fmt: skip


def copy_product(product_id: int, now: datetime, actor: str) -> Product:
    """Its texts, variants, prices, pictures and places; no stock, no sale, no article."""
    model = product_to_change(product_id)
    name = f"{model.name[:190]} (copy)"
    copy = Product(
        name=name,
        code=_free(Product.code, model.code[:50]),
        slug=_free(Product.slug, slugify(model.name, max_length=140) or "product"),
        status=DRAFT,
        created_at=now,
        updated_at=now,
        **{column: getattr(model, column) for column in TAKEN_OVER},
    )
    db.session.add(copy)
    db.session.flush()
    pictures = _copy_pictures(model, copy)
    for variant in live_variants(model):
        _copy_variant(variant, copy, pictures, now, actor)
    for pick in db.session.scalars(
        select(CollectionPick).where(CollectionPick.product_id == model.id)
    ):
        db.session.add(
            CollectionPick(
                collection_id=pick.collection_id, product_id=copy.id, position=pick.position
            )
        )
    for said in db.session.scalars(
        select(ProductTranslation).where(ProductTranslation.product_id == model.id)
    ):
        db.session.add(
            ProductTranslation(
                product_id=copy.id,
                language=said.language,
                name=said.name,
                summary=said.summary,
                description=said.description,
                description_html=said.description_html,
            )
        )
    record_change(KIND, copy.id, "copied", {}, {"from": model.name}, actor=actor, now=now)
    refresh_listings([copy.id], now)
    return copy


def _copy_pictures(model: Product, copy: Product) -> dict[int, int]:
    """The same files; by the id of the original."""
    found = {}
    for picture in pictures_of(model.id):
        twin = Picture(
            product_id=copy.id,
            **{
                column: getattr(picture, column)
                for column in (
                    "digest", "width", "height", "alt", "focus_x", "focus_y", "position"
                )
            },
        )  # fmt: skip
        db.session.add(twin)
        db.session.flush()
        found[picture.id] = twin.id
    return found


def _copy_variant(
    variant: Variant, copy: Product, pictures: dict[int, int], now: datetime, actor: str
) -> None:
    twin = Variant(
        product_id=copy.id,
        sku=free_sku(f"{variant.sku[:60]}-COPY"),
        picture_id=pictures.get(variant.picture_id or 0),
        **{
            column: getattr(variant, column)
            for column in (
                "option_values", "position", "currency", "price_minor", "content_amount",
                "content_unit", "weight_g", "ships", "track_stock",
            )
        },
    )  # fmt: skip
    db.session.add(twin)
    db.session.flush()
    copy_list_prices(variant, twin, now, actor)


def _free(column: InstrumentedAttribute[str], wanted: str) -> str:
    number = 1
    is_code = column is Product.code
    while True:
        end = "copy" if number == 1 else f"copy-{number}"
        found = f"{wanted}-{end.upper() if is_code else end}"
        if db.session.scalar(select(Product.id).where(column == found)) is None:
            return found
        number += 1
