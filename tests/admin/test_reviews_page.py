"""Reviews as staff read them."""

import pytest
from sqlalchemy import select

from storefront.audit import changes_of
from storefront.clock import now
from storefront.extensions import db
from storefront.orders.queries import order_to_change
from storefront.reviews.models import Review
from storefront.reviews.writing import Words, write
from storefront.transactions import write_tx
from tests.factories import a_product
from tests.page import Page
from tests.reviews.journey import bought


@pytest.fixture
def staff(staff_client):
    mug = a_product("Mug", slug="mug")
    token = bought("mug").token
    with write_tx():
        words = Words(2, "Too small", "<b>It holds\nlittle.</b>", "Ada")
        write(order_to_change(token), mug.id, words, "shop@example.com", now())
    return staff_client("orders")


def state() -> str:
    db.session.rollback()
    return db.session.scalars(select(Review.state)).one()


def test_a_review_is_read_from_the_first_page_and_shown(staff, client):
    page = Page.open(staff, "/admin").follow("Mug: Too small")
    assert "<b>It holds" in page.text
    page = page.form("/approval").send()
    assert page.flashes == ["The review is shown on its product’s page."]
    assert state() == "approved"
    assert "Too small" in Page.open(client, "/products/mug").text
    assert [one.action for one in changes_of("review", 1)] == ["approved"]
    assert "Too small" in Page.open(staff, "/admin/reviews?view=approved").text
    assert "Too small" not in Page.open(staff, "/admin/reviews").text


def test_a_review_is_kept_back_with_a_reason_only(staff, client):
    page = Page.open(staff, "/admin/reviews/1").form("/rejection").send(reason=" ")
    assert (page.status, page.errors) == (422, ["Say why: its writer reads it."])
    assert state() == "held"
    page = Page.open(staff, "/admin/reviews/1").form("/rejection").send(reason="It is about a pot.")
    assert state() == "rejected"
    assert "Too small" not in Page.open(client, "/products/mug").text
    assert "It is about a pot." in Page.open(staff, "/admin/reviews/1").text


def test_an_answer_is_shown_beneath_and_taken_away(staff, client):
    Page.open(staff, "/admin/reviews/1").form("/approval").send()
    page = Page.open(staff, "/admin/reviews/1").form("/reply").send(text="There is a large one.")
    assert page.flashes == ["The answer is kept."]
    assert "There is a large one." in Page.open(client, "/products/mug").text
    Page.open(staff, "/admin/reviews/1").form("/reply").send(text="")
    assert "There is a large one." not in Page.open(client, "/products/mug").text
    assert [one.action for one in changes_of("review", 1)] == ["answered", "answered", "approved"]


def test_what_its_writer_took_back_is_left_alone(staff):
    with write_tx():
        db.session.execute(db.update(Review).values(state="withdrawn"))
    page = Page.open(staff, "/admin/reviews/1")
    assert "Its writer took it back." in page.text
    for action in ("approval", "rejection", "reply"):
        assert staff.post(f"/admin/reviews/1/{action}", data={"reason": "x"}).status_code == 409
    assert state() == "withdrawn"
