"""A product's texts in other languages: written here, and its name where one product is named."""

from sqlalchemy import select

from storefront.catalog.listing import refresh_listings
from storefront.catalog.market_models import ProductTranslation
from storefront.catalog.models import Product
from storefront.catalog.prose import to_html
from storefront.clock import now
from storefront.extensions import db
from storefront.markets.here import here


def translate(
    product: Product, language: str, name: str, summary: str = "", description: str = ""
) -> None:
    """Say it in a language, in place of how it was said. Inside write_tx()."""
    found = db.session.get(ProductTranslation, (product.id, language))
    if found is None:
        found = ProductTranslation(product_id=product.id, language=language, name=name)
        db.session.add(found)
    found.name, found.summary, found.description = name, summary, description
    found.description_html = to_html(description) if description else ""
    refresh_listings([product.id], now())


def name_of(product: Product) -> str:
    """Its name in the language spoken here."""
    language = here().said_in
    if language is None:
        return product.name
    said = db.session.scalar(
        select(ProductTranslation.name).where(
            ProductTranslation.product_id == product.id, ProductTranslation.language == language
        )
    )
    return said or product.name
