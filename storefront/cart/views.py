"""The cart: show it, add to it, change and remove lines, agree to what moved."""

from collections.abc import Sequence
from typing import Any

from flask import (
    Blueprint,
    abort,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from storefront.age.screen import old_enough
from storefront.blog.counting import count_add
from storefront.blog.showing import AT_CARD, article_refused
from storefront.cart.contents import Contents
from storefront.cart.current import locked_cart, recount, start_cart
from storefront.cart.forms import AddLineForm, ChangeLineForm
from storefront.cart.limits import NotForSale, TooFew, TooMany, check_quantity, variant_for_sale
from storefront.cart.lines import LineNow
from storefront.cart.models import NO_TOUCHES, Cart, CartLine, Touch, Touches
from storefront.cart.page import cart_page, contents_now, held_by, shop_currency, wish
from storefront.cart.touches import read_back, touch_of, written
from storefront.catalog.models import ACTIVE, Product, Variant
from storefront.catalog.price_history import price_row
from storefront.catalog.saying import name_of
from storefront.clock import now
from storefront.extensions import db
from storefront.flash import flash
from storefront.jinja import shop
from storefront.languages import _
from storefront.markets.here import here
from storefront.permission import check_restricted
from storefront.transactions import write_tx

bp = Blueprint("cart", __name__)


@bp.get("/cart")
def show() -> str:
    return cart_page()


@bp.post("/cart/lines")
def add_line() -> ResponseReturnValue:
    form = AddLineForm()
    if not form.validate():
        return _not_added(form, _first_error(form)), 422
    try:
        with write_tx():
            touch = touch_of(form.post.data or "", int(form.card.data or 0))
            before = read_back(form.touches.data or "")
            variant = put_in_from(touch, form.sku.data or "", form.quantity.data or 0, before)
            name, slug, sku = name_of(variant.product), variant.product.slug, variant.sku
    except (NotForSale, TooMany, TooFew) as refusal:
        return _not_added(form, refusal.message), refusal.status
    count = recount()
    if form.back.data == "post" and touch.post_id:
        card = f"{AT_CARD}{touch.card}"
        flash(card, _("Added. View cart (%(num)s)", num=count))
        return redirect(url_for("blog.article", slug=form.post.data, _anchor=card), 303)
    flash("ok", _("Added %(product)s to your cart.", product=name))
    if form.back.data == "product":
        return redirect(url_for("catalog.product", slug=slug, variant=sku, _anchor="buy"), 303)
    return redirect(url_for("cart.show"), 303)


@bp.get("/cart/add/<path:wishes>")
def permalink(wishes: str) -> ResponseReturnValue:
    """A link that offers to fill the cart: /cart/add/SKU:2,SKU?from=<article>. Following it
    changes nothing."""
    lines = [wish(part) for part in wishes.split(",")][:20]
    offers, missing = offered(lines)
    if not offers:
        abort(404)
    return render_template("cart/permalink.html", offers=offers, missing=missing)


@bp.post("/cart/add/<path:wishes>")
def fill(wishes: str) -> ResponseReturnValue:
    """Put all of a permalink in the cart; what cannot be had is named, the rest is added."""
    said = []
    with write_tx():
        touch = touch_of(request.args.get("from", "")[:160], 0)
        for sku, quantity in [wish(part) for part in wishes.split(",")][:20]:
            try:
                put_in_from(touch, sku, quantity)
            except (NotForSale, TooMany, TooFew) as refusal:
                said.append(refusal.message)
    recount()
    for message in said:
        flash("warn", message)
    return redirect(url_for("cart.show"), 303)


@bp.post("/cart/lines/<int:line_id>")
def change_line(line_id: int) -> ResponseReturnValue:
    form = ChangeLineForm()
    if not form.validate():
        return cart_page(said=_first_error(form), wanted=request.form, at=line_id), 422
    quantity = form.quantity.data or 0
    if quantity == 0:
        return _remove(line_id)
    try:
        with write_tx():
            cart, line = _my_line(line_id)
            variant = _variant(line)
            check_quantity(variant, quantity, held_by(cart).get(variant.id, 0))
            cart.change(line, quantity, now())
    except (TooMany, TooFew) as refusal:
        return cart_page(said=refusal.message, wanted=request.form, at=line_id), refusal.status
    recount()
    flash(
        "ok", _("Changed %(product)s to %(num)s.", product=name_of(variant.product), num=quantity)
    )
    return redirect(url_for("cart.show"), 303)


@bp.post("/cart/acceptance")
def accept() -> ResponseReturnValue:
    """Agree to today's prices and to fewer where there are fewer."""
    with write_tx():
        cart = locked_cart()
        if cart is not None:
            _accept(cart, contents_now(cart))
    recount()
    flash("ok", _("Your cart now has today’s prices and quantities."))
    return redirect(url_for("cart.show"), 303)


def offered(lines: Sequence[tuple[str, int]]) -> tuple[list[Any], list[str]]:
    """(variant, quantity, price) of wishes as they can be had here, and the SKUs that cannot."""
    skus = [sku for sku, _quantity in lines]
    found = {
        variant.sku: variant
        for variant in db.session.scalars(
            select(Variant)
            .join(Variant.product)
            .where(Variant.sku.in_(skus), Variant.archived.is_(False), Product.status == ACTIVE)
            .options(joinedload(Variant.product).joinedload(Product.product_class))
        )
        if may_see(variant.product)
    }
    priced = {sku: price_row(one, here().currency) for sku, one in found.items()}
    offers = [
        (found[sku], quantity, one.price(now()))
        for sku, quantity in lines
        if (one := priced.get(sku)) is not None
    ]
    missing = [sku for sku in skus if priced.get(sku) is None]
    return offers, missing


def may_see(product: Product) -> bool:
    """Restricted goods and their prices are shown to nobody who is not known to be old enough."""
    found = product.product_class
    return found is None or not found.restricted or old_enough(found.min_age)


def put_in_from(touch: Touch, sku: str, quantity: int, before: Touches = NO_TOUCHES) -> Variant:
    """From an article, which is counted there, or from none. `before`: the touches a line had that
    is put back. Inside write_tx(). Raises as put_in() does."""
    variant = put_in(sku, quantity, touches=before.then(Touches.one(touch)))
    if touch.post_id is not None:
        count_add(touch.post_id, touch.card or 0, shop().today())
    return variant


def put_in(sku: str, quantity: int, in_all: bool = False, touches: Touches = NO_TOUCHES) -> Variant:
    """So many more, or so many `in_all`. Inside write_tx(). Raises NotForSale, TooMany, TooFew."""
    variant = variant_for_sale(sku, shop_currency())
    check_restricted(variant, quantity)
    cart = start_cart()
    if in_all:
        quantity -= cart.quantity_of(variant.id)
        if quantity <= 0:
            return variant
    held = held_by(cart).get(variant.id, 0)
    check_quantity(variant, cart.quantity_of(variant.id) + quantity, held)
    priced = price_row(variant, here().currency)
    cart.add(variant, quantity, now(), priced.price(now()) if priced else None, touches)
    cart.market = here().market
    return variant


def _not_added(form: AddLineForm, words: str) -> str:
    """The page it was asked from, as far as it can say so: a card's article, else the cart."""
    card = form.card.data or ""
    if form.back.data == "post" and card.isdecimal():
        return article_refused(form.post.data or "", int(card), words)
    return cart_page(said=words, wanted=request.form)


def _remove(line_id: int) -> ResponseReturnValue:
    with write_tx():
        cart, line = _my_line(line_id)
        variant = _variant(line)
        sku, quantity = variant.sku, line.quantity
        touches = written(line.touches) or None
        cart.remove(line, now())
    recount()
    return redirect(url_for("cart.show", removed=f"{sku}:{quantity}", touches=touches), 303)


def _my_line(line_id: int) -> tuple[Cart, CartLine]:
    """A line of this visitor's own cart, to be changed; anybody else's is not there."""
    cart = locked_cart()
    line = db.session.get(CartLine, line_id)
    if cart is None or line is None or line.cart_id != cart.id:
        abort(404)
    return cart, line


def _variant(line: CartLine) -> Variant:
    return db.session.get_one(Variant, line.variant_id, options=[joinedload(Variant.product)])


def _accept(cart: Cart, contents: Contents) -> None:
    for seen in contents.moved:
        line = db.session.get_one(CartLine, seen.id)
        line.quantity = _agreed(seen)
        line.seen_price_minor, line.seen_currency = seen.price.minor, seen.price.currency
    cart.market = here().market
    cart.changed(now())


def _agreed(line: LineNow) -> int:
    return max(line.counted, 1)


def _first_error(form: AddLineForm | ChangeLineForm) -> str:
    return next(str(errors[-1]) for errors in form.errors.values() if errors)
