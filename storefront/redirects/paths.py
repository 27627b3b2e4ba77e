"""Addresses as rules compare them: one spelling for each."""

import re
import unicodedata
from urllib.parse import SplitResult, unquote, urlsplit

from storefront.redirects.models import LONGEST
from storefront.refusal import Refusal

UNSEEN = re.compile(r"[\x00-\x1f\x7f]")
# What the shop itself keeps for other things than pages; nothing there is ever sent on.
RESERVED = ("/admin", "/static", "/media", "/health", "/account", "/cart", "/checkout", "/orders")


class BadPath(Refusal):
    """Nothing that can be an address of this shop."""

    status = 422


def known_as(path: str) -> str:
    """One spelling of an address that was asked for: no slash at its end, accents composed."""
    return unicodedata.normalize("NFC", path).rstrip("/") or "/"


def old_path(written: str) -> str:
    """What staff or another shop's file calls an old address, host and all. Raises BadPath."""
    parts = _split(written)
    if parts.query:
        raise BadPath("Leave out what follows the question mark: only the path is compared.")
    path = known_as(unquote(parts.path))
    _check(path, written)
    if path == "/" or is_reserved(path):
        raise BadPath(f"“{path}” is the shop’s own. Only other addresses can be sent on.")
    return path


def own_path(written: str, base_url: str) -> str:
    """An address of this shop without the shop's host, where it was written. Raises BadPath."""
    parts, own = _split(written), urlsplit(base_url)
    if parts.netloc and parts.netloc.lower() != own.netloc.lower():
        raise BadPath(f"“{parts.netloc}” is another site. Addresses lead to pages of this shop.")
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def new_path(written: str) -> tuple[str, str]:
    """(path, query) of where to go. Raises BadPath."""
    parts = _split(written)
    if parts.scheme or parts.netloc:
        raise BadPath("Addresses lead to pages of this shop: begin with a slash.")
    path = known_as(unquote(parts.path))
    _check(path, written)
    return path, parts.query


def is_reserved(path: str) -> bool:
    return f"{path}/".startswith(tuple(f"{one}/" for one in RESERVED))


def _split(written: str) -> SplitResult:
    try:
        return urlsplit(written.strip())
    except ValueError as error:
        raise BadPath(f"“{written[:80]}” cannot be an address.") from error


def _check(path: str, written: str) -> None:
    is_plain = path.startswith("/") and not path.startswith("//") and "\\" not in path
    if not is_plain or UNSEEN.search(path) or UNSEEN.search(written):
        raise BadPath(f"“{written[:80]}” is no address. Begin with a slash, as in /pages/about.")
    if len(path) > LONGEST or len(written) > LONGEST:
        raise BadPath(f"An address has {LONGEST} characters at most.")
