"""Tells people from machines by what their program calls itself, so that reads are reads.

Machines that say they are a browser are counted as people; nobody is looked at closer for it.
"""

import re
from functools import lru_cache
from pathlib import Path

LOOKED_AT = 400  # characters; nobody's name is longer, and what is remembered stays small
BROWSERS = re.compile(r"(Mozilla|Opera|Lynx|w3m|Links|ELinks|Dillo|NetSurf)\b")


def _patterns() -> list[str]:
    lines = Path(__file__).with_name("machines.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


MACHINES = re.compile("|".join(f"(?:{one})" for one in _patterns()), re.IGNORECASE)


def is_person(user_agent: str) -> bool:
    return _looks_like_a_browser(user_agent[:LOOKED_AT])


@lru_cache(maxsize=2048)
def _looks_like_a_browser(name: str) -> bool:
    return bool(BROWSERS.match(name)) and not MACHINES.search(name)
