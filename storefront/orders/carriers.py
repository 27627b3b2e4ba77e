"""Carriers and where their parcels are followed: data, in carriers.yaml."""

from functools import cache
from pathlib import Path
from urllib.parse import quote

import yaml


@cache
def _carriers() -> dict[str, tuple[str, str]]:
    """By the name in small letters: (name, address to follow a parcel at, or nothing)."""
    rows = yaml.safe_load((Path(__file__).parent / "carriers.yaml").read_text(encoding="utf-8"))
    return {row["name"].casefold(): (row["name"], row.get("url", "")) for row in rows}


def carrier_names() -> list[str]:
    return [name for name, _url in _carriers().values()]


def tracking_url(carrier: str, tracking: str) -> str | None:
    """None for a carrier nobody told us of: the number stands by itself then."""
    _name, url = _carriers().get(carrier.strip().casefold(), ("", ""))
    return url.format(tracking=quote(tracking.strip(), safe="")) if url and tracking else None
