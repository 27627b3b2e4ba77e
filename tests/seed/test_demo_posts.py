"""The demo shop's articles."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storefront.blog.models import PUBLISHED, Author, Post, PostPicture, ProductCard
from storefront.catalog.models import Picture, Product
from storefront.extensions import db
from storefront.seed.articles import read_articles, read_authors
from storefront.seed.demo import sow_demo
from storefront.transactions import write_tx
from tests.seed.conftest import NOON, PICTURES


def posts() -> dict[str, Post]:
    return {post.slug: post for post in db.session.scalars(select(Post))}


@pytest.mark.usefixtures("demo")
class TestDemoPosts:
    def test_all_eight_are_there_for_readers_at_dates_counted_from_the_seeding(self):
        there = posts()
        assert there.keys() == {article.slug for article in read_articles()}
        assert len(there) == 8
        for article in read_articles():
            post = there[article.slug]
            assert (post.status, post.title) == (PUBLISHED, article.title)
            assert post.published_at == NOON - timedelta(days=article.published_days_ago)
            assert post.reviewed_on == (NOON - timedelta(days=article.reviewed_days_ago)).date()
            assert len(post.sources) == len(article.sources)
            assert post.words > 700

    def test_each_is_signed_and_the_authors_are_told(self):
        authors = {author.slug: author for author in db.session.scalars(select(Author))}
        assert authors.keys() == {author.slug for author in read_authors()}
        assert all(author.bio_html.startswith("<p>") for author in authors.values())
        by_id = {author.id: author.slug for author in authors.values()}
        signed = {post.slug: by_id[post.author_id or 0] for post in posts().values()}
        assert signed == {article.slug: article.author for article in read_articles()}

    def test_no_card_or_link_names_a_product_that_is_not_there(self):
        for post in posts().values():
            assert "::product[" not in post.body.replace("::product[@", "")
            assert "(/products/" not in post.body
        used = set(
            db.session.scalars(
                select(Product.code).join(ProductCard, ProductCard.product_id == Product.id)
            )
        )
        assert {"TE-AS", "HO-WF", "ST-JA", "BK-LR"} <= used

    def test_a_cover_is_the_plate_of_a_product(self):
        plates = set(db.session.scalars(select(Picture.digest)))
        covers = {post.cover_digest for post in posts().values() if post.cover_digest}
        assert covers
        assert covers <= plates
        assert covers == set(db.session.scalars(select(PostPicture.digest)))
        assert all(post.cover_alt for post in posts().values() if post.cover_digest)

    def test_seeding_again_makes_no_second_set(self):
        with write_tx():
            sow_demo(PICTURES, "USD", NOON)
        assert db.session.scalar(select(func.count()).select_from(Post)) == 8
