"""Trouble on demand, for tests: kept in the emulator's file, so another process can set it."""

from dataclasses import dataclass
from typing import Literal, get_args

from storefront.payments.stripe_emulator.store import Store, transaction

Fault = Literal["503", "429", "500", "500_after_work", "timeout", "answer_lost"]
"""503, 429: nothing done, nothing saved.  500: nothing done, the 500 is saved under the key.
500_after_work: done, yet the 500 is saved under the key.  timeout: answers after so many seconds.
answer_lost: done and saved, but the caller sees a dead connection; the same key replays it."""

Trouble = Literal["duplicate", "reverse", "drop", "delay"]
"""duplicate: each event twice.  reverse: the newest first.  drop: never sent.  delay: held back."""


@dataclass(frozen=True)
class DueFault:
    kind: str
    seconds: float


def fail_next(
    path: str,
    fault: Fault,
    *,
    calls: int = 1,
    method: str = "",
    path_contains: str = "",
    seconds: float = 0,
) -> None:
    """The next so many API calls (of that method, to such a path) meet this fault."""
    assert fault in get_args(Fault), fault
    with transaction(path) as store:
        store.execute(
            "INSERT INTO faults (kind, calls, method, path_contains, seconds) "
            "VALUES (?, ?, ?, ?, ?)",
            fault,
            calls,
            method.upper(),
            path_contains,
            seconds,
        )


def trouble_webhooks(path: str, trouble: Trouble, *, seconds: float = 0) -> None:
    """Holds for events that happen from now on, until `clear`."""
    assert trouble in get_args(Trouble), trouble
    with transaction(path) as store:
        store.set(f"webhooks.{trouble}", str(seconds))


def set_clock_ahead(path: str, seconds: int) -> None:
    """Sessions and idempotency keys age by this much; signatures keep the real time."""
    with transaction(path) as store:
        store.set("clock_ahead", str(seconds))


def clear(path: str) -> None:
    """Everything works again; the clock is right."""
    with transaction(path) as store:
        store.execute("DELETE FROM faults")
        store.execute("DELETE FROM settings WHERE name LIKE 'webhooks.%' OR name = 'clock_ahead'")


def next_fault(path: str, method: str, url_path: str) -> DueFault | None:
    """The fault this call meets, counted off."""
    with transaction(path) as store:
        row = store.execute(
            "SELECT seq, kind, seconds FROM faults WHERE calls > 0 AND method IN ('', ?) "
            "AND instr(?, path_contains) > 0 ORDER BY seq LIMIT 1",
            method,
            url_path,
        ).fetchone()
        if row is None:
            return None
        store.execute("UPDATE faults SET calls = calls - 1 WHERE seq = ?", row["seq"])
    return DueFault(kind=row["kind"], seconds=row["seconds"])


def webhook_trouble(store: Store, trouble: Trouble) -> float | None:
    """Its seconds when it is switched on, else None."""
    value = store.setting(f"webhooks.{trouble}")
    return None if value is None else float(value)
