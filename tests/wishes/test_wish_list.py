"""A wish list: kept without an account, shown to others, changed by nobody else."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update

from storefront.account.models import Customer
from storefront.catalog.models import Product
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from storefront.wishes.adopting import forget_wishes, tell_wishes
from storefront.wishes.forgetting import KEPT_FOR, forget_old_lists
from storefront.wishes.models import MOST, Wish, WishList
from tests.account.journey import customer, register, sign_in, sign_out
from tests.factories import a_product, a_variant
from tests.markets.abroad import price_abroad, sell_abroad
from tests.page import Page
from tests.statements import count_statements

KEEP = "/wish-list/lines"


def keep(client, slug: str, form: str = "/cart/lines") -> Page:
    """Press Keep for later on the product's page: the same form, sent elsewhere."""
    found = Page.open(client, f"/products/{slug}").form(form)
    button = found.tag.select_one(f"button[formaction='{KEEP}']")
    assert button.get_text() == "Keep for later"
    return Page.open(client, KEEP, "post", found.values)


def kept() -> list[tuple[int, int]]:
    db.session.rollback()
    rows = select(Wish.list_id, Wish.variant_id).order_by(Wish.id)
    return [tuple(row) for row in db.session.execute(rows)]


def share(client) -> str:
    page = Page.open(client, "/wish-list").form("/sharing").send()
    return urlsplit(page.link("http://localhost/wish-lists/")).path


def test_a_guest_keeps_a_thing_and_finds_it_with_price_and_stock(client):
    mug = a_variant(on_hand=3)
    slug, name = mug.product.slug, mug.product.name
    page = keep(client, slug)
    assert page.flashes == [f"{name} is on your wish list."]
    assert page.heading == name
    page = page.follow("View wish list")
    assert page.heading == "Wish list"
    for fact in (name, "$12.50", "3 left"):
        assert fact in page.text
    page = page.form("/cart/lines").send()
    assert page.flashes == [f"Added {name} to your cart."]
    assert len(kept()) == 1  # buying keeps the wish


def test_keeping_twice_is_once(client):
    slug = a_variant().product.slug
    for _ in range(2):
        keep(client, slug)
    assert len(kept()) == 1


def test_the_size_that_was_chosen_is_kept(client):
    product = a_product(variants=[{}, {"price": 1900}])
    sku, id_ = product.variants[1].sku, product.variants[1].id
    form = Page.open(client, f"/products/{product.slug}").form("/cart/lines")
    page = Page.open(client, KEEP, "post", {**form.values, "sku": sku})
    assert "?variant=" in page.path
    assert kept()[0][1] == id_
    assert "Size 2" in Page.open(client, "/wish-list").text


def test_what_is_sold_out_can_be_kept_and_leads_to_the_mail_about_it(client):
    keep(client, a_variant(on_hand=0).product.slug, "/back-in-stock")
    page = Page.open(client, "/wish-list")
    assert "Out of stock" in page.text
    assert not page.soup.select("form[action='/cart/lines']")
    assert page.follow("Be told when it is back").form("/back-in-stock")


def test_looking_sets_no_cookie_and_keeping_sets_one_no_script_can_read(client):
    slug = a_variant().product.slug
    for path in ("/", f"/products/{slug}", "/wish-list"):
        assert "Set-Cookie" not in client.get(path).headers
    answer = client.post(KEEP, data={"sku": "no-such"})
    assert answer.status_code == 422
    assert "wishes=" not in str(answer.headers.getlist("Set-Cookie"))
    form = Page.open(client, f"/products/{slug}").form("/cart/lines")
    cookies = client.post(KEEP, data=form.values).headers.getlist("Set-Cookie")
    (cookie,) = [one for one in cookies if one.startswith("wishes=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_removing_can_be_undone(client):
    mug = a_variant()
    name, id_ = mug.product.name, mug.id
    keep(client, mug.product.slug)
    page = Page.open(client, "/wish-list").form("/removal").send()
    assert f"Removed {name}." in page.text
    assert "Nothing is on your list" in page.text
    assert not kept()
    page.form("/wish-list/lines").send()
    assert [variant for _, variant in kept()] == [id_]


@pytest.mark.parametrize("sku", ["", "no-such", "\0", "x" * 5000])
def test_what_is_not_sold_is_not_kept(client, sku):
    page = Page.open(client, KEEP, "post", {"sku": sku})
    assert page.status == 422
    assert page.errors == ["This is no longer sold. Choose another one."]
    assert not kept()


def test_a_list_is_not_endless(client):
    product = a_product(variants=[{} for _ in range(MOST + 1)])
    skus = [variant.sku for variant in product.variants]
    ids = [variant.id for variant in product.variants]
    client.post(KEEP, data={"sku": skus[0]})
    with write_tx() as session:
        wishes = session.scalars(select(WishList)).one()
        for variant_id in ids[1:-1]:
            wishes.add(variant_id, now())
    page = Page.open(client, KEEP, "post", {"sku": skus[-1]})
    assert page.status == 422
    assert "Remove one, then keep this." in page.text
    assert len(kept()) == MOST


def test_what_is_no_longer_sold_says_what_replaces_it(client):
    old, new = a_product("Old pot"), a_product("New pot")
    old_id, new_id, slug = old.id, new.id, old.slug
    keep(client, slug)
    with write_tx() as session:
        session.execute(
            update(Product)
            .where(Product.id == old_id)
            .values(status="archived", successor_id=new_id)
        )
    page = Page.open(client, "/wish-list")
    assert "No longer sold. In its place: New pot" in page.text
    assert "Add to cart" not in page.text
    assert page.follow("New pot").heading == "New pot"


def test_a_shared_list_can_be_looked_at_and_bought_from(client, app):
    mug = a_variant()
    name = mug.product.name
    keep(client, mug.product.slug)
    path = share(client)
    friend = app.test_client()
    page = Page.open(friend, path)
    assert name in page.text
    assert page.response.headers["Cache-Control"] == "private, no-store"
    assert page.soup.select("meta[name=robots][content=noindex]")
    assert [form["action"] for form in page.soup.select("main form")] == ["/cart/lines"]
    assert page.form("/cart/lines").send().flashes == [f"Added {name} to your cart."]
    assert Page.open(friend, "/wish-list").text.startswith("Wish list Nothing is on your list")


def test_a_share_link_never_changes_the_list(client, app):
    keep(client, a_variant().product.slug)
    path = share(client)
    before = kept()
    (wish_id,) = db.session.scalars(select(Wish.id))
    friend = app.test_client()
    friend.set_cookie("wishes", path.rpartition("/")[2])  # the share token as if it were the key
    for address in (
        path,
        f"{path}/lines",
        f"/wish-list/lines/{wish_id}/removal",
        "/wish-list/sharing",
        "/wish-list/sharing/end",
    ):
        assert friend.post(address).status_code in {404, 405}, address
    sku = a_variant().sku
    friend.post(KEEP, data={"sku": sku})  # goes to a list of their own
    assert [row for row in kept() if row in before] == before
    assert kept()[1][0] != before[0][0]
    assert client.get(path).status_code == 200


def test_somebody_elses_list_cannot_be_changed(client, app):
    keep(client, a_variant().product.slug)
    (wish_id,) = db.session.scalars(select(Wish.id))
    stranger = app.test_client()
    assert stranger.post(f"/wish-list/lines/{wish_id}/removal").status_code == 404
    keep(stranger, a_variant().product.slug)
    assert stranger.post(f"/wish-list/lines/{wish_id}/removal").status_code == 404
    assert len(kept()) == 2


def test_sharing_ends_and_the_next_link_is_another(client, app):
    keep(client, a_variant().product.slug)
    first = share(client)
    page = Page.open(client, "/wish-list").form("/sharing/end").send()
    assert page.form("/sharing")
    gone = Page.open(app.test_client(), first)
    assert gone.status == 404
    assert "not shared any more" in gone.text
    assert share(client) != first


def test_abroad_the_list_has_the_prices_of_there(client):
    sold, not_sold = a_product("Sold pot"), a_product("Home pot")
    keep(client, sold.slug)
    keep(client, not_sold.slug)
    sell_abroad()
    price_abroad(db.session.get_one(Product, sold.id), 1100)
    page = Page.open(client, "/de/wish-list")
    assert "11,00" in page.text
    assert "12" not in page.text
    home = page.soup.select(".cart-line")[0].get_text()
    assert "Home pot" in home
    assert "Wird in Ihrem Land nicht verkauft." in home
    assert [form["action"] for form in page.soup.select("form[action$='/cart/lines']")] == [
        "/de/cart/lines"
    ]


def test_the_list_takes_few_statements_however_long(client):
    product = a_product(variants=[{} for _ in range(12)])
    for sku in [variant.sku for variant in product.variants]:
        client.post(KEEP, data={"sku": sku})
    with count_statements() as sent:
        client.get("/wish-list")
    assert len(sent) <= 4, sent


def test_a_list_nobody_came_back_to_is_forgotten(client):
    keep(client, a_variant().product.slug)
    with write_tx():
        forget_old_lists(now() + KEPT_FOR - timedelta(days=1))
    assert kept()
    with write_tx():
        forget_old_lists(now() + KEPT_FOR + timedelta(days=1))
    assert not kept()
    assert db.session.scalar(select(WishList.id)) is None
    assert "Nothing is on your list" in Page.open(client, "/wish-list").text


def test_a_guests_list_joins_the_account_at_sign_in_each_thing_once(client, app):
    both, mine, new = a_variant().product.slug, a_variant().product.slug, a_variant().product.slug
    keep(client, both)
    keep(client, mine)
    page = register(client)
    assert "The 2 things on your wish list are with your account now." in page.flashes
    assert len(kept()) == 2

    other_browser = app.test_client()
    keep(other_browser, both)
    keep(other_browser, new)
    path = share(other_browser)
    sign_in(other_browser)
    for browser in (client, other_browser):
        assert len(Page.open(browser, "/wish-list").soup.select(".cart-line")) == 3
    assert len(kept()) == 3
    assert len(db.session.scalars(select(WishList.id)).all()) == 1
    assert app.test_client().get(path).status_code == 200  # who has the link still sees the list


def test_after_signing_out_the_browser_shows_the_list_no_more(client, app):
    keep(client, a_variant().product.slug)
    cookie = client.get_cookie("wishes").value
    register(client)
    assert client.get_cookie("wishes") is None
    sign_out(client)
    client.set_cookie("wishes", cookie)
    assert "Nothing is on your list" in Page.open(client, "/wish-list").text
    (wish_id,) = db.session.scalars(select(Wish.id))
    assert client.post(f"/wish-list/lines/{wish_id}/removal").status_code == 404


def test_an_accounts_list_stays_while_the_account_does(client):
    register(client)
    keep(client, a_variant().product.slug)
    assert client.get_cookie("wishes") is None
    with write_tx():
        forget_old_lists(now() + 2 * KEPT_FOR)
    assert len(kept()) == 1
    copy = tell_wishes(customer())
    assert len(copy["wish_list"]) == 1
    with write_tx() as session:
        forget_wishes(session.get_one(Customer, customer_id()), now())
    assert not kept()


def customer_id() -> int:
    return db.session.scalars(select(Customer.id)).one()
