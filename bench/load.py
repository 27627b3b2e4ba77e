"""The client: python -m bench.load, in a process of its own; a task as JSON in, figures out.

A task: port, connections, seconds, once (each request one time only), requests of
(method, path, headers, body), expect (statuses that count as an answer).
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
Json = dict[str, Any]


def load(**task: Any) -> Json:
    """Run a task in a client process; what it measured. Raises on an unexpected answer."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=ROOT, input=json.dumps(task), capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the client ended with {done.returncode}: {done.stderr[-2000:]}")
    figures: Json = json.loads(done.stdout)
    return figures


class Client:
    def __init__(self, task: Json) -> None:
        self.task = task
        wishes = [_wire(*request) for request in task["requests"]]
        self.queue: Iterator[bytes] = iter(wishes) if task.get("once") else cycle(wishes)
        self.expect = set(task["expect"])
        self.times: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.bytes = 0

    async def run(self) -> Json:
        self.start = time.perf_counter()
        self.end = self.start + self.task["seconds"]
        await asyncio.gather(*[self._visit() for _ in range(self.task["connections"])])
        wall = time.perf_counter() - self.start
        times = sorted(self.times)
        return {
            "requests": len(times),
            "per_second": len(times) / wall,
            "p50_ms": 1000 * times[len(times) // 2],
            "p99_ms": 1000 * times[len(times) * 99 // 100],
            "bytes": self.bytes / len(times),
            "statuses": dict(self.statuses),
        }

    async def _visit(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.task["port"])
        while (now := time.perf_counter()) < self.end:
            wish = next(self.queue, None)
            if wish is None:
                break
            writer.write(wish)
            status, size = await _answer(reader)
            self.times.append(time.perf_counter() - now)
            self.statuses[status] += 1
            self.bytes += size
            if status not in self.expect:
                raise SystemExit(f"{status} for {wish[:300]!r}")
        writer.close()


def _wire(method: str, path: str, headers: dict[str, str], body: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    sent = {**headers, "Content-Length": str(len(body))} if body else headers
    lines += [f"{name}: {value}" for name, value in sent.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at < 0:
        raise SystemExit(f"no length in {head!r}")
    size = int(lower[at + 15 : lower.index(b"\r", at)])
    await reader.readexactly(size)
    return status, size


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Client(json.load(sys.stdin)).run())))
