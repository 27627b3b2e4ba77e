"""The editor's page: the form, what is said of the text, and what was asked for beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from flask import abort, current_app, render_template
from slugify import slugify

from storefront.admin.posts.forms import PostForm, filled
from storefront.blog.article import Piece, laid_out
from storefront.blog.checks import check
from storefront.blog.comparing import Differences, differences
from storefront.blog.content import Content, content_of
from storefront.blog.decisions import decided
from storefront.blog.desk import authors
from storefront.blog.facts import facts_for
from storefront.blog.findings import BLOCK, WARN, Finding
from storefront.blog.identity import to_slugs
from storefront.blog.models import ClaimDecision, Post, Revision
from storefront.blog.publishing import Made, made_of, parts_shown, pictures_of
from storefront.blog.saving import newest_revision, revision_at
from storefront.catalog.renditions import PictureRef
from storefront.clock import now
from storefront.compliance.risk_texts import RiskBlock
from storefront.dates import long_day
from storefront.extensions import db
from storefront.jinja import moment, shop
from storefront.risk_blocks import risk_blocks_of_post


@dataclass(frozen=True, slots=True)
class Said:
    """A finding as the page shows it: with the line's words, and who let it through."""

    finding: Finding
    text: str = ""
    decision: ClaimDecision | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    post: Any  # as body.html takes it
    pieces: list[Piece]
    cover: PictureRef | None = None
    risks: Sequence[RiskBlock] = ()  # read first


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody else's revision beside the text that was not saved."""

    theirs: Revision
    text: str
    differ: Differences


@dataclass(slots=True)
class Beside:
    """What stands beside the form, when it was asked for."""

    preview: Preview | None = None
    found: Sequence[Any] | None = None  # products
    clash: Clash | None = None
    unsaved: bool = False
    not_saved: str = ""  # why
    errors: list[str] = field(default_factory=list)


def post_or_404(post_id: int) -> Post:
    return db.session.get(Post, post_id) or abort(404)


def base_url() -> str:
    found: str = current_app.config["BASE_URL"]
    return found


def editor_page(post_id: int, form: PostForm | None = None, beside: Beside | None = None) -> str:
    """`form`: what was sent; without one, what is kept."""
    beside = beside or Beside()
    post, newest = post_or_404(post_id), newest_revision(post_id)
    kept = content_of(newest.content)
    form = form or filled(kept, newest.number)
    content = form.content(base_url()) if beside.unsaved else kept
    said = [] if form.errors else said_of(post_id, made_of(content))
    return render_template(
        "admin/posts/edit.html",
        post=post,
        newest=newest,
        saved=_when(newest.saved_at),
        form=form,
        said=said,
        count=tally(said),
        beside=beside,
        cover=cover_of(content),
    )


def _when(saved_at: datetime) -> str:
    """14:02; with its day where that is another."""
    local = saved_at.astimezone(shop().timezone)
    return local.strftime("%H:%M") if local.date() == today() else moment(saved_at)


def said_of(post_id: int, made: Made, findings: list[Finding] | None = None) -> list[Said]:
    """All that is to be said of a text, each with its line and what was decided about it."""
    if findings is None:
        findings = check(made, facts_for(made), today())
    known = decided(post_id)
    lines = to_slugs(made.content.body).split("\n")
    return [
        Said(one, lines[one.line - 1].strip()[:120] if one.line else "", known.get(one.digest))
        for one in findings
    ]


def tally(said: Sequence[Said]) -> dict[str, int]:
    return {kind: sum(one.finding.severity == kind for one in said) for kind in (BLOCK, WARN)}


def today() -> date:
    return now().astimezone(shop().timezone).date()


def preview_of(content: Content) -> Preview:
    """The text as readers will have it, by their own templates."""
    made = made_of(content)
    people = {row.id: row for row in authors()}
    author = people.get(content.author_id or 0)
    reviewer = people.get(content.reviewer_id or 0)
    post = SimpleNamespace(
        title=content.title,
        slug=content.slug,
        description=content.description,
        disclosure=content.disclosure,
        minutes=made.rendered.minutes,
        published_at=None,
        reviewed_on=content.reviewed_on,
        author_name=author and author.name,
        author_slug=author and author.slug,
        author_role=author and author.role,
        reviewer_name=reviewer and reviewer.name,
        reviewer_slug=reviewer and reviewer.slug,
        sources=content.sources,
    )
    parts = parts_shown(made.rendered)
    pieces, _cards, products, _named = laid_out(parts, content.slug, now(), preview=True)
    tags = [{"slug": slugify(tag)} for tag in content.tags]
    risks = risk_blocks_of_post(parts, tags, products.rows.values())
    return Preview(post, pieces, cover_of(content), risks)


def cover_of(content: Content) -> PictureRef | None:
    known = pictures_of([content.cover]).get(content.cover)
    return PictureRef(known.digest, known.width, known.height, content.cover_alt) if known else None


def clash_with(post_id: int, number: int, mine: Content) -> Clash:
    theirs = revision_at(post_id, number)
    content = content_of(theirs.content)
    shown = filled(content, number).body.data
    return Clash(theirs, shown, differences(content, mine, FIELDS))


def _names(ids: tuple[int | None, ...]) -> str:
    names = {row.id: row.name for row in authors()}
    return ", ".join(names.get(id_ or 0, "nobody") for id_ in ids)


# How a revision's fields are called and shown where two are compared.
FIELDS: dict[str, tuple[str, Any]] = {
    "title": ("Title", lambda c: c.title),
    "slug": ("Address", lambda c: c.slug),
    "description": ("Description", lambda c: c.description),
    "tags": ("Tags", lambda c: ", ".join(c.tags)),
    "people": ("Author, reviewer", lambda c: _names((c.author_id, c.reviewer_id))),
    "reviewed_on": (
        "Reviewed on",
        lambda c: long_day(c.reviewed_on) if c.reviewed_on else "",
    ),
    "series": ("Series", lambda c: f"{c.series} {c.series_position or ''}".strip()),
    "disclosure": ("Disclosure", lambda c: c.disclosure),
    "sources": ("Sources", lambda c: "; ".join(f"{s.title} {s.url} {s.note}" for s in c.sources)),
    "cover": ("Cover", lambda c: f"{c.cover[:8]} {c.cover_alt}".strip()),
}
