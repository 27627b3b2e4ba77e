"""Shops to measure: a database with the catalogue imported and carts on their way to an order."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from tests.databases import Postgres

ROOT = Path(__file__).parent.parent
OUT = Path(__file__).parent / "out"
CATALOGUE = OUT / "catalogue.jsonl"
BROWSING = 400


@dataclass
class Shop:
    """A filled database and what a visitor needs to know of it."""

    kind: str
    settings: dict[str, str]
    database_pid: int | None
    import_seconds: float
    carts: dict[str, Any]
    staff: dict[str, Any]
    sheet: dict[str, Any]  # of its steps: seconds and statements
    file: dict[str, Any]  # the same
    meta: dict[str, Any]
    products: list[dict[str, Any]]
    posts: list[dict[str, Any]]


@contextmanager
def filled_shop(kind: str, placing: int) -> Iterator[Shop]:
    """A shop on `sqlite` or `postgresql`, thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="shop-bench-") as folder:
        server = _postgres() if kind == "postgresql" else None
        url = server.url if server else f"sqlite:///{folder}/shop.sqlite3"
        settings = {
            "INSTANCE_PATH": folder,
            "DATABASE_URL": url,
            "SHOP_CURRENCY": "EUR",
            "SHOP_TIMEZONE": "Europe/Berlin",
            "PRICES_INCLUDE_TAX": "yes",
            "RATELIMIT_ENABLED": "off",
        }
        try:
            yield _fill(kind, settings, server, placing)
        finally:
            if server:
                server.drop()


def make_catalogue() -> None:
    OUT.mkdir(exist_ok=True)
    if not CATALOGUE.exists():
        _python(["bench/make_catalogue.py", "--out", str(CATALOGUE)], {})


def _fill(kind: str, settings: dict[str, str], server: Postgres | None, placing: int) -> Shop:
    _python(["-m", "flask", "--app", "storefront", "db", "upgrade"], settings)
    began = time.perf_counter()
    _python(["-m", "flask", "--app", "storefront", "catalog", "import", str(CATALOGUE)], settings)
    seconds = time.perf_counter() - began
    carts = json.loads(_python(["-m", "bench.fill", str(BROWSING), str(placing)], settings))
    staff = json.loads(_python(["-m", "bench.ledger"], settings))
    sheet = json.loads(_python(["-m", "bench.sheets", staff["cookie"]], settings))
    file = json.loads(_python(["-m", "bench.files", staff["cookie"]], settings))
    with CATALOGUE.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    pid = None
    if server:
        with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            pid = _parent_of(connection.info.backend_pid)
    return Shop(
        kind=kind,
        settings=settings,
        database_pid=pid,
        import_seconds=seconds,
        carts=carts,
        staff=staff,
        sheet=sheet,
        file=file,
        meta=rows[0],
        products=[row for row in rows if row["type"] == "product"],
        posts=[row for row in rows if row["type"] == "post"],
    )


def _postgres() -> Postgres:
    """The tests' server, but as careful with the disk as a shop's must be."""
    made = Postgres()
    with psycopg.connect(made.server, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(SQL("ALTER SYSTEM SET {} = on").format(Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
    return made


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _python(arguments: list[str], settings: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout
