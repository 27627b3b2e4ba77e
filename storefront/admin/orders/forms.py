"""What the pages of an order ask."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired

from storefront.checkout.forms import no_longer_than
from storefront.tidying import tidied


class NoteForm(FlaskForm):
    note = TextAreaField(
        "Note for staff",
        filters=[tidied],
        validators=[DataRequired("Write what the others should know."), no_longer_than(300)],
    )


class SendForm(FlaskForm):
    """Who carries a parcel, and its number there."""

    carrier = StringField("Carrier", filters=[tidied], validators=[no_longer_than(60)])
    tracking = StringField("Tracking number", filters=[tidied], validators=[no_longer_than(120)])
