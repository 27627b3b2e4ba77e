"""Servers under measurement: granian as the shop runs it, each on a port of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from bench import meter

ROOT = Path(__file__).parent.parent


class Server:
    def __init__(self, factory: str, settings: Mapping[str, str], probe: str) -> None:
        self.port = _free_port()
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", factory,
                "--host", "127.0.0.1", "--port", str(self.port), "--workers", "2",
                "--blocking-threads", "8", "--log-level", "warning",
            ],
            cwd=ROOT, env={"MALLOC_ARENA_MAX": "2", **os.environ, **settings},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._wait_for(probe)
        self.start_seconds = time.perf_counter() - began

    def _wait_for(self, probe: str) -> None:
        for _ in range(2400):
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}{probe}", timeout=30).close()
            except (URLError, ConnectionError):
                time.sleep(0.025)
            else:
                return
        raise RuntimeError("the server did not start")

    def cpu_ms(self) -> float:
        return meter.cpu_ms(self.process.pid)

    def memory_mb(self) -> float:
        return meter.memory_mb(self.process.pid)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def serving(factory: str, settings: Mapping[str, str], probe: str) -> Iterator[Server]:
    server = Server(factory, settings, probe)
    try:
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
