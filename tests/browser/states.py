"""The states of pages that a plain visit does not show: made in the demo shop, each with its way.

What must hold in every state is in test_accessible.py; `python -m tests.browser.look` is for eyes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from flask import g
from playwright.sync_api import Page
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from storefront import errors
from storefront.account.access import enter
from storefront.account.models import Passkey
from storefront.account.opening import customer_of, open_account
from storefront.account.tokens import signed
from storefront.cart.models import CartLine
from storefront.catalog.models import ARCHIVED, Collection, Product, Variant
from storefront.catalog.version import bump_version
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.fulfilment import pack, ship
from storefront.orders.models import Order
from storefront.orders.queries import order_to_change
from storefront.orders.settling import cancel, follow, send_to_review
from storefront.orders.withdrawing import Period, Statement, withdraw
from storefront.payments.receiving import receive_transfer
from storefront.payments.refunding import carry_out_refund, request_refund
from storefront.payments.starting import begin_payment
from storefront.reviews.writing import Words, write
from storefront.transactions import write_tx
from storefront.wishes.models import WishList, new_token
from tests.factories import a_cart, an_order
from tests.processes.watched import WatchedShop
from tests.running import RunningShop

ERRORS = (400, 403, 404, 409, 410, 429, 500, 503)


@dataclass(frozen=True)
class State:
    """Where it is seen, with which cookies, and what must be pressed there first."""

    name: str
    path: str
    cookies: dict[str, str] = field(default_factory=dict)
    press: str = ""
    html: str = ""  # stands at `path` for what no visitor can bring about

    def open(self, page: Page, shop: RunningShop) -> None:
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": k, "value": v, "url": shop.url} for k, v in self.cookies.items()]
        )
        if self.html:
            page.route(shop.url + self.path, lambda route: route.fulfill(body=self.html))
        page.goto("about:blank")  # a page that refreshes itself would break into the next visit
        page.goto(shop.url + self.path)
        if self.press:
            page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
            page.get_by_role("main").get_by_role("button", name=self.press).first.click()
            page.get_by_role("alert").wait_for()


def bought() -> Order:
    """An order of the demo's things that nobody has paid."""
    return an_order((variant("TE-SE-50"), 1), (variant("BG-TP"), 1), note="Ring twice.")


def variant(sku: str) -> Variant:
    return db.session.scalars(
        select(Variant).where(Variant.sku == sku).options(joinedload(Variant.product))
    ).one()


def moved(how: Callable[[Order], object]) -> Order:
    order = bought()
    with write_tx():
        how(order_to_change(order.token))
    return order


def paid(order: Order) -> None:
    follow(order, "paid", now(), "test")


def packed(order: Order) -> None:
    paid(order)
    pack(order, now(), "test")


def shipped(order: Order) -> None:
    paid(order)
    ship(order, now(), "test", "Parcel post", "QM 4711 0815")


def by_transfer(shop: WatchedShop) -> Order:
    order = bought()
    begin_payment(order.id, "manual", shop.app.extensions["payment_providers"], now())
    return db.session.get_one(Order, order.id, populate_existing=True)


def refunded(shop: WatchedShop) -> Order:
    """Paid by transfer, and all of it sent back."""
    order = by_transfer(shop)
    providers = shop.app.extensions["payment_providers"]
    receive_transfer(order.number or 0, order.total, providers, now(), "staff")
    refund = request_refund(order.id, None, "It arrived broken.", True, "staff", now())
    carry_out_refund(refund.id, providers, now())
    return order


def withdrawn() -> Order:
    order = moved(shipped)
    with write_tx():
        kept = order_to_change(order.token)
        period = Period(14, 7, now().tzinfo)  # type: ignore[arg-type]
        said = Statement("Ada Byron", "ada@example.com", {}, "It is too green for me.")
        withdraw(kept, said, "once", period, "shop@example.com", now())
    return order


def orders(shop: WatchedShop) -> Iterator[State]:
    made = {
        "pending": bought(),
        "awaiting-transfer": by_transfer(shop),
        "awaiting-debit": moved(lambda o: follow(o, "processing", now(), "test")),
        "paid": moved(paid),
        "packed": moved(packed),
        "shipped": moved(shipped),
        "review": moved(lambda o: send_to_review(o, "odd", now())),
        "cancelled": moved(lambda o: cancel(o, now(), "test", "left")),
        "refunded": refunded(shop),
        "withdrawn": withdrawn(),
    }
    for name, order in made.items():
        yield State(f"order-{name}", f"/orders/{order.token}")
        if name in {"pending", "shipped", "cancelled", "withdrawn"}:
            yield State(f"withdrawal-{name}", f"/orders/{order.token}/withdrawal")
        if name in {"packed", "cancelled"}:
            yield State(f"address-{name}", f"/orders/{order.token}/address")
    token = made["shipped"].token
    question = f"/orders/{made['paid'].token}"
    yield State("question-refused", question, press="Send the question")
    yield State("order-waits", f"/orders/{made['pending'].token}/done?tries=6")
    yield State("review-form", f"/orders/{token}/reviews/sencha")
    yield State("review-form-refused", f"/orders/{token}/reviews/sencha", press="Send the")
    with write_tx():
        words = Words(4, "Clear", "It tastes of cut grass, and of more the second time.", "Ada")
        reviewer = order_to_change(token)
        product_id = variant("BG-TP").product_id
        write(reviewer, product_id, words, "shop@example.com", now())
    yield State("review-written", f"/orders/{token}/reviews/glass-teapot-0-9-l")


def carts() -> Iterator[State]:
    """Prices and stock that moved since, and what is not sold any more."""
    with write_tx() as session:
        gone = variant("ST-CA-100").product_id
        session.execute(update(Product).where(Product.id == gone).values(status=ARCHIVED))
        bump_version()
    dear = a_cart((variant("TE-DJ-75"), 2), (variant("BG-KE-ST"), 90), (variant("ST-CA-100"), 1))
    plain = a_cart((variant("TE-AS-75"), 2), details=False)
    with write_tx() as session:
        session.execute(
            update(CartLine)
            .where(CartLine.cart_id == dear.id)
            .values(seen_price_minor=CartLine.seen_price_minor - 150)
        )
    yield State("archived", "/products/tea-caddy")
    yield State("cart-moved", "/cart", {"cart": dear.token})
    yield State("checkout-moved", "/checkout/review", {"cart": dear.token})
    yield State("cart-code-refused", "/cart", {"cart": plain.token}, press="Use code")
    yield State("checkout-refused", "/checkout", {"cart": plain.token}, press="Continue")
    yield State("cart-again-dead", "/cart/again/no-such-link")


def lists() -> Iterator[State]:
    with write_tx() as session:
        for name, skus in {"some": ("TE-SE-50", "BG-KE-BK", "ST-CA-100"), "none": ()}.items():
            kept = WishList(
                token=new_token(), share_token=new_token(), created_at=now(), updated_at=now()
            )
            session.add(kept)
            session.flush()
            for sku in skus:
                kept.add(variant(sku).id, now())
            yield State(f"wish-list-{name}", "/wish-list", {"wishes": kept.token})
            yield State(f"wish-list-shared-{name}", f"/wish-lists/{kept.share_token}")
    yield State("wish-list-dead", "/wish-lists/no-such-list")


def accounts(shop: WatchedShop) -> Iterator[State]:
    """Somebody who opened an account a moment ago, and mailed links that are over."""
    with write_tx() as session, shop.app.test_request_context():
        customer = open_account("new@example.com", "Ada Byron", None, now())
        enter(customer, now())
        cookie = {"account": g.new_account_cookie}
        key = {"credential_id": "YQ", "public_key": "Yg", "name": "Telephone", "created_at": now()}
        session.add(Passkey(customer_id=customer.id, **key))
        stale = signed("sign-in", [customer.id, customer.stamp, ""], now() - timedelta(days=1))
    for page in ("", "/orders", "/addresses", "/passkeys"):
        yield State(f"account{page.replace('/', '-')}-new", f"/account{page}", cookie)
    yield State("link-expired", f"/account/link/{stale}")
    for way in ("link", "register", "password/reset", "email"):
        name = f"{way.replace('/', '-')}-dead"
        yield State(name, f"/account/{way}/no-such-link", cookie if way == "email" else {})
    yield State("back-in-stock-dead", "/back-in-stock/no-such-link")
    yield State("unsubscribe-dead", "/unsubscribe/no-such-link")
    yield State("withdrawal-find-refused", "/withdrawal", press="Withdraw from")


def products_for_staff(shop: WatchedShop) -> Iterator[State]:
    """The demo's owner among its products, with something refused here and there."""
    with write_tx(), shop.app.test_request_context():
        owner = customer_of("owner@quillmoss.example")
        assert owner is not None
        enter(owner, now())
        cookie = {"account": g.new_account_cookie}
    product = f"/admin/products/{variant('TE-DJ-75').product_id}"
    shelf = db.session.scalars(select(Collection.id).where(Collection.slug == "black-tea")).one()
    for name, path in {
        "list": "/admin/products",
        "list-none": "/admin/products?q=no-such-thing",
        "edit": product,
        "variants": f"{product}/variants",
        "pictures": f"{product}/pictures",
        "status": f"{product}/status",
        "bulk": "/admin/products/bulk",
    }.items():
        yield State(f"admin-products-{name}", path, cookie)
    yield State("admin-products-new-refused", "/admin/products/new", cookie, press="Make draft")
    yield State("admin-pictures-refused", f"{product}/pictures", cookie, press="Add pictures")
    yield State("admin-collections", "/admin/collections", cookie)
    yield State("admin-collection", f"/admin/collections/{shelf}", cookie)
    yield State(
        "admin-collection-refused", "/admin/collections/new", cookie, press="Make collection"
    )


def error_pages(shop: WatchedShop) -> Iterator[State]:
    for status in ERRORS:
        with shop.app.test_request_context(base_url=shop.url):
            words = {"reference": "4f1c09ab"} if status >= 500 else {}
            body = errors.page(status, message=None, **words).get_data(as_text=True)
            yield State(f"error-{status}", f"/error-{status}", html=body)


def all_states(shop: WatchedShop) -> list[State]:
    """Made once; the demo shop is seeded already."""
    from tests.browser.states_goods import goods
    from tests.browser.states_lab import lab
    from tests.browser.states_orders import staff_orders
    from tests.browser.states_recalls import recalls
    from tests.browser.states_rest import rest_of_the_admin
    from tests.browser.states_restricted import restricted_goods
    from tests.browser.states_selling import selling
    from tests.browser.states_stock import stock

    with shop.inside():
        return [
            *selling(shop),
            *orders(shop),
            *carts(),
            *lists(),
            *accounts(shop),
            *products_for_staff(shop),
            *error_pages(shop),
            *staff_orders(shop),
            *stock(),
            *rest_of_the_admin(shop),
            *goods(),
            *recalls(),
            *lab(),
            *restricted_goods(shop),
        ]
