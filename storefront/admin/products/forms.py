"""What a product's pages ask for in words, and what they make of the answers."""

from typing import Any

from flask_wtf import FlaskForm
from slugify import slugify
from sqlalchemy import select
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import HiddenField
from wtforms.validators import DataRequired, NumberRange, Optional

from storefront.admin.posts.forms import lines
from storefront.catalog.addresses import SLUG
from storefront.catalog.candidates import FACET_NAME
from storefront.catalog.details import Details
from storefront.catalog.fields import LONGEST_TEXT
from storefront.catalog.models import ALL_PRODUCTS, Collection, Product, ProductClass
from storefront.extensions import db
from storefront.jinja import shop
from storefront.money import Money
from storefront.pricing.models import TaxRate
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

SPARE_FACTS = 3  # empty rows to write new ones in
MOST_TAGS = 50
HIGHEST_MINOR = 2_000_000_000  # what an integer column holds


def price_from(text: str | None, currency: str) -> Money:
    """12.50, or 12,50 as half of the world types it; ValueError if it is neither."""
    written = (text or "").strip().replace(",", ".")
    found = Money.parse(written, currency)
    if found.minor > HIGHEST_MINOR:
        raise ValueError(text)
    return found


def price_hint(currency: str) -> str:
    """How a price in this currency is written: 12.50."""
    return str(Money(1250 if Money(1, currency).exponent else 1200, currency).decimal)


class NewProductForm(FlaskForm):
    """What a product begins with."""

    name = StringField(
        "Name", filters=[tidied], validators=[DataRequired("Enter a name."), no_longer_than(200)]
    )
    sku = StringField(
        "SKU", filters=[tidied], validators=[DataRequired("Enter a SKU."), no_longer_than(60)]
    )
    price = StringField("Price", filters=[tidied], validators=[DataRequired("Enter a price.")])

    def validate_name(self, field: StringField) -> None:
        if field.data and not slugify(field.data):
            raise ValidationError("Use letters or digits in the name.")

    def validate_price(self, field: StringField) -> None:
        try:
            price_from(field.data, shop().currency)
        except ValueError:
            raise ValidationError(f"Write the price like {price_hint(shop().currency)}.") from None


class FactForm(Form):
    name = StringField("Name", filters=[tidied], validators=[no_longer_than(FACET_NAME)])
    value = StringField("Value", filters=[tidied], validators=[no_longer_than(1000)])
    filter = BooleanField("Filter by it")


class DetailsForm(FlaskForm):
    """Everything of a product but its variants and pictures."""

    name = StringField(
        "Name", filters=[tidied], validators=[DataRequired("Enter a name."), no_longer_than(200)]
    )
    slug = StringField("Address", filters=[tidied], validators=[no_longer_than(160)])
    summary = TextAreaField("Summary", filters=[tidied], validators=[no_longer_than(300)])
    description = TextAreaField(
        "Description", filters=[lines], validators=[no_longer_than(LONGEST_TEXT)]
    )
    seo_description = TextAreaField(
        "Description for search engines", filters=[tidied], validators=[no_longer_than(300)]
    )
    search_words = StringField(
        "More words to find it by", filters=[tidied], validators=[no_longer_than(500)]
    )
    class_id = SelectField("Product class", coerce=int)
    tax_class = SelectField("Tax class")
    tags = StringField("Tags", filters=[tidied], validators=[no_longer_than(1000)])
    facts = FieldList(FormField(FactForm), max_entries=60)
    min_quantity = IntegerField(
        "One may buy at least",
        validators=[NumberRange(1, 10_000, "Enter a number from 1 to 10,000.")],
    )
    max_quantity = IntegerField(
        "and at most",
        validators=[Optional(), NumberRange(1, 10_000, "Enter a number from 1 to 10,000.")],
    )
    collection_ids = SelectMultipleField("Collections", coerce=int)
    seen = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = db.session.execute(
            select(ProductClass.id, ProductClass.name).order_by(ProductClass.name)
        )
        self.class_id.choices = [(0, "None"), *((row.id, row.name) for row in classes)]
        self.tax_class.choices = [(name, name) for name in tax_classes(self.tax_class.data)]
        collections = db.session.execute(
            select(Collection.id, Collection.name)
            .where(Collection.slug != ALL_PRODUCTS)
            .order_by(Collection.position, Collection.name)
        )
        self.collection_ids.choices = [(row.id, row.name) for row in collections]

    def validate_slug(self, field: StringField) -> None:
        if field.data and not SLUG.fullmatch(field.data):
            raise ValidationError("Use small letters a to z, digits and single hyphens.")

    def validate_name(self, field: StringField) -> None:
        if not self.slug.data and not slugify(field.data or ""):
            raise ValidationError("Use letters or digits in the name, or give it an address.")

    def validate_tags(self, field: StringField) -> None:
        tags = tags_from(field.data)
        if len(tags) > MOST_TAGS:
            raise ValidationError(f"Choose {MOST_TAGS} tags or fewer.")
        if odd := next((tag for tag in tags if len(tag) > 60), None):
            raise ValidationError(f"“{odd[:60]}…” is too long: a tag has 60 letters at most.")

    def details(self) -> Details:
        facts = (
            (row["name"] or "", row["value"] or "", bool(row["filter"]))
            for row in self.facts.data
            if row["name"] or row["value"]
        )
        return Details(
            name=self.name.data or "",
            slug=self.slug.data or slugify(self.name.data or "", max_length=160),
            summary=self.summary.data or "",
            description=self.description.data or "",
            seo_description=self.seo_description.data or "",
            search_words=self.search_words.data or "",
            class_id=self.class_id.data or None,
            tax_class=self.tax_class.data,
            tags=tags_from(self.tags.data),
            facts=tuple(facts),
            min_quantity=self.min_quantity.data or 1,
            max_quantity=self.max_quantity.data,
            collection_ids=tuple(sorted(self.collection_ids.data or ())),
        )


def tags_from(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for part in (text or "").split(",") if (tag := part.strip())))


def tax_classes(*more: str | None) -> list[str]:
    """Those that tax rates or products name."""
    named = db.session.scalars(
        select(TaxRate.tax_class).union(select(Product.tax_class).distinct())
    )
    return sorted({"standard", *named, *(one for one in more if one)} - {"delivery"})


def filled(details: Details, seen: str) -> DetailsForm:
    """With what is kept in it, and empty rows for more facts."""
    facts = [{"name": n, "value": v, "filter": f} for n, v, f in details.facts]
    return DetailsForm(
        formdata=None,
        seen=seen,
        name=details.name,
        slug=details.slug,
        summary=details.summary,
        description=details.description,
        seo_description=details.seo_description,
        search_words=details.search_words,
        class_id=details.class_id or 0,
        tax_class=details.tax_class,
        tags=", ".join(details.tags),
        facts=facts + [{} for _ in range(SPARE_FACTS)],
        min_quantity=details.min_quantity,
        max_quantity=details.max_quantity,
        collection_ids=list(details.collection_ids),
    )
