"""Writing an article, as the tests do it: through its pages."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from storefront.blog.content import Content, content_of
from storefront.blog.models import Author, Post, Revision
from storefront.blog.saving import newest_revision
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.page import Form, Page

TEXT = "Warm the pot. Pour the water over the leaves and wait.\n"


def an_author(name: str = "Ada Byron", **values: Any) -> int:
    with write_tx() as session:
        author = Author(
            **{"slug": name.lower().replace(" ", "-"), "name": name, "updated_at": now(), **values}
        )
        session.add(author)
        session.flush()
        return author.id


def begin(client: FlaskClient, title: str = "Tea for one") -> Page:
    """From the list to the editor of a new article."""
    page = Page.open(client, "/admin/posts").follow("Write an article")
    page = page.form("/admin/posts").send(title=title)
    assert page.heading == title, (page.heading, page.errors)
    return page


def editor(page: Page) -> Form:
    post_id = page.path.split("?")[0].split("#")[0].split("/")[3]
    return page.form(f"/admin/posts/{post_id}")


def written(
    client: FlaskClient, body: str = TEXT, title: str = "Tea for one", **fields: Any
) -> int:
    """An article that is complete and saved; its id."""
    page = begin(client, title)
    author = db.session.scalars(select(Author.id).order_by(Author.id)).first() or an_author()
    values = {"description": "How to brew one cup.", "author": str(author), **fields}
    page = editor(page).send(body=body, **values)
    assert page.flashes == ["Saved. Readers see it once it is published."], page.text
    return post_id_of(page)


def post_id_of(page: Page) -> int:
    return int(page.path.split("/")[3])


def open_editor(client: FlaskClient, post_id: int) -> Page:
    return Page.open(client, f"/admin/posts/{post_id}")


def publication(client: FlaskClient, post_id: int) -> Page:
    return Page.open(client, f"/admin/posts/{post_id}/publication")


def publish(client: FlaskClient, post_id: int, **fields: Any) -> Page:
    return publication(client, post_id).form("/publication").send(**fields)


def press(page: Page, form: Form, formaction: str, **fields: Any) -> Page:
    """The button with this address of its own."""
    found = [
        button
        for button in form.tag.select("button[formaction]")
        if str(button["formaction"]).split("#")[0].endswith(formaction)
        and fields.get(str(button.get("name")), button.get("value")) == button.get("value")
    ]
    assert found, f"no button to {formaction}"
    action = str(found[0]["formaction"]).split("#")[0]
    return Page.open(page.client, action, "post", {**form.values, **fields})


def post(post_id: int) -> Post:
    db.session.rollback()
    return db.session.get_one(Post, post_id)


def newest(post_id: int) -> Revision:
    db.session.rollback()
    return newest_revision(post_id)


def content(post_id: int) -> Content:
    return content_of(newest(post_id).content)


def a_picture(size: tuple[int, int] = (40, 30), kind: str = "PNG") -> BytesIO:
    raw = BytesIO()
    Image.new("RGB", size, "green").save(raw, kind)
    raw.seek(0)
    return raw


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
