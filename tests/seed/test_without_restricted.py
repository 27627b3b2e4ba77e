"""A shop without restricted goods shows no trace of what is there for them, and pays nothing."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from storefront.catalog.models import ProductClass
from storefront.compliance.models import LabReport, ProductLabel, Restriction, RiskText, SpecProfile
from storefront.extensions import db
from storefront.pricing.models import ShippingMethod
from storefront.seed.demo import sow_demo
from storefront.seed.orders import sow_orders
from storefront.transactions import write_tx
from tests.checkout.journey import ADA
from tests.conftest import lay_clean, signed_in
from tests.databases import Scratch
from tests.factories import a_staff_member
from tests.page import Page
from tests.seed.conftest import NOON, PICTURES
from tests.statements import count_statements

TRACE = re.compile(
    r"kratom|mitragyn|restrict|\brisk|how old|date of birth|\b(?:18|21) or older"
    r"|adult|lab(?:oratory)? report|certificate of analysis|spec(?:ification)? profile"
    r"|verif\w+ of age|\bclaims?\b",
    re.IGNORECASE,
)
LED_TO = re.compile(r"^/(?:de/)?(?:age|lots|pages/where-we-ship)(?:/|$)")
SAID_ANYWAY = (  # a book of the shop's, and who looks after its tea
    "Reading Lab Reports on Plants", "A certificate of analysis is a page of numbers",
    "Quality, lots and laboratory reports",
)  # fmt: skip
# What each asked of the database before there was any of this.
STATEMENTS = {
    "product": 8, "collection": 6, "add": 11, "add again": 12, "cart": 8, "details": 7,
    "address": 13, "delivery": 8, "method": 13, "review": 8,
}  # fmt: skip
MOST_PAGES = 400


@pytest.fixture(scope="module")
def sown(shop_app: Flask, scratch: Scratch) -> None:
    with shop_app.app_context():
        lay_clean(shop_app, scratch)
        with write_tx():
            sow_demo(PICTURES, "USD", NOON, restricted=False)
        sow_orders(shop_app.extensions["payment_providers"], NOON, restricted=False)
        db.session.remove()


@pytest.fixture
def teashop(sown: None, shop_app: Flask) -> Iterator[Flask]:
    with shop_app.app_context():
        yield shop_app
        db.session.remove()


def traces(page: Page) -> list[str]:
    """Words and links of a page that a shop of tea has no use for."""
    text = page.text
    for said in SAID_ANYWAY:
        text = re.sub(re.escape(said), "", text, flags=re.IGNORECASE)
    words = [text[max(0, m.start() - 40) : m.end() + 40] for m in TRACE.finditer(text)]
    return words + [path for path in links(page) if LED_TO.match(urlsplit(path).path)]


def links(page: Page) -> set[str]:
    found = {urljoin(page.path, str(a["href"])) for a in page.soup.find_all("a", href=True)}
    return {link.partition("#")[0] for link in found if link.startswith("/")}


def crawled(client: FlaskClient, begin: str, below: str) -> Iterator[Page]:
    """Each page that links lead to, once; of lists only the first page of each sort or filter."""
    waiting, seen = [begin], {begin}
    while waiting and len(seen) < MOST_PAGES:
        page = Page.open(client, waiting.pop(0))
        if page.status != 200 or "html" not in (page.response.content_type or ""):
            continue
        yield page
        for link in sorted(links(page)):
            path = urlsplit(link).path
            if link not in seen and path.startswith(below) and "?" not in link:
                seen.add(link)
                waiting.append(link)


def test_the_seed_leaves_out_all_that_is_there_because_of_such_goods(teashop):
    for model in (ProductClass, Restriction, LabReport, SpecProfile, RiskText, ProductLabel):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0, model
    adult = select(ShippingMethod).where(ShippingMethod.adult_signature)
    assert db.session.scalars(adult).all() == []


def test_no_public_page_shows_a_trace(teashop):
    pages = {page.path: traces(page) for page in crawled(teashop.test_client(), "/", "/")}
    assert len(pages) > 60
    assert {path: found for path, found in pages.items() if found} == {}


def test_no_page_of_the_admins_menu_shows_a_trace(teashop):
    owner = signed_in(teashop, a_staff_member("owner").customer_id, proven=True)
    home = Page.open(owner, "/admin")
    menu = sorted(link for link in links(home) if link.startswith("/admin"))
    assert len(menu) > 8
    found = {path: traces(Page.open(owner, path)) for path in menu}
    assert {path: said for path, said in found.items() if said} == {}


@pytest.mark.parametrize("path", ["/age", "/pages/where-we-ship", "/lots", "/lots/TE-AS-2807"])
def test_pages_of_restricted_goods_are_not_there(teashop, path):
    assert teashop.test_client().get(path).status_code == 404


def test_no_page_asks_more_of_the_database_than_before(teashop):
    found = counted(teashop.test_client())  # on PostgreSQL some ask one less
    assert found.keys() == STATEMENTS.keys()
    assert {step: n for step, n in found.items() if n > STATEMENTS[step]} == {}


def counted(client: FlaskClient) -> dict[str, int]:
    """Statements of each step from a product to the review."""
    found: dict[str, int] = {}

    def step(name: str, verb: str, path: str, data: dict[str, str] | None = None) -> Page:
        with count_statements() as sent:
            response = client.open(path, method=verb, data=data)
        found[name] = len(sent)
        return Page(client, response, path)

    for name in ("first", "product"):  # the first request of a shop reads its settings too
        client.application.extensions["page_store"].clear()
        step(name, "GET", "/products/assam-second-flush")
    del found["first"]
    client.application.extensions["page_store"].clear()
    step("collection", "GET", "/collections/tea")
    step("add", "POST", "/cart/lines", {"sku": "TE-AS-75", "quantity": "1"})
    step("add again", "POST", "/cart/lines", {"sku": "BG-TP", "quantity": "2"})
    step("cart", "GET", "/cart")
    details = step("details", "GET", "/checkout").form("/checkout").values
    told = {name.replace("__", "-"): value for name, value in ADA.items()}
    step("address", "POST", "/checkout", {**details, **told})
    delivery = step("delivery", "GET", "/checkout/delivery").form("/checkout/delivery").values
    step("method", "POST", "/checkout/delivery", delivery)
    step("review", "GET", "/checkout/review")
    return found
