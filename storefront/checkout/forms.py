"""What the steps of the checkout ask."""

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import (
    InputRequired,
    Optional,
    ValidationError,
)

from storefront.checkout.address_form import AddressForm
from storefront.email_field import email_field
from storefront.languages import _, later
from storefront.orders.reminding import CONSENT_WORDS
from storefront.pricing.tax_numbers import BadNumber, check_number, tidy_number
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

PHONE = re.compile(r"^\+?[0-9 ()./-]{6,25}$")


def _tax_number(form: "DetailsForm", field: StringField) -> None:
    """As the country that the goods go to writes it."""
    try:
        check_number(field.data or "", str(form.delivery.form.country.data or ""))
    except BadNumber as refusal:
        raise ValidationError(refusal.message) from None


class DetailsForm(FlaskForm):
    """Who orders and where it goes; the bill goes there too unless unticked."""

    email = email_field(later("Enter the email address for your order."))
    delivery = FormField(AddressForm)
    same_billing = BooleanField(later("Send the bill to the same address"), default=True)
    billing = FormField(AddressForm)
    remind = BooleanField(later(CONSENT_WORDS), default=False)
    tax_number = StringField(
        later("VAT or exemption number"),
        filters=[lambda text: tidy_number(text) if text else text],
        validators=[Optional(), _tax_number],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The second address is looked at only where there is one."""
        fields = [self.email, self.delivery, self.tax_number]
        if not self.same_billing.data:
            fields.append(self.billing)
        return all([field.validate(self) for field in fields])  # a list: every field gets its words


class DeliveryForm(FlaskForm):
    """How it comes, and a number for the carrier where that one asks for it."""

    method = RadioField(later("Delivery"), validate_choice=False)
    phone = TelField(later("Phone"), filters=[tidied], validators=[Optional()])
    note = TextAreaField(
        later("Note with your order"), filters=[tidied], validators=[no_longer_than(500)]
    )
    gift_note = TextAreaField(
        later("Gift note"), filters=[tidied], validators=[no_longer_than(300)]
    )

    def check(self, methods: dict[str, bool]) -> bool:
        """`methods`: the codes on offer and whether each needs a phone number."""
        whole = bool(self.validate())
        if self.method.data not in methods:
            self.method.errors = [_("Choose how it is delivered.")]
            return False
        phone = self.phone.data or ""
        if methods[self.method.data] and not PHONE.match(phone):
            self.phone.errors = [_("Enter a phone number: the carrier calls before it delivers.")]
            return False
        if phone and not PHONE.match(phone):
            self.phone.errors = [_("Enter a phone number with digits, spaces and + only.")]
            return False
        return whole


class PayForm(FlaskForm):
    """Which of the ways on offer to pay."""

    provider = RadioField(later("How to pay"), validate_choice=False)
    adult = StringField(filters=[tidied])  # a box whose value is the age it speaks of
    asked_age = 0  # 0: the goods are for any age

    def validate_adult(self, field: StringField) -> None:
        """Only the age that is asked now counts, whatever was sent."""
        if self.asked_age and field.data != str(self.asked_age):
            raise ValidationError(
                _("Tick the box to say that you are %(age)s or older, then pay.",
                  age=self.asked_age)
            )  # fmt: skip

    def validate_provider(self, field: RadioField) -> None:
        if field.data not in {choice.value for choice in field.choices or []}:
            raise ValidationError(_("Choose how to pay."))


class AgreeForm(PayForm):
    """Which way to pay, and consent to the terms."""

    terms = BooleanField(
        later("I agree to the terms"),
        validators=[InputRequired(later("Tick the box to agree to the terms, then pay."))],
    )


class ReviewForm(AgreeForm):
    """The last step: what was seen, which way to pay, and consent to the terms."""

    checkout_token = HiddenField(filters=[tidied], validators=[no_longer_than(64)])
    seen_total = IntegerField(validators=[Optional()])
