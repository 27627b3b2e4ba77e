"""Files of the owner's (TOML): read one table at a time, every refusal naming its row; written
so that they can be read again; and the rows of a table brought to what a file says."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import select

from storefront.extensions import Model, db
from storefront.languages import _
from storefront.money import Money
from storefront.refusal import Refusal

Entry = Mapping[str, Any]
Kept = TypeVar("Kept", bound=Model)
MANY = 2**31 - 1


class BadFile(Refusal):
    """It cannot be read as it stands; nothing of it is kept."""


def read_toml(text: str) -> dict[str, Any]:
    """Amounts stay as they are written; raises BadFile, naming the line."""
    try:
        return tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as wrong:
        raise BadFile(_("This is not TOML: %(why)s.", why=wrong)) from None


def entries_of(found: Any, name: str, where: str) -> list[Entry]:
    """What must be a list of tables."""
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise BadFile(_("%(where)s: write each as [[%(name)s]].", where=where, name=name))
    return found


@contextmanager
def told_at(where: str) -> Iterator[None]:
    """Every refusal inside begins with the row it is about."""
    try:
        yield
    except BadFile:
        raise
    except Refusal as refusal:
        raise BadFile(f"{where}: {refusal.message}") from None


@dataclass
class Row:
    """One table of the file, read name by name; what nobody asked for is refused at the end."""

    where: str
    given: Entry
    asked: set[str] = field(default_factory=set)

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return self.given.get(name, default)

    def text(self, name: str, longest: int, default: str | None = None) -> str:
        value = self.get(name, default)
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise self.refused(_("%(name)s is a text of at most %(num)s letters.",
                                 name=name, num=longest))  # fmt: skip
        return value.strip()

    def choice(self, name: str, among: tuple[str, ...], default: str) -> str:
        value = self.get(name, default)
        if value not in among:
            raise self.refused(_("%(name)s is one of %(all)s.", name=name, all=", ".join(among)))
        return str(value)

    def flag(self, name: str, default: bool) -> bool:
        value = self.get(name, default)
        if not isinstance(value, bool):
            raise self.refused(_("%(name)s is true or false.", name=name))
        return value

    def number(self, name: str, default: Any = None) -> int:
        return self.whole(name, self.get(name, default))

    def whole(self, name: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MANY:
            raise self.refused(_("%(name)s is a whole number.", name=name))
        return value

    def minor(self, name: str, value: Any, currency: str) -> int:
        """An amount of money as it is written, in minor units."""
        try:
            found = Money.parse(str(value), currency).minor
        except ValueError:
            found = MANY + 1
        if found > MANY or isinstance(value, bool):
            raise self.refused(
                _("%(name)s is an amount in %(currency)s.", name=name, currency=currency)
            )
        return found

    def finish(self) -> None:
        unknown = sorted(set(self.given) - self.asked)
        if unknown:
            raise self.refused(_("nobody knows what “%(name)s” means here.", name=unknown[0]))

    def refused(self, why: str) -> BadFile:
        return BadFile(f"{self.where}: {why}")


def written(value: Any) -> str:
    """A value as TOML writes it: texts, numbers, lists of them, and tables on one line."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{name} = {written(one)}' for name, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(written(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False)


@dataclass(slots=True)
class Changes:
    """How many rows a file made, changed, took out and left as they were."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    same: int = 0

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)


def replace_rows(
    model: type[Kept], wanted: Iterable[Mapping[str, Any]], take_out: bool = True
) -> tuple[dict[str, Kept], Changes]:
    """Bring a table to these rows, known by their code, in this order."""
    old: dict[str, Kept] = {row.code: row for row in db.session.scalars(select(model))}  # type: ignore[attr-defined]
    changes, kept = Changes(), {}
    for position, given in enumerate(wanted):
        values = {**given, "position": position}
        row = old.pop(values["code"], None)
        if row is None:
            row = model(**values)
            db.session.add(row)
            changes.new += 1
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changes.changed += 1
        else:
            changes.same += 1
        kept[values["code"]] = row
    for row in old.values() if take_out else ():
        db.session.delete(row)
        changes.gone += 1
    db.session.flush()
    return kept, changes
