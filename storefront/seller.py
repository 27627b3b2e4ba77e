"""Who sells, as every invoice must name them. Set when the shop starts."""

from dataclasses import asdict, dataclass, replace

from storefront.settings import chosen


@dataclass(frozen=True, slots=True)
class Seller:
    """The shop as a business: what the law wants on an invoice."""

    name: str = ""
    address: str = ""
    email: str = ""
    vat_id: str = ""
    registration: str = ""  # the register and the number a company is entered under
    locale: str = "en_US"
    timezone: str = "UTC"
    country: str = "US"  # whose tax is in prices that include it

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


_known: dict[str, Seller] = {}


def set_seller(seller: Seller) -> None:
    _known["seller"] = seller


def the_seller() -> Seller:
    return _known.get("seller", Seller())


def seller_on_papers() -> Seller:
    """As invoices name them now: what was chosen in the admin counts before what the shop came
    with, and the environment before both."""
    known = the_seller()
    kept = chosen(["SELLER_NAME", "SELLER_VAT_ID", "SELLER_REGISTRATION"])
    return replace(
        known,
        name=kept.get("SELLER_NAME") or known.name,
        vat_id=kept.get("SELLER_VAT_ID", known.vat_id),
        registration=kept.get("SELLER_REGISTRATION", known.registration),
    )
