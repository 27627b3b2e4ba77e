"""What search engines are told of a product, in schema.org's words; the page shows the same."""

from typing import Any

from storefront.catalog.navigation import Trail
from storefront.catalog.product_page import Offer, ProductPage
from storefront.deliveries import Delivery
from storefront.jinja import shop
from storefront.money import Money

AVAILABILITY = {"in": "InStock", "low": "LimitedAvailability", "out": "OutOfStock"}
SCHEMA = "https://schema.org"
Facts = dict[str, Any]


def about_product(page: ProductPage, delivery: Delivery | None) -> Facts:
    """A Product, or a ProductGroup with a Product for each variant; delivery of the chosen one."""
    url = absolute(page.chosen.url.partition("?")[0])
    shared: Facts = {"name": page.name, "url": url}
    if page.product.summary:
        shared["description"] = page.product.summary
    if page.pictures:
        shared["image"] = [absolute(p.url(p.widths[-1], "jpg")) for p in page.pictures]
    if len(page.offers) == 1:
        made = _offer(page.chosen, delivery)
        own = {"sku": page.chosen.sku, "offers": made}
        return {"@context": SCHEMA, "@type": "Product", **shared, **own}
    return {
        "@context": SCHEMA,
        "@type": "ProductGroup",
        **shared,
        "productGroupID": page.product.code,
        "hasVariant": [
            {
                "@type": "Product",
                "name": f"{page.name}, {offer.label}",
                "sku": offer.sku,
                "offers": _offer(offer, delivery if offer is page.chosen else None),
            }
            for offer in page.offers
        ],
    }


def _offer(offer: Offer, delivery: Delivery | None) -> Facts:
    facts: Facts = {
        "@type": "Offer",
        "url": absolute(offer.url),
        **_amount(offer.price, "price", "priceCurrency"),
        "availability": f"{SCHEMA}/{AVAILABILITY[offer.stock]}",
        "hasMerchantReturnPolicy": {
            "@type": "MerchantReturnPolicy",
            "returnPolicyCategory": f"{SCHEMA}/MerchantReturnFiniteReturnWindow",
            "merchantReturnDays": shop().return_days,
        },
    }
    if offer.sale_ends is not None:
        last = offer.sale_ends.astimezone(shop().timezone)
        facts["priceValidUntil"] = last.date().isoformat()
    if delivery is not None:
        rate = {"@type": "MonetaryAmount", **_amount(delivery.price, "value", "currency")}
        facts["shippingDetails"] = {"@type": "OfferShippingDetails", "shippingRate": rate}
    return facts


def _amount(money: Money, value: str, currency: str) -> Facts:
    return {value: str(money.decimal), currency: money.currency}


def discontinued(name: str, url: str) -> Facts:
    offer = {"@type": "Offer", "availability": f"{SCHEMA}/Discontinued"}
    return {"@context": SCHEMA, "@type": "Product", "name": name, "url": url, "offers": offer}


def breadcrumb_list(trail: Trail, here: str) -> Facts:
    """The way to this page, whose own full address is `here`."""
    return {
        "@context": SCHEMA,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": n,
                "name": name,
                "item": absolute(url) if url else here,
            }
            for n, (name, url) in enumerate(trail, 1)
        ],
    }


def absolute(url: str) -> str:
    return shop().base_url + url if url.startswith("/") else url
