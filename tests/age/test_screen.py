"""The screen in front of restricted goods: neutral, and what it keeps cannot be made up."""

from datetime import date, timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from storefront.age import proof as proofs
from storefront.age.attestation import Attestation
from storefront.age.proof import Proof
from storefront.age.verifier import NotShown
from storefront.clock import now
from storefront.jinja import shop
from tests.conftest import visitor_at
from tests.factories import a_restricted_class, grown_up
from tests.page import Page

ON = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _restricted(app):
    a_restricted_class()


def born(years: int, days: int = 0) -> dict[str, str]:
    """So many years ago today, and some days."""
    today = shop().today()
    day = today.replace(year=today.year - years, day=min(today.day, 28)) + timedelta(days)
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def asked(client: FlaskClient, wanted: str = "/cart") -> Page:
    return Page.open(client, f"/age?next={quote(wanted)}")


def kept(client: FlaskClient) -> str:
    found = client.get_cookie(proofs.COOKIE)
    return found.value if found else ""


def test_nothing_is_chosen_beforehand_and_no_age_is_named(client):
    page = asked(client)
    form = page.form("/age")
    assert form.values == {"next": "/cart", "day": "", "month": "", "year": ""}
    assert "21" not in page.text
    assert "18" not in page.text
    assert page.soup.select_one('meta[name="robots"]')["content"] == "noindex"


def test_whoever_is_old_enough_goes_on_and_no_birthday_is_kept(client):
    page = asked(client).form("/age").send(**born(34))
    assert page.path == "/cart"
    assert kept(client)
    for part in born(34)["year"], "34":
        assert part not in proofs.read("age", kept(client), now())
    assert proofs.read("age", kept(client), now())[:2] == [21, "attestation"]


@pytest.mark.parametrize(
    ("birthday", "age"),
    [
        (("27", "11", "2005"), 21),
        (("28", "11", "2005"), 18),
        (("27", "11", "2008"), 18),
        (("28", "11", "2008"), 0),
        (("1", "1", "1950"), 21),
        ((" 01", "02 ", "2000"), 21),
        (("29", "2", "2004"), 21),
    ],
)
def test_an_age_is_reached_on_the_birthday(birthday, age):
    answers = dict(zip(("day", "month", "year"), birthday, strict=True))
    assert Attestation().shown(answers, ON) == age


def test_a_birthday_on_29_february_is_reached_on_1_march():
    answers = {"day": "29", "month": "2", "year": "2004"}
    assert Attestation().shown(answers, date(2025, 2, 28)) == 18
    assert Attestation().shown(answers, date(2025, 3, 1)) == 21


@pytest.mark.parametrize(
    ("birthday", "part"),
    [
        (("", "", ""), "day"),
        (("1", "x", "2000"), "month"),
        (("1", "1", "70"), "year"),
        (("31", "2", "1990"), "day"),
        (("1", "1", "1890"), "year"),
        (("28", "11", "2026"), "year"),
        (("1", "1", "-990"), "year"),
        (("٣", "1", "1990"), "day"),
        (("001", "1", "1990"), "day"),
    ],
)
def test_what_is_no_date_is_refused_where_it_is_wrong(birthday, part):
    answers = dict(zip(("day", "month", "year"), birthday, strict=True))
    with pytest.raises(NotShown) as refused:
        Attestation().shown(answers, ON)
    assert refused.value.part == part


def test_a_typing_slip_keeps_what_was_typed_and_shows_nothing(client):
    page = asked(client).form("/age").send(day="31", month="2", year="1990")
    assert page.status == 422
    assert page.errors == ["There is no such day. Check day, month and year."]
    assert page.form("/age").values["year"] == "1990"
    assert not kept(client)


def test_whoever_is_too_young_is_told_so_and_stays_so(client):
    page = asked(client).form("/age").send(**born(15))
    assert page.heading == "Not open to you"
    assert Page.open(client, page.link("all products")).status == 200
    back = asked(client)
    assert back.heading == "Not open to you"
    again = client.post("/age", data={**born(40), "next": "/cart"})
    assert again.headers["Location"].startswith("/age")
    assert asked(client).heading == "Not open to you"
    client.post("/age/forgetting")
    assert asked(client).heading == "Not open to you"


def test_a_day_later_one_may_answer_again(client):
    old = Proof(0, "attestation", now() - timedelta(days=1, minutes=1))
    client.set_cookie(proofs.COOKIE, proofs.as_cookie(old))
    assert asked(client).form("/age").send(**born(40)).path == "/cart"


def test_a_proof_ends_after_30_days(client):
    old = Proof(21, "attestation", now() - timedelta(days=30, minutes=1))
    client.set_cookie(proofs.COOKIE, proofs.as_cookie(old))
    assert asked(client).heading == "When were you born?"


def test_the_cookie_is_hidden_from_script_and_other_sites(client):
    sent = client.post("/age", data=born(34)).headers["Set-Cookie"]
    assert sent.startswith("age=")
    assert "HttpOnly" in sent
    assert "SameSite=Lax" in sent
    assert f"Max-Age={30 * 24 * 3600}" in sent


def test_a_cookie_that_was_made_up_or_changed_shows_nothing(client, app):
    real = proofs.as_cookie(Proof(18, "attestation", now()))
    elsewhere = app.config["SECRET_KEY"]
    app.config["SECRET_KEY"] = "another shop's" * 4
    foreign = proofs.as_cookie(Proof(21, "attestation", now()))
    app.config["SECRET_KEY"] = elsewhere
    for cookie in ("21", real[:-1], "x" + real, foreign, "é", "a" * 3000):
        client.set_cookie(proofs.COOKIE, cookie)
        assert asked(client).heading == "When were you born?", cookie


@pytest.mark.parametrize("says", [[22, "x", 1], [21, "x"], 21, ["21", "x", 1], [21, "x", "now"]])
def test_a_link_of_another_kind_is_no_proof(client, says):
    client.set_cookie(proofs.COOKIE, proofs.signed("age", says, now() + timedelta(days=1)))
    assert asked(client).heading == "When were you born?"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_one_goes_on_to_pages_of_ours_only(client, wanted):
    assert asked(client, wanted).form("/age").values["next"] == "/"
    sent = client.post("/age", data={**born(34), "next": wanted})
    assert sent.headers["Location"] == "/"


def test_a_shared_browser_can_forget(client):
    grown_up(client)
    page = Page.open(client, "/age")
    assert "21 or older" in page.text
    page = page.form("/age/forgetting").send()
    assert page.heading == "When were you born?"
    assert not kept(client)


def test_the_date_is_asked_in_the_order_of_the_language(client):
    names = [tag["name"] for tag in asked(client).soup.select("main input[inputmode]")]
    assert names == ["month", "day", "year"]


def test_many_tries_are_stopped(client, limited):
    visitor = visitor_at(limited, "198.51.100.9")
    tries = [visitor.post("/age", data={"day": "x"}).status_code for _ in range(11)]
    assert tries == [422] * 10 + [429]
    assert visitor_at(limited, "203.0.113.9").post("/age", data=born(34)).status_code == 303


class Elsewhere:
    """A verifier that asks on its own pages."""

    code = "elsewhere"

    def way_out(self, back):
        return f"https://age.example/?back={quote(back, safe='')}"

    def shown(self, answers, today):
        if answers.get("signature") != "right":
            raise NotShown("The answer is not theirs.")
        return 21


def test_a_verifier_elsewhere_is_asked_and_its_answer_looked_at(client, app):
    built_in = app.extensions["age_verifier"]
    app.extensions["age_verifier"] = Elsewhere()
    try:
        page = asked(client)
        assert "answer%3Fnext%3D%2Fcart" in page.link("Show your age")
        wrong = Page.open(client, "/age/answer?next=/cart&signature=made-up").form("/age").send()
        assert wrong.status == 422
        assert not kept(client)
        came = Page.open(client, "/age/answer?next=/cart&signature=right")
        assert not kept(client)  # looking changes nothing
        assert came.form("/age").send().path == "/cart"
        assert proofs.read("age", kept(client), now())[:2] == [21, "elsewhere"]
    finally:
        app.extensions["age_verifier"] = built_in


def test_a_proof_goes_for_every_language_of_the_shop(client):
    assert "Path=/;" in client.post("/age", data=born(34)).headers["Set-Cookie"] + ";"
