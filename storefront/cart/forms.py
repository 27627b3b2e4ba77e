"""What the cart's forms may say."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from storefront.languages import later
from storefront.tidying import tidied

MOST_DIGITS = 9
ASK_ONE = later("Say how many: a whole number, 1 or more.")
ASK_NONE = later("Say how many: a whole number. 0 removes the line.")


class QuantityField(IntegerField):
    """A whole number of a length that means something."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and len(valuelist[0].strip()) > MOST_DIGITS:
            self.data = None
            raise ValueError(str(ASK_ONE))
        super().process_formdata(valuelist)


class AddLineForm(FlaskForm):
    """One variant and how many; `back` names the page to return to: product or post."""

    sku = StringField(
        later("Item"),
        filters=[tidied],
        validators=[InputRequired(later("Choose one first.")), Length(max=80)],
    )
    quantity = QuantityField(
        later("Quantity"),
        default=1,
        validators=[InputRequired(ASK_ONE), NumberRange(min=1, message=ASK_ONE)],
    )
    back = HiddenField()
    # The article it is put in from, by its address, and which of its cards; 0: a link.
    post = HiddenField(validators=[Length(max=160)])
    card = HiddenField(validators=[Optional(), Regexp(r"[0-9]{1,4}\Z")])
    touches = HiddenField(validators=[Length(max=340)])  # of a line that is put back: touches.py


class ChangeLineForm(FlaskForm):
    """A new quantity for a line; 0 removes it."""

    quantity = QuantityField(
        later("Quantity"),
        validators=[InputRequired(ASK_NONE), NumberRange(min=0, message=ASK_NONE)],
    )
