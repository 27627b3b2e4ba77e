"""flask posts check …: what stands against a text, or against the articles readers have now."""

from collections.abc import Iterable, Iterator
from contextvars import Context
from datetime import date, timedelta
from typing import Any, TextIO

import click
import yaml
from flask import current_app
from flask.cli import AppGroup
from slugify import slugify
from sqlalchemy import select

from storefront.blog.authors import author_ids
from storefront.blog.checks import check
from storefront.blog.content import Content, Source, content_of
from storefront.blog.decisions import decided
from storefront.blog.facts import facts_for
from storefront.blog.findings import BLOCK, NOTE, WARN, Finding, in_order
from storefront.blog.identity import to_ids
from storefront.blog.markdown import Link
from storefront.blog.models import PUBLISHED, Post
from storefront.blog.publishing import live_revision, made_of
from storefront.extensions import db
from storefront.jinja import shop

posts = AppGroup("posts", help="Articles.")
SEVERITIES = {BLOCK: "error", WARN: "warning", NOTE: "notice"}
OF_A_POST = {"title", "author", "description"}  # what a text alone need not say


@posts.command("check")
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@click.option("--tag", "tags", multiple=True, help="What the text is tagged; or which articles.")
def check_posts(file: TextIO | None, tags: tuple[str, ...]) -> None:
    """Check the links and claims of FILE ("-": the input), or of all published articles.

    FILE is Markdown; a head of YAML between lines of --- may give title, slug, description, tags,
    author, reviewer, reviewed_on, disclosure and sources. One line a finding. The exit code is 1
    if there is an error or a warning; what somebody let through for a reason is none.
    """
    found = _in_file(file, tags) if file else _in_articles(tags)
    worst = False
    for name, finding in found:
        worst = worst or finding.severity != NOTE
        about = f" “{finding.about}”" if finding.about else ""
        click.echo(
            f"{name}:{finding.line}: {SEVERITIES[finding.severity]} {finding.rule}{about}:"
            f" {' '.join(finding.words.split())}"
        )
    if worst:
        raise click.exceptions.Exit(1)


def _in_file(file: TextIO, tags: tuple[str, ...]) -> Iterator[tuple[str, Finding]]:
    head, body, above = _parted(file.read())
    for one in _findings(_content(head, body, tags)):
        if head or one.rule not in OF_A_POST:
            yield file.name, _moved(one, above)


def _in_articles(tags: tuple[str, ...]) -> Iterator[tuple[str, Finding]]:
    wanted = {slugify(tag) for tag in tags}
    ids = db.session.execute(
        select(Post.id, Post.slug, Post.tags).where(Post.status == PUBLISHED).order_by(Post.slug)
    ).all()
    for post_id, slug, tagged in ids:
        if wanted and not wanted & {tag["slug"] for tag in tagged}:
            continue
        revision = live_revision(post_id)
        if revision is None:
            continue
        let_through = decided(post_id)
        for one in _findings(content_of(revision.content)):
            if one.is_final or one.digest not in let_through:
                yield f"/blog/{slug}", one


def _findings(content: Content) -> list[Finding]:
    made = made_of(content)
    found = check(made, facts_for(made), shop().today())
    return in_order([*found, *_dead_links(made.rendered.links)])


def _dead_links(links: Iterable[Link]) -> Iterator[Finding]:
    """Links within the shop are followed, as a reader would; products are checked by their id."""
    answers: dict[str, int] = {}
    for link in links:
        path = link.href.removeprefix(shop().base_url).partition("#")[0]
        if not path.startswith("/") or path.startswith(("//", "/products/", "/product/")):
            continue
        if path not in answers:
            answers[path] = _answer(path)
        if answers[path] >= 400:
            words = f"This link leads nowhere: {path} answers {answers[path]}."
            yield Finding(WARN, "link-nowhere", words, line=link.line, about=link.words)


def _answer(path: str) -> int:
    """The status of a page, in a context of its own: not in the command's."""
    client = current_app.test_client()
    return int(Context().run(client.head, path, follow_redirects=True).status_code)


def _parted(text: str) -> tuple[dict[str, Any], str, int]:
    """Head, body, and how many lines stand above the body."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    if text.startswith("---\n") and (end := text.find("\n---\n", 3)) > 0:
        try:
            head = yaml.safe_load(text[4:end])
        except yaml.YAMLError as error:
            raise click.ClickException(f"The head of the file cannot be read: {error}") from None
        if isinstance(head, dict):
            body = text[end + 5 :]
            return head, body, text.count("\n", 0, end + 5)
    return {}, text, 0


def _moved(finding: Finding, lines: int) -> Finding:
    if not finding.line or not lines:
        return finding
    return Finding(
        finding.severity, finding.rule, finding.words, finding.field, finding.line + lines,
        finding.about, finding.digest,
    )  # fmt: skip


def _content(head: dict[str, Any], body: str, tags: tuple[str, ...]) -> Content:
    def said(name: str) -> str:
        return str(head.get(name) or "")

    people = author_ids()
    title = said("title")
    return Content(
        title=title,
        slug=said("slug") or slugify(title)[:160] or "text",
        description=said("description"),
        body=to_ids(body, shop().base_url),
        tags=(*(str(tag) for tag in head.get("tags") or ()), *tags),
        author_id=people.get(said("author")),
        reviewer_id=people.get(said("reviewer")),
        reviewed_on=_reviewed_on(head),
        disclosure=said("disclosure"),
        sources=tuple(
            Source(
                str(one.get("title") or ""), str(one.get("url") or ""), str(one.get("note") or "")
            )
            for one in head.get("sources") or ()
            if isinstance(one, dict)
        ),
    )


def _reviewed_on(head: dict[str, Any]) -> date | None:
    day, ago = head.get("reviewed_on"), head.get("reviewed_days_ago")
    if isinstance(day, date):
        return day
    return shop().today() - timedelta(ago) if isinstance(ago, int) else None
