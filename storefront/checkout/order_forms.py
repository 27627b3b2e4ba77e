"""What is asked of whoever comes back to an order."""

from flask_wtf import FlaskForm
from wtforms import (
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
)

from storefront.email_field import email_field
from storefront.languages import later
from storefront.text_length import no_longer_than
from storefront.tidying import tidied


class OrderLookupForm(FlaskForm):
    """An order as a guest remembers it."""

    number = StringField(
        later("Order number"),
        filters=[tidied],
        validators=[
            DataRequired(later("Enter the number from your order mail.")),
            no_longer_than(20),
        ],
    )
    email = email_field(later("Enter the email address you ordered with."))

    def wanted_number(self) -> int:
        """0, which no order has, for what is no number."""
        text = (self.number.data or "").lstrip("#")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class WithdrawForm(FlaskForm):
    """Who withdraws, and where the receipt goes."""

    full_name = StringField(
        later("Full name"),
        filters=[tidied],
        validators=[DataRequired(later("Enter your full name.")), no_longer_than(120)],
    )
    email = email_field(later("Enter the email address for the receipt."))
    note = TextAreaField(
        later("Anything to add"), filters=[tidied], validators=[no_longer_than(1000)]
    )


class QuestionForm(FlaskForm):
    """A question about an order."""

    question = TextAreaField(
        later("Your question"),
        filters=[tidied],
        validators=[
            DataRequired(later("Write your question, then send it.")),
            no_longer_than(2000),
        ],
    )


class SendBackForm(FlaskForm):
    """Beside the quantities of lines, which are named after them."""

    reason = TextAreaField(
        later("Why it comes back"),
        filters=[tidied],
        validators=[DataRequired(later("Say why it comes back.")), no_longer_than(300)],
    )
