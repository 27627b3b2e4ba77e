"""The table of moves a payment attempt may make. What is not in it is no news, and no error."""

CREATED, OPEN, PROCESSING, AUTHORIZED = "created", "open", "processing", "authorized"
PAID, FAILED, EXPIRED, CANCELLED = "paid", "failed", "expired", "cancelled"

# Late money: whatever we thought, the provider is right.
_DEAD = frozenset({PAID})

MOVES: dict[str, frozenset[str]] = {
    # Beyond open and failed only when our process died between the call and writing it down.
    CREATED: frozenset({OPEN, PROCESSING, AUTHORIZED, PAID, FAILED, EXPIRED, CANCELLED}),
    # To failed when the notice of a delayed method's start never reached us.
    OPEN: frozenset({PROCESSING, AUTHORIZED, PAID, FAILED, EXPIRED, CANCELLED}),
    # To cancelled when a buyer who promised a transfer pays another way, or not at all.
    PROCESSING: frozenset({PAID, FAILED, CANCELLED}),
    AUTHORIZED: frozenset({PAID, EXPIRED, CANCELLED}),
    PAID: frozenset(),
    FAILED: _DEAD,
    EXPIRED: _DEAD,
    CANCELLED: _DEAD,
}


def next_state(current: str, told: str) -> str | None:
    """Where the provider's word moves an attempt; None where it is old news."""
    return told if told in MOVES[current] else None
