"""What is asked of someone who waits."""

from flask_wtf import FlaskForm
from wtforms import EmailField, StringField
from wtforms.validators import DataRequired, Email, Length

from storefront.languages import later
from storefront.tidying import tidied


class AlertForm(FlaskForm):
    """Which variant, and where the mail goes."""

    sku = StringField(
        later("Item"),
        filters=[tidied],
        validators=[DataRequired(later("Choose one first.")), Length(max=80)],
    )
    email = EmailField(
        later("Email"),
        filters=[tidied],
        validators=[
            DataRequired(later("Enter the email address the mail should go to.")),
            Length(max=254, message=later("Shorten this to 254 characters or fewer.")),
            Email(later("Enter an email address like name@example.com.")),
        ],
    )
