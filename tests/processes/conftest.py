"""A shop in real processes, on a database and in a folder of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Postgres, Scratch, SqliteFile
from tests.processes.watched import WatchedShop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.processes)


@pytest.fixture
def database(database_kind: str, tmp_path: Path) -> Iterator[str]:
    made: Scratch = Postgres() if database_kind == "postgresql" else SqliteFile(tmp_path)
    yield made.url
    made.drop()


@pytest.fixture
def shop(database: str, tmp_path: Path) -> Iterator[WatchedShop]:
    """Not started yet; without rate limits, for its buyers all come from one address."""
    made = WatchedShop(tmp_path, database, RATELIMIT_ENABLED="off")
    yield made
    made.close()
