"""Reads form bodies with nested keys, and the values in them, as the API does."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from storefront.payments.stripe_emulator.refusals import ApiError

MAX_TEXT = 5000


def decode(encoded: str) -> dict[str, Any]:
    """`a[b][0]=c` becomes {"a": {"b": ["c"]}}; every value is still text."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        _plant(tree, name, value)
    return {name: _with_lists(branch) for name, branch in tree.items()}


def _plant(tree: dict[str, Any], name: str, value: str) -> None:
    head, *rest = name.replace("]", "").split("[")
    steps = [head, *rest]
    branch = tree
    for step in steps[:-1]:
        branch = branch.setdefault(step, {})
        if not isinstance(branch, dict):
            raise ApiError(f"Invalid object: {name}", param=name)
    leaf = steps[-1]
    # `expand[]=a&expand[]=b` has no numbers: give it some.
    branch[leaf if leaf else str(len(branch))] = value


def _with_lists(branch: Any) -> Any:
    if not isinstance(branch, dict):
        return branch
    below = {key: _with_lists(value) for key, value in branch.items()}
    if all(key.isdigit() for key in below):
        return [below[key] for key in sorted(below, key=int)]
    return below


def only(params: Mapping[str, Any], known: Iterable[str], prefix: str = "") -> None:
    """A parameter the emulator would ignore is refused, so that nobody relies on it."""
    unknown = sorted(set(params) - set(known))
    if unknown:
        name = f"{prefix}[{unknown[0]}]" if prefix else unknown[0]
        raise ApiError(
            f"Received unknown parameter: {name} (or one the test mode emulator does not know)",
            code="parameter_unknown",
            param=name,
        )


def required(params: Mapping[str, Any], name: str, prefix: str = "") -> Any:
    if params.get(name) in (None, ""):
        shown = f"{prefix}[{name}]" if prefix else name
        raise ApiError(f"Missing required param: {shown}.", code="parameter_missing", param=shown)
    return params[name]


def table(params: Mapping[str, Any], name: str, prefix: str = "") -> dict[str, Any]:
    """A nested object; empty when it was not sent."""
    value = params.get(name, {})
    if not isinstance(value, dict):
        shown = f"{prefix}[{name}]" if prefix else name
        raise ApiError("Invalid object", param=shown)
    return value


def text(value: Any, param: str, longest: int = MAX_TEXT) -> str:
    if not isinstance(value, str):
        raise ApiError("Invalid string", param=param)
    if len(value) > longest:
        raise ApiError(
            f"Invalid string: {value[:10]}…{value[-4:]}; must be at most {longest} characters",
            param=param,
        )
    return value


def whole(value: Any, param: str, at_least: int | None = None) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text(value, param)):
        raise ApiError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=param)
    number = int(value)
    if at_least is not None and number < at_least:
        raise ApiError(
            f"This value must be greater than or equal to {at_least}.",
            code="parameter_invalid_integer",
            param=param,
        )
    return number


def truth(value: Any, param: str) -> bool:
    if value not in ("true", "false"):
        raise ApiError("Invalid boolean", param=param)
    return bool(value == "true")


def one_of(value: Any, choices: Iterable[str], param: str) -> str:
    allowed = tuple(choices)
    if value not in allowed:
        raise ApiError(f"Invalid {param}: must be one of {', '.join(allowed)}", param=param)
    return str(value)


def url(value: Any, param: str) -> str:
    address = text(value, param)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ApiError("Not a valid URL", code="url_invalid", param=param)
    return address


def metadata(value: Any, param: str = "metadata") -> dict[str, str]:
    """Names and words of the caller's own; `metadata=` (empty) clears it."""
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise ApiError("Invalid object", param=param)
    if len(value) > 50:
        raise ApiError("Metadata can have up to 50 keys.", param=param)
    for key, words in value.items():
        if len(key) > 40:
            raise ApiError("Metadata keys can be up to 40 characters long.", param=param)
        text(words, f"{param}[{key}]", 500)
    return dict(value)
