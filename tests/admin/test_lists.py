"""What every list of the admin does, tried on the list of articles."""

from datetime import timedelta

from sqlalchemy import func, select

from storefront.account.saved_views import MOST, SavedView
from storefront.admin.listing import A_PAGE
from storefront.audit import Change
from storefront.blog.models import Post, Revision
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import an_author
from tests.page import Page

LIST = "/admin/posts"


def articles(count: int) -> None:
    """Some were saved in one and the same moment, as an import leaves them."""
    author, moment = an_author().id, now()
    with write_tx() as session:
        for number in range(count):
            post = Post(
                slug=f"tea-{number}", title=f"Tea {number}", body="", description="",
                author_id=author, status="draft", created_at=moment, changed_at=moment,
            )  # fmt: skip
            session.add(post)
            session.flush()
            if number % 3:
                session.add(
                    Revision(
                        post_id=post.id, number=1, kind="saved", actor="ana@example.com",
                        saved_at=moment + timedelta(minutes=number // 9), content={},
                    )
                )  # fmt: skip


def titles(page: Page) -> list[str]:
    return [cell.get_text().split("\n")[0].strip() for cell in page.soup.select("tbody th")]


def test_going_through_the_pages_shows_every_row_once(staff_client):
    articles(2 * A_PAGE + 7)
    page = Page.open(staff_client("writer"), LIST)
    seen, pages = titles(page), 1
    assert page.soup.find("a", string="Back to the first rows") is None
    while link := page.soup.find("a", rel="next"):
        page = Page.open(page.client, link["href"])
        seen, pages = seen + titles(page), pages + 1
    assert pages == 3
    assert sorted(seen) == sorted(f"Tea {number}" for number in range(2 * A_PAGE + 7))
    first = page.soup.find("a", string="Back to the first rows")
    assert titles(Page.open(page.client, first["href"])) == seen[:A_PAGE]


def test_a_place_that_names_nothing_is_the_start(staff_client):
    articles(3)
    for place in ("", "x", "1", "1.x", "99999999999.20260101T000000.000000Z"):
        assert len(titles(Page.open(staff_client("writer"), LIST, values={"after": place}))) == 3


def test_a_search_that_finds_nothing_says_so_and_leads_back(staff_client):
    articles(2)
    page = Page.open(staff_client("writer"), f"{LIST}?q=coffee")
    assert "No articles match." in page.text
    back = page.soup.find("a", string="Clear the search")
    assert len(titles(Page.open(page.client, back["href"]))) == 2


def test_a_search_is_kept_as_a_tab_that_others_see_and_can_be_taken_away(staff_client):
    articles(12)
    page = Page.open(staff_client("writer"), f"{LIST}?view=drafts&q=tea+1")
    kept = page.form("/admin/views").send(name="Ones")
    tab = kept.soup.select_one(".tabs__link[aria-current=page]")
    assert tab.get_text() == "Ones"
    assert sorted(titles(kept)) == ["Tea 1", "Tea 10", "Tea 11"]
    colleague = Page.open(staff_client("owner"), LIST)
    link = colleague.soup.find("a", string="Ones")
    there = Page.open(colleague.client, link["href"])
    assert sorted(titles(there)) == ["Tea 1", "Tea 10", "Tea 11"]
    gone = there.form("/removal").send()
    assert "The view Ones is gone" in gone.text
    assert gone.soup.find("a", string="Ones") is None
    said = db.session.scalars(
        select(Change).where(Change.subject_kind == "view").order_by(Change.id)
    )
    assert [one.action for one in said] == ["saved view", "removed view"]


def test_two_views_of_one_name_are_refused_and_so_is_one_without(staff_client):
    writer = staff_client("writer")
    page = Page.open(writer, f"{LIST}?q=tea").form("/admin/views").send(name="Teas")
    again = Page.open(writer, f"{LIST}?q=honey").form("/admin/views").send(name="teas")
    assert "There is a view “teas” already." in again.text
    none = Page.open(writer, f"{LIST}?q=honey").form("/admin/views").send(name=" ")
    assert "Write a name for the view." in none.text
    assert page.status == again.status == none.status == 200
    assert db.session.scalar(select(func.count(SavedView.id))) == 1


def test_a_list_keeps_only_so_many_views(staff_client):
    writer = staff_client("writer")
    for number in range(MOST + 1):
        form = Page.open(writer, f"{LIST}?q=tea{number}").form("/admin/views")
        page = form.send(name=f"Tea {number}")
    assert f"A list keeps {MOST} views." in page.text
    assert db.session.scalar(select(func.count(SavedView.id))) == MOST


def test_a_view_of_a_list_one_may_not_open_is_none_of_ones_business(staff_client):
    sent = {"endpoint": "admin.staff.index", "query": "q=x", "name": "Mine"}
    assert staff_client("writer").post("/admin/views", data=sent).status_code == 404
    for endpoint in ("", "catalog.home", "admin.posts.edit", "admin.nothing"):
        answer = staff_client("owner").post("/admin/views", data={**sent, "endpoint": endpoint})
        assert answer.status_code == 404, endpoint
    with write_tx() as session:
        view = SavedView(
            endpoint="admin.staff.index", name="S", query="", created_by="x", created_at=now()
        )
        session.add(view)
        session.flush()
        address = f"/admin/views/{view.id}/removal"
    assert staff_client("writer").post(address).status_code == 404
    assert db.session.scalar(select(func.count(SavedView.id))) == 1


def test_single_keys_can_be_switched_off_and_on_again(staff_client):
    staff = staff_client("stock")
    assert Page.open(staff, "/admin").soup.find(id="keys") is not None
    off = Page.open(staff, "/admin/account").form("/shortcuts").send()
    assert "Single keys do nothing." in off.text
    assert Page.open(staff, "/admin").soup.find(id="keys") is None
    off.form("/shortcuts").send()
    assert Page.open(staff, "/admin").soup.find(id="keys") is not None
