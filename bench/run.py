"""Measure this shop beside bare Flask, in one run: python -m bench.run [--quick].

CPU milliseconds per page (server and database, user and system) are the steady figure; what a
page takes in time depends on what else the machine does. Systems take turns; figures are medians.
"""

import argparse
import json
import platform
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench import meter
from bench.load import load
from bench.servers import Server, serving
from bench.shops import OUT, Shop, filled_shop, make_catalogue
from bench.table import print_tables
from bench.visits import Request, Visit, hello, visits_to

CONNECTIONS = 8
Json = dict[str, Any]


@dataclass
class Pace:
    rounds: int
    seconds: float
    placing: int  # carts that become orders


FULL, QUICK = Pace(3, 1.5, 1600), Pace(3, 0.6, 700)


def main() -> None:
    asked = _arguments()
    pace = QUICK if asked.quick else FULL
    kinds = ["sqlite", "postgresql"] if asked.database == "both" else [asked.database]
    make_catalogue()
    results: Json = {"machine": platform.platform(), "quick": asked.quick, "databases": {}}
    for kind in kinds:
        with filled_shop(kind, pace.placing) as shop:
            results["databases"][kind] = measure(shop, pace)
            print_tables(kind, results["databases"][kind])
    (OUT / "result.json").write_text(json.dumps(results, indent=1))
    print(f"\nAll figures: {OUT / 'result.json'}")


def measure(shop: Shop, pace: Pace) -> Json:
    with ExitStack() as running:
        anew = running.enter_context(
            serving("storefront:create_app", {**shop.settings, "PAGE_STORE_BYTES": "0"}, "/readyz")
        )
        stored = running.enter_context(serving("storefront:create_app", shop.settings, "/readyz"))
        bare = running.enter_context(serving("bench.bare:make_bare", shop.settings, "/hello"))
        visits = [*visits_to(shop, anew.port), hello()]
        turns = _turns(visits, anew, stored, bare)
        figures = _rounds(turns, shop, pace)
        memory = {"shop": anew.memory_mb(), "with store": stored.memory_mb(),
                  "bare": bare.memory_mb()}  # fmt: skip
        starts = {"shop": anew.start_seconds, "bare": bare.start_seconds}
    return {
        "import_seconds": shop.import_seconds,
        "sheet": shop.sheet,
        "file": shop.file,
        "memory_mb": memory,
        "start_seconds": starts,
        "pages": figures,
        "counts": _counts(shop, visits),
        "minimal": {visit.name: visit.minimal or visit.name for visit in visits},
    }


Turn = tuple[Visit, str, Server, list[Request]]


def _turns(visits: list[Visit], anew: Server, stored: Server, bare: Server) -> list[Turn]:
    turns: list[Turn] = []
    for visit in visits:
        if visit.shop:
            turns.append((visit, "anew", anew, list(visit.shop)))
        if visit.stored:
            turns.append((visit, "stored", stored, list(visit.shop)))
        if visit.bare:
            turns.append((visit, "bare", bare, list(visit.bare)))
    return turns


def _rounds(turns: list[Turn], shop: Shop, pace: Pace) -> Json:
    """Every system in turn, so often; the first time round warms up and is not counted."""
    taken: dict[tuple[str, str], list[Json]] = {}
    used = 0
    for number in range(pace.rounds + 1):
        for visit, system, server, requests in turns:
            if visit.once:
                share = (len(requests) - 1) // (pace.rounds + 1)  # the last is for _counts()
                requests = requests[used : used + share]
                used += share
            seconds = pace.seconds if number else pace.seconds / 2
            figures = _one(visit, server, requests, shop, seconds)
            if number:
                taken.setdefault((visit.name, system), []).append(figures)
    pages: Json = {}
    for (name, system), runs in taken.items():
        pages.setdefault(name, {})[system] = _middle(runs)
    return pages


def _one(visit: Visit, server: Server, requests: list[Request], shop: Shop, seconds: float) -> Json:
    before = server.cpu_ms(), _database_cpu(shop)
    figures = load(
        port=server.port, connections=CONNECTIONS, seconds=60 if visit.once else seconds,
        once=visit.once, requests=requests, expect=visit.expect,
    )  # fmt: skip
    after = server.cpu_ms(), _database_cpu(shop)
    count = figures["requests"]
    figures["server_ms"] = (after[0] - before[0]) / count
    figures["database_ms"] = (after[1] - before[1]) / count
    figures["cpu_ms"] = figures["server_ms"] + figures["database_ms"]
    return figures


def _database_cpu(shop: Shop) -> float:
    return meter.cpu_ms(shop.database_pid) if shop.database_pid else 0.0


def _middle(runs: list[Json]) -> Json:
    names = ("cpu_ms", "server_ms", "database_ms", "per_second", "p50_ms", "p99_ms", "bytes")
    figures: Json = {name: median(run[name] for run in runs) for name in names}
    figures["cpu_spread"] = [min(r["cpu_ms"] for r in runs), max(r["cpu_ms"] for r in runs)]
    figures["requests"] = sum(run["requests"] for run in runs)
    return figures


def _counts(shop: Shop, visits: list[Visit]) -> Json:
    """SQL statements and bytes of each page, by a server of its own that counts them."""
    settings = {**shop.settings, "PAGE_STORE_BYTES": "0"}
    counts: Json = {}
    with serving("bench.served:counted", settings, "/readyz") as server:
        for visit in visits:
            if visit.shop:
                # A process reads a few things once a version: look again, take the least.
                looks = 1 if visit.once else 6
                answers = [_ask(server, visit.shop[-1]) for _ in range(looks)]
                counts[visit.name] = {
                    "statements": min(statements for statements, _ in answers),
                    "plain": answers[0][1],
                    "br": 0 if visit.once else _ask(server, visit.shop[-1], "br")[1],
                }
    return counts


def _ask(server: Server, request: Request, encoding: str = "identity") -> tuple[int, int]:
    method, path, headers, body = request
    wish = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}",
        method=method,
        data=body.encode() if body else None,
        headers={**headers, "Accept-Encoding": encoding},
    )
    opener = urllib.request.build_opener(_Stay)
    with opener.open(wish, timeout=60) as answer:
        return int(answer.headers["X-Statements"]), len(answer.read())


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is the answer."""

    def http_error_303(self, _request: Any, answer: Any, *_: Any) -> Any:
        return answer


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="short turns: under three minutes")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    return parser.parse_args()


if __name__ == "__main__":
    main()
