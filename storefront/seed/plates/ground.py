"""The paper the plates are printed on, the inks, and the shade things throw on a table."""

from PIL import Image, ImageDraw

from storefront.seed.plates.pen import FINER, Ink, Pen, oval

PAPER: Ink = (0xF7, 0xF9, 0xF5)
BAND: Ink = (0xE8, 0xF0, 0xE3)
RULE: Ink = (0xCB, 0xD6, 0xC7)
RED: Ink = (0xC8, 0x37, 0x2B)
YELLOW: Ink = (0xFF, 0xC5, 0x3D)

WHITE: Ink = (0xFF, 0xFF, 0xFF)
CREAM: Ink = (0xF3, 0xE8, 0xCC)
STRAW: Ink = (0xE3, 0xCB, 0x8C)
OCHRE: Ink = (0xCF, 0x9A, 0x40)
HONEY: Ink = (0xE0, 0x9A, 0x2B)
AMBER: Ink = (0xB4, 0x6A, 0x22)
RUST: Ink = (0xA9, 0x4F, 0x2C)
TEA: Ink = (0x86, 0x50, 0x2E)
BARK: Ink = (0x53, 0x36, 0x28)
LIME: Ink = (0xB9, 0xC9, 0x8A)
LEAF: Ink = (0x7E, 0x9C, 0x68)
GREEN: Ink = (0x55, 0x7A, 0x56)
DEEP: Ink = (0x2F, 0x53, 0x42)
MIST: Ink = (0xD3, 0xE0, 0xDC)
STEEL: Ink = (0xB3, 0xC1, 0xC2)
SLATE: Ink = (0x6C, 0x80, 0x88)
NIGHT: Ink = (0x2A, 0x3B, 0x46)

BAND_HEIGHT = 80
MARGIN = 96


def sheet(width: int = 1280, height: int = 1280) -> Image.Image:
    """Ledger paper: green bars and the red margin rule."""
    paper = Image.new("RGB", (width * FINER, height * FINER), PAPER)
    draw = ImageDraw.Draw(paper)
    for top in range(0, height, 2 * BAND_HEIGHT):
        box = (0, top * FINER, width * FINER, (top + BAND_HEIGHT) * FINER - 1)
        draw.rectangle(box, fill=BAND)
    x = MARGIN * FINER
    draw.rectangle((x, 0, x + 2 * FINER, height * FINER), fill=RED)
    return paper


def shade(pen: Pen, cx: float, y: float, reach: float, depth: float = 30.0) -> None:
    """A thing's shadow on the table: level strokes to its right."""
    pen.hatch(oval(cx, y, reach, depth), 0, 10, 3.4, ends=(0.3, 0.1))
