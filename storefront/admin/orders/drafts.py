"""Orders written by staff, on the telephone: lines, buyer, delivery, code; then a link to pay."""

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from storefront.account.address import tidy
from storefront.account.staff_access import signed_in_staff
from storefront.admin.orders.finding import variants_named
from storefront.admin.orders.forms import BuyerForm
from storefront.admin.orders.refunds import read_number
from storefront.audit import record_change
from storefront.cart.contents import Contents
from storefront.cart.judging import judged
from storefront.cart.models import Cart, CheckoutDetails
from storefront.cart.reading import contents_of
from storefront.clock import now
from storefront.compliance.county_choice import counties_to_choose
from storefront.deliveries import country_choices, deliveries
from storefront.extensions import db
from storefront.flash import flash
from storefront.markets.here import here
from storefront.orders.drafting import (
    Buyer,
    Draft,
    begin_draft,
    drafts,
    keep_buyer,
    keep_choices,
    place_draft,
    put_line,
)
from storefront.orders.judging import why_blocked
from storefront.orders.placing import Placing, quote_for, taxes_for
from storefront.orders.queries import buyer_of
from storefront.pricing.models import ShippingMethod
from storefront.pricing.offered import discounts_for
from storefront.pricing.quote import Quote
from storefront.refusal import Refusal
from storefront.taxing import tax_home, taxation
from storefront.transactions import write_tx

bp = Blueprint("drafts", __name__, url_prefix="/drafts")
KIND = "draft order"


@dataclass(frozen=True, slots=True)
class Written:
    """A draft as it stands: what is in it and what that costs."""

    draft: Draft
    cart: Cart
    contents: Contents
    details: CheckoutDetails | None
    methods: tuple[ShippingMethod, ...]
    quote: Quote

    @property
    def method(self) -> ShippingMethod | None:
        code = self.details.shipping_code if self.details else None
        return next((one for one in self.methods if one.code == code), None)

    @property
    def missing(self) -> str:
        """What is to be done before it can be sent; nothing when it can."""
        if not self.contents.lines:
            return "Add what is bought."
        for line in self.contents.blocked:
            decision = self.contents.decisions[line.variant_id]
            return why_blocked(line.name, decision, self.contents.place)
        if not self.contents.ready:
            return "Some of it is not there, or costs something else now. Set its number again."
        if self.details is None:
            return "Say who buys it and where it goes."
        if self.contents.ships and self.method is None:
            return "Choose how it is sent."
        return ""


@bp.get("")
def index() -> str:
    return render_template("admin/orders/drafts.html", drafts=drafts())


@bp.post("")
def begin() -> ResponseReturnValue:
    actor = signed_in_staff().actor
    with write_tx():
        draft_id = begin_draft(actor, now()).id
        record_change(KIND, draft_id, "began", {}, {"draft": draft_id}, actor=actor, now=now())
    return redirect(url_for("admin.orders.drafts.edit", draft_id=draft_id), 303)


@bp.get("/<int:draft_id>")
def edit(draft_id: int) -> ResponseReturnValue:
    draft = _draft_or_404(draft_id)
    if draft.order_id is not None:
        return redirect(url_for("admin.orders.show", order_id=draft.order_id), 303)
    return _page(draft_id)


@bp.post("/<int:draft_id>/lines")
def set_lines(draft_id: int) -> ResponseReturnValue:
    """One that was found is added; those that are there get the numbers typed."""
    _draft_or_404(draft_id)
    try:
        if sku := request.form.get("sku", "").strip()[:80]:
            numbers = {sku: max(1, read_number("quantity", sku))}
        else:
            lines = [n for n in request.form if n.startswith("line-")]
            numbers = {n.removeprefix("line-"): read_number(n, "it") for n in lines}
        with write_tx():
            cart = _cart(draft_id)
            for one, number in numbers.items():
                put_line(cart, one, number, now())
            _record(draft_id, "set lines", {sku: number for sku, number in numbers.items()})
    except Refusal as refusal:
        return _page(draft_id, said=refusal.message), refusal.status
    return redirect(url_for("admin.orders.drafts.edit", draft_id=draft_id), 303)


@bp.post("/<int:draft_id>/buyer")
def set_buyer(draft_id: int) -> ResponseReturnValue:
    written = _written(_draft_or_404(draft_id))
    form = _offered(BuyerForm(), written.contents)
    if "update_country" in request.form:
        return _page(draft_id, form)
    if not form.validate() or not form.delivery.form.county_chosen():
        return _page(draft_id, form), 422
    address = tidy(form.delivery.form.address(form.phone.data or ""))[0]
    with write_tx():
        buyer = Buyer(form.email.data or "", address, form.note.data or "")
        keep_buyer(_cart(draft_id), buyer, now())
        _record(draft_id, "set buyer", {"country": address.country})
    return redirect(url_for("admin.orders.drafts.edit", draft_id=draft_id, _anchor="send"), 303)


@bp.post("/<int:draft_id>/delivery")
def set_delivery(draft_id: int) -> ResponseReturnValue:
    written = _written(_draft_or_404(draft_id))
    if written.details is None:
        return _page(draft_id, said="Say who buys it and where it goes first."), 409
    known = {method.code for method in written.methods}
    method = request.form.get("method", "")
    code = request.form.get("code", "").strip()[:40]
    with write_tx():
        codes = [code] if code else []
        keep_choices(_cart(draft_id), method if method in known else None, codes, now())
        _record(draft_id, "set delivery", {"delivery": method, "code": code})
    return redirect(url_for("admin.orders.drafts.edit", draft_id=draft_id, _anchor="send"), 303)


@bp.post("/<int:draft_id>/order")
def place(draft_id: int) -> ResponseReturnValue:
    """The goods are held, the buyer has a mail with the link; twice is once."""
    draft = _draft_or_404(draft_id)
    if draft.order_id is not None:
        return redirect(url_for("admin.orders.show", order_id=draft.order_id), 303)
    if missing := _written(draft).missing:
        return _page(draft_id, said=missing), 422
    actor = signed_in_staff().actor
    try:
        with write_tx():
            draft = db.session.get_one(Draft, draft_id, with_for_update=True)
            order = place_draft(draft, _placing(_cart(draft_id)), now(), actor)
            order_id = order.id
            _record(draft_id, "sent the pay link", {"order": order_id})
    except Refusal as refusal:
        return _page(draft_id, said=refusal.message), refusal.status
    flash("ok", "The goods are held, and the buyer has a mail with the link to pay.")
    return redirect(url_for("admin.orders.show", order_id=order_id), 303)


def _placing(cart: Cart) -> Placing:
    """Without consent to the terms: the buyer is asked for it before paying."""
    config = current_app.config
    total = request.form.get("seen_total", "")
    return Placing(
        cart_id=cart.id,
        checkout_token=cart.checkout_token,
        terms_version="",
        terms_digest="",
        timezone=config["SHOP_TIMEZONE"],
        secret=config["SECRET_KEY"],
        hold_minutes=config["PAY_LINK_DAYS"] * 24 * 60,
        market=here().market,
        currency=here().currency,
        prices_include_tax=here().includes_tax,
        tax_home=tax_home(),
        seen_total_minor=int(total) if total.isdecimal() and len(total) < 12 else -1,
        locale=here().locale,
        age_later=True,
    )


def _written(draft: Draft) -> Written:
    cart = db.session.get(Cart, draft.cart_id) if draft.cart_id else None
    if cart is None:
        abort(404)
    contents = contents_of(cart, here().currency, now())
    details = db.session.get(CheckoutDetails, cart.id)
    methods: tuple[ShippingMethod, ...] = ()
    if details is not None:
        contents = judged(contents, details.delivery_address, None, now())
    if details is not None and contents.ships:
        methods = deliveries().offers(details.delivery_address, contents.parcel).methods
    code = details.shipping_code if details else None
    method = next((one for one in methods if one.code == code), None)
    email = details.email if details else ""
    discounts = discounts_for(
        cart.codes, contents.product_ids, contents.currency, now(), buyer_of(email)
    )
    included = here().includes_tax
    if details is None or (contents.ships and method is None):
        quoted = contents.quote(discounts, prices_include_tax=included)
    else:
        taxes = taxes_for(details, taxation(), tax_home(), now())
        quoted = quote_for(contents, method, discounts, taxes, included)
    return Written(draft, cart, contents, details, methods, quoted)


def _page(draft_id: int, form: BuyerForm | None = None, said: str | None = None) -> str:
    written = _written(_draft_or_404(draft_id))
    known = written.details
    if form is None:
        form = BuyerForm(
            formdata=None,
            email=known.email if known else "",
            delivery=known.delivery_address if known else None,
            phone=known.delivery_address.phone if known else "",
            note=known.note if known else "",
        )
    words = request.args.get("find", "").strip()[:100]
    return render_template(
        "admin/orders/draft.html",
        written=written,
        form=_offered(form, written.contents),
        words=words,
        found=variants_named(words) if words else [],
        days=current_app.config["PAY_LINK_DAYS"],
        said=said,
    )


def _offered(form: BuyerForm, contents: Contents) -> BuyerForm:
    """A county is asked only where it decides whether some of it may go there."""
    parts = form.delivery.form
    parts.offer(country_choices())
    if classes := contents.restricted_classes:
        parts.ask_county(counties_to_choose(tidy(parts.address())[0], classes, now()))
    return form


def _draft_or_404(draft_id: int) -> Draft:
    return db.session.get(Draft, draft_id, populate_existing=True) or abort(404)


def _cart(draft_id: int) -> Cart:
    """To be changed: inside write_tx()."""
    draft = db.session.get_one(Draft, draft_id)
    if draft.cart_id is None:
        abort(404)
    return db.session.get_one(Cart, draft.cart_id, with_for_update=True)


def _record(draft_id: int, action: str, told: dict[str, object]) -> None:
    actor = signed_in_staff().actor
    record_change(KIND, draft_id, action, {}, told, actor=actor, now=now())
