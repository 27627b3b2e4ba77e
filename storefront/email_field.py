"""The field for a mail address, the same in every form that asks for one."""

from wtforms import EmailField
from wtforms.validators import DataRequired, Email

from storefront.languages import later
from storefront.text_length import no_longer_than
from storefront.tidying import tidied


def email_field(asked: str) -> EmailField:
    """`asked`: what is said where it is left empty."""
    return EmailField(
        later("Email"),
        filters=[tidied],
        validators=[
            DataRequired(asked),
            no_longer_than(254),
            Email(later("Enter an email address like name@example.com.")),
        ],
    )
