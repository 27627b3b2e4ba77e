"""What processes use, from /proc: CPU time and memory of a process and all it started."""

import os
from pathlib import Path

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """A process and its descendants, as they are now."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if (stat := _stat(int(folder.name))) is not None:
            children.setdefault(int(stat[1]), []).append(int(folder.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def cpu_ms(root: int) -> float:
    """User and system time so far, that of children already gone and waited for included."""
    total = 0
    for pid in tree(root):
        if (stat := _stat(pid)) is not None:
            total += sum(int(stat[i]) for i in (11, 12, 13, 14))
    return total * TICK_MS


def memory_mb(root: int) -> float:
    """What the tree keeps for itself, and its share of what it shares (PSS)."""
    total = 0
    for pid in tree(root):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += next(int(ln.split()[1]) for ln in rollup.splitlines() if ln.startswith("Pss:"))
    return total / 1024


def _stat(pid: int) -> list[str] | None:
    """The fields after the name: state, parent, …, utime (11), stime, cutime, cstime (14)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
