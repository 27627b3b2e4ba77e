"""A staff member's own page: browsers, recovery codes; and a sign-in lost while writing."""

import pyotp
import pytest
from sqlalchemy import select

from storefront.account.models import Customer, SignIn
from storefront.account.passwords import hashed
from storefront.account.staff import staff_of
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.account.journey import PASSWORD, sign_in
from tests.admin.test_second_factor import codes_on
from tests.conftest import signed_in, visitor_at
from tests.factories import a_staff_member
from tests.page import Page

ADA = "ada@quillmoss.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def ada(app):
    """Staff with a password and an authenticator app."""
    staff = a_staff_member(email=ADA)
    with write_tx() as session:
        session.get_one(Customer, staff.customer_id).password = hashed(PASSWORD)
    return staff_of(staff.customer_id)


def test_browsers_are_listed_and_can_be_signed_out(app, ada):
    phone = app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = FIREFOX
    sign_in(phone, ADA)
    page = Page.open(signed_in(app, ada.customer_id, proven=True), "/admin").follow("Owner")
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]
    assert len(rows) == 2
    assert sum("this browser" in row for row in rows) == 1
    assert sum(row.startswith("Firefox, Linux") for row in rows) == 1
    page = page.form("/removal").send()
    assert page.flashes == ["That browser is signed out."]
    assert Page.open(phone, "/account").heading == "Sign in"
    assert Page.open(page.client, "/admin").heading == "What waits today"


def test_nobody_signs_out_somebody_elses_browser(app, ada, staff_client):
    signed_in(app, ada.customer_id, proven=True)
    theirs = db.session.scalars(
        select(SignIn.id).where(SignIn.customer_id == ada.customer_id)
    ).one()
    owner = staff_client("owner")
    assert owner.post(f"/admin/account/sign-ins/{theirs}/removal").status_code == 404
    db.session.rollback()
    assert db.session.get(SignIn, theirs) is not None


def test_ten_new_recovery_codes_take_the_place_of_those_before(app, ada):
    browser = signed_in(app, ada.customer_id, proven=True)
    first = codes_on(Page.open(browser, "/admin/account").form("/recovery-codes").send())
    page = Page.open(browser, "/admin/account").form("/recovery-codes").send()
    second = codes_on(page)
    assert len(set(first) | set(second)) == 20
    assert "10 of 10 left" in page.follow("go on").text
    asked = Page.open(signed_in(app, ada.customer_id, proven=False), "/admin")
    assert asked.form().send(code=first[0]).status == 422
    assert asked.form().send(code=second[0]).heading == "What waits today"
    assert "9 of 10 left" in Page.open(browser, "/admin/account").text


def test_without_a_second_factor_there_are_no_recovery_codes(app):
    browser = signed_in(app, a_staff_member(totp_secret=None).customer_id, proven=False)
    page = Page.open(browser, "/admin/account/recovery-codes", "post")
    assert page.heading == "Set up an authenticator app"


def test_what_was_written_when_the_sign_in_ended_can_be_sent_again(app, ada):
    """With any form of the admin: the gate answers before the page does."""
    words = {"full_name": 'Tea & "honey"\nsecond line', "tag": ["a", "b"]}
    for browser in (app.test_client(), signed_in(app, ada.customer_id, proven=False)):
        answer = browser.post("/admin/account/recovery-codes?x=1", data=words)
        page = Page(browser, answer, "/admin/account/recovery-codes")
        assert (page.status, page.heading) == (403, "Not saved yet")
        fields = [(one["name"], one["value"]) for one in page.soup.select("main input")]
        assert fields == [("full_name", words["full_name"]), ("tag", "a"), ("tag", "b")]
        assert page.form().action == "/admin/account/recovery-codes"
        assert page.follow("in another tab").heading in {"Sign in", "One more step"}


def test_staff_cannot_erase_themselves(app, ada):
    page = Page.open(signed_in(app, ada.customer_id, proven=True), "/account/erasure")
    page = page.form("/erasure").send().form("/confirmation").send(sure="y")
    assert page.status == 409
    assert "take you off its staff first" in page.text
    assert staff_of(ada.customer_id) is not None


def test_a_copy_of_everything_names_role_and_browsers(app, ada):
    told = signed_in(app, ada.customer_id, proven=True).get("/account/export").get_json()
    assert told["staff"]["role"] == "owner"
    assert told["staff"]["has_authenticator_app"] is True
    assert len(told["signed_in"]) == 1


def asked_at(limited, address: str) -> Page:
    browser = visitor_at(limited, address)
    page = sign_in(browser, ADA, next="/admin")
    assert page.heading == "One more step"
    return page


def test_guessing_codes_is_stopped_and_recovery_codes_and_others_go_on(app, ada, limited):
    owner = signed_in(app, ada.customer_id, proven=True)
    spare = codes_on(Page.open(owner, "/admin/account").form("/recovery-codes").send())
    page = asked_at(limited, "198.51.100.7")
    for _ in range(5):
        assert page.form().send(code="000000").status == 422
    stopped = page.form().send(code=pyotp.TOTP(ada.totp_secret).now())  # even the right one
    assert stopped.status == 429
    assert stopped.errors == [
        "Too many wrong codes in a short time. Wait ten minutes, or use a recovery code."
    ]
    assert stopped.form().send(code=spare[0]).heading == "What waits today"
    other = asked_at(limited, "203.0.113.5")
    assert other.form().send(code=pyotp.TOTP(ada.totp_secret).now()).heading == "What waits today"


def test_signing_in_again_gives_a_guesser_no_more_guesses_in_a_day(ada, limited):
    answers = []
    for number in range(13):
        page = asked_at(limited, f"198.51.100.{number}")
        answers += [page.form().send(code="000000").status for _ in range(5)]
    assert answers == [422] * 60 + [429] * 5
