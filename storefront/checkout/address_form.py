"""What is asked of an address, by the rules of its country."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    Form,
    FormField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Optional,
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
from storefront.text_length import no_longer_than
from storefront.tidying import tidied

ASKED = {
    "full_name": later("Enter the full name the parcel is for."),
    "country": later("Choose a country."),
    "line1": later("Enter the street and number."),
    "city": later("Enter the town or city."),
}


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


class NewAddressForm(FlaskForm):
    """Where an order goes instead."""

    delivery = FormField(AddressForm)
