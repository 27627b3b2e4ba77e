"""Twigs of the plants the shop sells as tea and infusion."""

import math
from collections.abc import Sequence

from storefront.seed.plates.flowers import tea_flower
from storefront.seed.plates.ground import (
    AMBER,
    BARK,
    DEEP,
    GREEN,
    HONEY,
    LEAF,
    LIME,
    RUST,
    STRAW,
    TEA,
)
from storefront.seed.plates.leaves import Leaf, lance, lay, stem
from storefront.seed.plates.pen import Pen, Point, curve, oval

ASSAM = Leaf(lance(0.46, 0.8, 0.5), GREEN, DEEP, teeth=26, bite=0.03, veins=8, sweep=0.19)
BUD = Leaf(lance(0.4, 0.9), LIME, LEAF, veins=5, sweep=0.35, hatch=2)
DARJEELING = Leaf(lance(0.44, 0.85, 0.6), LEAF, GREEN, teeth=22, bite=0.035, veins=8, sweep=0.2)
GOLDEN = Leaf(lance(0.4, 0.9, 0.3), STRAW, HONEY, teeth=16, bite=0.03, veins=6, sweep=0.26)
SENCHA = Leaf(lance(0.42, 0.85, 0.6), LIME, LEAF, teeth=24, bite=0.03, veins=9, sweep=0.18)
OOLONG = Leaf(lance(0.5, 0.62, 0.5), LEAF, DEEP, teeth=22, bite=0.045, veins=8, sweep=0.18)
MINT = Leaf(lance(0.4, 0.72, 0.3), LEAF, GREEN, teeth=11, bite=0.085, veins=7, sweep=0.22)
GRAPE = Leaf(lance(0.38, 0.5), LIME, LEAF, teeth=9, bite=0.14, veins=5, sweep=0.3)


def assam(pen: Pen) -> None:
    """Two leaves and a bud, and a flower below."""
    stem(pen, [(560, 1200), (610, 1010), (632, 800), (652, 560), (668, 420)], 36, GREEN, cut=True)
    lay(pen, ASSAM, [(640, 800), (540, 745), (400, 650), (300, 500), (232, 300)], 135, 165)
    lay(pen, ASSAM, [(650, 650), (770, 615), (900, 520), (1010, 380), (1072, 196)], 165, 125)
    lay(pen, BUD, [(660, 470), (700, 370), (704, 250), (650, 96)], 46, 52)
    small = pen.at(606, 1010)
    stem(small, [(0, 10), (90, -10), (170, 10)], 16, LEAF)
    tea_flower(pen.at(850, 1010, 1.05))


def darjeeling(pen: Pen) -> None:
    """A shoot leaning the other way, with golden tips, and muscatel grapes."""
    stem(pen, [(900, 1190), (820, 1010), (740, 800), (690, 600), (640, 420)], 32, LEAF, cut=True)
    lay(pen, DARJEELING, [(745, 820), (860, 800), (990, 740), (1080, 640), (1140, 480)], 110, 90)
    lay(pen, DARJEELING, [(700, 640), (590, 630), (450, 560), (330, 430), (250, 240)], 90, 125)
    lay(pen, GOLDEN, [(668, 520), (770, 450), (830, 340), (850, 170)], 78, 60)
    lay(pen, GOLDEN, [(645, 440), (650, 330), (620, 220), (560, 92)], 36, 44)
    grapes(pen.at(400, 930))


def grapes(pen: Pen) -> None:
    """A small bunch, hanging from its stalk at the origin."""
    stem(pen, [(140, -196), (90, -200), (40, -170), (0, -100)], 18, TEA, cut=True)
    curl = [(46 - i * 1.7, 3.0 + i * 0.33) for i in range(24)]
    tendril = [(170 + r * math.cos(a), -110 + r * math.sin(a)) for r, a in curl]
    pen.stroke(curve([(60, -190), (92, -150), *tendril], per=3), 5.5, 1, 0.5)
    lay(pen, GRAPE, [(40, -160), (-40, -190), (-120, -170), (-190, -110)], 70, 90)
    rows = [(5, -90), (4, -34), (4, 22), (3, 78), (2, 130), (1, 178)]
    for count, y in rows:
        for i in range(count):
            x = (i - (count - 1) / 2) * 58 + pen.rng.uniform(-5, 5)
            grape(pen, (x, y + pen.rng.uniform(-5, 5)))


def grape(pen: Pen, at: Point) -> None:
    x, y = at
    berry = oval(x, y, 33, 35)
    pen.fill(berry, LIME)
    pen.fill(oval(x + 9, y + 9, 21, 23), LEAF)
    pen.hatch(berry, 35, 8, 2.6, without=oval(x - 11, y - 11, 33, 35), ends=(0.2, 0.2))
    pen.outline(berry, 5)
    pen.dot((x - 10, y - 12), 5, STRAW)


def sencha(pen: Pen) -> None:
    """A spring shoot with narrow leaves, drawn without its pot."""
    stem(pen, [(330, 1010), (360, 820), (400, 620), (450, 420)], 26, LEAF, cut=True)
    lay(pen, SENCHA, [(372, 760), (270, 700), (210, 600), (176, 450)], 52, 66)
    lay(pen, SENCHA, [(392, 640), (490, 600), (580, 520), (640, 400)], 70, 50)
    lay(pen, SENCHA, [(420, 520), (370, 430), (340, 320), (346, 190)], 46, 52)
    lay(pen, BUD, [(448, 430), (490, 340), (500, 240), (480, 110)], 30, 34)


def tieguanyin(pen: Pen) -> None:
    """A shoot with broad, thick leaves."""
    stem(pen, [(400, 900), (400, 720), (430, 560), (470, 400)], 30, RUST, cut=True)
    lay(pen, OOLONG, [(402, 720), (320, 650), (240, 540), (210, 380)], 84, 100)
    lay(pen, OOLONG, [(424, 600), (530, 570), (640, 490), (720, 350)], 104, 84)
    lay(pen, BUD, [(466, 430), (510, 340), (520, 240), (490, 100)], 36, 42)


def peppermint(pen: Pen) -> None:
    """Toothed leaves in pairs, each pair across the one below, and a spike of flowers."""
    stem(pen, [(600, 1210), (640, 980), (640, 740), (660, 480), (650, 300)], 34, RUST, cut=True)
    lay(pen, MINT, [(640, 1030), (520, 985), (400, 1010), (250, 1120)], 96, 84, -1)
    lay(pen, MINT, [(644, 1016), (770, 940), (900, 930), (1060, 990)], 92, 104)
    lay(pen, MINT, [(642, 830), (540, 740), (410, 720), (262, 790)], 98, 76, -1)
    lay(pen, MINT, [(642, 820), (760, 720), (900, 680), (1052, 712)], 80, 100)
    lay(pen, MINT, [(648, 620), (550, 540), (450, 530), (346, 600)], 74, 64, -1)
    lay(pen, MINT, [(652, 612), (740, 520), (850, 480), (968, 520)], 64, 80)
    lay(pen, MINT, [(658, 460), (590, 400), (520, 400), (450, 450)], 50, 46, -1)
    lay(pen, MINT, [(658, 450), (720, 390), (790, 370), (868, 396)], 46, 54)
    for i in range(7):
        y, wide = 330 - i * 32, 62 - i * 7
        for side in (-1, 1):
            petal(pen, (653 + side * wide * 0.5, y), 22 - i * 1.5, side * 62)
        petal(pen, (653, y - 8), 22 - i * 1.5, 0)


def petal(pen: Pen, at: Point, size: float, turn: float) -> None:
    bud = pen.at(*at, size / 22, turn)
    shape = curve([(0, 16), (-16, -4), (-9, -24), (0, -32), (9, -24), (16, -4)], closed=True)
    bud.fill(shape, (0xC9, 0xA9, 0xB4))
    bud.outline(shape, 4.5)
    bud.stroke([(0, 12), (1, -4), (0, -18)], 3)


def rooibos(pen: Pen) -> None:
    """Needles in tufts along red twigs, and a few small yellow flowers."""
    twigs: Sequence[tuple[Sequence[Point], float]] = (
        ([(620, 1210), (640, 960), (600, 700), (640, 420), (600, 130)], 30),
        ([(632, 1000), (760, 860), (880, 640), (960, 380)], 22),
        ([(612, 800), (500, 660), (400, 500), (310, 300)], 20),
        ([(622, 620), (730, 500), (790, 330), (810, 170)], 17),
        ([(636, 1040), (480, 940), (340, 790), (240, 620)], 18),
    )
    for points, width in twigs:
        stem(pen, points, width, RUST, cut=width == 30)
    for points, _ in twigs:
        spine = curve(points, per=12)
        for i in range(4, len(spine), 2):
            tuft(pen, spine, i, 1 - 0.35 * i / len(spine))
        (x0, y0), (x1, y1) = spine[-3], spine[-1]
        needle(pen.at(x1, y1, 1, math.degrees(math.atan2(y1 - y0, x1 - x0))), 92, 1)
    for at in ((900, 560), (408, 520), (738, 470), (380, 840), (612, 300), (300, 640)):
        blossom(pen, at)


def tuft(pen: Pen, spine: Sequence[Point], i: int, size: float) -> None:
    (x0, y0), (x1, y1) = spine[i - 1], spine[i]
    along = math.degrees(math.atan2(y1 - y0, x1 - x0))
    for side in (-1, 1):
        turn = along + side * pen.rng.uniform(22, 50)
        long = pen.rng.uniform(110, 168) * size
        needle(pen.at(x1, y1, 1, turn), long, side)


def needle(pen: Pen, long: float, side: int) -> None:
    spine = curve([(0, 0), (long * 0.5, side * -7), (long, side * -4)], per=6)
    width = 9
    pen.stroke(spine, width + 7, 0.3, 0.2)
    pen.stroke(spine[:-1], width, 0.2, 0.1, ink=LEAF if side < 0 else GREEN)


def blossom(pen: Pen, at: Point) -> None:
    small = pen.at(*at, 1, pen.rng.uniform(-30, 30))
    for ink, shape in (
        (HONEY, curve([(0, 14), (-26, -6), (-16, -34), (8, -36), (24, -10)], closed=True)),
        (AMBER, curve([(0, 16), (-10, 2), (0, -12), (12, 0)], closed=True)),
    ):
        small.fill(shape, ink)
        small.outline(shape, 4.5)
    small.stroke([(-6, -30), (-4, -20), (-2, -10)], 3, ink=BARK)
