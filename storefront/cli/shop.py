"""flask up, flask worker, flask doctor: run the shop and say what is wrong with it."""

import sys

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from storefront.health import problems
from storefront.jobs import work
from storefront.serving import open_shop


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Send mails, catch up with payments, run the timed jobs, until stopped."""
    work(_app())


@click.command("up")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--workers", default=2, show_default=True)
@with_appcontext
def up(host: str, workers: int) -> None:
    """Migrate, seed an empty shop, then serve it with its worker until Ctrl-C.

    PORT says on which port (8000).
    """
    open_shop(_app(), host, workers)


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Say what is misconfigured or out of date, a line each; exit code 1 if anything is."""
    found = problems()
    for sentence in found:
        click.echo(sentence)
    if found:
        sys.exit(1)
    click.echo("Nothing wrong.")
