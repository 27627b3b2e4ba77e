"""What a bulk edit asks: what to do, and with which values."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import DecimalField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields import DateTimeLocalField, HiddenField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from storefront.admin.posts.forms import SHOWN
from storefront.admin.products.forms import price_from, price_hint, tags_from, tax_classes
from storefront.catalog.bulk import CLASS, COLLECTION, PRICE, SALE, STATUS, TAGS, TAX_CLASS
from storefront.catalog.bulk_plans import Wish
from storefront.catalog.models import (
    ACTIVE,
    ALL_PRODUCTS,
    ARCHIVED,
    DRAFT,
    Collection,
    ProductClass,
)
from storefront.extensions import db
from storefront.jinja import shop
from storefront.local_time import NoSuchTime, TwoSuchTimes, moment_of
from storefront.money import Money
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

KINDS = {
    "price": "Set the price",
    "price-percent": "Change the price by percent",
    "sale": "Put on sale at a price",
    "sale-percent": "Put on sale, by percent off",
    "end-sale": "End sales",
    "tags": "Add or remove tags",
    "collection-in": "Put into a collection",
    "collection-out": "Take out of a collection",
    "status": "Change status",
    "class": "Change product class",
    "tax": "Change tax class",
}
_PERCENT = NumberRange(-99, 900, "Enter a percentage from -99 to 900.")


class BulkForm(FlaskForm):
    what = RadioField("What to do", choices=[SelectChoice(*kind) for kind in KINDS.items()])
    amount = StringField("Price", filters=[tidied])
    percent = DecimalField("Percent", places=None, validators=[Optional(), _PERCENT])
    ending = IntegerField(
        "Ending on", validators=[Optional(), NumberRange(0, 999, "Enter the last digits: 95.")]
    )
    starts = DateTimeLocalField("Sale from", format=SHOWN, validators=[Optional()])
    ends = DateTimeLocalField("until", format=SHOWN, validators=[Optional()])
    add = StringField("Tags to add", filters=[tidied], validators=[no_longer_than(500)])
    remove = StringField("Tags to remove", filters=[tidied], validators=[no_longer_than(500)])
    collection = SelectField("Collection", coerce=int)
    status = SelectField(
        "Status",
        choices=[
            SelectChoice(ACTIVE, "On sale"),
            SelectChoice(DRAFT, "Draft"),
            SelectChoice(ARCHIVED, "Archived"),
        ],
    )
    class_id = SelectField("Product class", coerce=int)
    tax_class = SelectField("Tax class")
    seen = HiddenField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        collections = db.session.execute(
            select(Collection.id, Collection.name)
            .where(Collection.slug != ALL_PRODUCTS)
            .order_by(Collection.name)
        )
        self.collection.choices = [(0, "Choose one"), *((row.id, row.name) for row in collections)]
        classes = db.session.execute(
            select(ProductClass.id, ProductClass.name).order_by(ProductClass.name)
        )
        self.class_id.choices = [(0, "None"), *((row.id, row.name) for row in classes)]
        self.tax_class.choices = [(name, name) for name in tax_classes()]

    def wish(self) -> Wish | None:
        """None where something is missing: the fields say what. After validate()."""
        found = _WISHES[self.what.data](self)
        return None if any(field.errors for field in self) else found

    def price(self) -> int:
        try:
            found = price_from(self.amount.data, shop().currency)
        except ValueError:
            found = Money(0, shop().currency)
        if not found:
            self.amount.errors = [f"Write the price like {price_hint(shop().currency)}."]
        return found.minor

    def per_cent(self, off: bool = False) -> Decimal:
        percent: Decimal = self.percent.data or Decimal(0)
        if not percent or (off and not 0 < percent < 100):
            self.percent.errors = [
                "Enter how many percent off, such as 20." if off else "Enter a percentage: 5 or -5."
            ]
        return -percent if off else percent

    def during(self, wish: Wish) -> Wish:
        """The same for as long as the form says."""
        return replace(wish, starts=_moment(self.starts), ends=_moment(self.ends))

    def of_collection(self) -> int:
        if not self.collection.data:
            self.collection.errors = ["Choose a collection."]
        return int(self.collection.data or 0)

    def tags(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        add, remove = tags_from(self.add.data), tags_from(self.remove.data)
        if not add and not remove:
            self.add.errors = ["Name a tag to add or to remove."]
        if any(len(tag) > 60 for tag in add):
            self.add.errors = ["A tag has 60 letters at most."]
        return add, remove


def _moment(field: DateTimeLocalField) -> datetime | None:
    if field.data is None:
        return None
    try:
        return moment_of(field.data, shop().timezone)
    except (NoSuchTime, TwoSuchTimes):
        field.errors = ["Clocks change at this time. Choose another hour."]
        return None


def _tags(form: BulkForm) -> Wish:
    add, remove = form.tags()
    return Wish(TAGS, add=add, remove=remove)


_WISHES: dict[str, Callable[[BulkForm], Wish]] = {
    "price": lambda form: Wish(PRICE, amount=form.price()),
    "price-percent": lambda form: Wish(PRICE, percent=form.per_cent(), ending=form.ending.data),
    "sale": lambda form: form.during(Wish(SALE, amount=form.price())),
    "sale-percent": lambda form: form.during(
        Wish(SALE, percent=form.per_cent(off=True), ending=form.ending.data)
    ),
    "end-sale": lambda _form: Wish(SALE, ends_sale=True),
    "tags": _tags,
    "collection-in": lambda form: Wish(COLLECTION, collection_id=form.of_collection()),
    "collection-out": lambda form: Wish(
        COLLECTION, collection_id=form.of_collection(), takes_out=True
    ),
    "status": lambda form: Wish(STATUS, status=form.status.data),
    "class": lambda form: Wish(CLASS, class_id=form.class_id.data or None),
    "tax": lambda form: Wish(TAX_CLASS, tax_class=form.tax_class.data),
}
