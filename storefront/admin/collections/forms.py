"""What the page of a collection asks, and what it makes of the answers."""

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
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import HiddenField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, NumberRange, Optional

from storefront.admin.posts.forms import lines
from storefront.catalog.addresses import SLUG
from storefront.catalog.collection_details import CollectionDetails
from storefront.catalog.fields import LONGEST_TEXT
from storefront.catalog.models import ALL_PRODUCTS, Collection
from storefront.catalog.rules import FACT
from storefront.extensions import db
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

SPARE_CONDITIONS = 2
ASKS = [
    SelectChoice("", "Nothing more"),
    SelectChoice("tag", "carries the tag"),
    SelectChoice("class", "is of the product class (its code)"),
    SelectChoice("fact", "has the fact (name: value)"),
    SelectChoice("price_under", "costs less than"),
    SelectChoice("on_sale", "is reduced (yes or no)"),
    SelectChoice("added_within_days", "is new, by days"),
]
GATHERS = [
    SelectChoice("picks", "Only what is picked below"),
    SelectChoice("rule", "What fits all of these, beside what is picked"),
]


class ConditionForm(Form):
    asks = SelectField("A product", choices=ASKS)
    value = StringField("What", filters=[tidied], validators=[no_longer_than(200)])


class PickForm(Form):
    """A picked product and its place; no number takes it out."""

    id = HiddenField()
    place = IntegerField("Place", validators=[Optional(), NumberRange(1, 100_000)])


class CollectionForm(FlaskForm):
    name = StringField(
        "Name", filters=[tidied], validators=[DataRequired("Enter a name."), no_longer_than(200)]
    )
    slug = StringField("Address", filters=[tidied], validators=[no_longer_than(160)])
    description = TextAreaField("Text", filters=[lines], validators=[no_longer_than(LONGEST_TEXT)])
    parent_id = SelectField("Stands below", coerce=int)
    position = IntegerField(
        "Place among its neighbours", validators=[NumberRange(0, 100_000, "Enter 0 or more.")]
    )
    in_menu = BooleanField("In the menu")
    gathers = RadioField("What it holds", choices=GATHERS, default="picks")
    conditions = FieldList(FormField(ConditionForm), max_entries=20)
    picks = FieldList(FormField(PickForm), max_entries=5000)
    add = StringField("Add products", filters=[tidied], validators=[no_longer_than(2000)])
    seen = HiddenField()

    def __init__(self, own_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        rows = db.session.execute(
            select(Collection.id, Collection.name)
            .where(Collection.slug != ALL_PRODUCTS, Collection.id != (own_id or 0))
            .order_by(Collection.name)
        )
        self.parent_id.choices = [(0, "Nothing: it is at the top"), *((r.id, r.name) for r in rows)]

    def validate_slug(self, field: StringField) -> None:
        if field.data and not SLUG.fullmatch(field.data):
            raise ValidationError("Use small letters a to z, digits and single hyphens.")

    def validate_name(self, field: StringField) -> None:
        if not self.slug.data and not slugify(field.data or ""):
            raise ValidationError("Use letters or digits in the name, or give it an address.")

    def validate_conditions(self, field: FieldList) -> None:
        for row in field:
            if row.form.asks.data == "fact" and ":" not in (row.form.value.data or ""):
                raise ValidationError("Write a fact as name: value, such as Origin: Japan.")
            if row.form.value.data and not row.form.asks.data:
                raise ValidationError(f"Say what “{row.form.value.data}” is: a tag, a fact …")

    def rule(self) -> tuple[tuple[str, str], ...] | None:
        if self.gathers.data != "rule":
            return None
        return tuple(_condition(row.form) for row in self.conditions if row.form.asks.data)

    def details(self, added: tuple[int, ...] = ()) -> CollectionDetails:
        """`added`: products to pick after those there are."""
        kept = sorted(
            # What moved up comes before what has its new place by now, what moved down behind it.
            (place, (place > stood) - (place < stood), stood, int(row.form.id.data))
            for stood, row in enumerate(self.picks, 1)
            if (place := row.form.place.data) and str(row.form.id.data).isdecimal()
        )
        picked = tuple(dict.fromkeys([*(one[-1] for one in kept), *added]))
        return CollectionDetails(
            name=self.name.data or "",
            slug=self.slug.data or slugify(self.name.data or "", max_length=160),
            description=self.description.data or "",
            parent_id=self.parent_id.data or None,
            position=self.position.data or 0,
            in_menu=self.in_menu.data,
            rule=self.rule(),
            picked=picked,
        )


def _condition(form: ConditionForm) -> tuple[str, str]:
    value = form.value.data or ""
    if form.asks.data == "fact":
        name, _, wanted = value.partition(":")
        return FACT + name.strip(), wanted.strip()
    return form.asks.data, value


def filled(details: CollectionDetails, seen: str, own_id: int | None = None) -> CollectionForm:
    conditions = [
        {"asks": "fact", "value": f"{field.removeprefix(FACT)}: {value}"}
        if field.startswith(FACT)
        else {"asks": field, "value": value}
        for field, value in details.rule or ()
    ]
    return CollectionForm(
        own_id,
        formdata=None,
        seen=seen,
        name=details.name,
        slug=details.slug,
        description=details.description,
        parent_id=details.parent_id or 0,
        position=details.position,
        in_menu=details.in_menu,
        gathers="rule" if details.rule is not None else "picks",
        conditions=conditions + [{} for _ in range(SPARE_CONDITIONS)],
        picks=[{"id": id_, "place": place} for place, id_ in enumerate(details.picked, 1)],
    )
