"""The first step of the checkout: who orders and where it goes, asked, judged and kept."""

from dataclasses import replace

from storefront.account.access import current_customer
from storefront.account.address import Address, tidy
from storefront.account.address_book import address_to_fill_in
from storefront.cart.judging import judged
from storefront.cart.models import Cart, CheckoutDetails
from storefront.checkout.forms import DetailsForm
from storefront.checkout.visit import Visit
from storefront.clock import now
from storefront.compliance.county_choice import counties_to_choose
from storefront.deliveries import country_choices, deliveries
from storefront.extensions import db
from storefront.jinja import why_stopped
from storefront.markets.here import here
from storefront.orders.reminding import keep_wish, wants_reminder
from storefront.pricing.places import POSTCODE, REGION
from storefront.pricing.zones import Why


def known_details(visit: Visit) -> DetailsForm:
    known, customer = visit.details, current_customer()
    form = DetailsForm(formdata=None, delivery=visit.cart.destination)
    if known is None and customer is not None:
        form = DetailsForm(
            formdata=None,
            email=customer.email,
            delivery=address_to_fill_in(customer, visit.cart.destination),
        )
    elif known is not None:
        form = DetailsForm(
            formdata=None,
            email=known.email,
            delivery=known.delivery_address,
            same_billing=known.billing_address is None,
            billing=known.billing_address or Address(),
            remind=wants_reminder(visit.cart.id),
            tax_number=known.tax_number,
        )
    offer_countries(form)
    _ask_county(visit, form)
    return form


def says_county(visit: Visit, form: DetailsForm) -> bool:
    """Asked only where it decides whether something in the cart may go there."""
    _ask_county(visit, form)
    chosen: bool = form.delivery.form.county_chosen()
    return chosen


def reaches(visit: Visit, form: DetailsForm) -> bool:
    """Whether something is delivered there; if not, the part of the address that is why says so.

    A parcel that is too heavy is no fault of the address: the next step says that.
    """
    if not visit.contents.ships:
        return True
    parts = form.delivery.form
    address = tidy(parts.address())[0]
    contents = judged(visit.contents, address, None, now())
    stopped = deliveries().offers(address, contents.parcel).stopped
    if stopped is None or stopped.why is not Why.NOT_THERE:
        return True
    field = {POSTCODE: parts.postcode, REGION: parts.region}.get(stopped.level, parts.country)
    field.errors = [why_stopped(stopped)]
    return False


def keep_details(cart_id: int, form: DetailsForm) -> None:
    delivery = tidy(form.delivery.form.address())[0]
    billing = None if form.same_billing.data else tidy(form.billing.form.address())[0]
    kept = db.session.get(CheckoutDetails, cart_id)
    if kept is None:
        kept = CheckoutDetails(cart_id=cart_id, note="", gift_note="")
        db.session.add(kept)
    else:
        delivery = replace(delivery, phone=kept.delivery_address.phone)
    kept.email = form.email.data
    kept.delivery_address, kept.billing_address = delivery, billing
    kept.tax_number = form.tax_number.data or ""
    kept.updated_at = now()
    cart = db.session.get_one(Cart, cart_id)
    cart.destination = Address(
        country=delivery.country,
        region=delivery.region,
        county=delivery.county,
        postcode=delivery.postcode,
        city=delivery.city,
    )
    cart.changed(now())
    keep_wish(cart_id, kept.email, bool(form.remind.data), here().prefix, now())


def offer_countries(form: DetailsForm) -> None:
    choices = country_choices()
    form.delivery.form.offer(choices)
    form.billing.form.offer(choices)


def _ask_county(visit: Visit, form: DetailsForm) -> None:
    parts = form.delivery.form
    if classes := visit.contents.restricted_classes:
        parts.ask_county(counties_to_choose(tidy(parts.address())[0], classes, now()))
