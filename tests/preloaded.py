"""Commands of the shop in processes of their own, forked from one that has imported the shop:
importing takes three seconds of a processor, and a test run starts some two hundred of them."""

import gc
import os
import sys
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from subprocess import TimeoutExpired

import flask.cli

ROOT = Path(__file__).parent.parent
STEM = get_context("forkserver")
STEM.set_forkserver_preload(["storefront", __name__])


class Preloaded:
    """`python -m flask --app storefront …` in a session of its own; in use like a Popen."""

    def __init__(self, command: tuple[str, ...], environment: dict[str, str], output: Path) -> None:
        self.command = command
        self.process: BaseProcess = STEM.Process(target=_be, args=(command, environment, output))
        self.process.start()

    @property
    def pid(self) -> int:
        return self.process.pid or 0

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.process.join(timeout)
        if (code := self.process.exitcode) is None:
            raise TimeoutExpired(self.command, timeout or 0)
        return code

    def terminate(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        self.process.kill()


def _be(command: tuple[str, ...], environment: dict[str, str], output: Path) -> None:
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    written = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(written, 1)
    os.dup2(written, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1)
    sys.stderr = os.fdopen(2, "w", buffering=1)
    gc.freeze()
    sys.argv = ["flask", "--app", "storefront", *command]
    flask.cli.main()
