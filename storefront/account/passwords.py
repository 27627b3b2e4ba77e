"""Passwords are kept as Argon2 hashes; checking one takes as long whoever it is said to be of."""

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
# OWASP's least memory: 19 MiB for some 30 ms, so that eight at once do not press the shop.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def make_cheap() -> None:
    """For tests, which sign in hundreds of times."""
    global _hasher
    _hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    _nobodys.cache_clear()


def hashed(password: str) -> str:
    return _hasher.hash(_same_bytes(password))


def fits(password: str, kept: str | None) -> bool:
    """Where there is none to compare with, one that nobody has is compared: it takes as long."""
    try:
        right = _hasher.verify(kept or _nobodys(), _same_bytes(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


def is_dated(kept: str) -> bool:
    """It was hashed at another cost than today's."""
    return _hasher.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hashed("nobody has this password")


def _same_bytes(password: str) -> bytes:
    """Keyboards write an ü in two ways."""
    return unicodedata.normalize("NFKC", password).encode()
