"""What search engines are told of articles and their authors; the page shows the same."""

from typing import Any

from markupsafe import Markup

from storefront.blog.article import ArticlePage
from storefront.catalog.cards import Card
from storefront.catalog.jsonld import AVAILABILITY, SCHEMA, Facts, absolute
from storefront.jinja import canonical, shop
from storefront.languages import WRITTEN_IN, _


def about_article(page: ArticlePage, picture: str) -> Facts:
    """A BlogPosting. `picture`: the one it is shared with."""
    post = page.post
    cover = page.cover
    facts: Facts = {
        "@context": SCHEMA,
        "@type": "BlogPosting",
        "headline": post.title,
        "url": page.url,
        "mainEntityOfPage": _web_page(page),
        "image": [absolute(cover.url(cover.widths[-1], "jpg"))] if cover else [picture],
        "datePublished": post.published_at.astimezone(shop().timezone).isoformat("T", "seconds"),
        "dateModified": post.changed_at.astimezone(shop().timezone).isoformat("T", "seconds"),
        "inLanguage": WRITTEN_IN,
        "wordCount": post.words,
        "publisher": {"@type": "Organization", "name": shop().name},
        "isPartOf": _is_part_of(post),
    }
    if post.description:
        facts["description"] = post.description
    if post.author_name:
        facts["author"] = _person(post.author_name, post.author_slug, post.author_role)
    if post.tags:
        facts["keywords"] = [tag["name"] for tag in post.tags]
    if post.sources:
        facts["citation"] = [_source(one) for one in post.sources]
    if mentions := _mentions(page):
        facts["mentions"] = mentions
    return facts


def about_author(author: Any) -> Facts:
    """A Person, as the author's page tells."""
    facts = _person(author.name, author.slug, author.role)
    told = " ".join(Markup(author.bio_html).striptags().split())  # noqa: S704
    return {"@context": SCHEMA, **facts, **({"description": told} if told else {})}


def _web_page(page: ArticlePage) -> Facts:
    """Who looked it through belongs to the page, in schema.org's order of things."""
    post = page.post
    facts: Facts = {"@type": "WebPage", "@id": page.url}
    if post.reviewed_on:
        facts["lastReviewed"] = post.reviewed_on.isoformat()
        if post.reviewer_name:
            facts["reviewedBy"] = _person(post.reviewer_name, post.reviewer_slug, "")
    return facts


def _is_part_of(post: Any) -> list[Facts]:
    parts = [{"@type": "Blog", "name": _("Blog"), "url": canonical("blog.index")}]
    if post.series_name:
        url = canonical("blog.series", slug=post.series_slug)
        parts.append({"@type": "CreativeWorkSeries", "name": post.series_name, "url": url})
    return parts


def _person(name: str, slug: str, role: str | None) -> Facts:
    facts = {"@type": "Person", "name": name, "url": canonical("blog.author", slug=slug)}
    return {**facts, "jobTitle": role} if role else facts


def _source(source: dict[str, str]) -> Facts:
    facts = {"@type": "CreativeWork", "name": source["title"]}
    return {**facts, "url": source["url"]} if source.get("url") else facts


def _mentions(page: ArticlePage) -> list[Facts]:
    """Products it speaks of; with an offer where the page shows a price."""
    restricted = [card for card in page.cards.values() if card.state == "restricted"]
    named = {card.url: {"@type": "Product", "name": card.name} for card in restricted}
    without = [{**facts, "url": absolute(url.partition("?")[0])} for url, facts in named.items()]
    return [*(_product(card) for card in page.products), *without]


def _product(card: Card) -> Facts:
    url = absolute(card.url.partition("?")[0])
    price = "lowPrice" if card.from_ else "price"
    offer = {
        "@type": "AggregateOffer" if card.from_ else "Offer",
        price: str(card.price.decimal),
        "priceCurrency": card.price.currency,
        "availability": f"{SCHEMA}/{AVAILABILITY[card.stock]}",
        "url": url,
    }
    return {"@type": "Product", "name": card.name, "url": url, "offers": offer}
