"""What the page of a product's variants asks, and what it makes of the answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.fields import DateTimeLocalField, HiddenField
from wtforms.validators import DataRequired, NumberRange, Optional

from storefront.admin.posts.forms import SHOWN
from storefront.admin.products.forms import price_from, price_hint
from storefront.catalog.fields import LARGEST
from storefront.catalog.options import MOST_AXES, Axis, Options
from storefront.catalog.variants import Prices, VariantDetails
from storefront.jinja import shop
from storefront.local_time import NoSuchTime, TwoSuchTimes, moment_of
from storefront.money import Money
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

_WHOLE = NumberRange(0, LARGEST, "Enter a whole number, 0 or more.")


UNITS = [SelectChoice("", "–"), SelectChoice("g", "g"), SelectChoice("ml", "ml")]


class PricesForm(Form):
    """In one currency."""

    currency = HiddenField()
    price = StringField("Price", filters=[tidied])
    sale = StringField("Sale price", filters=[tidied])
    starts = DateTimeLocalField("Sale from", format=SHOWN, validators=[Optional()])
    ends = DateTimeLocalField("Sale until", format=SHOWN, validators=[Optional()])


class VariantForm(Form):
    id = HiddenField()
    sku = StringField(
        "SKU", filters=[tidied], validators=[DataRequired("Enter a SKU."), no_longer_than(80)]
    )
    prices = FieldList(FormField(PricesForm), max_entries=30)
    weight_g = IntegerField("Weight in g", validators=[Optional(), _WHOLE])
    content_amount = IntegerField("Content", validators=[Optional(), _WHOLE])
    content_unit = SelectField("in", choices=UNITS)
    ships = BooleanField("Is sent (not a download)")
    track_stock = BooleanField("Stock is counted")
    picture_id = SelectField("Own picture", coerce=int)


class VariantsForm(FlaskForm):
    variants = FieldList(FormField(VariantForm), max_entries=100)
    seen = HiddenField()

    def __init__(self, pictures: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for row in self.variants:
            row.form.picture_id.choices = [(0, "The first"), *pictures]

    def wanted(self, kept: Sequence[VariantDetails]) -> list[VariantDetails] | None:
        """None where something cannot be read: the fields say what. Rows are matched by id; what
        the form does not hold stays as it is."""
        rows = {str(row.form.id.data): row.form for row in self.variants}
        found = [_read(rows[str(one.id)], one) if str(one.id) in rows else one for one in kept]
        has_errors = any(row.form.errors or _nested_errors(row.form) for row in self.variants)
        return None if has_errors else found


def _nested_errors(form: VariantForm) -> bool:
    return any(field.errors for prices in form.prices for field in prices.form)


def _read(form: VariantForm, kept: VariantDetails) -> VariantDetails:
    sent = {prices.form.currency.data: prices.form for prices in form.prices}
    return VariantDetails(
        id=kept.id,
        sku=form.sku.data or "",
        prices=tuple(
            _prices(sent[one.currency], one, is_own=place == 0) if one.currency in sent else one
            for place, one in enumerate(kept.prices)
        ),
        weight_g=form.weight_g.data,
        content_amount=form.content_amount.data or None,
        content_unit=(form.content_unit.data or None) if form.content_amount.data else None,
        ships=form.ships.data,
        track_stock=form.track_stock.data,
        picture_id=form.picture_id.data or None,
    )


def _prices(form: PricesForm, kept: Prices, is_own: bool) -> Prices:
    price, sale = (_minor(field, kept.currency) for field in (form.price, form.sale))
    if is_own and price is None and not form.price.errors:
        form.price.errors = ["Enter a price."]
    if sale is not None and price is None and not form.price.errors:
        form.price.errors = ["Enter the price it is reduced from."]
    if sale is None:
        return Prices(kept.currency, price)
    return Prices(
        kept.currency, price, sale, _moment(form.starts, kept.starts), _moment(form.ends, kept.ends)
    )


def _minor(field: StringField, currency: str) -> int | None:
    if not field.data:
        return None
    try:
        return price_from(field.data, currency).minor
    except ValueError:
        field.errors = [f"Write the price like {price_hint(currency)}."]
        return None


def on_the_clock(at: datetime | None) -> datetime | None:
    """As a clock in the shop shows it, to the minute."""
    if at is None:
        return None
    return at.astimezone(shop().timezone).replace(second=0, microsecond=0, tzinfo=None)


def _moment(field: DateTimeLocalField, kept: datetime | None) -> datetime | None:
    """The moment that is kept, where the field still shows it: it may be finer than a minute."""
    shown = field.data
    if shown is None:
        return None
    if kept is not None and shown.replace(second=0, microsecond=0) == on_the_clock(kept):
        return kept
    try:
        return moment_of(shown, shop().timezone)
    except NoSuchTime as gap:
        field.errors = [
            "Clocks go forward over this time: it is on no clock that day. "
            f"{gap.next_after:%H:%M} is the next that fits."
        ]
    except TwoSuchTimes:
        field.errors = ["Clocks go back that night, and show this time twice. Choose another hour."]
    return None


def filled(
    kept: Sequence[VariantDetails], seen: str, pictures: Sequence[tuple[int, str]]
) -> VariantsForm:
    return VariantsForm(pictures, formdata=None, seen=seen, variants=[_shown(one) for one in kept])


def _shown(one: VariantDetails) -> dict[str, Any]:
    return {
        "id": one.id,
        "sku": one.sku,
        "prices": [
            {
                "currency": prices.currency,
                "price": written(prices.price, prices.currency),
                "sale": written(prices.sale, prices.currency),
                "starts": on_the_clock(prices.starts),
                "ends": on_the_clock(prices.ends),
            }
            for prices in one.prices
        ],
        "weight_g": one.weight_g,
        "content_amount": one.content_amount,
        "content_unit": one.content_unit or "",
        "ships": one.ships,
        "track_stock": one.track_stock,
        "picture_id": one.picture_id or 0,
    }


def written(minor: int | None, currency: str) -> str:
    from_minor = Money(minor, currency).decimal if minor is not None else None
    return "" if from_minor is None else f"{from_minor:f}"


class AxisForm(Form):
    was = HiddenField()
    name = StringField("Option", filters=[tidied], validators=[no_longer_than(60)])
    values = StringField("Values", filters=[tidied], validators=[no_longer_than(2000)])


class OptionsForm(FlaskForm):
    axes = FieldList(FormField(AxisForm), max_entries=MOST_AXES)
    fill = BooleanField("Make a variant of each combination that has none")
    seen_options = HiddenField()

    def read(self) -> list[Axis]:
        return [
            Axis(
                row["name"] or "",
                tuple(
                    value for part in (row["values"] or "").split(",") if (value := part.strip())
                ),
                int(row["was"]) if (row["was"] or "").isdecimal() else None,
            )
            for row in self.axes.data
            if row["name"] or row["values"]
        ]


def filled_options(options: Options, seen: str) -> OptionsForm:
    rows: list[dict[str, Any]] = [
        {"was": axis.was, "name": axis.name, "values": ", ".join(axis.values)}
        for axis in options.axes
    ]
    rows += [{} for _ in range(MOST_AXES - len(rows))]
    return OptionsForm(formdata=None, axes=rows, fill=True, seen_options=seen)
