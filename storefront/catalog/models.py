"""What the shop sells and how it is found: products, variants, pictures, collections."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.catalog.priced import Priced
from storefront.columns import UtcDateTime
from storefront.extensions import Model

DRAFT, ACTIVE, ARCHIVED = "draft", "active", "archived"
ALL_PRODUCTS = "all"  # slug of the collection that lists everything; its page is /products


class ProductClass(Model):
    """What rules speak of; shoppers see its name only beside them."""

    __tablename__ = "product_classes"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    payment_restricted: Mapped[bool] = mapped_column(default=False)
    restricted: Mapped[bool] = mapped_column(default=False)  # where and to whom, the law says
    # What comes in is held back, lot by lot, until somebody releases it.
    release_required: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Sold only from lots whose newest lab report passes.
    requires_report: Mapped[bool] = mapped_column(default=False, server_default=false())
    min_age: Mapped[int | None]  # shown to nobody who has not said to be that old
    # Codes of the payment providers it may be paid through; none named: as the settings say.
    providers: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    # How many units one person or household may order in so many days; none: no limit.
    cap_units: Mapped[int | None]
    cap_days: Mapped[int | None]


class Product(Model):
    """What is described; what is bought is one of its variants."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("status in ('draft', 'active', 'archived')", name="status"),
        CheckConstraint("min_quantity >= 1", name="min_quantity"),
        Index("ix_products_status", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    slug: Mapped[str] = mapped_column(String(160), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")  # Markdown
    description_html: Mapped[str] = mapped_column(Text, default="")  # made on write
    status: Mapped[str] = mapped_column(String(10), default=DRAFT)
    class_id: Mapped[int | None] = mapped_column(ForeignKey("product_classes.id"))
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    option_names: Mapped[list[str]] = mapped_column(JSON, default=list)
    facts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    search_words: Mapped[str] = mapped_column(String(500), default="")  # found by, never shown
    seo_description: Mapped[str] = mapped_column(String(300), default="")  # else its summary
    position: Mapped[int] = mapped_column(default=0)
    min_quantity: Mapped[int] = mapped_column(default=1)
    max_quantity: Mapped[int | None]
    tax_class: Mapped[str] = mapped_column(String(40), default="standard")
    review_count: Mapped[int] = mapped_column(default=0)  # of approved ones, made on write
    review_stars: Mapped[int] = mapped_column(default=0)  # all of theirs together
    # The articles that speak of it, the newest first; made when one is published or withdrawn.
    articles: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    # A lot of it is being called back; pages ask which one only where this says so.
    under_recall: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    product_class: Mapped[ProductClass | None] = relationship(lazy="raise_on_sql")
    successor: Mapped["Product | None"] = relationship(remote_side=id, lazy="raise_on_sql")
    variants: Mapped[list["Variant"]] = relationship(
        back_populates="product", order_by="Variant.position", lazy="selectin"
    )
    pictures: Mapped[list["Picture"]] = relationship(
        order_by="Picture.position", lazy="raise_on_sql"
    )


class Variant(Priced, Model):
    """What is bought: its own SKU, price, stock and, if it has one, picture."""

    __tablename__ = "variants"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("sale_price_minor is null or sale_price_minor >= 0", name="sale_price"),
        Index("ix_variants_product", "product_id", "position"),
        Index(
            "ix_variants_reduced",
            "product_id",
            sqlite_where=text("sale_price_minor IS NOT NULL"),
            postgresql_where=text("sale_price_minor IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    sku: Mapped[str] = mapped_column(String(80), unique=True)
    option_values: Mapped[list[str]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)
    currency: Mapped[str] = mapped_column(String(3))
    content_amount: Mapped[int | None]  # how much is in it, in content_unit
    content_unit: Mapped[str | None] = mapped_column(String(2))  # g or ml
    weight_g: Mapped[int | None]
    ships: Mapped[bool] = mapped_column(default=True)  # False: a download
    track_stock: Mapped[bool] = mapped_column(default=True)  # False: unlimited
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id", ondelete="SET NULL"))

    product: Mapped[Product] = relationship(back_populates="variants", lazy="raise_on_sql")

    @property
    def options_text(self) -> str:
        return ", ".join(self.option_values)


class PriceChange(Model):
    """A price at which a variant was on offer: a list price, or a sale while it lasted."""

    __tablename__ = "price_changes"
    __table_args__ = (Index("ix_price_changes_variant", "variant_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"))
    currency: Mapped[str] = mapped_column(String(3))
    price_minor: Mapped[int]
    sale: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(120), default="")


class Picture(Model):
    """A picture of a product, the cover at position 0; its files: see renditions.py."""

    __tablename__ = "pictures"
    __table_args__ = (
        Index("ix_pictures_product", "product_id", "position"),
        CheckConstraint("focus_x between 0 and 100", name="focus_x"),
        CheckConstraint("focus_y between 0 and 100", name="focus_y"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    digest: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[str] = mapped_column(String(300), default="")
    # What stays in sight where it is cropped, in hundredths from the left and from the top.
    focus_x: Mapped[int] = mapped_column(default=50, server_default="50")
    focus_y: Mapped[int] = mapped_column(default=50, server_default="50")
    position: Mapped[int] = mapped_column(default=0)


class ShopPicture(Model):
    """The picture at a place of the shop's own, such as "hero" on the home page."""

    __tablename__ = "shop_pictures"

    place: Mapped[str] = mapped_column(String(20), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[str] = mapped_column(String(300), default="")


class Collection(Model):
    """Products shown together: picked by hand, by rule, or those of its children."""

    __tablename__ = "collections"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(160), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")  # Markdown
    description_html: Mapped[str] = mapped_column(Text, default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("collections.id"))
    position: Mapped[int] = mapped_column(default=0)
    in_menu: Mapped[bool] = mapped_column(default=True)
    # Holds goods whose sale is restricted: shown behind the age screen. Made on write.
    restricted: Mapped[bool] = mapped_column(default=False, server_default=false())
    rule: Mapped[list[dict[str, str]] | None] = mapped_column(JSON)
    product_count: Mapped[int] = mapped_column(default=0)  # made on write, like the next
    facet_counts: Mapped[dict[str, dict[str, int]]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CollectionPick(Model):
    """A product put into a collection by hand."""

    __tablename__ = "collection_picks"

    collection_id: Mapped[int] = mapped_column(ForeignKey("collections.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class Listing(Model):
    """Which product stands where in which collection, made on write (listing.py).

    Holds the sort keys too, so that any page of any order is one walk along an index.
    """

    __tablename__ = "listings"
    __table_args__ = (
        Index("ix_listings_position", "collection_id", "position", "product_id"),
        Index("ix_listings_newest", "collection_id", "created_at", "product_id"),
        Index("ix_listings_price", "collection_id", "price_minor", "product_id"),
        Index("ix_listings_name", "collection_id", "name", "product_id"),
        Index("ix_listings_product", "product_id"),
    )

    collection_id: Mapped[int] = mapped_column(ForeignKey("collections.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    price_minor: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))


class Facet(Model):
    """A value one can filter a product by, made on write from its facts and options."""

    __tablename__ = "facets"
    __table_args__ = (Index("ix_facets_value", "name", "value", "product_id"),)

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(String(120), primary_key=True)


class ProductTerm(Model):
    """A word staff find a product by, whatever its status; made on write (terms.py)."""

    __tablename__ = "product_terms"
    __table_args__ = (Index("ix_product_terms_product", "product_id"),)

    # By bytes, so that PostgreSQL too finds all that begin alike in one stretch of the index.
    term: Mapped[str] = mapped_column(
        String(60).with_variant(String(60, collation="C"), "postgresql"), primary_key=True
    )
    product_id: Mapped[int] = mapped_column(
        ForeignKey("products.id", ondelete="CASCADE"), primary_key=True
    )


class BulkEdit(Model):
    """Many products changed in one go, row by row, so that it can be taken back (bulk.py)."""

    __tablename__ = "bulk_edits"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(300))  # what was done, for people
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_edits.id"), unique=True)


class OldSlug(Model):
    """An address a product, collection or article used to have; it leads to where that is now."""

    __tablename__ = "old_slugs"
    __table_args__ = (
        UniqueConstraint("kind", "slug"),
        CheckConstraint("kind in ('product', 'collection', 'post')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    slug: Mapped[str] = mapped_column(String(160))
    target_id: Mapped[int]


class CatalogVersion(Model):
    """One row: grows with every change a public page could show (version.py)."""

    __tablename__ = "catalog_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    words: Mapped[int] = mapped_column(default=1)  # grows with changes to words and synonyms
    markets: Mapped[int] = mapped_column(default=0)  # and to markets and phrases; 0: there are none
