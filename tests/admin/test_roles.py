"""The gate: each role × each route of the admin, as the matrix in admin/roles.py says."""

import pytest
from werkzeug.routing import Rule

from storefront.account.staff import DEMO, OWNER, ROLES
from storefront.admin.roles import MAY, who_may
from tests.account.journey import register
from tests.conftest import signed_in
from tests.factories import a_staff_member
from tests.page import Page

SAMPLES = {"slug": "none", "token": "none", "path": "none"}  # numbers are 1


def routes(app) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin")]
    assert len(found) > 3
    return found


def address(rule: Rule) -> str:
    values = {name: SAMPLES.get(name, "1") for name in rule.arguments}
    built = rule.build(values)
    assert built is not None, rule
    return built[1]


def requests(app) -> list[tuple[str, str, str]]:
    """(endpoint, method, path) of everything one can send."""
    return [
        (rule.endpoint, method, address(rule))
        for rule in routes(app)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]


def test_every_route_of_the_admin_is_in_the_matrix(app):
    for rule in routes(app):
        assert rule.endpoint.startswith("admin."), f"{rule.rule} is not behind the gate"
        assert who_may(rule.endpoint), f"say in admin/roles.py who may open {rule.endpoint}"


def test_every_line_of_the_matrix_speaks_of_a_route(app):
    endpoints = [rule.endpoint for rule in routes(app)]
    for line in MAY:
        assert any(one == line or one.startswith(f"{line}.") for one in endpoints), line


def test_what_the_matrix_does_not_name_is_open_to_nobody():
    assert who_may("admin.no_such_part.show") == frozenset()
    assert who_may("admin") == frozenset()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_the_matrix_says(role, app, staff_client):
    looking = staff_client(role)
    for endpoint, method, path in requests(app):
        # Somebody new for each that may change something: some sign out.
        browser = looking if method == "GET" else staff_client(role)
        with browser.open(path, method=method) as answer:
            status = answer.status_code
        if role in who_may(endpoint):
            assert status in {200, 303, 404, 409, 422}, (role, method, path, status)
        else:
            assert status == 403, (role, method, path, status)


def test_an_owner_may_everything():
    assert all(OWNER in who_may(line) for line in MAY)


def test_a_guest_is_asked_to_sign_in_and_comes_back(app, client):
    for endpoint, method, path in requests(app):
        answer = client.open(path, method=method)
        assert answer.status_code == 303, (method, path)
        assert answer.location.startswith("/account/sign-in?next=/admin"), (endpoint, answer)
    page = Page.open(client, "/admin?x=1")
    assert page.heading == "Sign in"
    assert page.form("/sign-in").values["next"] == "/admin?x=1"


def test_a_customer_who_is_not_staff_finds_nothing_there(app, client):
    register(client)
    for endpoint, method, path in requests(app):
        if endpoint != "admin.sign_in":
            assert client.open(path, method=method).status_code == 404, path


def test_staff_without_their_second_factor_are_asked_for_it_everywhere(app):
    browser = signed_in(app, a_staff_member().customer_id, proven=False)
    for endpoint, method, path in requests(app):
        if endpoint.startswith("admin.second_factor.") or endpoint == "admin.sign_in":
            continue
        answer = browser.open(path, method=method)
        assert answer.status_code == 303, path
        assert answer.location.startswith("/admin/second-factor?next="), path


def test_production_has_staff_set_one_up_before_anything_else(app, monkeypatch):
    browser = signed_in(app, a_staff_member(totp_secret=None).customer_id, proven=False)
    assert Page.open(browser, "/admin").heading == "What waits today"  # a demo: with a notice
    monkeypatch.setitem(app.config, "PRODUCTION", True)
    page = Page.open(browser, "/admin")
    assert page.heading == "Set up an authenticator app"


def test_whom_the_demo_came_with_is_not_let_into_production(app, monkeypatch):
    browser = signed_in(app, a_staff_member(created_by=DEMO).customer_id, proven=True)
    assert browser.get("/admin").status_code == 200
    monkeypatch.setitem(app.config, "PRODUCTION", True)
    assert browser.get("/admin").status_code == 404


def test_pages_of_staff_are_kept_by_nobody_and_for_no_search_engine(staff_client):
    answer = staff_client("owner").get("/admin")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in answer.text


def test_the_navigation_shows_a_role_what_it_may_open(app, staff_client):
    for role in ROLES:
        page = Page.open(staff_client(role), "/admin")
        links = [str(link["href"]) for link in page.soup.select(".admin-nav a")]
        assert links
        for link in links:
            assert Page.open(page.client, link).status == 200, (role, link)
