"""What the checkout asks, by the rules of the country a parcel goes to."""

import re
from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    Optional,
    ValidationError,
)

from storefront.account.address import (
    Address,
    needs_postcode,
    region_choices,
    rules_of,
    tidy,
    words_for,
)
from storefront.compliance.county_choice import ANOTHER
from storefront.languages import _, later, spoken
from storefront.orders.reminding import CONSENT_WORDS
from storefront.pricing.tax_numbers import BadNumber, check_number, tidy_number
from storefront.tidying import tidied

PHONE = re.compile(r"^\+?[0-9 ()./-]{6,25}$")
ASKED = {
    "full_name": later("Enter the full name the parcel is for."),
    "country": later("Choose a country."),
    "line1": later("Enter the street and number."),
    "city": later("Enter the town or city."),
}


def no_longer_than(limit: int) -> Length:
    return Length(
        max=limit, message=later("Shorten this to %(limit)s characters or fewer.", limit=limit)
    )


class AddressForm(Form):
    """A postal address. Its parts are checked together, for they depend on the country."""

    full_name = StringField(
        later("Full name"),
        filters=[tidied],
        validators=[DataRequired(ASKED["full_name"]), no_longer_than(120)],
    )
    country = SelectField(
        later("Country"), validators=[InputRequired(ASKED["country"])], validate_choice=False
    )
    line1 = StringField(
        later("Address"),
        filters=[tidied],
        validators=[DataRequired(ASKED["line1"]), no_longer_than(160)],
    )
    line2 = StringField(
        later("Flat or company"), filters=[tidied], validators=[no_longer_than(160)]
    )
    city = StringField(
        later("Town or city"),
        filters=[tidied],
        validators=[DataRequired(ASKED["city"]), no_longer_than(120)],
    )
    postcode = StringField(later("Postcode"), filters=[tidied], validators=[no_longer_than(20)])
    region = SelectField(later("State or province"), validators=[Optional()], validate_choice=False)
    county = SelectField(later("County"), validators=[Optional()], validate_choice=False)

    def offer(self, countries: list[tuple[str, str]]) -> None:
        """Fill the choices: the countries there are, and the regions of the one chosen."""
        codes = [code for code, _name in countries]
        if not self.country.data and codes:
            self.country.data = codes[0]
        self.country.choices = [SelectChoice(value=code, label=name) for code, name in countries]
        self.region.choices = [
            SelectChoice(value=code, label=name) for code, name in region_choices(self._country())
        ]
        self.postcode.flags.required = needs_postcode(self._country()) or None
        postcode, region = words_for(self._country())
        self.postcode.label.text, self.region.label.text = _(postcode), _(region)
        self.region.flags.required = bool(self.region.choices) or None
        self.county.choices = []  # see ask_county()

    def ask_county(self, counties: Sequence[str]) -> None:
        """Only where a rule depends on it: after offer()."""
        self.county.choices = [
            SelectChoice(value=name, label=_("Another county") if name == ANOTHER else name)
            for name in counties
        ]
        self.county.flags.required = bool(counties) or None

    def county_chosen(self) -> bool:
        """Whether it is one of those asked for, or none is; if not, its field says so."""
        asked = {choice.value for choice in self.county.choices or []}
        if not asked or self.county.data in asked:
            return True
        self.county.errors = [
            _("Choose the county: it decides whether some of your goods may be sent there.")
        ]
        return False

    def validate(self, extra_validators: Any = None) -> bool:
        whole = super().validate(extra_validators)
        if not self.offered():
            return False
        wrong = tidy(self.address())[1]
        for name, kind in wrong.items():
            field = self[name]
            if not field.errors:
                field.errors = [self._words(name, kind)]
        return whole and not wrong

    def offered(self) -> bool:
        """Whether the country is one of those on offer; if not, its field says so."""
        if self.country.data in {choice.value for choice in self.country.choices or []}:
            return True
        self.country.errors = [_("Choose one of the countries we deliver to.")]
        return False

    def address(self, phone: str = "") -> Address:
        """The address as typed; a region only where the country's post asks for one."""
        text = {
            name: self[name].data or ""
            for name in ("full_name", "line1", "line2", "city", "region", "postcode", "country")
        }
        if not region_choices(self._country()):
            text["region"] = ""
        if self.county.data in {choice.value for choice in self.county.choices or []}:
            text["county"] = self.county.data
        return Address(**text, phone=phone)

    def _country(self) -> str:
        """The chosen one; what is not on offer, or no country at all, asks as the first does."""
        offered = [str(choice.value) for choice in self.country.choices or []]
        code = str(self.country.data or "")
        return code if code in offered else next(iter(offered), "US")

    def _words(self, name: str, kind: str) -> str:
        if name == "postcode" and kind == "wrong":
            like = rules_of(self._country()).postal_code_examples
            said = _("This is not a %(part)s of the country chosen.", part=self._called(name))
            if not like:
                return said
            return said + " " + _("One looks like %(example)s.", example=like[0])
        if name in {"postcode", "region"}:
            called = self._called(name)
            if name == "postcode":
                return _("Enter the %(part)s.", part=called)
            return _("Choose the %(part)s.", part=called)
        return str(ASKED.get(name) or _("Check this part of the address."))

    def _called(self, name: str) -> str:
        """What the country calls this part, inside a sentence."""
        text = str(self[name].label.text)
        written_small = spoken().code == "en" and not text[:2].isupper()
        return text.lower() if written_small else text


def _tax_number(form: "DetailsForm", field: StringField) -> None:
    """As the country that the goods go to writes it."""
    try:
        check_number(field.data or "", str(form.delivery.form.country.data or ""))
    except BadNumber as refusal:
        raise ValidationError(refusal.message) from None


class DetailsForm(FlaskForm):
    """Who orders and where it goes; the bill goes there too unless unticked."""

    email = EmailField(
        later("Email"),
        filters=[tidied],
        validators=[
            DataRequired(later("Enter the email address for your order.")),
            no_longer_than(254),
            Email(later("Enter an email address like name@example.com.")),
        ],
    )
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


class NewAddressForm(FlaskForm):
    """Where an order goes instead."""

    delivery = FormField(AddressForm)


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


def _email(asked: str) -> EmailField:
    return EmailField(
        later("Email"),
        filters=[tidied],
        validators=[
            DataRequired(asked),
            no_longer_than(254),
            Email(later("Enter an email address like name@example.com.")),
        ],
    )


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
    email = _email(later("Enter the email address you ordered with."))

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
    email = _email(later("Enter the email address for the receipt."))
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
