"""What people type, made fit to keep."""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def tidied(value: str | None) -> str | None:
    """Without control characters (no database keeps NUL) and stray spaces: a WTForms filter."""
    return CONTROL.sub("", value).strip() if value else value
