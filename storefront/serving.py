"""Runs the whole shop on one machine: the server, its worker, and an end to both."""

import os
import signal
import socket
import subprocess
import sys
from types import FrameType

import click
from flask import current_app
from flask_migrate import upgrade

from storefront.cli.seed import seed
from storefront.extensions import db
from storefront.seed.demo import has_products


def serve(host: str, port: int, workers: int) -> int:
    """Start server and worker, stop both on Ctrl-C or when one of them ends; an exit code."""
    if _taken(host, port):
        click.echo(f"Port {port} is taken. Choose another: PORT=8080 make run", err=True)
        return 1
    upgrade()
    if not current_app.config["PRODUCTION"] and not has_products():
        click.echo("Drawing the demo shop's pictures, about 20 seconds, this once.")
        click.Context(seed).invoke(seed)
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()
    _greet(port)
    environment = {**os.environ, "PORT": str(port)}
    started = [
        subprocess.Popen(command, env=environment)  # noqa: S603
        for command in (_server(host, port, workers), _worker())
    ]
    return _wait(started)


def _taken(host: str, port: int) -> bool:
    """The server would share a port with another one without a word; we would not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _server(host: str, port: int, workers: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi",
        "--factory", "storefront:create_app",
        "--host", host, "--port", str(port), "--workers", str(workers),
        "--blocking-threads", "4", "--log-level", "warning",
        "--workers-kill-timeout", "10", "--respawn-failed-workers",
    ]  # fmt: skip


def _worker() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "storefront", "worker"]


def _greet(port: int) -> None:
    name = current_app.config["SHOP_NAME"]
    click.echo(f"\n  {name} is open:  http://localhost:{port}")
    if current_app.config["USES_EMULATOR"]:
        click.echo(f"  Mails it sends:    http://localhost:{port}/_outbox")
        click.echo(f"  Test payments:     http://localhost:{port}/_stripe/")
        click.echo("  Nothing is charged: set STRIPE_SECRET_KEY to take real money.")
    click.echo("  Ctrl-C stops it.\n")


def _wait(started: list[subprocess.Popen[bytes]]) -> int:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        for process in started:
            process.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while all(process.poll() is None for process in started):
        try:
            started[0].wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            continue
    codes = [process.poll() for process in started]
    stop(signal.SIGTERM, None)
    for process in started:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    # One that ended by itself took the other with it: pass its code on.
    return next((code for code in codes if code and code != -signal.SIGTERM), 0)
