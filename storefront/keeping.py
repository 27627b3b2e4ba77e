"""Keeps the server and its worker running, and ends both together: python keeping.py HOST PORT N.

Its process lives as long as the shop does, so it imports nothing of the shop: that would be a
third of the shop's memory for a process that only waits.
"""

import os
import signal
import subprocess
import sys
from types import FrameType


def _server(host: str, port: str, workers: str) -> list[str]:
    return [
        sys.executable, "-m", "granian",
        "--interface", "wsgi", "--factory", "storefront:create_app", "--host", host,
        "--port", port, "--workers", workers,
        "--blocking-threads", "8", "--log-level", "warning",
        "--workers-kill-timeout", "10", "--respawn-failed-workers",
    ]  # fmt: skip


def _worker() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "storefront", "worker"]


def keep(host: str, port: str, workers: str) -> int:
    """Start both, stop both on Ctrl-C or when one of them ends; an exit code."""
    started: list[subprocess.Popen[bytes]] = []

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for process in started:
            process.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    # Threads that share heaps instead of each growing its own: a tenth of the memory.
    environment = {"MALLOC_ARENA_MAX": "2", **os.environ, "PORT": port}
    for command in (_server(host, port, workers), _worker()):
        started.append(
            subprocess.Popen(  # noqa: S603
                command, env=environment, preexec_fn=_leave_ctrl_c_to_the_keeper
            )
        )
    while all(process.poll() is None for process in started):
        try:
            started[0].wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            continue
    codes = [process.poll() for process in started]
    stop(signal.SIGTERM, None)
    for process in started:
        _end(process)
    # One that ended by itself took the other with it: pass its code on.
    return next((code for code in codes if code and code != -signal.SIGTERM), 0)


def _leave_ctrl_c_to_the_keeper() -> None:
    """A terminal tells all at once; a server told twice at once now and then hangs."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(keep(*sys.argv[1:]))
