"""flask search …: what is searched for and not found, and words that mean the same."""

from datetime import timedelta
from typing import TextIO

import click
from flask.cli import AppGroup

from storefront.catalog.search_log import Sought, terms_sought
from storefront.catalog.synonyms import replace_synonyms, synonym_lines
from storefront.clock import now
from storefront.refusal import Refusal
from storefront.transactions import write_tx

search = AppGroup("search", help="What visitors search for, and synonyms.")


@search.command("log")
@click.option("--zero", is_flag=True, help="Only what finds nothing.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 90))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 5000))
def show_log(zero: bool, days: int, limit: int) -> None:
    """Print what was searched for, most often first: times, words, what they find."""
    found = terms_sought(now().date() - timedelta(days), limit, zero)
    if not found:
        click.echo("Every search found something." if zero else "Nothing was searched for.")
    for one in found:
        click.echo(f"{one.searches:6}  {one.term:30}  {_outcome(one)}")


def _outcome(one: Sought) -> str:
    if not one.found:
        return "nothing found"
    return f"{one.found} found" + (f" as “{one.found_as}”" if one.found_as else "")


@search.command("synonyms")
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
def synonyms(file: TextIO | None) -> None:
    """Print the synonyms; with FILE, have the lines of FILE instead ("-" reads the input).

    A line is words or phrases that find one another: strainer = infuser = tea ball
    """
    if file is None:
        for line in synonym_lines():
            click.echo(line)
        return
    try:
        with write_tx():
            kept = replace_synonyms(file.read().splitlines())
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(f"{kept} lines of synonyms are in use.")
