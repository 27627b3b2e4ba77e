"""A real shop in real processes: started, killed and started again, on either database."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.preloaded import ROOT, Preloaded

Process = Preloaded | subprocess.Popen[bytes]
# Settings that are not the test's; and a shop that is started again and again keeps what Python
# compiled.
FOREIGN = ("STRIPE_", "SHOP_", "PYTHONDONTWRITEBYTECODE")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningShop:
    """The server and its worker, as `make run` starts them, on a port and folder of their own."""

    def __init__(self, folder: Path, database_url: str = "", **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)},
            "INSTANCE_PATH": str(folder),
            "DATABASE_URL": database_url,
            "PORT": str(self.port),
            "BASE_URL": self.url,
            **settings,
        }
        self.process: Process | None = None

    def flask(self, *command: str) -> str:
        """The output of a command of the shop; fails the test if the command does."""
        with tempfile.NamedTemporaryFile() as output:
            code = self.begin(command, Path(output.name)).wait(timeout=600)
            said = output.read().decode(errors="replace")
        assert code == 0, said
        return said

    def begin(self, command: tuple[str, ...], output: Path) -> Process:
        return Preloaded(command, self.environment, output)

    def start(self) -> "RunningShop":
        self.process = self.begin(("up",), self.folder / "log.txt")
        self.wait_until_ready()
        return self

    def wait_until_ready(self, seconds: float = 300) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.has_ended():
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise AssertionError("the shop did not start:\n" + self.log())

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(errors="replace")

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def kill(self) -> None:
        """As a power cut does: every process of the shop at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=30)


class FreshShop(RunningShop):
    """Its commands are typed at a prompt: nothing of the shop is loaded before."""

    def begin(self, command: tuple[str, ...], output: Path) -> Process:
        with output.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "storefront", *command],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip


@contextmanager
def running_shop(folder: Path, database_url: str = "", **settings: str) -> Iterator[RunningShop]:
    shop = RunningShop(folder, database_url, **settings)
    try:
        yield shop.start()
    finally:
        shop.kill()


def seeded_folder(template: Path, target: Path) -> Path:
    """A copy of a shop that was seeded before: pictures are drawn once a test run.

    Its rows may still stand in SQLite's -wal file: no process has it open.
    """
    shutil.copytree(template, target, ignore=shutil.ignore_patterns("log.txt", "*-shm"))
    return target
