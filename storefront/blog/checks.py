"""check(): all there is to say against an article before, and after, others read it.

Says it to staff, so in English, as all of the admin is. What blocks keeps a text from being
published; a claim that blocks may be let through by an owner (decisions.py). No database, no clock.
"""

from collections.abc import Iterator
from datetime import date

from slugify import slugify

from storefront.blog.claim_checks import HEALTH, check_claims
from storefront.blog.content import Content
from storefront.blog.facts import Facts, ProductNow
from storefront.blog.findings import BLOCK, WARN, Finding, in_order
from storefront.blog.markdown import Card, Link, Rendered
from storefront.blog.prose_checks import check_prose
from storefront.blog.publishing import Made
from storefront.catalog.models import ARCHIVED, DRAFT


def check(made: Made, facts: Facts, today: date) -> list[Finding]:
    """What blocks first, then warnings, then notes; each in the order of the text."""
    content, rendered = made.content, made.rendered
    found = [*_basics(content), *_cards(rendered, facts), *_product_links(rendered, facts)]
    found += _health(made, facts)
    found += check_prose(content, rendered, facts)
    found += check_claims(content, rendered, facts, today)
    return in_order(found)


def _basics(content: Content) -> Iterator[Finding]:
    if not content.title.strip():
        yield Finding(BLOCK, "title", "An article needs a title.", field="title")
    if not content.body.strip():
        yield Finding(BLOCK, "text", "There is no text yet.")
    if content.author_id is None:
        yield Finding(BLOCK, "author", "Say who wrote it: choose an author.", field="author")
    if not content.description.strip():
        yield Finding(
            WARN, "description",
            "There is no description. Lists, search engines and shared links show it.",
            field="description",
        )  # fmt: skip


def _cards(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    for card in rendered.cards:
        product = facts.products.get(card.product_id or 0)
        for severity, rule, words in _of_card(card, product):
            about = product.name if product else card.product
            yield Finding(severity, rule, words, line=card.line, about=about)


def _health(made: Made, facts: Facts) -> Iterator[Finding]:
    """An article about health or safety sells nothing that the law restricts: nobody lets that
    through."""
    if not HEALTH & {slugify(tag) for tag in made.content.tags}:
        return
    for card in made.rendered.cards:
        product = facts.products.get(card.product_id or 0)
        if product is not None and product.restricted:
            words = (
                "An article about health or safety cannot hold a card of restricted goods. Take "
                "the card out."
            )
            yield Finding(BLOCK, "card-health", words, line=card.line, about=product.name)


def _of_card(card: Card, product: ProductNow | None) -> Iterator[tuple[str, str, str]]:
    if product is None:
        yield BLOCK, "card-missing", "The shop has no product with this address."
        return
    if product.status == ARCHIVED:
        yield BLOCK, "card-archived", "This product is archived. Choose another, or take it out."
    elif product.status == DRAFT:
        yield BLOCK, "card-draft", "This product is a draft. Put it on sale first."
    elif product.restricted:
        yield (
            WARN,
            "card-restricted",
            ("This product may not be sold everywhere: the card says why instead of selling it."),
        )
    elif not product.can_be_had:
        yield WARN, "card-out", "This product is out of stock: the card offers a mail instead."
    if card.sku and card.sku not in product.skus:
        yield WARN, "card-sku", f"This product has no variant {card.sku}; the card shows all of it."


def _product_links(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    for link in rendered.links:
        if words := _of_link(link, facts):
            yield Finding(WARN, "link-product", words, line=link.line, about=link.words)


def _of_link(link: Link, facts: Facts) -> str:
    if link.product_id is None:
        is_unknown = link.href.startswith(("/products/", "/product/"))
        return "The shop has no product at this address." if is_unknown else ""
    product = facts.products.get(link.product_id)
    if product is None:
        return "This product is not there any more: the words stay without a link."
    if product.status == ARCHIVED:
        return "This product is archived: the link leads to what took its place."
    return "This product is not on sale yet." if product.status == DRAFT else ""
