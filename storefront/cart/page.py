"""The cart's page, as every view of the cart answers with it."""

from collections.abc import Mapping

from flask import current_app, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from storefront.age.proof import age_shown
from storefront.cart.contents import Contents
from storefront.cart.current import current_cart, show_count
from storefront.cart.estimate import estimate_of
from storefront.cart.judging import judged
from storefront.cart.models import Cart, CheckoutDetails
from storefront.cart.reading import contents_of
from storefront.catalog.models import Variant
from storefront.catalog.saying import name_of
from storefront.checkout.destination_form import DestinationForm
from storefront.checkout.visit import cart_caps
from storefront.clock import now
from storefront.compliance.recalls import PublicRecall, open_recalls
from storefront.extensions import db
from storefront.markets.here import here
from storefront.orders.queries import UnpaidOrder, unpaid_order_of
from storefront.permission import permission_of
from storefront.pricing.discounts import DiscountRule
from storefront.pricing.offered import Buyer, discounts_for


def cart_page(
    said: str | None = None,
    wanted: Mapping[str, str] | None = None,
    at: int | None = None,
    code: tuple[str, str] | None = None,
    destination: DestinationForm | None = None,
) -> str:
    """`said`: why a change of a line was refused; `code`: one that was, and why; `destination`:
    where it would go, as it was just asked."""
    cart = current_cart()
    unpaid = unpaid_order_of(cart.id) if cart else None
    contents = contents_of(cart, shop_currency(), now(), unpaid.held if unpaid else None)
    contents = judged(contents, cart.destination if cart else None, age_shown(), now())
    show_count(contents.count)
    estimate = estimate_of(
        contents,
        cart.destination if cart else None,
        discounts_now(cart, contents, unpaid),
        now(),
        current_app.extensions["shop"].timezone,
    )
    return render_template(
        "cart/show.html",
        contents=contents,
        quote=estimate.quote,
        destination=destination
        or DestinationForm.of(
            cart.destination if cart else None, sorted(contents.restricted_classes)
        ),
        law=permission_of(contents),
        estimate=estimate,
        recalls=recalls_in(contents),
        unpaid_token=unpaid.token if unpaid else None,
        said=said,
        wanted=wanted or {},
        at=at,
        code=code,
        removed=_removed(),
        caps=cart_caps(contents, db.session.get(CheckoutDetails, cart.id), unpaid)
        if cart and contents.capped
        else (),
        cookieless=not request.cookies,
    )


def recalls_in(contents: Contents) -> list[tuple[PublicRecall, str]]:
    """Open recalls of goods that lay in the cart before, each with what was recalled."""
    lines = [line for line in contents.lines if line.under_recall]
    found = []
    for recall in open_recalls({line.product_id for line in lines}):
        names = [
            line.name
            for line in lines
            if line.variant_id in recall.variant_ids and line.added_at < recall.begun_at
        ]
        if names:
            found.append((recall, ", ".join(dict.fromkeys(names))))
    return found


def discounts_now(
    cart: Cart | None, contents: Contents, unpaid: UnpaidOrder | None, entered: str = ""
) -> tuple[DiscountRule, ...]:
    """Before anything is known of the buyer; with the code being `entered`, if one is."""
    if cart is None or not contents.lines:
        return ()
    codes = [*cart.codes, entered] if entered else cart.codes
    buyer = Buyer(unpaid=unpaid.ids if unpaid else frozenset())
    return discounts_for(codes, contents.product_ids, contents.currency, now(), buyer, entered)


def contents_now(cart: Cart) -> Contents:
    return contents_of(cart, shop_currency(), now(), held_by(cart))


def held_by(cart: Cart) -> Mapping[int, int]:
    """What the cart's own unpaid order keeps from the stock."""
    unpaid = unpaid_order_of(cart.id)
    return unpaid.held if unpaid else {}


def wish(part: str) -> tuple[str, int]:
    """SKU:2 as its two halves; what has no readable number means one."""
    sku, _, number = part.partition(":")
    quantity = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    return sku.strip()[:80], max(quantity, 1)


def shop_currency() -> str:
    return here().currency


def _removed() -> tuple[str, str, int, str] | None:
    """(name, SKU, quantity, touches) of the line just taken out, so that it can be put back."""
    sku, quantity = wish(request.args.get("removed", ""))
    if not sku:
        return None
    variant = db.session.scalar(
        select(Variant).where(Variant.sku == sku).options(joinedload(Variant.product))
    )
    touches = request.args.get("touches", "")[:340]
    return (name_of(variant.product), sku, quantity, touches) if variant else None
