"""Holds what is emitted and what is sent to the annotations of the installed stripe library.

Open lists of words (`Literal[…] | str`) are taken as closed: a word the library does not know is
more likely our slip than news.
"""

import json
import sys
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import (
    Any,
    ClassVar,
    ForwardRef,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
)

import stripe
from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES, get_object_class
from stripe._request_options import RequestOptions
from stripe._stripe_object import StripeObject, UntypedStripeObject
from typing_extensions import is_typeddict

UNIONS = (Union, types.UnionType)


def assert_shape(emitted: Mapping[str, Any]) -> None:
    """An object of the API, with its `object` field, down to its last key."""
    problems = _object_problems(emitted, _class_of(emitted), str(emitted["object"]))
    assert not problems, "\n".join(problems)


def assert_params(typed_dict: Any, params: Mapping[str, Any]) -> None:
    """What we send: `assert_params(stripe.params.checkout.SessionCreateParams, params)`."""
    problems = _params_problems(params, typed_dict, typed_dict.__name__)
    assert not problems, "\n".join(problems)


def _class_of(emitted: Mapping[str, Any]) -> Any:
    name = emitted["object"]
    assert name in OBJECT_CLASSES, f"the library knows no object {name!r}"
    return get_object_class("V1", name)


def _object_problems(value: Any, cls: Any, at: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{at}: {value!r} is no object"]
    fields = {
        name: annotation
        for name, annotation in cls.__annotations__.items()
        if get_origin(annotation) is not ClassVar
    }
    problems = [f"{at}.{name}: unknown key" for name in value if name not in fields]
    for name, annotation in fields.items():
        if name in value:
            problems += _problems(value[name], annotation, f"{at}.{name}")
        elif type(None) not in get_args(annotation):
            problems.append(f"{at}.{name}: missing")
    return problems


def _problems(value: Any, annotation: Any, at: str) -> list[str]:
    origin = get_origin(annotation)
    if origin in UNIONS:
        return _union_problems(value, get_args(annotation), at)
    if origin is Literal:
        return [] if value in get_args(annotation) else [f"{at}: {value!r} is not {annotation}"]
    if origin in (NotRequired, Required):
        return _problems(value, get_args(annotation)[0], at)
    if origin is not None:
        return _generic_problems(value, origin, get_args(annotation), at)
    if annotation is Any or isinstance(annotation, ForwardRef):
        # A name of another resource: the object says itself which it is.
        if isinstance(value, Mapping) and "object" in value:
            return _object_problems(value, _class_of(value), at)
        return [] if annotation is Any else [f"{at}: {value!r} is no {annotation}"]
    if is_typeddict(annotation):
        return _params_problems(value, annotation, at)
    if isinstance(annotation, type) and issubclass(annotation, StripeObject):
        return _object_problems(value, annotation, at)
    return _plain_problems(value, annotation, at)


def _union_problems(value: Any, options: tuple[Any, ...], at: str) -> list[str]:
    if any(get_origin(option) is Literal for option in options):
        options = tuple(option for option in options if option is not str)
    tried = [_problems(value, option, at) for option in options]
    if [] in tried:
        return []
    # The option that went deepest names the fault best.
    return max(tried, key=lambda problems: max(problem.count(".") for problem in problems))


def _generic_problems(value: Any, origin: Any, inner: tuple[Any, ...], at: str) -> list[str]:
    if origin is ListObject:
        return _list_problems(value, inner[0], at)
    if origin in (list, typing.List):  # noqa: UP006
        if not isinstance(value, list):
            return [f"{at}: {value!r} is no list"]
        return [p for n, v in enumerate(value) for p in _problems(v, inner[0], f"{at}[{n}]")]
    if origin in (dict, UntypedStripeObject):
        if not isinstance(value, Mapping):
            return [f"{at}: {value!r} is no object"]
        if "object" in value and inner[-1] is Any:
            return _object_problems(value, _class_of(value), at)
        return [p for name, v in value.items() for p in _problems(v, inner[-1], f"{at}.{name}")]
    return [f"{at}: the checker does not know {origin}"]


def _list_problems(value: Any, inner: Any, at: str) -> list[str]:
    if not isinstance(value, Mapping) or set(value) != {"object", "data", "has_more", "url"}:
        return [f"{at}: {value!r} is no list object"]
    problems = _problems(value["has_more"], bool, f"{at}.has_more")
    problems += _problems(value["url"], str, f"{at}.url")
    return problems + _problems(value["data"], list[inner], f"{at}.data")


def _plain_problems(value: Any, annotation: Any, at: str) -> list[str]:
    if annotation is type(None):
        return [] if value is None else [f"{at}: {value!r} is not null"]
    if annotation is Decimal:
        annotation = str  # so it travels
    if annotation is int and isinstance(value, bool):
        return [f"{at}: {value!r} is no number"]
    return [] if isinstance(value, annotation) else [f"{at}: {value!r} is no {annotation.__name__}"]


def _params_problems(value: Any, typed_dict: Any, at: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{at}: {value!r} is no object"]
    hints = typing.get_type_hints(
        typed_dict,
        vars(sys.modules[typed_dict.__module__]),
        # Names that the options alone use, which are no parameters.
        {"StripeContext": Any, "Mapping": Mapping},
        include_extras=True,
    )
    allowed = {name: hint for name, hint in hints.items() if name not in _options()}
    problems = [f"{at}.{name}: unknown parameter" for name in value if name not in allowed]
    for name, hint in allowed.items():
        if name in value:
            problems += _problems(value[name], hint, f"{at}.{name}")
        elif get_origin(hint) is not NotRequired and name in typed_dict.__required_keys__:
            problems.append(f"{at}.{name}: missing parameter")
    return problems


def _options() -> set[str]:
    """The library lets options stand among parameters; we never put them there."""
    return set(RequestOptions.__annotations__)


def objects_of(client: stripe.StripeClient) -> list[dict[str, Any]]:
    """Everything the account holds, as it came over the wire."""
    v1 = client.v1
    pages: list[Any] = [
        v1.checkout.sessions.list(params={"limit": 100, "expand": ["data.line_items"]}),
        v1.payment_intents.list(params={"limit": 100, "expand": ["data.latest_charge"]}),
        v1.charges.list(params={"limit": 100, "expand": ["data.refunds"]}),
        v1.refunds.list(params={"limit": 100}),
        v1.disputes.list(params={"limit": 100}),
        v1.events.list(params={"limit": 100}),
    ]
    return [item for page in pages for item in json.loads(page.last_response.body)["data"]]
