"""What search engines are told of a product, in schema.org's words; the page shows the same."""

from typing import Any

from flask import url_for
from markupsafe import Markup

from storefront.catalog.navigation import Trail
from storefront.catalog.product_page import Offer, ProductPage
from storefront.deliveries import Delivery
from storefront.jinja import shop
from storefront.markets.here import here
from storefront.money import Money

AVAILABILITY = {"in": "InStock", "low": "LimitedAvailability", "out": "OutOfStock"}
SCHEMA = "https://schema.org"
UNIT_CODES = {"g": "GRM", "ml": "MLT"}  # UN/CEFACT
OUNCES = {"g": "ONZ", "ml": "OZA"}
Facts = dict[str, Any]


def about_product(page: ProductPage, delivery: Delivery | None) -> Facts:
    """A Product, or a ProductGroup with a Product for each variant; delivery of the chosen one."""
    url = absolute(page.chosen.url.partition("?")[0])
    shared: Facts = {"name": page.name, "url": url}
    if told := " ".join(Markup(page.product.description_html).striptags().split()):  # noqa: S704
        shared["description"] = told
    if page.rating:
        shared["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(page.rating.average),
            "reviewCount": page.rating.count,
            "bestRating": 5,
        }
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
            "merchantReturnLink": absolute(url_for("pages.show", slug="returns")),
        },
    }
    if offer.content is not None:
        facts["priceSpecification"] = _unit_price(offer, *offer.content)
    if offer.sale_ends is not None:
        last = offer.sale_ends.astimezone(shop().timezone)
        facts["priceValidUntil"] = last.date().isoformat()
    if delivery is not None:
        rate = {"@type": "MonetaryAmount", **_amount(delivery.price, "value", "currency")}
        facts["shippingDetails"] = {
            "@type": "OfferShippingDetails",
            "shippingRate": rate,
            "shippingDestination": {
                "@type": "DefinedRegion",
                "addressCountry": delivery.country_code,
            },
        }
    return facts


def _unit_price(offer: Offer, amount: int, unit: str) -> Facts:
    """The price for all that is in it, and the amount that prices are compared by here."""
    code = UNIT_CODES[unit]
    base_amount, base_code = (1, OUNCES[unit]) if here().measures == "us" else (100, code)
    content = {"@type": "QuantitativeValue", "value": amount, "unitCode": code}
    base = {"@type": "QuantitativeValue", "value": base_amount, "unitCode": base_code}
    return {
        "@type": "UnitPriceSpecification",
        **_amount(offer.price, "price", "priceCurrency"),
        "referenceQuantity": {**content, "valueReference": base},
    }


def about_shop() -> list[Facts]:
    """On the home page: who sells here, and how this site is searched."""
    home = absolute(url_for("catalog.home"))
    search = absolute(url_for("catalog.search")) + "?q={search_term_string}"
    return [
        {
            "@context": SCHEMA,
            "@type": "Organization",
            "name": shop().name,
            "url": home,
            "email": shop().email,
            "address": shop().address,
        },
        {
            "@context": SCHEMA,
            "@type": "WebSite",
            "name": shop().name,
            "url": home,
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": search},
                "query-input": "required name=search_term_string",
            },
        },
    ]


def _amount(money: Money, value: str, currency: str) -> Facts:
    return {value: str(money.decimal), currency: money.currency}


def discontinued(name: str, url: str) -> Facts:
    offer = {"@type": "Offer", "availability": f"{SCHEMA}/Discontinued"}
    return {"@context": SCHEMA, "@type": "Product", "name": name, "url": url, "offers": offer}


def breadcrumb_list(trail: Trail, address: str) -> Facts:
    """The way to this page, whose own full address is `address`."""
    return {
        "@context": SCHEMA,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": n,
                "name": name,
                "item": absolute(url) if url else address,
            }
            for n, (name, url) in enumerate(trail, 1)
        ],
    }


def absolute(url: str) -> str:
    return shop().base_url + url if url.startswith("/") else url
