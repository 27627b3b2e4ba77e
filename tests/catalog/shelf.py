"""A long shelf made at once, and a walk along it the way a shopper or crawler goes."""

from datetime import timedelta

from flask.testing import FlaskClient

from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.clock import now
from storefront.stock.models import StockLevel
from storefront.transactions import write_tx
from tests.page import Page

STRAINS = ("Red", "White", "Green vein")
FORMS = ("Powder", "Capsule")


def a_long_shelf(count: int = 60) -> None:
    """Few prices, few days and few names among many products, so that every order has ties.

    Strains take turns, forms change half way, every tenth product is sold out.
    """
    with write_tx() as session:
        for n in range(count):
            product = Product(
                code=f"S-{n}",
                slug=f"shelf-{n}",
                name=f"Packet {'abc'[n % 3]}",
                status=ACTIVE,
                position=n // 4,
                facts=[
                    {"name": "Strain", "value": STRAINS[n % 3], "filter": True},
                    {"name": "Form", "value": FORMS[n // (count // 2) % 2], "filter": True},
                ],
                created_at=now() - timedelta(days=n % 5),
                updated_at=now(),
            )
            product.variants = [
                Variant(sku=f"S-{n}", currency="USD", price_minor=500 + 100 * (n % 4), weight_g=50)
            ]
            session.add(product)
            session.flush()
            left = 0 if n % 10 == 0 else 20
            session.add(StockLevel(variant_id=product.variants[0].id, on_hand=left))
        refresh_listings(None, now())


def urls_on(page: Page) -> list[str]:
    return [str(link["href"]) for link in page.soup.select(".cards .label__link")]


def crawl(client: FlaskClient, path: str) -> list[str]:
    """Every product's address, page after page along rel=next."""
    found: list[str] = []
    while path:
        page = Page.open(client, path)
        assert page.status == 200
        found += urls_on(page)
        onward = page.soup.select_one("a[rel=next]")
        path = str(onward["href"]) if onward else ""
    return found
