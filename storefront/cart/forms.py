"""What the cart's forms may say."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

BILLION = 1_000_000_000


class AddLineForm(FlaskForm):
    """One variant and how many; `back` names the page to return to, never an address."""

    sku = StringField("Item", validators=[InputRequired("Choose one first."), Length(max=80)])
    quantity = IntegerField(
        "Quantity",
        default=1,
        validators=[
            InputRequired("Say how many: a whole number, 1 or more."),
            NumberRange(1, BILLION - 1, message="Say how many: a whole number, 1 or more."),
        ],
    )
    back = HiddenField()


class ChangeLineForm(FlaskForm):
    """A new quantity for a line; 0 removes it."""

    quantity = IntegerField(
        "Quantity",
        validators=[
            InputRequired("Say how many: a whole number. 0 removes the line."),
            NumberRange(
                0, BILLION - 1, message="Say how many: a whole number. 0 removes the line."
            ),
        ],
    )
