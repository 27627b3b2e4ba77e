"""The states of restricted goods: the age screen, where they may go, a cart that is blocked."""

from collections.abc import Iterator

from storefront.account.address import Address
from storefront.age import proof
from storefront.age.proof import Proof
from storefront.cart.models import Cart
from storefront.clock import now
from storefront.transactions import write_tx
from tests.browser.states import State, variant
from tests.factories import a_cart, a_product, a_restricted_class, a_restriction
from tests.processes.watched import WatchedShop


def restricted_goods(_shop: WatchedShop) -> Iterator[State]:
    a_restriction()
    a_restriction("deny", region="AL", source="Schedule I since 2016-05")
    a_restriction("deny", region="FL", locality="county:Sarasota", source="Ord. 2014-06")
    class_id = a_restricted_class().id
    leaf = a_product("Leaf to look at", slug="leaf-to-look-at", class_id=class_id)
    path, sku = f"/products/{leaf.slug}", leaf.variants[0].sku
    grown, young = age(21), age(0)
    yield State("age-screen", path)
    yield State("age-screen-refused", path, press="Continue")
    yield State("age-too-young", path, young)
    yield State("age-shown", "/age", grown)
    yield State("restricted-nowhere", path, grown)
    for name, region in (("ohio", "OH"), ("alabama", "AL"), ("florida", "FL")):
        cart = a_cart_going_to(sku, region)
        yield State(f"restricted-{name}", path, {**grown, "cart": cart})
        yield State(f"restricted-cart-{name}", "/cart", {**grown, "cart": cart})


def age(years: int) -> dict[str, str]:
    return {proof.COOKIE: proof.as_cookie(Proof(years, "attestation", now()))}


def a_cart_going_to(sku: str, region: str) -> str:
    """With something for everybody too; its cookie."""
    cart = a_cart((variant(sku), 1), (variant("TE-SE-50"), 1), details=False)
    with write_tx() as session:
        kept = session.get_one(Cart, cart.id)
        kept.destination = Address(country="US", region=region)
        return kept.token
