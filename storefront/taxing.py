"""What pages charge tax by: all rates, read once a version of the catalogue."""

from datetime import datetime
from zoneinfo import ZoneInfo

from storefront.account.address import Address
from storefront.markets.here import here
from storefront.pricing.queries import tax_table
from storefront.pricing.tax_table import TaxTable
from storefront.pricing.taxes import Taxes
from storefront.public_pages import once_a_version
from storefront.seller import the_seller


@once_a_version
def taxation() -> TaxTable:
    """Whoever changes a rate bumps the catalogue's version, so it is what is so now."""
    return tax_table()


def taxes_at(address: Address, now: datetime) -> Taxes:
    """What is charged at a place today, while nothing is known of the buyer."""
    day = now.astimezone(ZoneInfo(the_seller().timezone)).date()
    return taxation().at(address, day, tax_home())


def tax_home() -> str:
    """The country whose tax is in this market's prices, where they include tax: its first one."""
    countries = here().countries
    return countries[0] if countries else the_seller().country
