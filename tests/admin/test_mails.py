"""The mails of the shop as staff see them: found, looked at, sent once more."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from storefront import mail
from storefront.account.personal import GONE, forget_mails
from storefront.audit import changes_of
from storefront.clock import now
from storefront.extensions import db
from storefront.letters import LETTERS
from storefront.mail_log import PRIVATE
from storefront.orders.models import Order
from storefront.orders.settling import follow
from storefront.outbox import OutboxMail, owe_mail
from storefront.transactions import write_tx
from tests.factories import an_order
from tests.mail_server import MailServer
from tests.page import Page
from tests.plans import analysed, plan_of_sent
from tests.statements import noted_statements


@pytest.fixture
def staff(staff_client):
    return staff_client("orders")


def a_paid_order() -> int:
    order = an_order()
    with write_tx():
        follow(db.session.get_one(Order, order.id), "paid", now(), "test")
    return order.id


def mails() -> list[OutboxMail]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)))


def give_up(app) -> None:
    """The mail server is away for days."""
    app.config["MAIL_URL"] = "smtp://127.0.0.1:9"
    moment = now()
    for _ in range(mail.MAX_ATTEMPTS):
        mail.deliver(moment)
        moment += timedelta(hours=12)
    app.config["MAIL_URL"] = ""


def rows(page: Page) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]


def test_a_mail_is_found_by_whom_it_went_to_and_by_its_orders_number(staff):
    a_paid_order()
    with write_tx():
        owe_mail("newsletter", "Ben@Example.com", now(), context={})
    number = str(db.session.scalar(select(Order.number)))
    assert len(rows(Page.open(staff, "/admin/mails"))) == 2
    for words, whom in ((" ben@example.COM", "Ben@"), (number, "ada@"), (f"#{number}", "ada@")):
        (row,) = rows(Page.open(staff, "/admin/mails", "get", {"q": words}))
        assert whom in row
    for nothing in ("nobody@example.com", "ben", "99999999999999", "%"):
        page = Page.open(staff, "/admin/mails", "get", {"q": nothing})
        assert "No mails match." in page.text
    (row,) = rows(Page.open(staff, "/admin/mails?kind=newsletter"))
    assert "to be sent" in row


def test_a_mail_is_shown_as_it_will_be_and_then_as_it_was(staff):
    a_paid_order()
    page = Page.open(staff, "/admin/mails").follow("order paid")
    assert page.heading == "Order 1001 is paid · Quillmoss"
    assert "As it would be sent now" in page.text
    assert "To be sent" in page.text
    assert mail.deliver(now()) == 1
    (sent,) = mails()
    page = Page.open(staff, f"/admin/mails/{sent.id}")
    assert "As it was sent" in page.text
    assert page.soup.select_one(".mail-text").get_text() == sent.text
    frame = page.soup.select_one("iframe")
    assert not frame["sandbox"]  # allows nothing
    html = staff.get(frame["src"])
    assert html.text == sent.html
    policy = html.headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "sandbox;", "form-action 'none'", "frame-ancestors 'self'"):
        assert part in policy
    assert "script" not in policy
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in page.response.headers["Content-Security-Policy"]


def test_a_sent_mail_is_sent_once_more_as_a_row_of_its_own_and_that_is_written_down(staff, app):
    a_paid_order()
    mail.deliver(now())
    (first,) = mails()
    page = Page.open(staff, f"/admin/mails/{first.id}").form("/again").send()
    assert page.flashes == ["It is on its way to ada@example.com once more."]
    with MailServer() as server:
        app.config["MAIL_URL"] = server.url
        assert mail.deliver(now()) == 1
    app.config["MAIL_URL"] = ""
    first, second = mails()
    assert server.messages[0]["Subject"] == first.subject == second.subject
    (line,) = changes_of("mail", first.id)
    assert (line.action, line.after["mail"]) == ("sent again", second.id)
    assert "ada@" not in str(line.after)


def test_what_was_given_up_is_tried_again_one_by_one_or_all(staff, app):
    a_paid_order()
    with write_tx():
        owe_mail("staff_notice", "shop@example.com", now(), context={"note": "x"})
    give_up(app)
    page = Page.open(staff, "/admin").follow("Mails that could not be sent")
    assert len(rows(page)) == 2
    assert all("failed after 10 tries" in row for row in rows(page))
    first = mails()[0].id
    page = Page.open(staff, f"/admin/mails/{first}").form("/retry").send()
    assert page.flashes == ["It is tried again now."]
    assert [(one.state, one.attempts) for one in mails()] == [("owed", 0), ("dead", 10)]
    page = Page.open(staff, f"/admin/mails/{first}/retry", "post")
    assert "It was not given up." in page.text
    page = Page.open(staff, "/admin/mails?view=failed").form("/retries").send()
    assert page.flashes == ["1 mail is tried again now."]
    mail.deliver(now())
    assert mails()[0].state == "sent"


@pytest.mark.parametrize("kind", sorted(PRIVATE))
def test_a_link_into_somebodys_account_is_never_shown_nor_sent_again(staff, kind):
    with write_tx():
        owe_mail(kind, "ada@example.com", now(), context={"token": "SECRET"})
        (row,) = db.session.scalars(select(OutboxMail))
        row.state, row.sent_at, row.html, row.text = "sent", now(), "<p>SECRET", "SECRET"
    page = Page.open(staff, "/admin/mails/1")
    assert "SECRET" not in page.response.text
    assert "for its reader alone" in page.text
    assert staff.get("/admin/mails/1/html").status_code == 404
    assert staff.post("/admin/mails/1/again").status_code == 303
    assert len(mails()) == 1


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_what_people_asked_to_be_told_once_is_not_told_twice(staff, kind):
    with write_tx():
        owe_mail(kind, "ada@example.com", now())
        db.session.execute(db.update(OutboxMail).values(state="sent", sent_at=now()))
    assert "asked to be told once" in Page.open(staff, "/admin/mails/1").text
    staff.post("/admin/mails/1/again")
    assert len(mails()) == 1


def test_what_was_erased_is_neither_shown_nor_sent(staff):
    order_id = a_paid_order()
    with write_tx():
        forget_mails([order_id], ["ada@example.com"])
    page = Page.open(staff, "/admin/mails/1")
    assert "It was erased" in page.text
    for action in ("again", "retry"):
        staff.post(f"/admin/mails/1/{action}")
    staff.post("/admin/mails/retries")
    (left,) = mails()
    assert (left.state, left.recipient, left.recipient_key) == ("dead", GONE, GONE)


def test_a_mail_that_cannot_be_made_says_so_and_does_not_break_the_page(staff):
    with write_tx():
        owe_mail("order_paid", "ada@example.com", now())  # of no order
    page = Page.open(staff, "/admin/mails/1")
    assert (page.status, "It cannot be made" in page.text) == (200, True)
    assert staff.get("/admin/mails/1/html").status_code == 404


def test_no_mail_with_a_link_of_its_readers_own_is_shown(staff):
    """Their texts say which: all but an order's link, which staff see anyway."""
    folder = Path(__file__).parents[2] / "templates" / "emails"
    texts = {path.stem: path.read_text() for path in folder.glob("*.txt")}
    own = {kind for kind, text in texts.items() if "token=token" in text}
    assert own - PRIVATE == set(), "name it PRIVATE in mail_log.py"
    assert texts.keys() >= PRIVATE
    options = Page.open(staff, "/admin/mails").soup.select("#filter-kind option")
    assert {one["value"] for one in options} - {""} == texts.keys()


def test_the_pages_of_a_long_log_read_by_index(staff):
    with write_tx() as session:
        session.execute(
            insert(OutboxMail),
            [
                {
                    "kind": f"kind{n % 200}", "recipient": f"{n}@example.com", "due_at": now(),
                    "created_at": now(), "state": "sent" if n % 200 else "dead",
                    "last_error": "x", "context": {},
                }
                for n in range(4000)
            ],
        )  # fmt: skip
    analysed()
    for query, index in (
        ("q=77@example.com", "ix_outbox_recipient"),
        ("q=1001", "ix_outbox_order"),
        ("view=failed", "ix_outbox_(state|due)"),
        ("", "pk_outbox|ORDER BY"),
    ):
        with noted_statements() as sent:
            assert Page.open(staff, f"/admin/mails?{query}").status == 200
        assert len(sent) <= 10
        (asked,) = [one for one in sent if "FROM outbox" in one[0]]
        plan = plan_of_sent(*asked)
        if query or db.engine.dialect.name == "postgresql":
            assert re.search(index, plan), plan
        assert "Seq Scan on outbox" not in plan, plan
        assert not re.search(r"ORDER BY|TEMP B-TREE", plan) or query == "view=failed", plan
