"""_(), ngettext() and pgettext() as templates call them.

Jinja's own make a new context at each call inside a loop: half the time of a list of a hundred
rows. These need none of the template's variables, only whether it escapes.
"""

from typing import Any

from jinja2 import Environment, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from storefront import languages


def install(environment: Environment) -> None:
    """Once the extension for {% trans %} is there, whose callables these replace."""
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals.update(gettext=_gettext, _=_gettext, ngettext=_ngettext, pgettext=_pgettext)


@pass_eval_context
def _gettext(context: EvalContext, sentence: str, /, **values: Any) -> str:
    return _filled(context, languages.gettext(sentence), values)


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, num: int, /, **values: Any) -> str:
    return _filled(context, languages.ngettext_plain(one, many, num), {"num": num, **values})


@pass_eval_context
def _pgettext(context: EvalContext, where: str, sentence: str, /, **values: Any) -> str:
    return _filled(context, languages.pgettext(where, sentence), values)


def _filled(context: EvalContext, said: str, values: dict[str, Any]) -> str:
    """The sentence is ours and no HTML of it is escaped; what fills it in is."""
    if context.autoescape:
        said = Markup(said)  # noqa: S704 written by us or a translator, never by a visitor
    return said % values if "%" in said else said
