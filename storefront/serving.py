"""Makes the shop on this machine ready, then hands over to keeping.py."""

import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask_migrate import upgrade

from storefront.cli.seed import seed
from storefront.extensions import db
from storefront.seed.demo import has_products

KEEPING = str(Path(__file__).with_name("keeping.py"))


def serve(host: str, port: int, workers: int) -> NoReturn:
    """Make the shop ready and become the process that keeps it running."""
    if _taken(host, port):
        raise click.ClickException(f"Port {port} is taken. Choose another: PORT=8080 make run")
    upgrade()
    if not current_app.config["PRODUCTION"] and not has_products():
        click.echo("Drawing the demo shop's pictures, about 20 seconds, this once.")
        click.Context(seed).invoke(seed)
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()
    _greet(port)
    sys.stdout.flush()
    # From here on this process only waits: without the shop it takes a tenth of the memory.
    arguments = [sys.executable, "-P", KEEPING, host, str(port), str(workers)]
    os.execv(sys.executable, arguments)  # noqa: S606


def _taken(host: str, port: int) -> bool:
    """The server would share a port with another one without a word; we would not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _greet(port: int) -> None:
    name = current_app.config["SHOP_NAME"]
    click.echo(f"\n  {name} is open:  http://localhost:{port}")
    if current_app.config["USES_EMULATOR"]:
        click.echo(f"  Mails it sends:    http://localhost:{port}/_outbox")
        click.echo(f"  Test payments:     http://localhost:{port}/_stripe/")
        click.echo("  Nothing is charged: set STRIPE_SECRET_KEY to take real money.")
    click.echo("  Ctrl-C stops it.\n")
