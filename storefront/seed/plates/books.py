"""Two books: bound, with a drawn cover, and open on the table."""

from collections.abc import Callable

from storefront.seed.plates import pots
from storefront.seed.plates.ground import (
    AMBER,
    CREAM,
    DEEP,
    GREEN,
    HONEY,
    LEAF,
    MIST,
    NIGHT,
    OCHRE,
    PAPER,
    RED,
    RUST,
    STRAW,
    TEA,
    WHITE,
    YELLOW,
)
from storefront.seed.plates.leaves import Leaf, lance, lay
from storefront.seed.plates.packs import box
from storefront.seed.plates.pen import BLUE_BLACK, Ink, Pen, arc, curve, oval
from storefront.seed.plates.vessels import bowl_cup

Cover = Callable[[Pen], None]
SPECIMEN = Leaf(lance(0.46, 0.75, 0.5), LEAF, GREEN, teeth=18, bite=0.04, veins=8, sweep=0.2)


def standing(pen: Pen, cloth: Ink, spine: Ink, cover: Cover) -> None:
    """A bound book, upright, seen a little from the left and above; front 480 by 680."""
    back = [(-310, -690), (-250, -712), (236, -712), (240, -680), (240, 0), (-250, 0), (-310, -22)]
    pen.fill(back, spine)
    pages = [(-250, -680), (-300, -692), (-246, -706), (230, -706), (238, -680)]
    pen.fill(pages, CREAM, slip=(0, 0))
    for i in range(1, 5):
        y = -680 - 5.4 * i
        pen.stroke([(-256 - 8 * i, y), (0, y), (234, y)], 2.6, 0.8, 0.8)
    pen.outline(back, 6.5)
    side = [(-310, -690), (-250, -680), (-250, 0), (-310, -22)]
    pen.fill(side, spine)
    pen.hatch(side, 90, 11, 3, without=box(-282, -720, -240, 20))
    for y in (-600, -560, -140, -100):
        pen.stroke([(-310, y - 6), (-280, y), (-250, y + 4)], 6, 1, 1, ink=STRAW)
    pen.outline(side, 5.5)
    front = box(-250, -680, 240, 0)
    pen.fill(front, cloth)
    pen.outline(front, 6.5)
    pen.stroke([(-226, -678), (-226, -340), (-226, -2)], 4, 0.9, 0.9)
    cover(pen.at(8, -340))


def patient_cover(pen: Pen) -> None:
    """Teapot and rising steam under a low sun; the origin is the middle of the cover."""
    panel = box(-196, -300, 196, 300)
    pen.fill(panel, CREAM, slip=(2, 2))
    sun = oval(70, -170, 92, 92)
    pen.fill(sun, YELLOW)
    pen.outline(sun, 4.5)
    for i in range(6):
        y = -12 + i * 16
        pen.stroke([(-196, y), (0, y + 2), (196, y)], 3, 0.8, 0.8)
    table = box(-196, 84, 196, 300)
    pen.fill(table, OCHRE, slip=(2, 2))
    pen.stroke([(-196, 84), (0, 84), (196, 84)], 5, 1, 1)
    pen.hatch(table, 0, 20, 3, without=oval(-20, 170, 180, 50))
    pots.kyusu(pen.at(-22, 190, 0.54, weight=1.45))
    pots.steam(pen.at(-112, 56, weight=1.1), 170)
    bowl_cup(pen.at(96, 264, 0.5, weight=1.6), HONEY, WHITE, MIST)
    pen.outline(panel, 5)
    _title(pen.at(-96, -236), 150)


def report_cover(pen: Pen) -> None:
    """A leaf under a magnifying glass, over the lines of a table."""
    panel = box(-196, -300, 196, 300)
    pen.fill(panel, PAPER, slip=(2, 2))
    for i in range(13):
        y = -150 + i * 36
        pen.stroke([(-170, y), (0, y), (170, y)], 2.6, 0.9, 0.9)
    for x in (-60, 30, 110):
        pen.stroke([(x, -150), (x, 60), (x, 282)], 2.6, 0.9, 0.9)
    for row in range(12):
        _figures(pen.at(-160, -132 + row * 36), (64, 46, 40, 30))
    lens = oval(-6, 20, 138, 138)
    pen.fill(lens, MIST)
    lay(pen, SPECIMEN, [(-96, 108), (-50, 50), (10, -10), (84, -76)], 62, 74)
    pen.stroke(arc(-6, 20, 116, 116, 190, 245), 9, 0.2, 0.2, ink=WHITE)
    for r, wide in ((138, 18), (138, 9)):
        ring = oval(-6, 20, r, r, steps=72)
        pen.outline(ring, wide, ink=BLUE_BLACK if wide > 10 else OCHRE)
    grip = [(88, 132), (108, 112), (186, 206), (190, 240), (160, 236)]
    pen.fill(grip, TEA)
    pen.hatch(grip, 50, 8, 3, without=box(60, 90, 140, 190))
    pen.outline(grip, 6)
    pen.outline(panel, 5)
    _title(pen.at(-160, -250), 220)


def _title(pen: Pen, width: float) -> None:
    """Where the title stands: a band with rules, without words."""
    pen.fill(box(-20, -30, width, 54), WHITE, slip=(2, 2))
    pen.stroke([(0, -6), (width / 2, -7), (width - 20, -6)], 12, 0.9, 0.8)
    pen.stroke([(0, 24), (width * 0.3, 24), (width * 0.62, 24)], 8, 0.9, 0.8)
    pen.outline(box(-20, -30, width, 54), 4)


def _figures(pen: Pen, widths: tuple[float, ...]) -> None:
    for x, width in zip((0, 112, 200, 280), widths, strict=False):
        long = width * pen.rng.uniform(0.6, 1)
        pen.stroke([(x, 0), (x + long / 2, -1), (x + long, 0)], 7, 0.8, 0.6)


def opened(pen: Pen, left: Cover, right: Cover) -> None:
    """An open book, 1000 wide, the fold at the origin's foot."""
    board = [*curve([(-505, -520), (0, -500), (505, -520)]), (512, 40), (0, 66), (-512, 40)]
    pen.fill(board, RUST)
    pen.outline(board, 6)
    for side in (-1, 1):
        top = curve([(0, -520), (side * 150, -556), (side * 330, -552), (side * 490, -530)])
        foot = curve([(side * 490, 16), (side * 330, -8), (side * 150, -8), (0, 34)])
        for inset in (12, 6, 0):
            page = [(x - side * (6 - inset), y + inset) for x, y in top + foot]
            pen.fill(page, WHITE if inset == 0 else CREAM, slip=(0, 0))
            pen.outline(page, 4 if inset else 5.5)
        inner = curve([(0, -516), (side * 26, -522), (side * 40, -526)])
        pen.hatch([*inner, (side * 40, 2), (side * 20, 16), (0, 30)], 90, 9, 2.8, ends=(0.6, 0.6))
    left(pen.at(-262, -270))
    right(pen.at(262, -270))


def prose(pen: Pen, rows: int = 13) -> None:
    """A page of lines, the first one indented by an initial."""
    initial = box(-180, -230, -112, -162)
    pen.fill(initial, GREEN, slip=(2, 2))
    pen.outline(initial, 4)
    pen.stroke(curve([(-146, -170), (-150, -200), (-132, -222)]), 7, 0.6, 0.3, ink=WHITE)
    for row in range(rows):
        y = -222 + row * 33
        start = -92 if row < 2 else -180
        end = 60 if row in (5, rows - 1) else 180 - pen.rng.uniform(0, 14)
        _words(pen, start, end, y)


def _words(pen: Pen, x: float, end: float, y: float) -> None:
    while x < end - 12:
        long = min(pen.rng.uniform(18, 62), end - x)
        pen.stroke([(x, y), (x + long / 2, y - 1), (x + long, y)], 6, 0.8, 0.6)
        x += long + 12


def pot_page(pen: Pen) -> None:
    """A plate of a gaiwan over three lines."""
    frame = box(-176, -232, 176, 110)
    pen.fill(frame, STRAW, slip=(2, 2))
    pen.outline(frame, 4)
    pots.gaiwan(pen.at(0, 56, 0.68, weight=1.3))
    for y in (146, 178, 210):
        _words(pen, -176, 176 if y < 200 else 40, y)


def chart_page(pen: Pen) -> None:
    """Bars against a red limit, and a leaf."""
    pen.stroke([(-170, -220), (-170, -90), (-170, 20)], 5, 1, 1)
    pen.stroke([(-170, 20), (0, 20), (176, 20)], 5, 1, 1)
    for i, (high, ink) in enumerate(
        ((96, GREEN), (142, LEAF), (64, OCHRE), (190, AMBER), (110, DEEP))
    ):
        bar = box(-144 + i * 62, 20 - high, -104 + i * 62, 20)
        pen.fill(bar, ink)
        pen.hatch(bar, 45, 9, 2.6, without=box(-144 + i * 62, -300, -122 + i * 62, 30))
        pen.outline(bar, 4)
    pen.stroke([(-170, -150), (0, -150), (176, -150)], 5, 1, 1, ink=RED)
    for y in (66, 98, 130, 162, 194):
        _words(pen, -172, 20, y)
    lay(pen, SPECIMEN, [(60, 210), (100, 170), (130, 120), (168, 56)], 34, 40)


def table_page(pen: Pen) -> None:
    """A table of figures with its heading, one line marked."""
    pen.fill(box(-180, -232, 180, -192), NIGHT, slip=(2, 2))
    pen.fill(box(-180, -40, 180, -4), YELLOW, slip=(2, 2))
    for row in range(12):
        y = -192 + row * 37.6
        pen.stroke([(-180, y), (0, y), (180, y)], 3, 0.9, 0.9)
        if row < 11:
            _figures(pen.at(-168, y + 20), (80, 52, 44, 50))
    pen.outline(box(-180, -232, 180, 222), 4.5)
    for x in (-70, 20, 98):
        pen.stroke([(x, -232), (x, 0), (x, 222)], 3, 0.9, 0.9)


def ribbon(pen: Pen) -> None:
    shape = [(-14, 0), (14, 0), (20, 90), (4, 72), (-10, 92)]
    pen.fill(shape, RED)
    pen.outline(shape, 4.5)


def spectacles(pen: Pen) -> None:
    for x in (-70, 70):
        glass = oval(x, 0, 58, 46)
        pen.outline(glass, 8)
        pen.stroke(arc(x, 0, 42, 32, 190, 250), 5, 0.2, 0.2)
    pen.stroke(curve([(-14, -12), (0, -22), (14, -12)]), 7, 1, 1)
    pen.stroke(curve([(126, -16), (190, -70), (240, -84), (262, -66)]), 7, 1, 0.6)
    pen.stroke(curve([(-126, -16), (-90, -84), (-40, -116), (-14, -104)]), 7, 1, 0.6)
