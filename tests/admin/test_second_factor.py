"""An authenticator app is set up once and shown in each sign-in; a code counts once."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from storefront.account.models import SignIn
from storefront.account.second_factor import STEP
from storefront.account.staff import RecoveryCode, staff_of
from storefront.admin import second_factor
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.conftest import signed_in
from tests.factories import a_staff_member
from tests.page import Page

# In the middle of a code's half minute, where the clock stands: none runs out during a test.
MOMENT = now().replace(second=15, microsecond=0)
ASKED, SET_UP, CODES = "One more step", "Set up an authenticator app", "Your recovery codes"


@pytest.fixture(autouse=True)
def _the_clock_stands(monkeypatch):
    monkeypatch.setattr(second_factor, "now", lambda: MOMENT)


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(MOMENT + timedelta(seconds=steps * STEP))


def secret_on(page: Page) -> str:
    return "".join(group.get_text() for group in page.soup.select(".enrol__secret span"))


def codes_on(page: Page) -> list[str]:
    return [found.get_text() for found in page.soup.select(".recovery code")]


def set_up(browser) -> tuple[str, list[str]]:
    """(the app's secret, the recovery codes)."""
    page = Page.open(browser, "/admin/second-factor/enrolment")
    assert page.heading == SET_UP
    secret = secret_on(page)
    page = page.form().send(code=code(secret))
    assert page.heading == CODES, page.errors
    return secret, codes_on(page)


@pytest.fixture
def ben(app):
    """Staff, with nothing set up."""
    return a_staff_member("stock", totp_secret=None).customer_id


def kept(customer_id: int):
    db.session.rollback()
    return staff_of(customer_id)


def test_an_app_is_set_up_by_one_of_its_codes(app, ben):
    browser = signed_in(app, ben, proven=False)
    page = Page.open(browser, "/admin").follow("Set up an authenticator app")
    drawn = page.soup.select_one(".enrol__code svg path")
    assert drawn is not None
    secret = secret_on(page)
    wrong = page.form().send(code="000000" if code(secret) != "000000" else "000001")
    assert wrong.status == 422
    assert secret_on(wrong) == secret  # one need not scan again
    assert kept(ben).totp_secret is None
    page = wrong.form().send(code=code(secret))
    assert page.heading == CODES
    assert len(set(codes_on(page))) == 10
    assert kept(ben).totp_secret == secret
    assert page.follow("go on").heading == "What waits today"  # and this sign-in is proven by it


def test_recovery_codes_are_kept_as_digests(app, ben):
    _, codes = set_up(signed_in(app, ben, proven=False))
    rows = db.session.scalars(select(RecoveryCode)).all()
    assert len(rows) == 10
    assert not {row.digest for row in rows} & {one.replace("-", "") for one in codes}


def test_a_page_that_stood_open_too_long_is_drawn_anew(app, ben):
    browser = signed_in(app, ben, proven=False)
    page = Page.open(browser, "/admin/second-factor/enrolment")
    again = page.form().send(code=code(secret_on(page)), secret="made up")
    assert again.status == 422
    assert secret_on(again) != secret_on(page)
    assert kept(ben).totp_secret is None


def test_a_code_is_asked_for_in_each_sign_in_and_lets_one_on_to_the_page_wanted(app, ben):
    secret, _ = set_up(signed_in(app, ben, proven=False))
    page = Page.open(signed_in(app, ben, proven=False), "/admin?x=1")
    assert page.heading == ASKED
    page = page.form().send(code=code(secret, 1))
    assert (page.heading, page.path) == ("What waits today", "/admin?x=1")


def test_a_code_counts_once_and_none_before_it_counts_after_it(app, ben):
    secret, _ = set_up(signed_in(app, ben, proven=False))
    said = "That code was used before. Wait until your app shows the next one."
    page = Page.open(signed_in(app, ben, proven=False), "/admin")
    for used in (code(secret), code(secret, -1)):
        refused = page.form().send(code=used)
        assert (refused.status, refused.errors) == (422, [said])
    assert page.form().send(code=code(secret, 1)).heading == "What waits today"
    other = Page.open(signed_in(app, ben, proven=False), "/admin")
    assert other.form().send(code=code(secret, 1)).errors == [said]


@pytest.mark.parametrize(("steps", "lets_in"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_half_a_minute_off(app, steps, lets_in):
    staff = a_staff_member()
    page = Page.open(signed_in(app, staff.customer_id, proven=False), "/admin")
    page = page.form().send(code=code(staff.totp_secret, steps))
    assert (page.heading == "What waits today") == lets_in, page.errors


def test_a_recovery_code_lets_in_once_however_it_is_typed(app, ben):
    _, codes = set_up(signed_in(app, ben, proven=False))
    page = Page.open(signed_in(app, ben, proven=False), "/admin")
    typed = f" {codes[3].upper().replace('-', ' ')}"
    assert page.form().send(code=typed).heading == "What waits today"
    page = Page.open(signed_in(app, ben, proven=False), "/admin")
    page = page.form().send(code=codes[3])
    assert page.status == 422
    assert page.form().send(code=codes[4]).heading == "What waits today"


def test_somebody_elses_codes_let_nobody_in(app, ben):
    secret, codes = set_up(signed_in(app, ben, proven=False))
    other = a_staff_member(totp_secret=pyotp.random_base32())
    page = Page.open(signed_in(app, other.customer_id, proven=False), "/admin")
    for one in (code(secret, 1), codes[0], "", "x" * 500, "١٢٣٤٥٦"):
        assert page.form().send(code=one).status == 422, one
    assert Page.open(page.client, "/admin").heading == ASKED


def test_another_app_takes_the_firsts_place_only_once_the_first_is_shown(app, ben):
    secret, codes = set_up(signed_in(app, ben, proven=False))
    browser = signed_in(app, ben, proven=False)
    assert Page.open(browser, "/admin/second-factor/enrolment").heading == ASKED
    answer = browser.post("/admin/second-factor/enrolment", data={"code": "123456"})
    assert answer.location == "/admin/second-factor"
    Page.open(browser, "/admin").form().send(code=code(secret, 1))
    newer, _ = set_up(browser)
    assert kept(ben).totp_secret == newer != secret
    page = Page.open(signed_in(app, ben, proven=False), "/admin")
    assert page.form().send(code=codes[0]).status == 422  # those of the first are void


def test_a_password_alone_adds_no_passkey_to_a_staff_account(app):
    staff = a_staff_member()
    browser = signed_in(app, staff.customer_id, proven=False)
    page = Page.open(browser, "/account/passkeys")
    assert page.heading == ASKED
    assert browser.post("/account/passkeys", data={"name": "x"}).status_code == 303
    page = page.form().send(code=code(staff.totp_secret))
    assert page.heading == "Your passkeys"


def test_after_a_working_day_the_code_is_asked_for_again(app):
    staff = a_staff_member()
    browser = signed_in(app, staff.customer_id, proven=True)
    assert Page.open(browser, "/admin").heading == "What waits today"
    with write_tx() as session:
        session.execute(update(SignIn).values(proven_at=now() - timedelta(hours=12, minutes=1)))
    assert Page.open(browser, "/admin").heading == ASKED


def test_a_page_of_another_site_is_never_where_one_goes_on_to(app):
    staff = a_staff_member()
    browser = signed_in(app, staff.customer_id, proven=False)
    page = Page.open(browser, "/admin/second-factor", "get", {"next": "https://evil.example/"})
    answer = browser.post(
        "/admin/second-factor", data={"code": code(staff.totp_secret), "next": "//evil.example"}
    )
    assert page.form().values["next"] == "/account"
    assert answer.location == "/account"
