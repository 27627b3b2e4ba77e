"""What the pages of an order ask."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, FormField, StringField, TextAreaField
from wtforms.validators import DataRequired

from storefront.checkout.address_form import AddressForm
from storefront.email_field import email_field
from storefront.text_length import no_longer_than
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


class RefundForm(FlaskForm):
    """Beside the quantities of lines, which are named after them."""

    shipping = BooleanField("Delivery")
    more = StringField("An amount on top", filters=[tidied], validators=[no_longer_than(16)])
    reason = StringField(
        "Reason",
        filters=[tidied],
        validators=[DataRequired("Say why: the buyer reads it."), no_longer_than(200)],
    )


class ReceivedForm(FlaskForm):
    amount = StringField(
        "What arrived",
        filters=[tidied],
        validators=[DataRequired("Enter what arrived."), no_longer_than(16)],
    )


class CancelForm(FlaskForm):
    reason = StringField(
        "Why",
        filters=[tidied],
        validators=[DataRequired("Say why: the buyer reads it."), no_longer_than(200)],
    )


class ReturnForm(FlaskForm):
    reason = StringField(
        "Why it comes back",
        filters=[tidied],
        validators=[DataRequired("Say why it comes back."), no_longer_than(300)],
    )


class AnswerForm(FlaskForm):
    answer = TextAreaField(
        "What the buyer reads",
        filters=[tidied],
        validators=[DataRequired("Write what the buyer is to know."), no_longer_than(1000)],
    )


class BuyerForm(FlaskForm):
    """Who an order is written for, and where it goes."""

    email = email_field("Enter the buyer’s email address: the link goes there.")
    delivery = FormField(AddressForm)
    phone = StringField("Phone", filters=[tidied], validators=[no_longer_than(25)])
    note = TextAreaField("Note with the order", filters=[tidied], validators=[no_longer_than(500)])
