"""Webhooks: signed, sent to the shop, sent again until it says yes or too many tries failed.

Every delivery is a row. Whoever sends it takes a lease on it first, so that two processes do not
send the same one, and a killed process' deliveries are taken up by another when the lease ends.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from stripe import WebhookSignature

from storefront.payments.stripe_emulator.checkout import expire_due
from storefront.payments.stripe_emulator.store import Store, transaction, webhook_secret
from storefront.payments.stripe_emulator.switches import webhook_trouble

RETRY_SECONDS = (1, 5, 30, 120, 600, 3600, 3600, 3600)
LEASE_SECONDS = 60
TIMEOUT_SECONDS = 20
IDLE_SECONDS = 10

Send = Callable[[bytes, dict[str, str]], int]
"""Takes the body and the headers, returns the status the shop answered with."""


@dataclass(frozen=True)
class Delivery:
    seq: int
    event_id: str
    attempt: int
    body: bytes


class NobodyThere(Exception):
    """The shop did not answer."""


def signed_headers(path: str, body: bytes) -> dict[str, str]:
    """Made anew for each try, as signatures carry the time."""
    signature = WebhookSignature.generate_signature_header(body.decode(), webhook_secret(path))
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature,
        "User-Agent": "Stripe/1.0 (+https://docs.stripe.com/webhooks; emulator)",
    }


def pending_events(path: str, now: float | None = None) -> list[tuple[bytes, dict[str, str]]]:
    """Bodies and headers of what waits to be sent, held back or not; changes nothing."""
    with transaction(path) as store:
        rows = store.execute(
            "SELECT o.body FROM deliveries d JOIN objects o ON o.id = d.event_id "
            "WHERE d.state = 'pending' "
            "ORDER BY CASE WHEN ? THEN -d.seq END, d.due_at, d.seq",
            _reversed(store),
        ).fetchall()
        bodies = [_payload(row["body"]) for row in rows]
    return [(body, signed_headers(path, body)) for body in bodies]


def deliver_due(path: str, send: Send, *, everything: bool = False) -> list[int]:
    """Sends what is due (or everything that waits) once; the statuses the shop answered with."""
    return [deliver(path, delivery, send) for delivery in _each_due(path, everything=everything)]


def deliver(path: str, delivery: Delivery, send: Send) -> int:
    """One try. Only a 2xx is a yes."""
    status, answer = 0, "interrupted"
    try:
        status = send(delivery.body, signed_headers(path, delivery.body))
        answer = str(status)
    except NobodyThere as error:
        answer = str(error)
    finally:
        _note(path, delivery, status, answer)
    return status


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Redirects are not followed, as to Stripe they are a failure; nor are proxies asked."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT_SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, headers)
        return connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise NobodyThere(type(error).__name__) from error
    finally:
        connection.close()


def _each_due(path: str, *, everything: bool) -> Iterator[Delivery]:
    """Leased one by one, each at most once, so that a refused one is not tried in a circle."""
    seen: list[int] = []
    while (delivery := _lease(path, seen, everything=everything)) is not None:
        seen.append(delivery.seq)
        yield delivery


def _lease(path: str, seen: list[int], *, everything: bool) -> Delivery | None:
    now = time.time()
    with transaction(path) as store:
        row = store.execute(
            "SELECT d.seq, d.event_id, d.attempts, o.body FROM deliveries d "
            "JOIN objects o ON o.id = d.event_id "
            "WHERE d.state = 'pending' AND d.leased_until <= ? AND (d.due_at <= ? OR ?) "
            "AND d.seq NOT IN (SELECT value FROM json_each(?)) "
            "ORDER BY CASE WHEN ? THEN -d.seq END, d.due_at, d.seq LIMIT 1",
            now,
            now,
            everything,
            json.dumps(seen),
            _reversed(store),
        ).fetchone()
        if row is None:
            return None
        attempt = row["attempts"] + 1
        store.execute(
            "UPDATE deliveries SET leased_until = ?, attempts = ? WHERE seq = ?",
            now + LEASE_SECONDS,
            attempt,
            row["seq"],
        )
    return Delivery(row["seq"], row["event_id"], attempt, _payload(row["body"]))


def _reversed(store: Store) -> bool:
    return webhook_trouble(store, "reverse") is not None


def _payload(body: str) -> bytes:
    """The event as it is sent: with one endpoint left to tell, the one it goes to."""
    return json.dumps({**json.loads(body), "pending_webhooks": 1}, indent=2).encode()


def _note(path: str, delivery: Delivery, status: int, answer: str) -> None:
    state, later = "pending", 0
    if 200 <= status < 300:
        state = "delivered"
    elif delivery.attempt > len(RETRY_SECONDS):
        state = "failed"
    else:
        later = RETRY_SECONDS[delivery.attempt - 1]
    with transaction(path) as store:
        store.execute(
            "UPDATE deliveries SET state = ?, answer = ?, due_at = ?, leased_until = 0 "
            "WHERE seq = ?",
            state,
            answer,
            time.time() + later,
            delivery.seq,
        )


class Courier(threading.Thread):
    """Sends what is due and expires what is over, in the background, until its file is gone."""

    def __init__(self, path: str) -> None:
        super().__init__(name="stripe-emulator-courier", daemon=True)
        self.path = path
        self.news = threading.Event()
        self.stopping = False

    def run(self) -> None:
        while not self.stopping and Path(self.path).exists():
            try:
                expire_due(self.path)
                url = endpoint(self.path)
                if url is not None:
                    deliver_due(self.path, partial(post, url))
                wait = self._until_next()
            except sqlite3.OperationalError:
                # Locked for long, or removed under our feet: look again later.
                wait = IDLE_SECONDS
            self.news.wait(wait)
            self.news.clear()

    def _until_next(self) -> float:
        with transaction(self.path) as store:
            row = store.execute(
                "SELECT min(max(due_at, leased_until)) AS due FROM deliveries "
                "WHERE state = 'pending'"
            ).fetchone()
        if row["due"] is None:
            return IDLE_SECONDS
        return float(min(max(row["due"] - time.time(), 0.05), IDLE_SECONDS))


_couriers: dict[str, Courier] = {}
_couriers_lock = threading.Lock()


def wake(path: str) -> None:
    """There may be something to send: one courier a process and file."""
    with _couriers_lock:
        courier = _couriers.get(path)
        if courier is None or not courier.is_alive():
            courier = _couriers[path] = Courier(path)
            courier.start()
    courier.news.set()


def stop(path: str) -> None:
    """For tests, which take the file away afterwards."""
    with _couriers_lock:
        courier = _couriers.pop(path, None)
    if courier is not None:
        courier.stopping = True
        courier.news.set()
        courier.join(TIMEOUT_SECONDS + 5)


def endpoint(path: str) -> str | None:
    with transaction(path) as store:
        return store.setting("webhook_url")


def set_endpoint(path: str, url: str) -> None:
    """Where the shop listens; the account has one endpoint."""
    if endpoint(path) != url:
        with transaction(path) as store:
            store.set("webhook_url", url)
