"""Reading the blog: lists, one article, and the way back."""

from datetime import timedelta

import pytest

from storefront.blog.content import Content, Source
from storefront.blog.models import Post
from storefront.blog.publishing import made_of, publish, withdraw
from storefront.blog.saving import save
from storefront.catalog.editing import archive
from storefront.catalog.models import Product
from storefront.clock import now
from storefront.extensions import db
from storefront.transactions import write_tx
from tests.factories import a_post, a_product, an_author
from tests.page import Page
from tests.statements import count_statements


def titles(page: Page) -> list[str]:
    return [tag.get_text() for tag in page.soup.select(".post-card__title")]


def test_an_article_shows_its_text_its_people_and_its_sources(client):
    reviewer = an_author("jon-bell", name="Jon Bell")
    post = a_post(
        "## Water\n\nWarm *water*.\n\n> [!RISK]\n> Hot.",
        title="Water, time",
        tags=("Brewing",),
        reviewer_id=reviewer.id,
        reviewed_on=now().date(),
        disclosure="We sell kettles.",
        sources=(Source("A study", "https://example.org/study", "Read in May"),),
    )
    page = Page.open(client, f"/blog/{post.slug}")
    assert page.status == 200
    assert page.soup.h1.get_text() == "Water, time"
    assert page.soup.select_one(".byline a")["href"] == "/blog/authors/mara-holt"
    assert page.soup.select_one(".article__text h2")["id"] == "s-water"
    assert page.soup.select_one(".callout--risk").get_text(strip=True) == "Hot."
    assert page.soup.select_one("#sources a")["href"] == "https://example.org/study"
    text = page.soup.article.get_text()
    assert "Reviewed on" in text
    assert "Jon Bell" in text
    assert "We sell kettles." in text
    assert page.soup.find("link", rel="canonical")["href"].endswith(f"/blog/{post.slug}")


def test_a_long_article_has_a_list_of_contents_whose_links_lead_somewhere(client):
    post = a_post("## One\n\nx\n\n### Two\n\nx\n\n## One\n\nx")
    page = Page.open(client, f"/blog/{post.slug}")
    links = [a["href"] for a in page.soup.select(".contents a")]
    assert links == ["#s-one", "#s-two", "#s-one-2"]
    assert all(page.soup.find(id=link[1:]) for link in links)


def test_a_short_one_has_none(client):
    post = a_post("## One\n\nx")
    assert not Page.open(client, f"/blog/{post.slug}").soup.select(".contents")


def test_what_a_writer_types_cannot_run(client):
    post = a_post(
        "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))"
        " [y](data:text/html,x) <iframe src='https://x'></iframe>"
        '\n\n[z](https://example.org "a" onclick=x)'
    )
    body = Page.open(client, f"/blog/{post.slug}").soup.select_one(".article__text")
    assert not body.find_all(["script", "img", "iframe"])
    assert all(a["href"].startswith("https://example.org") for a in body.find_all("a"))
    assert not [tag for tag in body.find_all(True) if any(k.startswith("on") for k in tag.attrs)]


def test_drafts_are_not_there(client):
    post = a_post(state="draft")
    assert client.get(f"/blog/{post.slug}").status_code == 404
    assert titles(Page.open(client, "/blog")) == []


def test_an_article_taken_back_is_gone_and_leads_on(client):
    post = a_post(tags=("Tea",), state="withdrawn")
    near = a_post(tags=("Tea",), title="Near it")
    page = Page.open(client, f"/blog/{post.slug}")
    assert page.status == 410
    assert titles(page) == ["Near it"]
    assert near.title in titles(Page.open(client, "/blog"))


def rename(post: Post, slug: str) -> None:
    revision = 1
    content = Content(
        title=post.title, slug=slug, body="x", author_id=an_author().id, description="d"
    )
    post_id = post.id
    with write_tx():
        revision = save(post_id, content, "writer@example.com", now(), seen=99).number
    made = made_of(content)
    with write_tx():
        publish(post_id, revision, made, now())


def test_a_renamed_article_is_found_by_all_its_addresses_in_one_step(client):
    post = a_post(slug="first")
    rename(post, "second")
    rename(db.session.get_one(Post, post.id), "third")
    for old in ("first", "second"):
        answer = client.get(f"/blog/{old}")
        assert (answer.status_code, answer.location) == (301, "/blog/third")
    assert client.get("/blog/third").status_code == 200


def test_lists_are_newest_first_and_every_article_is_on_one_page(client):
    for n in range(30):
        a_post(title=f"No. {n}", at=now() - timedelta(days=n), tags=("Even",) if n % 2 == 0 else ())
    seen, path = [], "/blog"
    while path:
        page = Page.open(client, path)
        seen += titles(page)
        onward = page.soup.select_one(".pager a[rel=next]")
        path = onward["href"] if onward else None
    assert seen == [f"No. {n}" for n in range(30)]
    tagged = titles(Page.open(client, "/blog/tags/even"))
    assert tagged == [f"No. {n}" for n in range(0, 24, 2)]


def test_back_to_blog_leads_to_the_page_and_place_one_came_from(client):
    posts = [a_post(title=f"No. {n}", at=now() - timedelta(days=n), tags=("T",)) for n in range(20)]
    slugs = [post.slug for post in posts]
    tagged = Page.open(client, f"/blog/tags/t?after={slugs[11]}")
    link = tagged.soup.select_one(f"#post-{slugs[15]} a")["href"]
    assert link == f"/blog/{slugs[15]}?tag=t"
    article = Page.open(client, link)
    backs = [a["href"] for a in article.soup.select(".back__link")]
    assert backs == [f"/blog/tags/t?at={slugs[15]}#post-{slugs[15]}"] * 2
    back = Page.open(client, backs[0].partition("#")[0])
    assert back.soup.find(id=f"post-{slugs[15]}")
    assert len(titles(back)) == 20
    plain = Page.open(client, f"/blog/{slugs[3]}").soup.select_one(".back__link")["href"]
    assert plain == f"/blog?at={slugs[3]}#post-{slugs[3]}"


@pytest.mark.parametrize("path", ["/blog?after=nothing", "/blog?at=%00x", "/blog?at=" + "y" * 400])
def test_a_place_that_is_none_is_the_start(client, path):
    a_post(title="The one")
    answer = client.get(path)
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert "The one" in answer.get_data(as_text=True)


def test_an_author_and_a_series_have_pages(client):
    a_post(title="Part two", series="The pot", series_position=2)
    first = a_post(title="Part one", series="The pot", series_position=1)
    author = Page.open(client, "/blog/authors/mara-holt")
    assert set(titles(author)) == {"Part one", "Part two"}
    assert "Buys tea." in author.soup.get_text()
    series = Page.open(client, "/blog/series/the-pot")
    assert [a.get_text() for a in series.soup.select(".titles a")] == ["Part one", "Part two"]
    article = Page.open(client, f"/blog/{first.slug}")
    assert article.soup.select_one(".article__series [aria-current]").get_text() == "Part one"


@pytest.mark.parametrize("path", ["/blog/tags/no", "/blog/authors/no", "/blog/series/no"])
def test_lists_of_nothing_are_not_there(client, path):
    assert client.get(path).status_code == 404


def test_related_articles_share_tags_and_products_and_are_not_the_article(client):
    mug = a_product("Mug")
    post = a_post(f"::product[{mug.slug}]", title="Self", tags=("A", "B"))
    a_post(title="Nothing shared")
    a_post(title="One tag", tags=("A",))
    a_post(f"[m](/products/{mug.slug})", title="Tags and product", tags=("A", "B"))
    page = Page.open(client, f"/blog/{post.slug}")
    assert titles(page) == ["Tags and product", "One tag"]


def test_an_article_takes_at_most_eight_statements_with_any_number_of_cards(client):
    def archived(to: str | None = None) -> str:
        one, other = a_product(), a_product()
        with write_tx() as session:
            heir = session.get_one(Product, other.id) if to else None
            archive(session.get_one(Product, one.id), heir, now())
        return one.slug

    slugs = [a_product().slug for _ in range(20)] + [archived(), archived("x"), archived("x")]
    body = "\n\n".join(f"::product[{slug}]\n\n[l](/products/{slug})" for slug in slugs)
    post = a_post(body, series="S", tags=("A",))
    other = a_post("x", series="S", tags=("A",))
    path = f"/blog/{post.slug}"
    client.get(f"/blog/{other.slug}")  # the menu, and which classes tags name: once a version
    with count_statements() as sent:
        assert client.get(path).status_code == 200
    assert len(sent) <= 8, sent


def test_it_is_the_same_bytes_for_everyone_and_known_again(client, app):
    post = a_post()
    first = client.get(f"/blog/{post.slug}")
    assert first.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in first.headers
    again = app.test_client().get(
        f"/blog/{post.slug}", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    with write_tx():
        withdraw(post.id, now())
    assert client.get(f"/blog/{post.slug}").status_code == 410


def test_an_article_changed_later_says_when(client):
    post = a_post(slug="first", at=now() - timedelta(days=9))
    assert "Updated" not in Page.open(client, "/blog/first").soup.select_one(".byline").get_text()
    rename(post, "second")
    byline = Page.open(client, "/blog/second").soup.select_one(".byline")
    assert "Updated" in byline.get_text()
    assert len(byline.select("time")) == 2
