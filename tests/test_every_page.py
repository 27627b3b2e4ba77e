"""Every address of the shop, found by asking it for its own list: none is forgotten here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from storefront.account.staff import OWNER, give_role
from storefront.account.tokens import signed
from storefront.blog.content import Content, Source
from storefront.blog.newsletter import Subscriber, subscribe
from storefront.blog.saving import begin
from storefront.catalog.models import Variant
from storefront.catalog.renditions import PictureRef
from storefront.clock import now
from storefront.compliance import lab_files
from storefront.compliance.models import LabReport, RecallNotice
from storefront.extensions import db
from storefront.orders.drafting import begin_draft
from storefront.orders.invoicing import issue_invoice
from storefront.orders.models import Order
from storefront.orders.queries import order_to_change
from storefront.orders.recalling import RecallWords, begin_recall
from storefront.orders.reminding import CartReminder, keep_wish
from storefront.orders.returns import Return
from storefront.outbox import OutboxMail, owe_mail
from storefront.reviews.writing import Words, write
from storefront.stock.arriving import Arrival, DeliveryNote, receive_delivery
from storefront.stock.documents import PDF, keep_document
from storefront.stock.models import Lot
from storefront.stock.purchasing import SupplierDetails, add_supplier, draft_order, place, set_line
from storefront.stock.reserving import commit
from storefront.stock.sheet import Kept, keep_sheet
from storefront.stock.stocktaking import Scope, begin_count
from storefront.stock.waiting import Waiting, ask
from storefront.transactions import write_tx
from storefront.wishes.models import WishList
from tests.account.journey import customer, register
from tests.account.test_addresses import add as add_address
from tests.admin.test_restrictions_page import OHIO, taken_in
from tests.checkout.journey import fill_cart, pay, to_review
from tests.factories import (
    a_cart,
    a_collection,
    a_discount,
    a_lot,
    a_post,
    a_product,
    a_report,
    a_restricted_class,
    a_variant,
    an_order,
)
from tests.page import Page
from tests.reviews.journey import bought
from tests.uploads.files import checked, table
from tests.valid_html import LINK_TO, faults

SAYS_WHAT_THE_PROVIDER_SAID = {"orders.done"}  # where the buyer comes back from paying
FOR_EVERYONE = {"catalog", "lots", "blog", "blog_feeds", "pages", "crawling", "sitemaps", "feeds"}
KEPT_FOR_EVER = {
    "static",
    "media.picture",
    "sharing.show",
    "sharing.show_post",
    "sharing.shop_picture",
    "favicon",
}
PAPER = b"%PDF-1.7 %%EOF"
ALIVE = {"health.alive", "health.ready"}
# The provider's own pages and API, which only a shop without a key carries.
NOT_OURS = "stripe_emulator"
# Put into a page by script: no page of its own.
PARTS = {"catalog.suggest"}


@dataclass(frozen=True)
class Visit:
    """A visitor, an owner too, with a cart, an unpaid order and a mail; where they may go."""

    client: FlaskClient
    paths: dict[str, str]


@pytest.fixture
def visit(client: FlaskClient, app: Flask) -> Visit:
    mug = a_variant(on_hand=20)
    slug, mug_sku, mug_id = mug.product.slug, mug.sku, mug.id
    mugs = a_collection("mugs").id
    leaf_class = a_restricted_class().id  # or nobody is asked for an age
    leaf_id = a_product(class_id=leaf_class).id
    article = an_article_about(slug)
    fill_cart(client, (mug.sku, 2))
    register(client)
    add_address(client)
    at_provider = pay(to_review(client))
    fill_cart(client, (mug.sku, 1))
    order = db.session.scalars(select(Order)).one()
    with write_tx():
        owner_id = give_role(customer(), OWNER, now(), "test").customer_id
        owe_mail("cancelled", order.email, now(), order_id=order.id)
        draft_id = begin_draft("test", now()).id
        shown = db.session.scalars(select(OutboxMail.id).where(OutboxMail.kind == "cancelled"))
        mail_id = str(shown.one())
        issue_invoice(order, now())
        sheet_id = keep_sheet("stock.csv", [Kept(2, mug_sku, 20, 21, "")], now(), "test").id
    picture = PictureRef("a" * 40, 800, 1000, "A mug").url(320, "webp").rpartition("/")[2]
    (app.config["MEDIA_PATH"]).mkdir(exist_ok=True)
    (app.config["MEDIA_PATH"] / picture).write_bytes(b"not a picture, and nobody looks")
    words = {
        "token": order.token,
        "order_id": str(order.id),
        "return_id": str(a_return(order.id)),
        "draft_id": str(draft_id),
        "wishes": f"{mug.sku}:2",
        "digest": app.extensions["assets"].digest,
        "path": "css/shop.css",
        "collection": "mugs",
        "blog": "news",
        "mail_id": "1",
        "part": "0",
        "name": picture,
        "kind": "invoice",
        "number": "1",
        "address_id": "1",
        "customer_id": str(owner_id),
        "product_id": "1",
        "class_id": str(leaf_class),
        "row_id": str(taken_in(OHIO)[0]),
        "collection_id": str(mugs),
        "post_id": "1",
        "batch_id": "1",
        "review_id": "1",
        "recall_id": "1",
        "discount_id": str(a_discount("EVERYPAGE").id),
        "variant_id": "1",
        "sheet_id": str(sheet_id),
        "upload_id": str(a_catalogue_file(app)),
        **(came := what_came_in(mug_id, mug_sku)),
        "report_id": str(
            report := a_report(int(came["lot_id"]), file=lab_files.taken_in("r.pdf", PAPER))
        ),
        "profile_id": "1",
        "code": "LOT-1",
        "session_id": at_provider.location.rpartition("/")[2],
    }
    tomorrow = now() + timedelta(days=1)
    waiting = signed("back-in-stock", waiting_for(a_variant(on_hand=0).sku), tomorrow)
    own = {
        "catalog.product": {"slug": slug},
        "lots.file": {"digest": db.session.get_one(LabReport, report).file_digest},
        "moved_in.product": {"slug": slug},
        "moved_in.category": {"path": "mugs"},
        "moved_in.article": {"slug": article},
        "post_preview.show": {"token": signed("post-preview", a_draft(), tomorrow)},
        "catalog.collection": {"slug": "mugs"},
        "pages.show": {"slug": "terms"},
        "admin.mails.show": {"mail_id": mail_id},
        "admin.products.label.show": {"product_id": str(leaf_id)},
        **{f"admin.delivery.{page}": {"zone": "us"} for page in ("zone", "new_method")},
        "admin.delivery.method": {"method": "standard"},
        "admin.taxes.show": {"rate": "us"},
        "admin.mails.html": {"mail_id": mail_id},
        "blog.article": {"slug": article},
        "blog.tag": {"slug": "mugs"},
        "blog_feeds.tag_atom": {"slug": "mugs"},
        "blog_feeds.tag_json": {"slug": "mugs"},
        "blog.author": {"slug": "mara-holt"},
        "blog.series": {"slug": "all-mugs"},
        "wishes.shared": {"token": shared_list(client, mug_sku)},
        "alerts.show": {"token": waiting},
        "newsletter.link": {"token": signed("newsletter", a_subscriber(), tomorrow)},
        "unsubscribing.show": {"token": signed("unsubscribe", owed_news(), tomorrow)},
        "reviews.show": {"token": has_a_mug(slug), "slug": slug},
        "recalls.show": {"token": a_recalled_order()},
        "reminders.show": {"token": signed("cart-again", a_left_cart(mug), tomorrow)},
        **mailed_links(),
    }
    return Visit(client, dict(_paths(app, words, own)))


def a_catalogue_file(app: Flask) -> int:
    """One with a row of each kind, and a picture that is elsewhere."""
    columns = ("Handle", "Title", "Variant Price", "Variant SKU", "Image Src")
    rows = [
        ("cup", "Cup", "5.00", "", "https://cdn.example/cup.png"),
        ("pot", "Pot", "much", "POT", ""),
    ]
    return checked(app, table(columns, rows)).id


def an_article_about(slug: str) -> str:
    """With all that an article can hold."""
    body = f"::product[{slug}]\n\n" + "".join(
        f"## Part {n}\n\n> [!NOTE]\n> x\n\n" for n in range(3)
    )
    for _ in range(2):
        post = a_post(
            body, tags=("Mugs",), series="All mugs", reviewed_on=now().date(),
            sources=(Source("A study", "https://example.org", "Read"),),
        )  # fmt: skip
    return post.slug


def what_came_in(variant_id: int, sku: str) -> dict[str, str]:
    """Ordered of a supplier and received with its lot and its paper."""
    with write_tx():
        supplier = add_supplier(SupplierDetails("Leaf & Co"), now(), "test")
        order_id = draft_order(supplier.id, "USD", None, now(), "test").id
        set_line(order_id, sku, 5, 450, now(), "test")
        place(order_id, now(), "test")
        came = [Arrival(variant_id, 3, 1, "LOT-1", cost_minor=450)]
        note = DeliveryNote("token", "USD", order_id, reference="DN 1")
        delivery_id = receive_delivery(note, came, now(), "test")
        paper = keep_document(delivery_id, "note.pdf", PDF, b"%PDF-1.7 %%EOF", now(), "test")
        made = {
            "count_id": begin_count("All", Scope(), True, 10, now(), "test"),
            "order_id": order_id,
            "delivery_id": delivery_id,
            "document_id": paper.id,
            "supplier_id": supplier.id,
            "lot_id": db.session.scalars(select(Lot.id)).one(),
        }
    return {name: str(id_) for name, id_ in made.items()}


def shared_list(client: FlaskClient, sku: str) -> str:
    client.post("/wish-list/lines", data={"sku": sku})
    client.post("/wish-list/sharing")
    client.get("/wish-list")  # reads what is said there once
    return db.session.scalars(select(WishList.share_token)).one() or ""


def a_return(order_id: int) -> int:
    with write_tx() as session:
        asked = Return(order_id=order_id, asked_by="test", created_at=now(), changed_at=now())
        session.add(asked)
        session.flush()
        return asked.id


def has_a_mug(slug: str) -> str:
    """The secret link of an order that has left, and whose buyer has said something of it."""
    token = bought(slug).token
    with write_tx():
        order = order_to_change(token)
        write(order, order.lines[0].product_id, Words(4, "", "Good.", "Ada"), "x@x.example", now())
    return token


def a_recalled_order() -> str:
    """The link of a buyer's notice."""
    jar = a_variant(on_hand=0)
    lot_id = a_lot(jar, "BAD-1", 3)
    order_id = an_order((jar, 2)).id
    with write_tx() as session:
        commit(order_id, now(), "test")
        begin_recall([lot_id], RecallWords("Glass.", "Bin it."), now(), "test")
        return session.scalars(select(RecallNotice.token)).one()


def waiting_for(sku: str) -> int:
    with write_tx() as session:
        ask(sku, "ada@example.com", now())
        return session.scalars(select(Waiting.id)).one()


def a_draft() -> int:
    """An article nobody may read yet but with a link."""
    content = Content(title="Tea for two", slug="tea-for-two", body="Two cups.")
    with write_tx():
        return begin(content, "test", now()).id


def a_subscriber() -> int:
    with write_tx() as session:
        subscribe("ada@example.com", "", now())
        return session.scalars(select(Subscriber.id)).one()


def a_left_cart(variant: Variant) -> int:
    cart = a_cart((variant, 1))
    with write_tx() as session:
        keep_wish(cart.id, "ada@example.com", True, "", now())
        return session.scalars(select(CartReminder.id)).one()


def owed_news() -> int:
    with write_tx() as session:
        owe_mail("back_in_stock", "ada@example.com", now(), context={"waiting_id": 1})
        return session.scalars(
            select(OutboxMail.id).where(OutboxMail.kind == "back_in_stock")
        ).one()


def mailed_links() -> dict[str, dict[str, str]]:
    """To the visitor, and to somebody who has no account yet."""
    signed_in = customer()
    until = now() + timedelta(hours=1)
    return {
        "sign_in.link": {"token": signed("sign-in", [signed_in.id, signed_in.stamp, ""], until)},
        "details.link": {
            "token": signed("email", [signed_in.id, signed_in.stamp, "new@example.com"], until)
        },
        "password.reset": {"token": signed("reset", [signed_in.id, signed_in.stamp], until)},
        "register.confirm": {"token": signed("register", ["new@example.com"], until)},
    }


def _paths(
    app: Flask, words: dict[str, str], own: dict[str, dict[str, str]]
) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint.startswith(NOT_OURS):
            continue
        values = {**words, "slug": "", **own.get(rule.endpoint, {})}
        unknown = rule.arguments - values.keys()
        assert not unknown, f"Say above what {unknown} of {rule.rule} may be: it is new."
        built = rule.build({name: values[name] for name in rule.arguments})
        assert built is not None
        yield rule.endpoint, built[1]


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    db.session.rollback()
    return {
        table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
        for table in db.metadata.sorted_tables
    }


def test_looking_at_any_page_changes_nothing(visit):
    before = everything()
    assert before["cart_lines"]
    assert before["reservations"]
    pages = [
        (method, endpoint, path)
        for method in ("HEAD", "GET", "OPTIONS")
        for endpoint, path in visit.paths.items()
        if endpoint not in SAYS_WHAT_THE_PROVIDER_SAID
    ]
    for at in range(0, len(pages), 12):  # reading everything takes longer than a dozen pages
        for method, endpoint, path in pages[at : at + 12]:
            with visit.client.open(path, method=method) as answer:
                found = answer.status_code < 400
            assert found or endpoint == "demo.mail_html", (endpoint, path)  # it is not sent yet
        assert everything() == before, f"one of {pages[at : at + 12]}"


def test_a_page_is_either_for_everyone_or_kept_by_nobody(visit, app):
    stranger = app.test_client()
    for endpoint, path in visit.paths.items():
        if endpoint in ALIVE | KEPT_FOR_EVER:
            continue
        mine, theirs = visit.client.get(path), stranger.get(path)
        shared = endpoint.partition(".")[0] in FOR_EVERYONE
        for answer in (mine, theirs):
            answer.get_data()
            answer.close()  # a file that was sent
            cached = answer.headers["Cache-Control"]
            assert cached.startswith("public") == shared, (endpoint, cached)
            assert shared or cached == "private, no-store", (endpoint, cached)
        if shared:
            assert mine.data == theirs.data, path
            assert mine.headers["ETag"] == theirs.headers["ETag"]
            assert "Set-Cookie" not in mine.headers
            assert "Set-Cookie" not in theirs.headers


def test_a_stranger_finds_nothing_of_a_visitor_in_cart_or_checkout(visit, app):
    stranger = app.test_client()
    for endpoint, path in visit.paths.items():
        if endpoint.startswith(("cart.", "checkout.", "account.")):
            text = Page.open(stranger, path).text
            assert "ada@example.com" not in text, endpoint
            assert "Harrow Lane" not in text.replace("12 Harrow Lane, Example City", ""), endpoint


def test_every_answer_forbids_what_is_foreign_or_inline(visit, app):
    stranger = app.test_client()
    provider = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(NOT_OURS) and "GET" in (rule.methods or set())
    ]
    assert provider
    for path in (*visit.paths.values(), *provider, "/no-such-page"):
        for method in ("GET", "POST", "PUT"):
            with stranger.open(path, method=method) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in policy, path
            assert "unsafe" not in policy or path.endswith("/html"), path  # a mail brings its style


def test_every_page_is_valid_html(visit):
    seen = 0
    for endpoint, path in visit.paths.items():
        with visit.client.get(path) as answer:
            page = answer.mimetype == "text/html" and endpoint not in PARTS
            wrong = faults(answer.get_data(as_text=True)) if page else []
        if endpoint == "demo.gallery":  # its samples lead nowhere
            wrong = [words for words in wrong if not words.startswith(LINK_TO)]
        seen += page
        assert wrong == [], f"{endpoint} {path}"
    assert seen > 40
