"""What the pages of suppliers, orders to them and deliveries ask."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from storefront.money import Money
from storefront.stock.purchasing import MOST, SupplierDetails
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

HOW_MANY = f"Enter a whole number from 0 to {MOST:,}."


class Cost(StringField):
    """An amount of the shop's money for one unit; nothing where it is not known."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(
            label, filters=[tidied], validators=[Optional(), no_longer_than(20)], **kwargs
        )
        self.minor: int | None = None

    def read(self, currency: str) -> bool:
        """Whether it is an amount; `minor` holds it then."""
        try:
            self.minor = Money.parse(self.data, currency).minor if self.data else None
        except ValueError:
            self.errors = ["Enter an amount with a point, such as 4.50."]
            return False
        return True


def whole(label: str, least: int = 0) -> IntegerField:
    said = HOW_MANY if not least else HOW_MANY.replace("0 to", f"{least} to")
    return IntegerField(label, validators=[InputRequired(said), NumberRange(least, MOST, said)])


class SupplierForm(FlaskForm):
    name = StringField(
        "Name",
        filters=[tidied],
        validators=[DataRequired("Enter the supplier’s name."), no_longer_than(120)],
    )
    email = EmailField(
        "Email",
        filters=[tidied],
        validators=[
            Optional(),
            Email("Enter an address like name@example.com."),
            no_longer_than(320),
        ],
    )
    reference = StringField(
        "Our customer number there", filters=[tidied], validators=[no_longer_than(80)]
    )
    note = TextAreaField("Note", filters=[tidied], validators=[no_longer_than(2000)])

    def details(self) -> SupplierDetails:
        return SupplierDetails(
            self.name.data or "", self.email.data or "", self.reference.data or "",
            self.note.data or "",
        )  # fmt: skip


class NewOrderForm(FlaskForm):
    supplier = SelectField("Supplier", coerce=int)
    expected_on = DateField("Expected on", validators=[Optional()])


class HeadForm(FlaskForm):
    reference = StringField(
        "The supplier’s number of it", filters=[tidied], validators=[no_longer_than(80)]
    )
    expected_on = DateField("Expected on", validators=[Optional()])
    note = TextAreaField("Note", filters=[tidied], validators=[no_longer_than(2000)])


class LineForm(FlaskForm):
    sku = StringField(
        "SKU", filters=[tidied], validators=[DataRequired("Enter a SKU."), no_longer_than(80)]
    )
    quantity = whole("How many")
    cost = Cost("Cost of one")


class ArrivalForm(Form):
    """One line of a delivery; a line without a number did not arrive."""

    variant = HiddenField(validators=[Regexp(r"^[0-9]{1,9}$", message="Scan this one again.")])
    arrived = IntegerField("Arrived", validators=[Optional(), NumberRange(0, MOST, HOW_MANY)])
    damaged = IntegerField(
        "Of these damaged", validators=[Optional(), NumberRange(0, MOST, HOW_MANY)]
    )
    lot = StringField("Lot code", filters=[tidied], validators=[no_longer_than(60)])
    best_before = DateField("Best before", validators=[Optional()])
    cost = Cost("Cost of one")
    hold = BooleanField("Hold back until released")

    def validate_damaged(self, field: IntegerField) -> None:
        if (field.data or 0) > (self.arrived.data or 0):
            raise ValidationError(
                "More are damaged than arrived. Count the damaged ones as arrived too."
            )

    def validate_best_before(self, field: DateField) -> None:
        if field.data and not self.lot.data:
            raise ValidationError("A day needs a lot. Enter the lot’s code.")


class DeliveryForm(FlaskForm):
    token = HiddenField(validators=[DataRequired(), no_longer_than(40)])
    scan = StringField("Scan or type a SKU", filters=[tidied], validators=[no_longer_than(80)])
    supplier = SelectField("Supplier", coerce=int)
    reference = StringField(
        "Number of the delivery note", filters=[tidied], validators=[no_longer_than(80)]
    )
    lines = FieldList(FormField(ArrivalForm), max_entries=300)


class DocumentForm(FlaskForm):
    document = FileField("Delivery note, as PDF or photo")
