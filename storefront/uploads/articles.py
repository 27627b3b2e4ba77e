"""The articles of a catalogue file, beside its products."""

from collections.abc import Iterator
from datetime import datetime

from storefront.blog.importing import Change, post_changes
from storefront.catalog.contents import BadLines, Contents, Problem
from storefront.catalog.verdicts import CHANGED, NEW, SAME, Verdict


def article_problems(contents: Contents, base_url: str, now: datetime) -> list[Problem]:
    try:
        post_changes(contents, base_url, now)
    except BadLines as bad:
        return list(bad.problems)
    return []


def article_verdicts(contents: Contents, base_url: str, now: datetime) -> Iterator[Verdict]:
    """Of a file whose articles are sound."""
    changes: dict[str, Change] = {
        change.line.slug: change for change in post_changes(contents, base_url, now)
    }
    for slug, line in contents.posts.items():
        change = changes.get(slug)
        verdict = SAME if change is None else NEW if change.had is None else CHANGED
        yield Verdict(line.number, "article", slug, line.values["title"], verdict, [])
