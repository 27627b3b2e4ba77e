"""What a product costs and is called in other markets than the shop's own."""

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.catalog.priced import Priced
from storefront.extensions import Model


class VariantPrice(Priced, Model):
    """A variant's price in another currency. Without one it is not sold there: none is guessed."""

    __tablename__ = "variant_prices"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("sale_price_minor is null or sale_price_minor >= 0", name="sale_price"),
    )

    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)


class ProductPrice(Model):
    """Its cheapest variant in another currency, made on write: what lists sort and filter by."""

    __tablename__ = "product_prices"

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    price_minor: Mapped[int]


class ProductTranslation(Model):
    """A product's texts in another language; what is empty there is shown as it was written."""

    __tablename__ = "product_translations"

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")  # Markdown
    description_html: Mapped[str] = mapped_column(Text, default="")  # made on write
