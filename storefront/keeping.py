"""Keeps the server and the worker running, forked from one process that has the shop loaded.

Loading the shop takes longer than all else at a start, and what is loaded is most of a process's
memory. Forked, it is loaded once and shared by all.
"""

import ctypes
import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from types import FrameType

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from storefront.jobs import work

M_ARENA_MAX = -8  # of glibc's mallopt()


def keep(app: Flask, host: str, port: int, workers: int) -> int:
    """Start both, end both on Ctrl-C or when one of them ends; an exit code.

    Nothing may be open yet: no connection to a database survives a fork, nor does a thread.
    """
    started: list[ForkProcess] = []

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for process in started:
            process.terminate()

    _share_memory()
    # A terminal tells all at once; a server told twice at once now and then hangs.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    for task in (lambda: _serve(app, host, port, workers), lambda: work(app)):
        started.append(_fork(task))
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    multiprocessing.connection.wait([process.sentinel for process in started])
    stop(signal.SIGTERM, None)
    for process in started:
        _end(process)
    # One that ended by itself took the other with it: pass its code on.
    codes = [process.exitcode for process in started]
    return next((code for code in codes if code and code != -signal.SIGTERM), 0)


def _serve(app: Flask, host: str, port: int, workers: int) -> None:
    server = Server(
        app.name,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=8,
        log_level=LogLevels.error,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
    )
    server.serve(target_loader=lambda: app, wrap_loader=False)


def _share_memory() -> None:
    """What the collector never visits again is never written to, and so stays shared."""
    gc.collect()
    gc.freeze()
    if hasattr(libc := ctypes.CDLL(None), "mallopt"):
        # Threads that share heaps instead of each growing its own: a tenth of the memory.
        libc.mallopt(M_ARENA_MAX, int(os.environ.get("MALLOC_ARENA_MAX", "2")))


def _fork(task: Callable[[], None]) -> ForkProcess:
    process = multiprocessing.get_context("fork").Process(target=task)
    process.start()
    return process


def _end(process: ForkProcess) -> None:
    process.join(timeout=15)
    if process.is_alive():
        process.kill()
        process.join()
