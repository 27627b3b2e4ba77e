"""Customers as staff know them."""

import pytest
from sqlalchemy import select

from storefront.account.models import Customer
from storefront.account.notes import CustomerNote, CustomerTag
from storefront.account.opening import customer_of
from storefront.audit import Change, changes_of
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.models import Order
from storefront.orders.settling import cancel, follow
from storefront.pricing.exempting import exemptions
from storefront.transactions import write_tx
from tests.account.journey import ADA, register
from tests.factories import a_staff_member, an_order
from tests.page import Page
from tests.statements import count_statements


@pytest.fixture
def staff(staff_client):
    return staff_client("orders")


@pytest.fixture
def ada(client) -> int:
    register(client)
    return ada_id()


def ada_id() -> int:
    db.session.rollback()
    found = customer_of(ADA)
    assert found is not None
    return found.id


def path(customer_id: int) -> str:
    return f"/admin/customers/{customer_id}"


def test_customers_are_found_by_name_address_and_tag(staff, ada):
    for words in ("byron", "ADA@", "Ada B"):
        page = Page.open(staff, "/admin/customers", "get", {"q": words})
        assert [a.get_text() for a in page.soup.select("tbody th a")] == ["Ada Byron"]
    page = Page.open(staff, path(ada)).form("/tags").send(tags=" Regular, wholesale ,regular")
    assert page.flashes == ["The tags are kept."]
    page = Page.open(staff, "/admin/customers?q=tag:Regular")
    assert "regular, wholesale" in page.soup.select_one("tbody").get_text()
    for words in ("nobody", "%", "tag:none", "_"):
        assert "No customers match." in Page.open(staff, f"/admin/customers?q={words}").text


def test_the_list_asks_as_much_for_many_as_for_few(staff, app):
    def sent() -> int:
        with count_statements() as statements:
            Page.open(staff, "/admin/customers")
        return len(statements)

    sent()  # and what is read once for a version of the shop
    few = sent()
    for _ in range(20):
        a_staff_member("writer")
    assert sent() == few <= 10


def test_a_guests_orders_count_only_by_the_accounts_own_confirmed_address(staff, client):
    an_order(email="ADA@example.com")
    an_order(email="ada.byron@example.com")
    with write_tx():
        for order in db.session.scalars(select(Order).where(Order.email == "ADA@example.com")):
            follow(order, "paid", now(), "test")
    register(client)
    an_order(email=ADA)  # placed as a guest, though there is an account now
    page = Page.open(staff, path(ada_id()))
    rows = [row.get_text(" ") for row in page.soup.select("#orders ~ table tbody tr")]
    assert len(rows) == 2
    assert "as a guest" in rows[0]
    assert "as a guest" not in rows[1]
    assert "in 1 paid order" in page.text


def test_a_note_is_kept_with_who_wrote_it_and_stands_in_the_customers_own_copy(staff, ada, client):
    page = Page.open(staff, path(ada)).form("/notes").send(body="Rings twice.\nLikes Assam.")
    assert "Likes Assam." in page.text
    assert "Rings twice." in client.get("/account/export").text
    (line,) = changes_of("customer", ada)
    assert line.action == "added a note"
    assert "Rings" not in str(line.after)
    assert Page.open(staff, path(ada)).form("/notes").send(body=" ").status == 422


@pytest.mark.parametrize("tags", [",".join(f"t{n}" for n in range(13)), "x" * 31])
def test_too_many_or_too_long_tags_are_refused_and_kept_in_the_form(staff, ada, tags):
    page = Page.open(staff, path(ada)).form("/tags").send(tags=tags)
    assert page.status == 422
    assert page.soup.select_one("#tags")["value"] == tags
    assert db.session.scalars(select(CustomerTag)).all() == []


def test_a_copy_of_everything_is_taken_and_that_is_written_down(staff, ada):
    answer = staff.post(f"{path(ada)}/copy")
    assert answer.json["account"]["email"] == ADA
    assert "attachment" in answer.headers["Content-Disposition"]
    (line,) = changes_of("customer", ada)
    assert line.action == "took a copy"


def test_a_customer_is_erased_with_notes_and_tags_and_the_orders_stay(staff, ada):
    order = an_order(email=ADA)
    Page.open(staff, path(ada)).form("/notes").send(body="A note")
    Page.open(staff, path(ada)).form("/tags").send(tags="regular")
    page = Page.open(staff, path(ada)).form("/erasure").send()
    assert page.status == 409
    assert "is under way" in page.errors[0]
    assert customer_of(ADA)
    with write_tx():
        cancel(db.session.get_one(Order, order.id), now(), "test", "left")
    page = Page.open(staff, path(ada)).form("/erasure").send()
    assert page.flashes == ["The customer is erased. Their orders stay, without them."]
    db.session.rollback()
    for table in (CustomerNote, CustomerTag):
        assert db.session.scalars(select(table)).all() == []
    assert db.session.get(Customer, ada) is None
    assert "@" in db.session.get_one(Order, order.id).email
    assert ADA not in db.session.get_one(Order, order.id).email
    assert Page.open(staff, path(ada)).status == 404
    said = str([(one.before, one.after) for one in db.session.scalars(select(Change))])
    assert "ada" not in said.lower()


def test_who_works_here_is_not_erased(staff):
    member = a_staff_member("owner").customer_id
    page = Page.open(staff, path(member))
    assert "They work here" in page.text
    page = Page.open(staff, f"{path(member)}/erasure", "post")
    assert page.status == 409
    assert db.session.get(Customer, member)


def test_an_exemption_is_confirmed_and_taken_back(staff, ada):
    form = Page.open(staff, path(ada)).form("/exemption")
    page = form.send(kind="vat", number="DE 136 695 976", ends_on="2090-12-31")
    assert page.flashes == ["They are charged no tax in DE when they give this number."]
    (row,) = exemptions()
    assert (row.email, row.number, row.country, row.kind) == (
        ADA, "DE136695976", "DE", "reverse_charge",
    )  # fmt: skip
    assert "DE136695976" not in str(changes_of("customer", ada)[0].after)
    page = Page.open(staff, path(ada)).form("/exemption/removal").send()
    assert page.flashes == ["They are charged tax again."]
    db.session.rollback()
    assert exemptions() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "vat", "number": "DE1"}, "not written like a VAT number"),
        ({"kind": "certificate", "number": "AB-1234"}, "Say in which country"),
        ({"kind": "certificate", "number": "AB-1234", "country": "ZZZ"}, ""),
        ({"kind": "certificate", "number": "#", "country": "US"}, "letters and digits only"),
        ({"kind": "certificate", "number": ""}, "Enter the number."),
    ],
)
def test_what_is_no_number_is_refused_and_kept_in_the_form(staff, ada, fields, said):
    page = Page.open(staff, path(ada)).form("/exemption").send(**fields)
    assert page.status == 422
    assert said in page.errors[0]
    assert page.soup.select_one("#number")["value"] == fields["number"]
    assert exemptions() == []


def test_staff_of_other_roles_see_no_customers(staff_client, ada):
    for role in ("stock", "writer"):
        assert staff_client(role).get(path(ada)).status_code == 403
