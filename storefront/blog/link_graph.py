"""Which published articles speak of which products, both ways, read as it is now: what has no
other side, what is sold out, and what is there no more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import and_, func, select

from storefront.blog.card_products import heirs_of, siblings_of
from storefront.blog.counting import reads_since
from storefront.blog.models import CARD, PUBLISHED, Author, Post, ProductCard
from storefront.catalog.models import ACTIVE, ARCHIVED, Product, Variant
from storefront.extensions import db
from storefront.stock.queries import can_be_had

FEW = 50
Broken = Literal["replaced", "archived", "draft", "variant"]


@dataclass(frozen=True, slots=True)
class Known:
    """A product as it is now."""

    id: int
    name: str
    slug: str
    status: str
    can_be_had: bool


@dataclass(frozen=True, slots=True)
class Article:
    id: int
    slug: str
    title: str
    author: str


@dataclass(frozen=True, slots=True)
class Task:
    """A card or link of an article that its writer should look at.

    replaced: readers are led to what took its place; archived: nothing did; draft: not shown;
    variant: the one it names is not there, so the card shows all of them.
    """

    article: Article
    kind: str
    number: int
    product: Known
    why: Broken
    sku: str
    instead: Known | None


@dataclass(frozen=True, slots=True)
class LinkGraph:
    products: Mapping[int, Known]
    articles: Mapping[int, Article]
    leads_to: Mapping[int, Mapping[int, Known]]  # by article: what its readers can reach
    tasks: Sequence[Task]
    unmentioned: Sequence[Any]  # products: id, name, slug; the first of them
    unmentioned_count: int
    reads: Mapping[int, int]

    @property
    def without_product(self) -> list[Article]:
        """Articles that lead to nothing one could buy or wait for."""
        return [one for id_, one in self.articles.items() if not self.leads_to.get(id_)]

    @property
    def read_and_out(self) -> list[tuple[Article, int, list[Known]]]:
        """Articles with their reads, and which of their products are out; the most read first."""
        found = [
            (self.articles[id_], self.reads.get(id_, 0), out)
            for id_, products in self.leads_to.items()
            if (out := [one for one in products.values() if not one.can_be_had])
        ]
        return sorted(found, key=lambda row: (-row[1], row[0].title, row[0].id))

    @property
    def sold_out(self) -> list[tuple[Known, int]]:
        """Products that are out, with how many articles lead to them; the most linked first."""
        counts: dict[int, int] = {}
        known: dict[int, Known] = {}
        for products in self.leads_to.values():
            for one in products.values():
                if not one.can_be_had:
                    known[one.id] = one
                    counts[one.id] = counts.get(one.id, 0) + 1
        return sorted(
            ((known[id_], count) for id_, count in counts.items()),
            key=lambda row: (-row[1], row[0].name, row[0].id),
        )

    @property
    def tasks_by_author(self) -> dict[str, list[Task]]:
        found: dict[str, list[Task]] = {}
        for task in self.tasks:
            found.setdefault(task.article.author, []).append(task)
        return dict(sorted(found.items()))


def link_graph(since: date) -> LinkGraph:
    """Nine statements at most, however many articles and products. Reads count from `since`."""
    mentions = _mentions()
    articles = _articles()
    products = _products({row.product_id for row in mentions})
    heirs = _heirs(products)
    products |= _products(set(heirs.values()) - products.keys())
    leads_to: dict[int, dict[int, Known]] = {}
    for row in mentions:
        if (there := _lead(row.product_id, products, heirs)) is not None:
            leads_to.setdefault(row.post_id, {})[there.id] = there
    linked = {id_ for there in leads_to.values() for id_ in there}
    count, first = _unmentioned(linked)
    return LinkGraph(
        products=products,
        articles=articles,
        leads_to=leads_to,
        tasks=_tasks(mentions, articles, products, heirs),
        unmentioned=first,
        unmentioned_count=count,
        reads=reads_since(since),
    )


def with_dead_products(limit: int) -> Sequence[Any]:
    """Published articles that speak of what is not on sale, the latest first; `in_all`: how many
    there are. One statement."""
    return db.session.execute(
        select(
            Post.id,
            Post.title,
            func.count(ProductCard.product_id.distinct()).label("products"),
            func.min(Product.name).label("product"),
            func.count().over().label("in_all"),
        )
        .join(ProductCard, ProductCard.post_id == Post.id)
        .join(Product, Product.id == ProductCard.product_id)
        .where(Post.status == PUBLISHED, Product.status != ACTIVE)
        .group_by(Post.id, Post.title, Post.published_at)
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(limit)
    ).all()


def _mentions() -> Sequence[Any]:
    return db.session.execute(
        select(
            ProductCard.post_id, ProductCard.kind, ProductCard.number, ProductCard.product_id,
            ProductCard.sku, Product.status,
        )
        .join(Post, Post.id == ProductCard.post_id)
        .join(Product, Product.id == ProductCard.product_id)
        .where(Post.status == PUBLISHED)
        .order_by(Post.title, Post.id, ProductCard.kind, ProductCard.number)
    ).all()  # fmt: skip


def _articles() -> dict[int, Article]:
    rows = db.session.execute(
        select(Post.id, Post.slug, Post.title, func.coalesce(Author.name, ""))
        .outerjoin(Author, Author.id == Post.author_id)
        .where(Post.status == PUBLISHED)
        .order_by(Post.title, Post.id)
    )
    return {row[0]: Article(*row) for row in rows}


def _products(ids: Iterable[int]) -> dict[int, Known]:
    wanted = list(ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Product.id, Product.name, Product.slug, Product.status, can_be_had(Product.id))
        .where(Product.id.in_(wanted))
        .order_by(Product.id)
    )
    return {row[0]: Known(*row[:4], bool(row[4])) for row in rows}


def _heirs(products: Mapping[int, Known]) -> dict[int, int]:
    """As readers are led: live_cards.py."""
    gone = [id_ for id_, one in products.items() if one.status == ARCHIVED]
    heirs: dict[int, Any] = heirs_of(gone) if gone else {}
    if without := [id_ for id_ in gone if id_ not in heirs]:
        heirs |= siblings_of(without)
    return {id_: row.product_id for id_, row in heirs.items()}


def _lead(product_id: int, products: Mapping[int, Known], heirs: Mapping[int, int]) -> Known | None:
    known = products[product_id]
    if known.status == ACTIVE:
        return known
    return products.get(heirs.get(product_id, 0))


def _unmentioned(linked: set[int]) -> tuple[int, Sequence[Any]]:
    """How many products on sale no article leads to, and the first of them."""
    alone = and_(Product.status == ACTIVE, Product.id.not_in(linked))
    rows = db.session.execute(
        select(Product.id, Product.name, Product.slug, func.count().over().label("in_all"))
        .where(alone)
        .order_by(Product.name, Product.id)
        .limit(FEW)
    ).all()
    return (rows[0].in_all if rows else 0), rows


def _tasks(
    mentions: Sequence[Any],
    articles: Mapping[int, Article],
    products: Mapping[int, Known],
    heirs: Mapping[int, int],
) -> list[Task]:
    live = _live_skus({row.sku for row in mentions if row.sku})
    tasks = []
    for row in mentions:
        known, instead = products[row.product_id], products.get(heirs.get(row.product_id, 0))
        why = _why(row, known, instead, live)
        if why is not None:
            tasks.append(
                Task(
                    articles[row.post_id], row.kind, row.number, known, why, row.sku,
                    instead if why == "replaced" else None,
                )
            )  # fmt: skip
    return tasks


def _why(
    row: Any, known: Known, instead: Known | None, live: set[tuple[int, str]]
) -> Broken | None:
    if known.status == ARCHIVED:
        return "replaced" if instead else "archived"
    if known.status != ACTIVE:
        return "draft"
    gone = row.kind == CARD and row.sku and (known.id, row.sku) not in live
    return "variant" if gone else None


def _live_skus(skus: set[str]) -> set[tuple[int, str]]:
    if not skus:
        return set()
    rows = db.session.execute(
        select(Variant.product_id, Variant.sku).where(
            Variant.sku.in_(skus), Variant.archived.is_(False)
        )
    )
    return {(product_id, sku) for product_id, sku in rows}
