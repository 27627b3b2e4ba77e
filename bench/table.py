"""The figures as tables a person reads."""

from typing import Any

Json = dict[str, Any]


def print_tables(kind: str, result: Json) -> None:
    hello = result["pages"]["hello"]["bare"]
    print(f"\n{kind}: 10,000 products imported in {result['import_seconds']:.1f} s; ", end="")
    memory, start = result["memory_mb"], result["start_seconds"]
    print(f"hello {hello['cpu_ms']:.2f} ms, {hello['per_second']:.0f}/s")
    print(
        f"memory of the server, 2 processes: {memory['shop']:.0f} MB, with a full page store "
        f"{memory['with store']:.0f}, bare Flask {memory['bare']:.0f}; start {start['shop']:.1f} s"
    )
    print(f"10,000 rows of a stock file: {_steps(result['sheet'])}")
    print(f"10,000 rows of a catalogue file, edited: {_steps(result['file'])}")
    print(
        f"{'CPU ms a page':22}{'anew':>7}{'spread':>14}{'of it db':>9}{'req/s':>7}{'p50':>6}"
        f"{'p99':>7}{'minimal':>9}{'×':>6}{'stored':>8}{'× hello':>8}{'req/s':>7}"
        f"{'SQL':>5}{'KB':>6}{'br':>6}"
    )
    for name, systems in result["pages"].items():
        if "anew" in systems:
            print(_row(name, systems, result, hello))


def _steps(of: Json) -> str:
    return ", ".join(
        f"{step} {figures['seconds']:.1f} s ({figures['statements']} statements)"
        for step, figures in of.items()
    )


def _row(name: str, systems: Json, result: Json, hello: Json) -> str:
    anew, stored = systems["anew"], systems.get("stored")
    minimal = result["pages"].get(result["minimal"][name], {}).get("bare")
    counts = result["counts"].get(name, {})
    low, high = anew["cpu_spread"]
    row = (
        f"{name:22}{anew['cpu_ms']:7.2f}{f'{low:.2f}–{high:.2f}':>14}{anew['database_ms']:9.2f}"
        f"{anew['per_second']:7.0f}{anew['p50_ms']:6.1f}{anew['p99_ms']:7.1f}"
    )
    if minimal:
        row += f"{minimal['cpu_ms']:9.2f}{anew['cpu_ms'] / minimal['cpu_ms']:6.1f}"
    else:
        row += f"{'':15}"
    if stored:
        times = stored["cpu_ms"] / hello["cpu_ms"]
        row += f"{stored['cpu_ms']:8.2f}{times:8.1f}{stored['per_second']:7.0f}"
    else:
        row += f"{'':23}"
    plain, packed = counts.get("plain", 0) / 1024, counts.get("br", 0) / 1024
    return row + f"{counts.get('statements', 0):5}{plain:6.1f}{packed:6.1f}"
