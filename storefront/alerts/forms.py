"""What is asked of someone who waits, or wants new articles by mail."""

from flask_wtf import FlaskForm
from wtforms import EmailField, StringField
from wtforms.validators import DataRequired, Email, Length

from storefront.languages import later
from storefront.tidying import tidied


def _email() -> EmailField:
    return EmailField(
        later("Email"),
        filters=[tidied],
        validators=[
            DataRequired(later("Enter the email address the mail should go to.")),
            Length(max=254, message=later("Shorten this to 254 characters or fewer.")),
            Email(later("Enter an email address like name@example.com.")),
        ],
    )


class AlertForm(FlaskForm):
    """Which variant, and where the mail goes."""

    sku = StringField(
        later("Item"),
        filters=[tidied],
        validators=[DataRequired(later("Choose one first.")), Length(max=80)],
    )
    email = _email()


class NewsletterForm(FlaskForm):
    """Where the mails go, and the article it was asked at."""

    email = _email()
    source = StringField(filters=[tidied], validators=[Length(max=160)])
