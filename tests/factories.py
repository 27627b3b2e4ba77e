"""Things a shop has, valid by default and saved: a_product(), a_variant(on_hand=3), an_order()…

Each opens its own transaction; call them inside the `app` fixture's context.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from storefront.account.address import Address
from storefront.account.models import SignIn
from storefront.account.opening import open_account
from storefront.account.staff import OWNER, Staff, give_role, staff_of
from storefront.age import proof as age_proof
from storefront.age.proof import Proof
from storefront.blog.content import Content
from storefront.blog.identity import to_ids
from storefront.blog.models import Author, Post
from storefront.blog.publishing import made_of, publish, withdraw
from storefront.blog.saving import begin
from storefront.cart.models import Cart, CartLine, CheckoutDetails
from storefront.catalog.listing import refresh_listings
from storefront.catalog.models import (
    ACTIVE,
    Collection,
    CollectionPick,
    PriceChange,
    Product,
    ProductClass,
    Variant,
)
from storefront.catalog.version import bump_version
from storefront.clock import now
from storefront.compliance.models import Restriction, SpecProfile
from storefront.compliance.reporting import ReportDetails, record_report
from storefront.compliance.results import Typed
from storefront.compliance.specs import class_of, covers, load_profiles
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.placing import Placing, place_order
from storefront.pricing.models import DeliveryZone, Discount, ShippingMethod, TaxRate
from storefront.stock.ledger import Change, post, receive
from storefront.stock.lots import change_state, open_lot
from storefront.stock.models import StockLevel
from storefront.transactions import write_tx

_numbers = count(1)
HOME = Address(
    full_name="Ada Byron",
    line1="12 Harrow Lane",
    city="Raleigh",
    region="NC",
    postcode="27601",
    country="US",
)


def a_product(
    name: str = "", *, variants: Sequence[dict[str, Any]] = ({},), **values: Any
) -> Product:
    """A product on sale with one variant of 10 at 12.50, unless told otherwise.

    A variant's dict takes the columns of Variant and `on_hand`, `low_at` and `price` (minor).
    """
    n = next(_numbers)
    name = name or f"Mug no. {n}"
    collections = values.pop("collections", ())
    restricted = values.pop("payment_restricted", False)
    with write_tx() as session:
        product = Product(
            **{
                "code": f"P-{n}",
                "slug": f"mug-{n}",
                "name": name,
                "summary": "A mug for one cup.",
                "description": "A mug.",
                "description_html": "<p>A mug.</p>",
                "status": ACTIVE,
                "option_names": ["Size"] if len(variants) > 1 else [],
                "created_at": now(),
                "updated_at": now(),
                **values,
            }
        )
        if restricted:
            product.product_class = ProductClass(
                code=f"class-{n}", name="Restricted", payment_restricted=True
            )
        session.add(product)
        session.flush()
        for position, wish in enumerate(variants):
            _add_variant(product, position, dict(wish))
        for slug in collections:
            collection = session.scalars(select(Collection).where(Collection.slug == slug)).one()
            session.add(CollectionPick(collection_id=collection.id, product_id=product.id))
        session.flush()
        refresh_listings([product.id], now())
        product_id = product.id
    return db.session.get_one(Product, product_id)


def _add_variant(product: Product, position: int, wish: dict[str, Any]) -> None:
    on_hand, low_at = wish.pop("on_hand", 10), wish.pop("low_at", None)
    price = wish.pop("price", 1250)
    variant = Variant(
        **{
            "product_id": product.id,
            "sku": f"{product.code}-{position + 1}" if position else product.code,
            "option_values": [f"Size {position + 1}"] if product.option_names else [],
            "position": position,
            "currency": "USD",
            "price_minor": price,
            "weight_g": 300,
            **wish,
        }
    )
    db.session.add(variant)
    db.session.flush()
    db.session.add(
        PriceChange(
            variant_id=variant.id,
            currency=variant.currency,
            price_minor=variant.price_minor,
            valid_from=now() - timedelta(days=90),
            actor="test",
        )
    )
    if variant.track_stock:
        receive(variant.id, on_hand, now(), "test")
        if low_at is not None:
            db.session.get_one(StockLevel, variant.id).low_at = low_at


def a_variant(**values: Any) -> Variant:
    """A product's only variant: a_variant(on_hand=3, price=500)."""
    product = a_product(variants=[values])
    return db.session.scalars(
        select(Variant).where(Variant.product_id == product.id).options(joinedload(Variant.product))
    ).one()


def a_lot(
    variant: Variant | int,
    code: str,
    on_hand: int,
    best_before: date | None = None,
    state: str = "released",
) -> int:
    """Received just now, so many units of it; the lot's id."""
    variant_id = variant if isinstance(variant, int) else variant.id
    with write_tx():
        lot = open_lot(variant_id, code, best_before, state, now())
        lot_id = lot.id
        post([Change(variant_id, on_hand, "received", lot_id=lot_id)], "received", now(), "test")
    return lot_id


# What a laboratory finds in a lot that keeps the limits of "leaf-capsules".
FINE = {
    "identity": "confirmed", "mitragynine": "1.21", "seven_oh": "0.012",
    "total_alkaloids": "1.72", "lead": "0.34", "arsenic": "0.11", "cadmium": "0.04",
    "mercury": "<0.01", "tamc": "41 000", "tymc": "320", "e_coli": "nd", "salmonella": "nd",
}  # fmt: skip
SAMPLES = {"e_coli": "10 g", "salmonella": "25 g"}


def a_report(
    lot_id: int, found: Mapping[str, str | None] | None = None, profile: str = "leaf-capsules",
    **values: Any,
) -> int:  # fmt: skip
    """A report of the lot that passes, unless `found` says otherwise of an analyte (None: it is
    left out); its id."""
    results = {**FINE, **(found or {})}
    with write_tx() as session:
        load_profiles(now(), "test")
        spec = session.scalars(select(SpecProfile).where(SpecProfile.code == profile)).one()
        if not covers(spec.class_code, class_of(lot_id)):
            spec.class_code = ""  # goods of no class are looked at too
        report = record_report(
            lot_id,
            ReportDetails(
                **{
                    "number": f"NA-{next(_numbers)}",
                    "laboratory": "Northfell Analytical (fictional)",
                    "accreditation": "ISO/IEC 17025",
                    "sampled_on": now().date() - timedelta(days=20),
                    "reported_on": now().date() - timedelta(days=10),
                    "profile_id": spec.id,
                    "results": [
                        Typed(name, value, SAMPLES.get(name, ""), "HPLC")
                        for name, value in results.items()
                        if value is not None
                    ],
                    **values,
                }
            ),
            now(),
            "test",
        )
        return report.id


def a_released_lot(
    variant: Variant | int, code: str, on_hand: int, best_before: date | None = None
) -> int:
    """With a passing report, whether its class asks for one or not; the lot's id."""
    lot_id = a_lot(variant, code, on_hand, best_before, "quarantine")
    a_report(lot_id)
    with write_tx():
        change_state(lot_id, "released", "Report is fine", now(), "test")
    return lot_id


def a_collection(slug: str, name: str = "", **values: Any) -> Collection:
    with write_tx() as session:
        collection = Collection(
            slug=slug, name=name or slug.replace("-", " ").capitalize(), updated_at=now(), **values
        )
        session.add(collection)
        session.flush()
        collection_id = collection.id
    return db.session.get_one(Collection, collection_id)


def a_zone(code: str, *countries: str, **values: Any) -> DeliveryZone:
    """A delivery zone of some countries, or of `places`, without any method yet."""
    with write_tx() as session:
        position = session.scalar(select(func.count()).select_from(DeliveryZone))
        places = [{"country": country} for country in countries]
        zone = DeliveryZone(
            **{"code": code, "name": code, "places": places, "position": position, **values}
        )
        session.add(zone)
        session.flush()
        bump_version()
        zone_id = zone.id
    return db.session.get_one(DeliveryZone, zone_id)


def a_market() -> None:
    """Flat and free-over delivery, tax added in the US and included in Germany."""
    if db.session.scalar(select(ShippingMethod.id).limit(1)) is not None:
        return
    zones = [a_zone("us", "US"), a_zone("eu", "DE", "IE")]
    with write_tx() as session:
        session.add_all(
            [
                ShippingMethod(
                    code="standard", name="Standard", zone_id=zones[0].id, currency="USD",
                    price_minor=550, free_over_minor=6000, min_days=4, max_days=6, position=0,
                ),
                ShippingMethod(
                    code="express", name="Express", zone_id=zones[0].id, currency="USD",
                    price_minor=1400, min_days=1, max_days=2, needs_phone=True, position=1,
                ),
                ShippingMethod(
                    code="world", name="International", zone_id=zones[1].id, currency="USD",
                    price_minor=1400, free_over_minor=12000, min_days=7, max_days=12, position=2,
                ),
                a_rate("us", 67500, {"country": "US"}, name="Sales tax"),
                a_rate("de", 190000, {"country": "DE"}),
                a_rate("ie", 230000, {"country": "IE"}),
            ]
        )  # fmt: skip
        bump_version()


def a_rate(code: str, rate_ppm: int, place: dict[str, Any], **values: Any) -> TaxRate:
    """A tax rate of the standard class, not saved yet."""
    return TaxRate(
        **{"code": code, "tax_class": "standard", "name": "VAT", "rate_ppm": rate_ppm,
           "place": place, **values}
    )  # fmt: skip


def a_cart(*lines: tuple[Variant, int], details: bool = True, **values: Any) -> Cart:
    """A cart of (variant, quantity) lines, with contact, address and delivery filled in."""
    a_market()
    lines = lines or ((a_variant(), 1),)
    codes = values.pop("codes", [])
    with write_tx() as session:
        cart = Cart(
            codes=codes,
            token=secrets.token_urlsafe(24),
            checkout_token=secrets.token_urlsafe(24),
            created_at=now(),
            updated_at=now(),
        )
        session.add(cart)
        session.flush()
        for variant, quantity in lines:
            session.add(
                CartLine(
                    cart_id=cart.id,
                    variant_id=variant.id,
                    quantity=quantity,
                    seen_price_minor=variant.price(now()).minor,
                    seen_currency=variant.currency,
                    added_at=now(),
                )
            )
        if details:
            session.add(
                CheckoutDetails(
                    **{
                        "cart_id": cart.id,
                        "email": "ada@example.com",
                        "delivery_address": HOME,
                        "shipping_code": "standard",
                        "updated_at": now(),
                        **values,
                    }
                )
            )
        cart_id = cart.id
    return db.session.scalars(
        select(Cart).where(Cart.id == cart_id).options(selectinload(Cart.details))
    ).one()


def an_order(*lines: tuple[Variant, int], **values: Any) -> Order:
    """An order just placed and not paid: pending_payment, its stock reserved."""
    includes_tax = values.pop("includes_tax", False)
    cart = a_cart(*lines, **values)
    with write_tx():
        order = place_order(
            Placing(
                cart_id=cart.id,
                checkout_token=cart.checkout_token,
                terms_version="2026-11",
                terms_digest="0" * 64,
                timezone="America/New_York",
                hold_minutes=31,
                prices_include_tax=includes_tax,
            ),
            now(),
        )
        order_id = order.id
    return db.session.get_one(Order, order_id)


def a_discount(code: str | None = "SAVE10", **values: Any) -> Discount:
    """A code for 10 % off everything, unless told otherwise; code=None applies by itself."""
    with write_tx() as session:
        discount = Discount(
            **{
                "name": code or "10 % off",
                "code": code,
                "kind": "percent",
                "rate_ppm": 100_000,
                "currency": "USD",
                "created_at": now(),
                **values,
            }
        )
        session.add(discount)
        session.flush()
        discount_id = discount.id
    return db.session.get_one(Discount, discount_id)


def a_staff_member(role: str = OWNER, email: str = "", **values: Any) -> Staff:
    """A customer who is staff, with a confirmed authenticator app unless totp_secret=None."""
    n = next(_numbers)
    secret = values.pop("totp_secret", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    with write_tx() as session:
        customer = open_account(
            email or f"{role}-{n}@quillmoss.example", f"{role.capitalize()} {n}", None, now()
        )
        staff = give_role(customer, role, now(), "test")
        staff.totp_secret = secret
        staff.totp_confirmed_at = now() if secret else None
        for name, value in values.items():
            setattr(staff, name, value)
        session.flush()
        customer_id = customer.id
    found = staff_of(customer_id)
    assert found is not None
    return found


def a_sign_in(customer_id: int, proven: bool = True) -> str:
    """The cookie of a browser of theirs; `proven`: a second factor was shown in it."""
    token = secrets.token_urlsafe(32)
    with write_tx() as session:
        session.add(
            SignIn(
                customer_id=customer_id,
                digest=hashlib.sha256(token.encode()).hexdigest(),
                created_at=now(),
                proven_at=now() if proven else None,
            )
        )
    return token


def an_author(slug: str = "mara-holt", **values: Any) -> Author:
    """The author of that slug, made where there is none."""
    found = db.session.scalars(select(Author).where(Author.slug == slug)).one_or_none()
    if found is not None:
        return found
    with write_tx() as session:
        author = Author(
            **{
                "slug": slug, "name": slug.replace("-", " ").title(), "role": "Tea buyer",
                "bio": "Buys tea.", "bio_html": "<p>Buys tea.</p>", "updated_at": now(), **values,
            }
        )  # fmt: skip
        session.add(author)
        session.flush()
        author_id = author.id
    return db.session.get_one(Author, author_id)


def a_post(body: str = "Some words.", *, state: str = "published", **values: Any) -> Post:
    """An article that readers have, unless told otherwise. Products stand in `body` by address:
    ::product[mug-1], [words](/products/mug-1)."""
    n = next(_numbers)
    at = values.pop("at", now())
    content = Content(
        **{
            "title": f"Article no. {n}", "slug": f"article-{n}", "description": "About mugs.",
            "author_id": an_author().id, "body": to_ids(body), **values,
        }
    )  # fmt: skip
    made = made_of(content)
    with write_tx():
        post_id = begin(content, "writer@example.com", at).id
        if state != "draft":
            publish(post_id, 1, made, at)
        if state == "withdrawn":
            withdraw(post_id, at)
    return db.session.get_one(Post, post_id)


def a_restricted_class(code: str = "kratom_leaf", **values: Any) -> ProductClass:
    """A class that the law restricts, shown from 21: a_product(class_id=a_restricted_class().id).
    It is sold nowhere until a_restriction() opens a country."""
    found = db.session.scalars(select(ProductClass).where(ProductClass.code == code)).one_or_none()
    if found is not None:
        return found
    with write_tx() as session:
        made = ProductClass(
            **{"code": code, "name": "Kratom leaf", "restricted": True, "min_age": 21, **values}
        )
        session.add(made)
        session.flush()
        bump_version()
        class_id = made.id
    return db.session.get_one(ProductClass, class_id)


def a_restriction(
    rule: str = "min_age", value: str = "21", region: str = "", **values: Any
) -> Restriction:
    """A rule of kratom's in force: opens the US from 21, unless told otherwise:
    a_restriction("deny", region="AL")."""
    day = now().date()
    with write_tx() as session:
        made = Restriction(
            **{
                "class_code": "kratom", "country": "US", "region": region, "rule": rule,
                "value": "" if rule == "deny" else value, "source": "Act 1 of 2026", "as_of": day,
                "enabled": True, "enabled_by": "Ada Byron", "enabled_on": day, "note": "Read it.",
                "created_at": now(), **values,
            }
        )  # fmt: skip
        session.add(made)
        session.flush()
        made_id = made.id
    return db.session.get_one(Restriction, made_id)


def grown_up(client: FlaskClient, age: int = 21) -> FlaskClient:
    """A browser in which somebody has shown to be so old at least (18, 21; 0: younger)."""
    client.set_cookie(age_proof.COOKIE, age_proof.as_cookie(Proof(age, "attestation", now())))
    return client
