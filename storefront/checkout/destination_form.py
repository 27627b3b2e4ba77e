"""A country, its region and its postcode: as much of an address as the price of a parcel needs."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Optional

from storefront.account.address import Address, postcode_fits
from storefront.checkout.address_form import AddressForm
from storefront.clock import now
from storefront.compliance.county_choice import counties_to_choose
from storefront.deliveries import country_choices, deliveries
from storefront.languages import later
from storefront.taxing import taxation
from storefront.text_length import no_longer_than
from storefront.tidying import tidied


class DestinationForm(AddressForm, FlaskForm):
    """An address form without those parts that no price depends on."""

    full_name = None
    line1 = None
    line2 = None
    # Shown only where a rule for restricted goods depends on it.
    city = StringField(
        later("Town or city"), filters=[tidied], validators=[Optional(), no_longer_than(120)]
    )

    @classmethod
    def asked(cls, class_codes: Iterable[str] = ()) -> "DestinationForm":
        """`class_codes`: of restricted goods that would go there."""
        form = cls()
        form._prepare(class_codes)
        return form

    @classmethod
    def of(cls, address: Address | None, class_codes: Iterable[str] = ()) -> "DestinationForm":
        known = address or Address()
        form = cls(
            formdata=None, country=known.country, region=known.region, postcode=known.postcode,
            county=known.county, city=known.city,
        )  # fmt: skip
        form._prepare(class_codes)
        return form

    def _prepare(self, class_codes: Iterable[str]) -> None:
        self.offer(country_choices())
        self._ask_postcode()
        if codes := list(class_codes):
            self.ask_county(counties_to_choose(self.address(), codes, now()))

    def _ask_postcode(self) -> None:
        """Only where the price may depend on it."""
        code = str(self.country.data or "")
        asks = deliveries().asks_postcode(code) or taxation().asks_postcode(code)
        self.postcode.flags.required = asks or None

    def _county_known(self) -> bool:
        return self.county.data in {choice.value for choice in self.county.choices or []}

    def validate(self, extra_validators: Any = None) -> bool:
        whole = super(AddressForm, self).validate(extra_validators)
        if not self.offered():
            return False
        if self.region.choices and self.region.data not in {c.value for c in self.region.choices}:
            self.region.errors = [self._words("region", "required")]
            whole = False
        text = str(self.postcode.data or "")
        if not self.postcode.errors:
            if not text and self.postcode.flags.required:
                self.postcode.errors = [self._words("postcode", "required")]
            elif text and not postcode_fits(self.address()):
                self.postcode.errors = [self._words("postcode", "wrong")]
        return whole and not self.postcode.errors

    def address(self, phone: str = "") -> Address:
        return Address(
            country=str(self.country.data or ""),
            region=str(self.region.data or "") if self.region.choices else "",
            postcode=" ".join(str(self.postcode.data or "").upper().split()),
            phone=phone,
            city=str(self.city.data or ""),
            county=str(self.county.data or "") if self._county_known() else "",
        )
