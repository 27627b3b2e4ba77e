"""One key, one effect: the same call again gets the first answer, another call is refused.

The key is claimed before the work; the answer is saved in the transaction that does the work.
A process killed in between leaves a claim that runs out, and no effect.
"""

import hashlib
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl

from storefront.payments.stripe_emulator.refusals import ApiError
from storefront.payments.stripe_emulator.store import Store, transaction

REMEMBERED_SECONDS = 24 * 60 * 60
LEASE_SECONDS = 120
LONGEST_KEY = 255


@dataclass(frozen=True)
class Saved:
    status: int
    answer: str
    request_id: str


def claim(path: str, key: str, endpoint: str, body: bytes, request_id: str) -> Saved | None:
    """The saved answer, or None when the work is now ours to do."""
    if len(key) > LONGEST_KEY:
        raise ApiError(
            f"Invalid Idempotency-Key: it is longer than {LONGEST_KEY} characters.",
            kind="idempotency_error",
        )
    parameters = sorted(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    digest = hashlib.sha256(repr(parameters).encode()).hexdigest()
    with transaction(path) as store:
        now = store.now()
        store.execute("DELETE FROM idempotency WHERE claimed_at <= ?", now - REMEMBERED_SECONDS)
        row = store.execute("SELECT * FROM idempotency WHERE key = ?", key).fetchone()
        if row is not None:
            _must_match(key, endpoint, digest, row["endpoint"], row["body_digest"])
            if row["answer"] is not None:
                return Saved(row["status"], row["answer"], row["request_id"])
            if row["leased_until"] > time.time():
                raise _in_use(key)
        store.execute(
            "INSERT OR REPLACE INTO idempotency "
            "(key, endpoint, body_digest, claimed_at, leased_until, request_id) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            key,
            endpoint,
            digest,
            now,
            time.time() + LEASE_SECONDS,
            request_id,
        )
    return None


def save(store: Store, key: str, request_id: str, status: int, answer: str) -> None:
    changed = store.execute(
        "UPDATE idempotency SET status = ?, answer = ? WHERE key = ? AND request_id = ?",
        status,
        answer,
        key,
        request_id,
    )
    # Our claim ran out and another call took it over: that one does the work.
    if changed.rowcount != 1:
        raise _in_use(key)


def release(path: str, key: str, request_id: str) -> None:
    """Nothing was done: the key may be used for a corrected call."""
    with transaction(path) as store:
        store.execute(
            "DELETE FROM idempotency WHERE key = ? AND request_id = ? AND answer IS NULL",
            key,
            request_id,
        )


def _must_match(key: str, endpoint: str, digest: str, first: str, first_digest: str) -> None:
    advice = f"Try using a key other than '{key}' if you meant to execute a different request."
    if endpoint != first:
        raise ApiError(
            "Keys for idempotent requests can only be used for the same endpoint they were "
            f"first used for ('{endpoint}' vs '{first}'). {advice}",
            kind="idempotency_error",
        )
    if digest != first_digest:
        raise ApiError(
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. {advice}",
            kind="idempotency_error",
        )


def _in_use(key: str) -> ApiError:
    return ApiError(
        f"There is currently another in-progress request using this Idempotent Key: {key}. "
        "Please try again later.",
        status=409,
        kind="idempotency_error",
        code="idempotency_key_in_use",
    )
