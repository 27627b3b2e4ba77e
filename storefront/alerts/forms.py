"""What is asked of someone who waits, or wants new articles by mail."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from storefront.email_field import email_field
from storefront.languages import later
from storefront.tidying import tidied

WHERE_TO = later("Enter the email address the mail should go to.")


class AlertForm(FlaskForm):
    """Which variant, and where the mail goes."""

    sku = StringField(
        later("Item"),
        filters=[tidied],
        validators=[DataRequired(later("Choose one first.")), Length(max=80)],
    )
    email = email_field(WHERE_TO)


class NewsletterForm(FlaskForm):
    """Where the mails go, and the article it was asked at."""

    email = email_field(WHERE_TO)
    source = StringField(filters=[tidied], validators=[Length(max=160)])
