"""flask up, flask worker, flask doctor: run the shop and say what is wrong with it."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from huey.consumer import Consumer

from storefront.health import problems
from storefront.serving import serve


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Send mails, catch up with payments, run the timed jobs, until stopped."""
    Consumer(
        current_app.extensions["huey"],
        workers=1,
        periodic=True,
        max_delay=2.0,
        worker_type="thread",
    ).run()


@click.command("up")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT")
@click.option("--workers", default=2, show_default=True)
@with_appcontext
def up(host: str, port: int, workers: int) -> None:
    """Migrate, seed an empty shop, then serve it with its worker until Ctrl-C."""
    serve(host, port, workers)


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
