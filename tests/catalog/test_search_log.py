"""What staff learn of searches, and what nobody does."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from storefront.catalog.search_log import (
    MOST_TERMS_A_DAY,
    Outcome,
    Sought,
    count_terms,
    forget_old_terms,
    term_to_keep,
    terms_sought,
)
from storefront.catalog.search_models import SearchTerm
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_product
from tests.statements import count_statements

TODAY = date(2030, 6, 1)


@pytest.fixture
def written(app):
    """What is in the log once this process has written its counts down."""

    def read() -> dict[str, tuple[int, int, str]]:
        app.extensions["searches"].write_down()
        db.session.rollback()
        rows = db.session.scalars(select(SearchTerm))
        return {row.term: (row.searches, row.found, row.found_as) for row in rows}

    return read


def test_searches_are_counted_with_what_they_find(client, written):
    a_product("Chamomile")
    for q in ("zeppelin", "Zeppelin!", "zeppelin", "kamomile", "chamomile", "returns", "", "!?"):
        client.get("/search", query_string={"q": q})
    assert written() == {
        "zeppelin": (3, 0, ""),
        "kamomile": (1, 1, "chamomile"),
        "chamomile": (1, 1, ""),
        "returns": (1, 3, ""),
    }
    client.get("/search?q=zeppelin")
    assert written()["zeppelin"] == (4, 0, "")


def test_an_answer_the_browser_kept_counts_as_a_search(client, written):
    etag = client.get("/search?q=mug").headers["ETag"]
    again = client.get("/search?q=mug", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert written()["mug"][0] == 2


def test_suggestions_further_pages_and_what_is_fetched_ahead_do_not_count(client, written):
    client.get("/search/suggest?q=mug")
    client.get("/search?q=mug&after=24")
    client.get("/search?q=mug&upto=48")
    client.get("/search?q=mug", headers={"Sec-Purpose": "prefetch;prerender"})
    client.get("/search?q=mug", headers={"Sec-Fetch-Dest": "empty"})
    client.head("/search?q=mug")
    client.get("/search?q=mug", headers={"User-Agent": "curl/8.14.1"})
    assert written() == {}


def test_a_search_that_is_kept_is_answered_at_the_door_and_counted(client, written):
    client.get("/search?q=mug")
    with count_statements() as sent:
        client.get("/search?q=mug")
        client.get("/search?q=mug", headers={"Sec-Purpose": "prefetch"})
    assert len(sent) == 2  # has anything changed?
    assert written()["mug"][0] == 2


@pytest.mark.parametrize(
    "q",
    [
        "ada@example.com", "ada (at) example.com 0049 30 1234567", "+49 30 123456",
        "4242 4242 4242 4242", "https://example.com/orders/abc", "www.example.com",
        "x" * 61, "Ada Byron 12 Harrow Lane Raleigh NC", "k3jf83hf83hf83hf83hf83hf83h",
        "tea " * 750, "☕", "   ",
    ],
)  # fmt: skip
def test_what_may_say_who_searched_is_not_kept(client, written, q):
    assert client.get("/search", query_string={"q": q}).status_code == 200
    assert written() == {}


@pytest.mark.parametrize(
    ("q", "term"),
    [("  Crème  brûlée! ", "creme brulee"), ("TE-SE-50", "te se 50"), ("книга", "книга")],
)
def test_what_is_kept_is_the_words_without_case_and_accents(q, term):
    assert term_to_keep(q) == term


def count(day: date, **searches: tuple[int, int]) -> None:
    outcomes = {term: Outcome(n, found, "") for term, (n, found) in searches.items()}
    with write_tx():
        count_terms(day, outcomes)


@pytest.mark.usefixtures("app")
def test_the_log_adds_up_days_and_shows_what_is_found_by_now():
    count(TODAY - timedelta(3), lantern=(5, 0), mug=(2, 4))
    count(TODAY, lantern=(1, 2), zeppelin=(3, 0))
    assert terms_sought(TODAY - timedelta(7), 10) == [
        Sought("lantern", 6, 2, ""),
        Sought("zeppelin", 3, 0, ""),
        Sought("mug", 2, 4, ""),
    ]
    unfound = terms_sought(TODAY - timedelta(7), 10, only_unfound=True)
    assert [one.term for one in unfound] == ["zeppelin"]
    assert [one.term for one in terms_sought(TODAY, 1)] == ["zeppelin"]


@pytest.mark.usefixtures("app")
def test_old_counts_are_forgotten():
    count(TODAY - timedelta(91), lantern=(5, 0))
    count(TODAY - timedelta(90), mug=(5, 0))
    with write_tx():
        forget_old_terms(TODAY)
    assert [one.term for one in terms_sought(date(2000, 1, 1), 10)] == ["mug"]


@pytest.mark.usefixtures("app")
def test_made_up_words_cannot_fill_the_log():
    count(TODAY, **{f"w{n}": (1, 0) for n in range(MOST_TERMS_A_DAY)})
    count(TODAY, one_more=(1, 0), w7=(1, 0))
    found = {one.term: one.searches for one in terms_sought(TODAY, 10_000)}
    assert (len(found), found["w7"], "one_more" in found) == (MOST_TERMS_A_DAY, 2, False)


def run(app, *command: str, given: str = ""):
    return app.test_cli_runner().invoke(args=["search", *command], input=given)


def test_staff_read_the_log_on_the_command_line(app, client, written):
    a_product("Chamomile")
    for q in ("kamomile", "zeppelin", "zeppelin"):
        client.get(f"/search?q={q}")
    assert set(written()) == {"kamomile", "zeppelin"}
    lines = run(app, "log").output.splitlines()
    assert [line.split() for line in lines] == [
        ["2", "zeppelin", "nothing", "found"],
        ["1", "kamomile", "1", "found", "as", "“chamomile”"],
    ]
    assert run(app, "log", "--zero").output.split()[:2] == ["2", "zeppelin"]


def test_staff_change_synonyms_with_a_file_and_a_bad_one_changes_nothing(app):
    assert "2 lines" in run(app, "synonyms", "-", given="# ours\nmug = cup\n\njar = tin\n").output
    refused = run(app, "synonyms", "-", given="mug = beaker\nnonsense\n")
    assert refused.exit_code == 1
    assert "“nonsense”" in refused.output
    assert run(app, "synonyms").output == "mug = cup\njar = tin\n"
