"""The picture shown where a page is shared: 1200×630, a product's plate beside its name.

No price stands on it, for prices change and such pictures are kept by others.
"""

import hashlib
import json
import os
import secrets
from dataclasses import astuple, dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from storefront.papers.type_face import BOLD, REGULAR, fitted, letters_of

WIDTH, HEIGHT = 1200, 630
PLATE = 520  # how wide the picture stands, at the right
MARGIN_RULE, LEFT = 72, 112
DRAWN_AS = 1  # grows when cards look different from now on
PAPER, BAND, RULE = "#F7F9F5", "#E8F0E3", "#CBD6C7"
INK, INK_2, MARGIN = "#14212B", "#4A5A62", "#C8372B"
SIZES, ROOM = (84, 72, 62, 54, 46, 38), 330  # for the name: its sizes, and how high it may stand


@dataclass(frozen=True, slots=True)
class Card:
    """All that stands on one; its digest is that of these words and this picture."""

    title: str
    shop: str
    line: str
    picture: str | None = None  # a file in the media folder

    @property
    def digest(self) -> str:
        says = json.dumps([DRAWN_AS, *astuple(self)])
        return hashlib.sha256(says.encode()).hexdigest()[:20]


def keep_card(card: Card, media: Path, path: Path, more: Path | None = None) -> None:
    """Draw it into a file, whole or not at all. `more`: a font for letters the shop's lacks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        draw_card(card, media, more).save(part, "JPEG", quality=84, optimize=True)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def draw_card(card: Card, media: Path, more: Path | None = None) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    right = WIDTH - PLATE
    pen.rectangle((right, 0, WIDTH, HEIGHT), fill=BAND)
    plate = _plate(media / card.picture) if card.picture else None
    if plate is None:
        for top in range(0, HEIGHT, 90):
            pen.rectangle((right, top, WIDTH, top + 44), fill=PAPER)
    else:
        image.paste(plate, (right, 0))
    pen.rectangle((MARGIN_RULE, 0, MARGIN_RULE + 2, HEIGHT), fill=MARGIN)
    pen.text((LEFT, 64), fitted(card.shop, more), font=_font(card.shop, 40, more), fill=INK)
    _label(pen, card, right - 56, more)
    return image


def _label(pen: ImageDraw.ImageDraw, card: Card, right: int, more: Path | None) -> None:
    """As below a product's plate: an ink rule, the name, a hairline, a line in small letters."""
    lines, size = _set(fitted(card.title, more), right - LEFT, card.title, more)
    font, step = _font(card.title, size, more), _step(size)
    bottom = HEIGHT - 64
    pen.text((LEFT, bottom - 34), fitted(card.line, more), font=_font(card.line, 30, more, REGULAR),
             fill=INK_2)  # fmt: skip
    pen.line((LEFT, bottom - 54, right, bottom - 54), fill=RULE, width=1)
    top = bottom - 78 - step * len(lines)
    pen.rectangle((LEFT, top - 26, right, top - 23), fill=INK)
    for n, line in enumerate(lines):
        pen.text((LEFT, top + n * step), line, font=font, fill=INK)


def _set(text: str, width: int, title: str, more: Path | None) -> tuple[list[str], int]:
    """The words in as few lines as the largest size that fits needs; what is over is cut off."""
    lines: list[str] = []
    for size in SIZES:
        lines = _broken(text, _font(title, size, more), width)
        if len(lines) * _step(size) <= ROOM:
            return lines, size
    kept = lines[: ROOM // _step(SIZES[-1])]
    return [*kept[:-1], kept[-1][:-1].rstrip() + "…"], SIZES[-1]


def _step(size: int) -> int:
    """From line to line."""
    return round(size * 1.12)


def _broken(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:  # a word that is wider than the card is broken where it must be
            if font.getlength(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return lines


def _font(text: str, size: int, more: Path | None, own: Path = BOLD) -> ImageFont.FreeTypeFont:
    """The shop's face, or the font named for letters it does not have."""
    lacks = more is not None and not {ord(one) for one in text} <= letters_of(own)
    return ImageFont.truetype(str(more if lacks else own), size)


def _plate(path: Path) -> Image.Image | None:
    """The picture, filling its place; None where its file is gone."""
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
    except OSError:
        return None
    scale = max(PLATE / picture.width, HEIGHT / picture.height)
    size = (max(PLATE, round(picture.width * scale)), max(HEIGHT, round(picture.height * scale)))
    picture = picture.resize(size, Image.Resampling.LANCZOS)
    left, top = (size[0] - PLATE) // 2, (size[1] - HEIGHT) // 2
    return picture.crop((left, top, left + PLATE, top + HEIGHT))
