"""What the account's pages ask."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Optional, ValidationError

from storefront.account.passwords import LONGEST, SHORTEST
from storefront.checkout.address_form import AddressForm
from storefront.email_field import email_field
from storefront.languages import _, later
from storefront.text_length import no_longer_than
from storefront.tidying import tidied


class EmailForm(FlaskForm):
    """An address to mail a link to."""

    email = email_field(later("Enter your email address."))


class SignInForm(EmailForm):
    """`next`: a page of ours to go on to."""

    password = PasswordField(
        later("Password"),
        validators=[DataRequired(later("Enter your password, or have a sign-in link mailed."))],
    )
    next = HiddenField()

    def wanted(self) -> str:
        return str(self.next.data or "")


def _fit_password(_form: Any, field: PasswordField) -> None:
    if len(field.data) < SHORTEST:
        raise ValidationError(_("Use at least %(num)s characters.", num=SHORTEST))
    if len(field.data) > LONGEST:
        raise ValidationError(_("Shorten this to %(limit)s characters or fewer.", limit=LONGEST))


class NameForm(FlaskForm):
    full_name = StringField(
        later("Full name"), filters=[tidied], validators=[Optional(), no_longer_than(120)]
    )


class OpenAccountForm(NameForm):
    """The last step of registering. Without a password one signs in by mail or with a passkey."""

    password = PasswordField(later("Password"), validators=[Optional(), _fit_password])


class NewPasswordForm(FlaskForm):
    password = PasswordField(
        later("New password"),
        validators=[DataRequired(later("Enter the new password.")), _fit_password],
    )


class SavedAddressForm(FlaskForm, AddressForm):
    """An address to keep; the preferred one fills the checkout."""

    preferred = BooleanField(later("Use this one first"))


class PasskeyNameForm(FlaskForm):
    name = StringField(
        later("Name"),
        filters=[tidied],
        validators=[
            DataRequired(later("Name it after the device it is on.")),
            no_longer_than(60),
        ],
    )
