"""A recall in the hands of staff, and of the buyers behind its mails."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from storefront.clock import now
from storefront.compliance.models import Recall, RecallNotice
from storefront.extensions import db
from storefront.mail import deliver
from storefront.orders.fulfilment import ship
from storefront.orders.models import Order, RefundLine
from storefront.orders.recall_steps import remind_unread
from storefront.outbox import OutboxMail
from storefront.payments.models import Refund
from storefront.payments.queries import lock_order
from storefront.payments.recall_refunds import owe_recalled
from storefront.payments.reconcile import reconcile
from storefront.stock.models import StockLevel
from storefront.stock.verifying import findings
from storefront.transactions import write_tx
from tests.admin.orders import as_it_is
from tests.factories import a_lot, a_post, a_product, a_variant, an_order
from tests.markets.abroad import sell_abroad
from tests.page import Page
from tests.payments.paying_shop import PayingShop
from tests.valid_html import faults

SOON = now().date() + timedelta(days=20)
REASON, ADVICE = "Glass was found in a jar.", "Do not eat it.\nPut it in the bin."


@pytest.fixture
def shop(app, monkeypatch) -> PayingShop:
    shop = PayingShop(app)
    monkeypatch.setitem(app.extensions, "payment_providers", shop.providers)
    return shop


@pytest.fixture
def owner(staff_client):
    return staff_client("owner")


def sold(shop: PayingShop, *lines, sent: bool = True, **values) -> Order:
    order = an_order(*lines, **values)
    shop.paid(order)
    if sent:
        with write_tx():
            ship(lock_order(order.id), now(), "test")
    return as_it_is(order)


def sound(page: Page) -> Page:
    assert faults(page.response.get_data(as_text=True)) == [], page.path
    return page


def checked(staff, lot_id: int, **fields) -> Page:
    lot = sound(Page.open(staff, f"/admin/lots/{lot_id}"))
    form = sound(lot.follow("Call this lot back")).form("/check")
    return sound(form.send(**{"reason": REASON, "advice": ADVICE, **fields}))


def begun(staff, lot_id: int, **fields) -> Page:
    return sound(checked(staff, lot_id, **fields).form(f"/new/{lot_id}").send())


def the_recall() -> Recall:
    return db.session.scalars(select(Recall).execution_options(populate_existing=True)).one()


def notice_of(order: Order) -> RecallNotice:
    return db.session.scalars(
        select(RecallNotice)
        .where(RecallNotice.order_id == order.id)
        .execution_options(populate_existing=True)
    ).one()


def mails(kind: str = "recall") -> list[OutboxMail]:
    found = select(OutboxMail).where(OutboxMail.kind == kind).order_by(OutboxMail.id)
    return list(db.session.scalars(found))


def buyers_page(client, order: Order) -> Page:
    return sound(Page.open(client, f"/recalls/{notice_of(order).token}"))


def test_recall_lot_all_and_only_its_buyers_listed_carts_blocked_report_exports(
    shop, owner, client
):
    honey = a_variant(on_hand=0, price=1000)
    bad = a_lot(honey, "BAD-7", 6, SOON)
    first = sold(shop, (honey, 3))
    second = sold(shop, (honey, 1), email="bo@example.com")
    stranger = sold(shop, (a_variant(), 1), email="cy@example.com")
    client.post("/cart/lines", data={"sku": honey.sku, "quantity": 1})
    assert "Check out" in Page.open(client, "/cart").text

    preview = checked(owner, bad)
    assert "with 4 units of it" in preview.text
    assert db.session.scalars(select(Recall.id)).all() == []
    page = begun(owner, bad)

    assert "The recall has begun" in page.text
    assert f"Order {first.number}" in page.text
    assert f"Order {second.number}" in page.text
    assert f"Order {stranger.number}" not in page.text
    cart = sound(Page.open(client, "/cart"))
    assert "Remove this line to check out" in cart.text
    assert "was recalled" in cart.text
    rows = list(csv.DictReader(io.StringIO(owner.get(page.link("Report")).text.lstrip("\ufeff"))))
    assert [(row["order"], row["units"], row["left_the_shop"]) for row in rows] == [
        (str(first.number), "3", "3"), (str(second.number), "1", "1"),
    ]  # fmt: skip
    told = owner.get(page.link("Report")).text
    for private in ("ada@example.com", "bo@example.com", "Byron", "Harrow"):
        assert private not in told
    assert list(findings()) == []


def test_pressing_begin_twice_mails_once(shop, owner):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD-7", 6, SOON)
    sold(shop, (honey, 3))
    form = checked(owner, bad).form(f"/new/{bad}")
    form.send()
    form.send()
    assert the_recall().code == "BAD-7"
    assert len(mails()) == 1


def test_looking_is_not_reading_and_an_answer_counts(shop, owner, client):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD-7", 6, SOON)
    order = sold(shop, (honey, 2))
    begun(owner, bad)
    deliver(now())
    page = buyers_page(client, order)
    assert page.response.headers["Cache-Control"] == "private, no-store"
    assert "Glass was found in a jar." in page.text
    assert "2 × " in page.text
    assert "noindex" in page.response.text
    assert notice_of(order).read_at is None
    wrong = page.form("/confirmation").send(answer="sold it on")
    assert (wrong.status, notice_of(order).read_at) == (422, None)
    done = sound(page.form("/confirmation").send())
    assert "We know that you have read this" in done.text
    read_at = notice_of(order).read_at
    assert read_at is not None
    sound(done.form("/confirmation").send(answer="destroyed"))
    notice = notice_of(order)
    assert (notice.read_at, notice.answer) == (read_at, "destroyed")
    staff = Page.open(owner, f"/admin/recalls/{the_recall().id}")
    assert "I destroyed it or threw it away" in staff.text
    assert client.get("/recalls/no-such-token").status_code == 404


def test_what_was_paid_for_recalled_units_goes_back_without_a_return(shop, owner, client):
    honey, cup = a_variant(on_hand=0, price=1000), a_variant(price=500)
    bad = a_lot(honey, "BAD-7", 2, SOON)
    a_lot(honey, "GOOD", 9, SOON + timedelta(days=90))
    order = sold(shop, (honey, 3), (cup, 1))  # two of BAD, one of GOOD
    page = begun(owner, bad)
    page.form("/refunds").send()
    refund = db.session.scalars(select(Refund)).one()
    line = db.session.scalars(select(RefundLine)).one()
    paid_each = (order.lines[0].total_minor + order.lines[0].tax_minor) / 3
    assert refund.state == "succeeded"
    assert refund.amount_minor == pytest.approx(2 * paid_each, abs=1)
    assert (line.quantity, line.restocked, line.kept) == (2, 0, 0)
    assert refund.reason == "Recall of lot BAD-7"
    assert db.session.get_one(StockLevel, honey.id).on_hand == 8
    again = Page.open(owner, "/admin/recalls/1/refunds", "post")
    assert "it was done already" in again.text
    assert len(db.session.scalars(select(Refund)).all()) == 1
    assert "went back the way it came" in buyers_page(client, order).text


def test_a_refund_that_was_owed_when_the_shop_died_is_sent_once(shop, owner):
    honey = a_variant(on_hand=0, price=1000)
    bad = a_lot(honey, "BAD-7", 4, SOON)
    orders = [sold(shop, (honey, 1)), sold(shop, (honey, 2))]
    begun(owner, bad)
    ids = [notice_of(order).id for order in orders]
    done = owe_recalled(ids, "ada", now())  # and no further: the process ends here
    assert len(done.refund_ids) == 2
    Page.open(owner, "/admin/recalls/1/refunds", "post")
    assert reconcile(shop.providers, now()).failed == []
    refunds = db.session.scalars(select(Refund).execution_options(populate_existing=True)).all()
    assert [refund.state for refund in refunds] == ["succeeded", "succeeded"]


def test_an_order_given_back_already_says_so_and_the_others_are_refunded(shop, owner):
    honey = a_variant(on_hand=0, price=1000)
    bad = a_lot(honey, "BAD-7", 4, SOON)
    back, other = sold(shop, (honey, 1)), sold(shop, (honey, 2))
    page = begun(owner, bad)
    form = Page.open(owner, f"/admin/orders/{back.id}/refund").form("/refund/check")
    form.send(**{"reason": "late", f"line-{back.lines[0].id}": "1"}).form("/refund").send()
    said = page.form("/refunds", index=2).send()
    assert f"Order {back.number} was not refunded" in said.text
    assert notice_of(back).refund_id is None
    assert notice_of(other).refund_id is not None


def test_figures_are_what_a_plain_count_says(shop, owner, client):
    honey = a_variant(on_hand=0, price=1000)
    bad = a_lot(honey, "BAD-7", 9, SOON)
    read = sold(shop, (honey, 3))
    sold(shop, (honey, 1))
    sold(shop, (honey, 2), sent=False)  # goes back to the lot, and waits for others
    page = begun(owner, bad)
    deliver(now())
    buyers_page(client, read).form("/confirmation").send(answer="used")
    page = Page.open(owner, page.path)
    page.form("/refunds").send()
    page = sound(Page.open(owner, page.path))
    counts = (
        "SELECT count(*), sum(quantity - kept), count(mailed_at), count(read_at),"
        " count(answered_at), count(refund_id) FROM recall_notices"
    )
    told = [int(one) for one in db.session.execute(text(counts)).one()]
    assert told == [3, 4, 3, 1, 1, 1]
    figures = {
        box.find("dt").get_text(): box.find("dd").get_text() for box in page.soup.select(".stat")
    }
    assert figures == {
        "Mailed": "3 / 3", "Read": "1", "Answered": "1", "Refunded": "1",
        "Accounted for": "8 / 9",  # five in stock and three answered, of nine
    }  # fmt: skip
    assert "2 buyers have not read it" in page.text


def test_only_who_has_not_read_is_mailed_again_once_a_press(shop, owner, client):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD-7", 9, SOON)
    read, silent = sold(shop, (honey, 1)), sold(shop, (honey, 1), email="bo@example.com")
    page = begun(owner, bad)
    deliver(now())
    buyers_page(client, read).form("/confirmation").send()
    home = sound(Page.open(owner, "/admin"))
    assert "one buyer has not read it" in home.text
    form = Page.open(owner, page.path).form("/reminders")
    assert "One buyer is mailed again" in form.send().text
    assert "Nobody is mailed" in form.send().text
    assert [mail.recipient for mail in mails()[2:]] == ["bo@example.com"]
    assert silent.id == mails()[2].order_id


def test_a_closed_recall_says_how_it_ended_and_takes_no_more(shop, owner, client):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD-7", 9, SOON)
    order = sold(shop, (honey, 1))
    page = begun(owner, bad)
    assert page.form("/closing").send(note=" ").status == 422
    page = sound(page.form("/closing").send(note="All jars are accounted for."))
    assert "All jars are accounted for." in page.text
    assert "This recall was closed" in buyers_page(client, order).text
    assert "Call this lot back" in Page.open(owner, f"/admin/lots/{bad}").text
    assert Page.open(owner, "/admin/recalls/1/reminders", "post", {"seen": 0}).status == 409


def test_the_lot_of_an_open_recall_stays_recalled(shop, owner):
    bad = a_lot(a_variant(on_hand=0), "BAD-7", 9, SOON)
    begun(owner, bad)
    lot = Page.open(owner, f"/admin/lots/{bad}")
    assert "Call this lot back" not in lot.text
    answer = lot.form("/state").send(to="quarantine", why="Looks fine")
    assert (answer.status, answer.errors) == (
        409, ["This lot is being called back. Close the recall first."],
    )  # fmt: skip


def test_sizes_of_one_make_are_called_back_together_unless_taken_out(shop, owner):
    product = a_product(variants=({"on_hand": 0}, {"on_hand": 0}))
    first, second = (a_lot(one, "MAKE-1", 3, SOON) for one in product.variants)
    begun(owner, first)
    assert the_recall().lot_ids == {first, second}


def test_words_the_claim_rules_refuse_are_not_sent(owner):
    bad = a_lot(a_variant(on_hand=0), "BAD-7", 9, SOON)
    page = checked(owner, bad, advice="It cures cancer.")
    assert page.status == 422
    assert "may not be said" in page.errors[0]


def test_a_shop_that_never_recalled_sees_only_the_way_to_it_on_a_lots_page(owner):
    honey = a_variant(on_hand=0)
    slug, lot = honey.product.slug, a_lot(honey, "OK", 9, SOON)
    for path in ("/admin", "/admin/stock", "/admin/lots"):
        assert "ecall" not in Page.open(owner, path).response.text
    for path in (f"/products/{slug}", "/cart"):
        assert "ecall" not in Page.open(owner, path).response.text
    assert "Call this lot back" in Page.open(owner, f"/admin/lots/{lot}").text


@pytest.mark.parametrize(
    ("role", "see", "start", "refund"),
    [("stock", 200, 200, 403), ("orders", 200, 403, 303), ("writer", 403, 403, 403)],
)
def test_who_may_what(shop, owner, staff_client, role, see, start, refund):
    honey = a_variant(on_hand=0)
    bad, other = a_lot(honey, "BAD-7", 9, SOON), a_lot(honey, "B", 9, SOON)
    sold(shop, (honey, 1))
    begun(owner, bad)
    staff = staff_client(role)
    assert staff.get("/admin/recalls/1").status_code == see
    assert staff.get(f"/admin/recalls/new/{other}").status_code == start
    assert staff.post("/admin/recalls/1/refunds").status_code == refund


def test_a_cart_is_told_while_the_recall_is_open_and_its_goods_come_from_another_lot(
    shop, owner, client
):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD-7", 3, SOON)
    a_lot(honey, "GOOD", 9, SOON + timedelta(days=90))
    client.post("/cart/lines", data={"sku": honey.sku, "quantity": 1})
    begun(owner, bad)
    cart = sound(Page.open(client, "/cart"))
    assert "was recalled" in cart.text
    assert "Check out" in cart.text
    late = client.application.test_client()
    late.post("/cart/lines", data={"sku": honey.sku, "quantity": 1})
    assert "was recalled" not in Page.open(late, "/cart").text  # put in after it began
    Page.open(owner, "/admin/recalls/1").form("/closing").send(note="Done.")
    assert "was recalled" not in Page.open(client, "/cart").text


def test_product_articles_and_order_say_it_until_it_is_closed(shop, owner, client):
    honey = a_variant(on_hand=0)
    slug = honey.product.slug
    bad = a_lot(honey, "BAD-7", 3, SOON)
    card, link = a_post(f"::product[{slug}]").slug, a_post(f"About [it](/products/{slug}).").slug
    neither = a_post("About cups.").slug
    order = sold(shop, (honey, 2))
    pages = [f"/products/{slug}", f"/blog/{card}", f"/blog/{link}"]
    for path in [*pages, f"/blog/{neither}"]:  # they are kept as they are now
        assert "was recalled" not in Page.open(client, path).text
    begun(owner, bad)
    for path in pages:
        text = sound(Page.open(client, path)).text
        assert "was recalled: BAD-7" in text, path
        assert "Put it in the bin." in text
        assert Page.open(client, path).follow("About this lot").heading == "Lot BAD-7"
    assert "was recalled" not in Page.open(client, f"/blog/{neither}").text
    own = sound(Page.open(client, f"/orders/{order.token}"))
    assert "Goods of this order are called back" in own.text
    assert own.follow("Read about it").heading == "Recall of lot BAD-7"
    Page.open(owner, "/admin/recalls/1").form("/closing").send(note="Done.")
    for path in pages:
        assert "was recalled" not in Page.open(client, path).text
    assert "The recall was closed" in sound(Page.open(client, f"/orders/{order.token}")).text


def test_a_german_order_is_mailed_in_german_with_the_words_written_for_it(shop, owner, client):
    sell_abroad()
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD-7", 3, SOON)
    order = sold(shop, (honey, 1))
    with write_tx():
        kept = lock_order(order.id)
        kept.market, kept.locale = "de", "de_DE"
    begun(owner, bad, **{"reason-de": "Im Glas war ein Splitter."})
    deliver(now())
    (mail,) = mails()
    assert (mail.subject or "").startswith("Rückruf der Charge BAD-7")
    assert "Im Glas war ein Splitter." in (mail.html or "")
    assert "Put it in the bin." in (mail.text or "")  # nobody wrote that in German
    page = buyers_page(client, order)
    assert page.path.startswith("/de/")
    assert page.heading == "Rückruf der Charge BAD-7"
    assert "Splitter" in page.text


def test_a_mail_speaks_plainly_and_its_link_is_shown_to_no_staff(shop, owner):
    honey = a_variant(on_hand=0)
    bad = a_lot(honey, "BAD-7", 3, SOON)
    order = sold(shop, (honey, 2))
    begun(owner, bad)
    with write_tx():
        remind_unread(the_recall().id, 0, now(), "ada")
    deliver(now())
    first, again = mails()
    assert (
        first.subject == f"Recall of lot BAD-7: please read this, order {order.number} · Quillmoss"
    )
    for said in (first.text or "", first.html or ""):
        assert "Glass was found in a jar." in said
        assert f"/recalls/{notice_of(order).token}" in said
    assert "do not know whether you read it" in (again.text or "")
    assert notice_of(order).token not in owner.get(f"/admin/mails/{first.id}").text
