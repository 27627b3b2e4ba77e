"""Makes the shop on this machine ready, then hands over to keeping.py."""

import multiprocessing
import socket
import sys
from typing import NoReturn

import click
from flask import Flask
from flask_migrate import upgrade

from storefront.cli.seed import seed
from storefront.clock import now
from storefront.extensions import db
from storefront.keeping import keep
from storefront.seed.demo import has_products
from storefront.seed.staff import PEOPLE, demo_password, engage_staff


def open_shop(app: Flask, host: str, workers: int) -> NoReturn:
    """Make the shop ready and become the process that keeps it running."""
    port: int = app.config["PORT"]
    if _taken(host, port):
        raise click.ClickException(f"Port {port} is taken. Choose another: PORT=8080 make run")
    _apart(app)
    _greet(app, port)
    sys.stdout.flush()
    sys.exit(keep(app, host, port, workers))


def _apart(app: Flask) -> None:
    """Migrate and seed in a process of its own: the keeper must not hold what they open."""
    process = multiprocessing.get_context("fork").Process(target=_make_ready, args=(app,))
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(process.exitcode)


def _make_ready(app: Flask) -> None:
    with app.app_context():
        upgrade()
        if not app.config["PRODUCTION"] and not has_products():
            click.echo("Drawing the demo shop's pictures, about 20 seconds, this once.")
            click.Context(seed).invoke(seed, without_restricted=False)
        if app.config["SHOWS_DEMO_PAGES"]:
            engage_staff(app.config["INSTANCE"], now())
        db.session.remove()


def _taken(host: str, port: int) -> bool:
    """The server would share a port with another one without a word; we would not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _greet(app: Flask, port: int) -> None:
    name = app.config["SHOP_NAME"]
    click.echo(f"\n  {name} is open:  http://localhost:{port}")
    click.echo(f"  Staff work at:     http://localhost:{port}/admin")
    password = demo_password(app.config["INSTANCE"])
    if app.config["SHOWS_DEMO_PAGES"] and password:
        click.echo(f"  Demo sign-in:      {PEOPLE[0][0]}  {password}")
    if app.config["USES_EMULATOR"]:
        click.echo(f"  Mails it sends:    http://localhost:{port}/_outbox")
        click.echo(f"  Test payments:     http://localhost:{port}/_stripe/")
        click.echo("  Nothing is charged: set STRIPE_SECRET_KEY to take real money.")
    click.echo("  Ctrl-C stops it.\n")
