"""What the demo shop has sold in its first twelve weeks: invented buyers, the shop's own rules.

Every run draws the same orders. They are paid by transfer, the one way that asks nobody outside.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update

from storefront.account.address import Address
from storefront.blog.models import Post, PostReads, ProductCard
from storefront.cart.models import Cart, CheckoutDetails, Touch, Touches, new_token
from storefront.catalog.models import Variant
from storefront.extensions import db
from storefront.markets.here import here
from storefront.money import Money
from storefront.orders.fulfilment import pack, ship
from storefront.orders.judging import attestation
from storefront.orders.models import Order
from storefront.orders.placing import Placing, place_order
from storefront.outbox import OutboxMail
from storefront.pages.texts import terms
from storefront.payments.cancelling import cancel_order
from storefront.payments.providers import Providers
from storefront.payments.receiving import receive_transfer
from storefront.payments.starting import begin_payment
from storefront.seed.demo import OPENED
from storefront.seed.kratom_lots import lots_to_fill
from storefront.stock.ledger import Change, post
from storefront.taxing import tax_home
from storefront.transactions import write_tx

ACTOR = "seed"
DAYS, ORDERS = 84, 36
Buyer = tuple[str, str, str, str, str, str]
# (name, street, town, state, postcode, country): nobody's; addresses end in .example.
BUYERS: tuple[Buyer, ...] = (
    ("Ada Winter", "12 Larch Street", "Portland", "OR", "97205", "US"),
    ("Bela Okafor", "408 Mill Road", "Columbus", "OH", "43215", "US"),
    ("Cora Lindqvist", "77 Harbor Lane", "Portland", "ME", "04101", "US"),
    ("Dev Prasad", "3 Quince Court", "Austin", "TX", "78704", "US"),
    ("Elio Marchetti", "19 Orchard Avenue", "Providence", "RI", "02906", "US"),
    ("Fern Abbott", "640 Juniper Way", "Boise", "ID", "83702", "US"),
    ("Goran Petrov", "25 Canal Street", "Chicago", "IL", "60607", "US"),
    ("Hana Sato", "8 Maple Terrace", "Seattle", "WA", "98103", "US"),
    ("Ike Sorensen", "301 Prairie Road", "Madison", "WI", "53703", "US"),
    ("June Calder", "55 Fern Hollow", "Asheville", "NC", "28801", "US"),
)
DUBLIN: Buyer = ("Niamh Byrne", "4 Quay Lane", "Dublin", "", "D02 X285", "IE")
RALEIGH: Buyer = ("Lena Hartwell", "210 Oakwood Avenue", "Raleigh", "NC", "27601", "US")
ABROAD, SIGNED = "international", "adult"  # ways of delivery
OFTEN_BOUGHT = (
    "TE-AS-75", "TE-AS-150", "TE-SE-50", "TE-SE-50", "TE-DJ-75", "TE-TG-50", "HB-RO-100",
    "HB-RO-100", "HB-PM-50", "HB-CH-40", "HO-WF-250", "HO-WF-500", "BG-IB-S", "BG-TP",
    "ST-JA-250", "ST-JA-500", "ST-CA-100", "BK-PT",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sale:
    """One order: when, who, what, and how it went on."""

    at: datetime
    buyer: Buyer
    basket: dict[str, int]
    fate: str = "shipped"
    reader: bool = field(default=False)  # put in the cart from an article
    method: str = "standard"
    age: int = 0  # what the buyer said to be, where it was asked


def sow_orders(providers: Providers, now: datetime, restricted: bool = True) -> int:
    """Orders, their parcels and the reads of articles. Opens its own transactions; the goods they
    take are received first, so that the shelves are as full as without them. How many."""
    sales = sorted([*_drawn(now), *_told(now, restricted)], key=lambda sale: sale.at)
    with write_tx():
        _receive(sales, now - OPENED)
        _reads(now)
    for sale in sales:
        _sell(sale, providers)
    with write_tx():
        written_to()
    return len(sales)


def written_to() -> None:
    """Long since: the worker sends nobody of the demo a mail. Inside write_tx()."""
    db.session.execute(
        update(OutboxMail)
        .where(OutboxMail.order_id.is_not(None), OutboxMail.state == "owed")
        .values(state="sent", sent_at=OutboxMail.created_at, attempts=1)
    )


def _drawn(now: datetime) -> Iterator[Sale]:
    draw = random.Random(ORDERS)  # noqa: S311 the same orders every time
    last = {
        ORDERS - 1: "paid", ORDERS - 2: "paid", ORDERS - 3: "waiting", ORDERS - 4: "paid",
        ORDERS - 5: "packed", ORDERS - 6: "short", ORDERS - 20: "cancelled",
    }  # fmt: skip
    for number in range(ORDERS):
        ago = timedelta(days=DAYS * (1 - (number + 0.5) / ORDERS), hours=draw.uniform(0, 9))
        basket = {sku: draw.choice((1, 1, 1, 2)) for sku in draw.sample(OFTEN_BOUGHT, k=3)}
        kept = dict(list(basket.items())[: draw.choice((1, 2, 2, 3))])
        buyer = BUYERS[draw.randrange(len(BUYERS))]
        yield Sale(now - ago, buyer, kept, last.get(number, "shipped"), draw.random() < 0.4)


def _told(now: datetime, restricted: bool) -> Iterator[Sale]:
    """Orders that show something: tea that may be sent back, leaf in a parcel with tea, leaf of a
    lot that was called back since."""
    yield Sale(now - timedelta(days=6), DUBLIN, {"TE-AS-75": 1, "TE-DJ-75": 1}, method=ABROAD)
    if restricted:
        yield Sale(
            now - timedelta(days=30, hours=5), RALEIGH, {"KR-PG-100": 2}, method=SIGNED, age=21
        )
        mixed = {"KR-PR-50": 1, "TE-AS-75": 1, "BG-IB-S": 1}
        yield Sale(now - timedelta(days=2), RALEIGH, mixed, "paid", method=SIGNED, age=21)


def _receive(sales: list[Sale], at: datetime) -> None:
    wanted: Counter[str] = Counter()
    for sale in sales:
        if sale.fate != "cancelled":
            wanted.update(sale.basket)
    ids = _ids(wanted)
    lots = lots_to_fill([ids[sku] for sku in wanted])
    changes = [
        Change(ids[sku], quantity, "received", lot_id=lots.get(ids[sku]))
        for sku, quantity in wanted.items()
    ]
    post(changes, "received", at, ACTOR, "First delivery")


def _reads(now: datetime) -> None:
    draw = random.Random(DAYS)  # noqa: S311
    for post_id, since in db.session.execute(select(Post.id, Post.published_at)).all():
        for day in range(min(DAYS, (now - (since or now)).days) + 1):
            on = (now - timedelta(days=day)).date()
            db.session.add(PostReads(post_id=post_id, day=on, count=draw.randint(4, 40)))


def _sell(sale: Sale, providers: Providers) -> None:
    with write_tx():
        order = place_order(_placing(_cart(sale), sale), sale.at)
        order_id, total = order.id, order.total
    begin_payment(order_id, "manual", providers, sale.at)
    if sale.fate == "waiting":
        return
    if sale.fate == "cancelled":
        cancel_order(
            order_id, providers, sale.at + timedelta(hours=5), "shopper", "Cancelled by the buyer."
        )
        return
    came = total - Money(200, total.currency) if sale.fate == "short" else total
    number = db.session.get_one(Order, order_id, populate_existing=True).number or 0
    receive_transfer(number, came, providers, sale.at + timedelta(hours=2), ACTOR)
    if sale.fate in {"packed", "shipped"}:
        _send(order_id, sale)


def _send(order_id: int, sale: Sale) -> None:
    packed = sale.at + timedelta(hours=20)
    with write_tx() as session:
        order = session.get_one(Order, order_id, populate_existing=True, with_for_update=True)
        pack(order, packed, ACTOR)
        if sale.fate == "shipped":
            ship(order, packed + timedelta(hours=3), ACTOR, "USPS", f"9400{order_id:018d}")


def _cart(sale: Sale) -> Cart:
    name, line1, city, region, postcode, country = sale.buyer
    cart = Cart(
        token=new_token(), checkout_token=new_token(), created_at=sale.at, updated_at=sale.at
    )
    db.session.add(cart)
    db.session.flush()
    ids = _ids(sale.basket)
    for sku, quantity in sale.basket.items():
        variant = db.session.get_one(Variant, ids[sku])
        cart.add(variant, quantity, sale.at, touches=_touches(variant, sale))
    first = name.split()[0].lower()
    address = Address(name, line1, "", city, region, postcode, country, "")
    db.session.add(
        CheckoutDetails(
            cart_id=cart.id,
            email=f"{first}@{city.lower()}.example",
            delivery_address=address,
            shipping_code=sale.method,
            updated_at=sale.at,
        )
    )
    db.session.flush()
    return cart


def _touches(variant: Variant, sale: Sale) -> Touches:
    """By the newest article that speaks of it, of those that were out."""
    if not sale.reader:
        return Touches()
    card = db.session.execute(
        select(ProductCard.post_id, ProductCard.number)
        .join(Post, Post.id == ProductCard.post_id)
        .where(ProductCard.product_id == variant.product_id, Post.published_at < sale.at)
        .order_by(Post.published_at.desc(), ProductCard.number)
        .limit(1)
    ).one_or_none()
    return Touches.one(Touch(card.post_id, card.number)) if card else Touches()


def _placing(cart: Cart, sale: Sale) -> Placing:
    text, config = terms(), current_app.config
    return Placing(
        cart_id=cart.id,
        checkout_token=cart.checkout_token,
        terms_version=text.version,
        terms_digest=text.digest,
        timezone=config["SHOP_TIMEZONE"],
        hold_minutes=config["PAYMENT_HOLD_MINUTES"],
        currency=here().currency,
        prices_include_tax=here().includes_tax,
        tax_home=tax_home(),
        locale=here().locale,
        attestation=attestation(sale.age, sale.at) if sale.age else None,
    )


def _ids(skus: dict[str, int]) -> dict[str, int]:
    found = db.session.execute(select(Variant.sku, Variant.id).where(Variant.sku.in_(skus)))
    return {sku: id_ for sku, id_ in found}
