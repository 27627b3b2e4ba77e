"""flask sentences: finds every sentence of code and templates and brings the catalogues up to date.

A catalogue is sorted by sentence and names no lines, so that two people's changes rarely meet.
A new sentence is added empty; one that nobody says any more goes. Nothing is guessed.
"""

import configparser
from io import BytesIO
from pathlib import Path

import click
from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from storefront.languages import TRANSLATIONS

ROOT = TRANSLATIONS.parent
FOUND_IN = ROOT / "babel.cfg"
KEYWORDS = {**DEFAULT_KEYWORDS, "later": None}
HEAD = """msgid ""
msgstr ""
"Language: {code}\\n"
"Plural-Forms: {plurals}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


@click.command("sentences")
def sentences() -> None:
    """Bring every translations/CODE/LC_MESSAGES/storefront.po up to date; print what lacks."""
    said = sentences_said()
    for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/storefront.po")):
        catalogue = read_catalogue(path)
        path.write_bytes(brought_up_to_date(catalogue, said))
        lacking = missing(read_catalogue(path))
        click.echo(f"{code_of(path)}: {len(said)} sentences, {len(lacking)} not translated")
        for sentence in lacking:
            click.echo(f"  {sentence}")


def sentences_said() -> Catalog:
    """Every sentence of Python and templates."""
    methods, options = _ways_of_finding()
    catalogue = Catalog(charset="utf-8")
    for part in ("storefront", "templates"):
        for _file, _line, message, _comments, context in extract_from_dir(
            ROOT / part,
            [(pattern.removeprefix(f"{part}/"), way) for pattern, way in methods],
            {pattern.removeprefix(f"{part}/"): said for pattern, said in options.items()},
            KEYWORDS,
        ):
            catalogue.add(message, context=context)
    return catalogue


def read_catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=code_of(path), charset="utf-8")


def code_of(path: Path) -> str:
    """translations/de/LC_MESSAGES/storefront.po is "de"."""
    return path.parent.parent.name


def brought_up_to_date(catalogue: Catalog, said: Catalog) -> bytes:
    """The catalogue with exactly these sentences, as its file is written."""
    catalogue.update(said, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    for message in catalogue:
        message.locations, message.auto_comments = [], []
    written = BytesIO()
    write_po(written, catalogue, width=0, sort_output=True, ignore_obsolete=True, omit_header=True)
    code = str(Locale.parse(str(catalogue.locale)).language)
    return HEAD.format(code=code, plurals=catalogue.plural_forms).encode() + written.getvalue()


def missing(catalogue: Catalog) -> list[str]:
    """Sentences that nobody has translated yet."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and not _is_said(message)
    ]


def _is_said(message: Message) -> bool:
    said = message.string
    return bool(said) if said is None or isinstance(said, str) else all(said)


def _ways_of_finding() -> tuple[list[tuple[str, str]], dict[str, dict[str, str]]]:
    """What babel.cfg says: [python: pattern] sections, in order, and their options."""
    config = configparser.ConfigParser()
    config.read(FOUND_IN, encoding="utf-8")
    methods, options = [], {}
    for section in config.sections():
        way, pattern = (part.strip() for part in section.split(":", 1))
        methods.append((pattern, way))
        options[pattern] = dict(config.items(section))
    return methods, options
