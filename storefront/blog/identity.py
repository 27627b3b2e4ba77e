"""Products in Markdown: by address while it is written, by id while it is kept.

    ::product[green-tea]{sku="TE-1" note="…"}   is kept as   ::product[@12]{sku="TE-1" note="…"}
    [words](/products/green-tea?variant=TE-1)   is kept as   [words](product:12?variant=TE-1)

A product that is not known stays as it was written; check() names it. Code is left alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import and_, select

from storefront.catalog.models import OldSlug, Product
from storefront.extensions import db

CARD_LINE = re.compile(r"^::product\[([^\]\n]{1,200})\]")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_KEPT_CARD = re.compile(r"^::product\[@(\d{1,10})\]")
# The shop's own host may stand before the path, and the path may be that of other software.
_LINK_OF_OURS = r"(?<=\]\()(?:{base})?/products?/([a-z0-9][a-z0-9-]{{0,159}})(?=[)?# ])"
AT_A_TIME = 1000
_KEPT_LINK = re.compile(r"(?<=\]\()product:(\d{1,10})(?=[)?# ])")


def to_ids(written: str, base_url: str = "", ids: Mapping[str, int] | None = None) -> str:
    """The text as it is kept. `ids`: those of the products it names, if they were looked up."""
    link = _link(base_url)
    if ids is None:
        ids = ids_named([written], base_url)

    def turn(line: str) -> str:
        line = CARD_LINE.sub(
            lambda m: f"::product[@{ids[m[1]]}]" if m[1] in ids else m[0], line, count=1
        )
        return link.sub(lambda m: f"product:{ids[m[1]]}" if m[1] in ids else m[0], line)

    return _outside_code(written, turn)


def ids_named(texts: Iterable[str], base_url: str = "") -> dict[str, int]:
    """By address, the ids of all products that the texts name. Reads only."""
    link = _link(base_url)
    slugs = {found for one in texts for line in _prose(one) for found in _slugs_in(line, link)}
    ordered = sorted(slugs)
    found: dict[str, int] = {}
    for at in range(0, len(ordered), AT_A_TIME):
        found.update(_ids_of(ordered[at : at + AT_A_TIME]))
    return found


def to_slugs(kept: str) -> str:
    """The text as its writer sees it, with the addresses products have now."""
    ids = {
        int(found)
        for line in _prose(kept)
        for pattern in (_KEPT_CARD, _KEPT_LINK)
        for found in pattern.findall(line)
    }
    slugs = _slugs_of(ids)

    def turn(line: str) -> str:
        line = _KEPT_CARD.sub(
            lambda m: f"::product[{slugs[int(m[1])]}]" if int(m[1]) in slugs else m[0], line
        )
        return _KEPT_LINK.sub(
            lambda m: f"/products/{slugs[int(m[1])]}" if int(m[1]) in slugs else m[0], line
        )

    return _outside_code(kept, turn)


def _slugs_in(line: str, link: re.Pattern[str]) -> Iterator[str]:
    yield from CARD_LINE.findall(line)
    yield from link.findall(line)


def _link(base_url: str) -> re.Pattern[str]:
    return re.compile(_LINK_OF_OURS.format(base=re.escape(base_url) if base_url else ""))


def _ids_of(slugs: Sequence[str]) -> Mapping[str, int]:
    """Ids by address, those that products used to have included."""
    old = select(OldSlug.slug, Product.id).join(
        Product, and_(OldSlug.target_id == Product.id, OldSlug.kind == "product")
    )
    found = {slug: id_ for slug, id_ in db.session.execute(old.where(OldSlug.slug.in_(slugs)))}
    now = select(Product.slug, Product.id).where(Product.slug.in_(slugs))
    return found | {slug: id_ for slug, id_ in db.session.execute(now)}


def _slugs_of(ids: set[int]) -> Mapping[int, str]:
    if not ids:
        return {}
    rows = db.session.execute(select(Product.id, Product.slug).where(Product.id.in_(ids)))
    return {id_: slug for id_, slug in rows}


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not fenced code, numbered from 1; code inside of one is blanked."""
    for number, (line, is_code) in enumerate(_lines(text), start=1):
        if not is_code:
            yield number, _CODE.sub(" ", line)


def _prose(text: str) -> list[str]:
    """The lines that are not code."""
    return [line for line, is_code in _lines(text) if not is_code]


def _outside_code(text: str, turn: Callable[[str], str]) -> str:
    """Each line turned but those of fenced code."""
    return "\n".join(line if is_code else turn(line) for line, is_code in _lines(text))


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is fenced code or its fence."""
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        yield line, bool(fence or mark)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif mark:
            fence = mark[1]
