"""A country, its region and its postcode: as much of an address as the price of a parcel needs."""

from typing import Any

from flask_wtf import FlaskForm

from storefront.account.address import Address, postcode_fits
from storefront.checkout.forms import AddressForm
from storefront.deliveries import country_choices, deliveries
from storefront.taxing import taxation


class DestinationForm(AddressForm, FlaskForm):
    """An address form without those parts that no price depends on."""

    full_name = None
    line1 = None
    line2 = None
    city = None

    @classmethod
    def asked(cls) -> "DestinationForm":
        form = cls()
        form.offer(country_choices())
        form._ask_postcode()
        return form

    @classmethod
    def of(cls, address: Address | None) -> "DestinationForm":
        known = address or Address()
        form = cls(
            formdata=None, country=known.country, region=known.region, postcode=known.postcode
        )
        form.offer(country_choices())
        form._ask_postcode()
        return form

    def _ask_postcode(self) -> None:
        """Only where the price may depend on it."""
        code = str(self.country.data or "")
        asks = deliveries().asks_postcode(code) or taxation().asks_postcode(code)
        self.postcode.flags.required = asks or None

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
        )
