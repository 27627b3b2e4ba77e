"""Reviewing what one bought, from the order's secret link: write, change, take back."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from storefront.checkout.order_pages import my_order
from storefront.clock import now
from storefront.extensions import limiter
from storefront.flash import flash
from storefront.languages import _
from storefront.orders.queries import order_to_change
from storefront.reviews.forms import ReviewForm
from storefront.reviews.models import WITHDRAWN
from storefront.reviews.writing import review_of, reviewed_product, withdraw_review, write
from storefront.transactions import write_tx

bp = Blueprint("reviews", __name__, url_prefix="/orders/<token>/reviews/<slug>")


@bp.get("")
def show(token: str, slug: str) -> str:
    order = my_order(token)
    product = reviewed_product(order, slug)
    review = review_of(order, product.id)
    form = ReviewForm(formdata=None)
    if review is not None and review.state != WITHDRAWN:
        form = ReviewForm(
            formdata=None, stars=str(review.stars), title=review.title, body=review.body,
            full_name=review.name,
        )  # fmt: skip
    elif order.billing_address.full_name:
        form.full_name.data = order.billing_address.full_name.split()[0][:60]
    return _page(token, slug, form)


@bp.post("")
@limiter.limit("6/minute;30/day")
def send(token: str, slug: str) -> ResponseReturnValue:
    product_id = reviewed_product(my_order(token), slug).id
    form = ReviewForm()
    if not form.validate():
        return _page(token, slug, form), 422
    with write_tx():
        order = order_to_change(token)
        write(order, product_id, form.words(), current_app.config["SHOP_EMAIL"], now())
    flash("ok", _("Your review is with us. It shows once somebody here has read it."))
    return redirect(url_for("reviews.show", token=token, slug=slug), 303)


@bp.post("/withdrawal")
def withdraw(token: str, slug: str) -> ResponseReturnValue:
    product_id = reviewed_product(my_order(token), slug).id
    with write_tx():
        withdraw_review(order_to_change(token), product_id)
    flash("ok", _("Your review is taken back. It shows nowhere any more."))
    return redirect(url_for("reviews.show", token=token, slug=slug), 303)


def _page(token: str, slug: str, form: ReviewForm) -> str:
    order = my_order(token)
    product = reviewed_product(order, slug)
    return render_template(
        "reviews/write.html",
        order=order,
        product=product,
        review=review_of(order, product.id),
        form=form,
    )
