"""Reviews: by buyers only, shown once they are read, answered by the shop."""

import json

import pytest
from sqlalchemy import select, update

from storefront.account.models import Customer
from storefront.cli.reviews import reviews as commands
from storefront.clock import now
from storefront.extensions import db
from storefront.outbox import OutboxMail
from storefront.reviews.models import Review
from storefront.reviews.writing import erase_customers_reviews, tell_reviews
from storefront.transactions import write_tx
from tests.factories import a_product, an_order
from tests.page import Page
from tests.reviews.journey import Bought, bought
from tests.statements import count_statements


def review(client, mug: Bought, stars: int = 5, **words: str) -> Page:
    form = Page.open(client, mug.path).form(mug.path)
    return form.send(**{"stars": str(stars), "title": "Good", "body": "It holds tea.", **words})


def command(app, *words: str):
    db.session.rollback()
    return app.test_cli_runner().invoke(commands, list(words))


def product_page(client, mug: Bought) -> Page:
    return Page.open(client, f"/products/{mug.slug}")


def facts(page: Page) -> dict:
    return json.loads(page.soup.select_one("script[type='application/ld+json']").string)


def product_facts(page: Page) -> dict:
    found = facts(page)
    found = found if isinstance(found, list) else [found]
    return next(one for one in found if one["@type"] in {"Product", "ProductGroup"})


def test_a_buyers_review_shows_once_staff_have_read_it(client, app):
    mug = bought()
    page = Page.open(client, f"/orders/{mug.token}").follow(mug.name)  # the order's lines first
    page = Page.open(client, f"/orders/{mug.token}").follow(f"Review {mug.name}")
    assert page.path == mug.path
    assert page.form(mug.path).values["full_name"] == "Ada"
    page = review(client, mug, 4)
    assert page.flashes == ["Your review is with us. It shows once somebody here has read it."]
    assert "waits to be read" in page.text

    page = product_page(client, mug)
    assert "It holds tea." not in page.text
    assert "stars" not in page.text
    assert "aggregateRating" not in product_facts(page)

    listed = command(app, "list")
    assert "4/5" in listed.output
    assert "It holds tea." in listed.output
    assert command(app, "approve", "1").exit_code == 0
    page = product_page(client, mug)
    assert "4.0 of 5 stars, from 1 review" in page.text
    assert "It holds tea." in page.text
    assert "Ada, " in page.text
    assert "Your review shows on the product’s page." in Page.open(client, mug.path).text


def test_what_search_engines_read_is_what_the_page_says(client, app):
    mug = bought()
    review(client, mug, 5)
    for n, stars in enumerate((4, 4)):
        review(client, bought(mug.slug, email=f"b{n}@example.com"), stars)
    for id_ in "123":
        command(app, "approve", id_)
    page = product_page(client, mug)
    assert "4.3 of 5 stars, from 3 reviews" in page.text
    rating = product_facts(page)["aggregateRating"]
    assert (rating["ratingValue"], rating["reviewCount"], rating["bestRating"]) == ("4.3", 3, 5)
    command(app, "reject", "1", "--reason", "It names a person.")
    page = product_page(client, mug)
    assert "4.0 of 5 stars, from 2 reviews" in page.text
    assert product_facts(page)["aggregateRating"]["ratingValue"] == "4.0"


def test_stars_show_on_no_list(client, app):
    mug = bought()
    review(client, mug)
    command(app, "approve", "1")
    assert "★" in product_page(client, mug).text
    for path in ("/", "/products", f"/search?q={mug.name}"):
        assert "★" not in Page.open(client, path).text


def test_only_who_has_the_thing_can_review_it(client, app):
    mug = bought()
    other, unshipped = a_product(), bought(shipped=False)
    slug = other.slug
    unpaid = an_order().token
    for token, wanted in (
        (mug.token, slug),  # did not buy it
        (unshipped.token, unshipped.slug),  # it has not left
        (unpaid, mug.slug),
        ("x" * 32, mug.slug),
        (mug.token, "no-such"),
    ):
        path = f"/orders/{token}/reviews/{wanted}"
        words = {"stars": "5", "body": "Fine.", "full_name": "Eve"}
        assert client.get(path).status_code == 404
        assert client.post(path, data=words).status_code == 404
        assert client.post(f"{path}/withdrawal").status_code == 404
    assert "Say how it is" not in Page.open(client, f"/orders/{unshipped.token}").text
    db.session.rollback()
    assert db.session.scalar(select(Review.id)) is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"stars": None}, "Choose from 1 to 5 stars."),
        ({"stars": "6"}, "Choose from 1 to 5 stars."),
        ({"body": "  "}, "Say in a sentence how it is."),
        ({"body": "x" * 3001}, "Shorten this to 3000 characters or fewer."),
        ({"title": "x" * 121}, "Shorten this to 120 characters or fewer."),
        ({"full_name": "\0"}, "Enter the name to show."),
    ],
)
def test_a_review_that_lacks_something_keeps_its_words(client, app, words, said):
    mug = bought()
    page = review(client, mug, **{"title": "Kept title", **words})
    assert page.status == 422
    assert said in page.errors
    kept = page.form(mug.path).values
    assert kept["title"] == words.get("title", "Kept title")
    db.session.rollback()
    assert db.session.scalar(select(Review.id)) is None


def test_markup_in_a_review_is_only_text(client, app):
    mug = bought()
    review(client, mug, title="<b>Bold</b>", body="<script>alert(1)</script>\n\n<a href=x>y</a>")
    command(app, "approve", "1")
    command(app, "reply", "1", "<i>Thanks</i>")
    page = product_page(client, mug)
    part = page.soup.select_one("#reviews")
    assert not part.select("script, a, b, i")
    for words in ("<b>Bold</b>", "<script>alert(1)</script>", "<i>Thanks</i>"):
        assert words in part.get_text()


def test_a_buyer_has_one_review_of_a_product_and_may_change_it(client, app):
    mug = bought()
    review(client, mug, 2, body="It leaks.")
    command(app, "approve", "1")
    again = bought(mug.slug)  # the same buyer once more
    page = Page.open(client, again.path)
    assert page.form(again.path).values["body"] == "It leaks."
    review(client, again, 5, body="The second one holds.")
    page = product_page(client, mug)
    assert "It leaks." not in page.text  # held until it is read again
    assert "The second one holds." not in page.text
    command(app, "approve", "1")
    assert "5.0 of 5 stars, from 1 review" in product_page(client, mug).text
    db.session.rollback()
    assert len(db.session.scalars(select(Review.id)).all()) == 1


def test_the_same_words_again_stay_approved(client, app):
    mug = bought()
    review(client, mug)
    command(app, "approve", "1")
    review(client, mug)
    assert "It holds tea." in product_page(client, mug).text


def test_a_review_taken_back_shows_nowhere(client, app):
    mug = bought()
    review(client, mug)
    command(app, "approve", "1")
    page = Page.open(client, mug.path).form("/withdrawal").send()
    assert page.flashes == ["Your review is taken back. It shows nowhere any more."]
    page = product_page(client, mug)
    assert "It holds tea." not in page.text
    assert "aggregateRating" not in product_facts(page)
    refused = command(app, "approve", "1")
    assert refused.exit_code == 1
    assert "withdrew" in refused.output
    assert Page.open(client, mug.path).form(mug.path).values["body"] == ""
    review(client, mug, body="On second thought.")
    command(app, "approve", "1")
    assert "On second thought." in product_page(client, mug).text


def test_a_rejected_review_tells_its_writer_why(client, app):
    mug = bought()
    review(client, mug)
    assert command(app, "reject", "1", "--reason", "It names a person.").exit_code == 0
    assert "It names a person." in Page.open(client, mug.path).text
    assert "It names a person." not in product_page(client, mug).text
    assert command(app, "list").output == "No review is held.\n"
    assert "It holds tea." in command(app, "list", "--state", "rejected").output


def test_the_shop_answers_beneath_a_review(client, app):
    mug = bought()
    review(client, mug)
    command(app, "approve", "1")
    command(app, "reply", "1", "Thank you for looking so closely.")
    text = product_page(client, mug).text
    assert "Quillmoss answers Thank you for looking so closely." in text
    command(app, "reply", "1", "")
    assert "answers" not in product_page(client, mug).text


def test_what_is_not_there_cannot_be_approved(client, app):
    for words in (("approve", "7"), ("reject", "7", "--reason", "x"), ("reply", "7", "x")):
        result = command(app, *words)
        assert result.exit_code == 1
        assert "There is no review 7." in result.output


def test_the_shop_is_told_that_a_review_waits(client, app):
    review(client, bought())
    db.session.rollback()
    owed = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "review_held")).one()
    assert owed.recipient == app.config["SHOP_EMAIL"]


def test_erasing_a_buyer_keeps_the_words_and_drops_the_name(client, app):
    mug = bought()
    review(client, mug)
    command(app, "approve", "1")
    assert "Ada, " in product_page(client, mug).text
    ada = Customer(email="ADA@example.com", email_key="ada@example.com")
    (copy,) = tell_reviews(ada)["reviews"]
    assert (copy["product"], copy["stars"], copy["text"]) == (mug.name, 5, "It holds tea.")
    with write_tx():
        erase_customers_reviews(ada, now())
    assert not tell_reviews(ada)["reviews"]
    text = product_page(client, mug).text
    assert "It holds tea." in text
    assert "A buyer, " in text
    assert "Ada" not in text
    db.session.rollback()
    assert db.session.scalars(select(Review.buyer)).one() is None


def test_a_page_with_reviews_takes_no_more_statements_than_it_may(client, app):
    mug = bought()
    review(client, mug)
    command(app, "approve", "1")
    client.get("/")
    with count_statements() as sent:
        assert "It holds tea." in product_page(client, mug).text
    assert len(sent) <= 6, sent


def test_stars_beyond_five_are_refused_by_the_database_too(client, app):
    review(client, bought())
    with pytest.raises(Exception, match="stars"), write_tx() as session:
        session.execute(update(Review).values(stars=6))
