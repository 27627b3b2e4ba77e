"""A shop with leaf that the law restricts, as the tests of the checkout meet it."""

from typing import Any

from sqlalchemy import update

from storefront.catalog.models import Product, Variant
from storefront.catalog.version import bump_version
from storefront.compliance.models import PostcodeCounty
from storefront.extensions import db
from storefront.pricing.models import ShippingMethod
from storefront.transactions import write_tx
from tests.checkout import journey
from tests.checkout.journey import ADA
from tests.factories import a_market, a_product, a_restricted_class, a_restriction, grown_up
from tests.page import Page

SARASOTA = {"delivery__city": "Venice", "delivery__region": "FL", "delivery__postcode": "34285"}


def the_law() -> None:
    """From 21 in the US; not in Alabama and not in Sarasota County, Florida."""
    a_market()
    a_restriction()
    a_restriction("deny", region="AL", source="Ala. Code 20-2-23")
    a_restriction("deny", region="FL", locality="county:Sarasota", source="Ord. 2014-06")


def leaf(name: str = "Red vein leaf powder", **values: Any) -> Product:
    wish = values.pop("wish", {})
    klass = a_restricted_class(**values.pop("of_class", {}))
    return a_product(name, class_id=klass.id, variants=[wish], **values)


def variant_of(product: Product) -> Variant:
    return db.session.scalars(db.select(Variant).where(Variant.product_id == product.id)).one()


def signed_for(*codes: str) -> None:
    """These deliveries are handed over to an adult who signs."""
    with write_tx() as session:
        session.execute(
            update(ShippingMethod)
            .where(ShippingMethod.code.in_(codes))
            .values(adult_signature=True)
        )
        bump_version()


def counties(postcode: str, *names: str) -> None:
    with write_tx() as session:
        for name in names:
            session.add(
                PostcodeCounty(
                    country="US", postcode=postcode, county=name, region="FL", source="Census"
                )
            )


def fill_cart(client: Any, *wishes: tuple[str, int]) -> None:
    """By somebody who has shown to be grown up."""
    journey.fill_cart(grown_up(client), *wishes)


def send_details(client: Any, **details: Any) -> Page:
    return Page.open(client, "/checkout").form("/checkout").send(**{**ADA, **details})


def to_review(client: Any, **details: Any) -> Page:
    """With the phone number that the signed delivery of the tests asks for."""
    page = send_details(client, **details)
    assert page.heading == "Delivery", (page.heading, page.errors)
    page = page.form("/checkout/delivery").send(phone="919 555 0100")
    assert page.heading == "Check and pay", (page.heading, page.errors)
    return page
