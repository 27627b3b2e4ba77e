"""Honey: jar, bee, comb, dipper, and what the bees flew to."""

import math
from collections.abc import Sequence

from storefront.seed.plates.flowers import bell, star
from storefront.seed.plates.ground import (
    AMBER,
    BARK,
    CREAM,
    GREEN,
    HONEY,
    LEAF,
    LIME,
    MIST,
    OCHRE,
    RED,
    STRAW,
    TEA,
    WHITE,
    YELLOW,
)
from storefront.seed.plates.leaves import Leaf, lance, lay, stem
from storefront.seed.plates.packs import Motif, wrapped
from storefront.seed.plates.pen import BLUE_BLACK, Ink, Line, Pen, Point, curve, oval
from storefront.seed.plates.vessels import around, gleam, straight, turned

CHESTNUT = Leaf(lance(0.5, 0.62, 0.4), LEAF, GREEN, teeth=17, bite=0.14, veins=14, sweep=0.13)
SMALL = Leaf(lance(0.5, 0.8), LEAF, GREEN, veins=5, sweep=0.25)
LILAC: Ink = (0x8D, 0x7F, 0xA6)
VIOLET: Ink = (0x6A, 0x5C, 0x88)


def jar(pen: Pen, light: Ink, dark: Ink, emblem: Motif) -> None:
    """A glass of honey with a tin lid."""
    glass = turned(
        [(140, -392), (144, -376), (186, -330), (194, -270), (194, -60), (184, -12), (168, 0)], 0.2
    )
    pen.fill(glass.body(), light)
    pen.fill(glass.between(0, 1, 0.42, 1), dark)
    pen.fill(glass.between(0, 0.14), MIST)
    around(pen, glass, 0.2, 0.98, 0.56, 0.99)
    gleam(pen, glass, -0.9, 0.36, 0.9, 13)
    pen.outline(glass.ring(0.14), 3.5, closed=False)
    pen.outline(glass.body(), 6.5)
    wrapped(pen, glass, 0.44, 0.84, emblem)
    lid = straight([(150, -446), (158, -438), (158, -384)], 0.2)
    pen.fill(lid.body(), STRAW)
    pen.fill(lid.between(0.1, 1, 0.45, 1), OCHRE)
    for i in range(30):
        k = -0.985 + 1.97 * i / 29
        pen.stroke([lid.at(v, k) for v in (0.3, 0.6, 0.93)], 3.4, 0.8, 0.8)
    pen.outline(lid.body(), 6)
    pen.fill(oval(0, -446, 150, 30), STRAW, slip=(0, 0))
    pen.outline(oval(0, -446, 150, 30), 5)
    pen.hatch(oval(0, -446, 138, 25), 0, 9, 2.6, without=oval(-50, -450, 130, 24))


def bee(pen: Pen) -> None:
    """A honey bee in flight, heading to the left."""
    for at, turn, size in (((26, -34), 28, 1.0), ((-6, -36), -14, 1.12)):
        wing = pen.at(*at, size, turn)
        shape = curve([(0, 0), (-20, -50), (2, -112), (40, -104), (46, -44), (16, -4)], True, 6)
        wing.fill(shape, MIST)
        wing.outline(shape, 4)
        wing.stroke(curve([(6, -6), (8, -50), (14, -100)]), 3, 0.8, 0.2)
        wing.stroke(curve([(10, -22), (28, -50), (32, -92)]), 2.6, 0.8, 0.2)
        wing.stroke([(9, -56), (22, -58), (30, -62)], 2.4, 0.8, 0.4)
    abdomen = curve([(10, -34), (64, -38), (112, -4), (122, 22), (90, 34), (30, 30), (0, 4)], True)
    pen.fill(abdomen, HONEY)
    for back in (36, 64, 91):
        stripe = curve([(back, -46), (back + 13, -6), (back + 4, 42)])
        wide = stripe + [(px + 14, py) for px, py in reversed(stripe)]
        pen.hatch(abdomen, 60, 3, 4.5, within=wide, ends=(1, 1))
    pen.outline(abdomen, 5.5)
    body = oval(-14, -10, 38, 34)
    pen.fill(body, OCHRE)
    pen.outline(body, 5)
    for i in range(26):
        a = i / 26 * math.tau
        x, y = -14 + 34 * math.cos(a), -10 + 30 * math.sin(a)
        pen.stroke([(x, y), (x + 9 * math.cos(a), y + 9 * math.sin(a) + 3)], 3.4, 1, 0.2)
    pen.hatch(body, 40, 9, 2.8, without=oval(-26, -22, 38, 34))
    head = oval(-62, 0, 23, 22)
    pen.fill(head, BARK)
    pen.outline(head, 4.5)
    pen.dot((-68, -4), 5, CREAM)
    for leg in (
        [(-34, 20), (-46, 44), (-38, 62)],
        [(-12, 24), (-14, 54), (2, 74)],
        [(12, 24), (30, 50), (26, 80)],
        [(-76, -16), (-96, -34), (-114, -30)],
        [(-68, -20), (-78, -44), (-98, -52)],
    ):
        pen.stroke(curve(leg), 5, 0.9, 0.4)


def trail(pen: Pen, points: Sequence[Point]) -> None:
    """The way a bee came, in dashes."""
    path = curve(points, per=14)
    for i in range(0, len(path) - 4, 7):
        pen.stroke(path[i : i + 4], 4, 0.4, 0.4)


def comb(pen: Pen, rows: int, columns: int, size: float = 58.0) -> None:
    """A piece of comb, its upper left cell at the origin; some cells open, some capped."""
    for row in range(rows):
        for column in range(columns - (row % 2)):
            if (row, column) in ((0, columns - 1), (rows - 1, 0), (rows - 1, columns - 2)):
                continue
            x = (column + 0.5 * (row % 2)) * size * 1.732
            cell(pen, (x, row * size * 1.5), size, capped=(row * 3 + column * 5) % 7 < 2)


def cell(pen: Pen, at: Point, size: float, capped: bool) -> None:
    def hexagon(radius: float) -> Line:
        turns = [math.radians(60 * i + 30) for i in range(6)]
        return [(at[0] + radius * math.cos(a), at[1] + radius * math.sin(a)) for a in turns]

    pen.fill(hexagon(size), STRAW, slip=(2, 2))
    pen.outline(hexagon(size), 5)
    inner = hexagon(size * 0.76)
    pen.fill(inner, YELLOW if capped else HONEY, slip=(2, 2))
    if not capped:
        pen.fill(_meniscus(at, size), AMBER, slip=(0, 0))
        pen.hatch(inner, 30, 9, 2.8, without=oval(at[0] - 16, at[1] + 14, size, size))
    else:
        for _ in range(7):
            x, y = pen.rng.uniform(-0.4, 0.4) * size, pen.rng.uniform(-0.4, 0.4) * size
            pen.dot((at[0] + x, at[1] + y), 2.4)
    pen.outline(inner, 4)


def _meniscus(at: Point, size: float) -> Line:
    x, y, s = at[0], at[1], size * 0.66
    return curve(
        [(x - s * 0.8, y - s * 0.4), (x, y - s), (x + s * 0.8, y - s * 0.4), (x, y - s * 0.2)],
        True,
        5,
    )


def dipper(pen: Pen) -> None:
    """A wooden honey dipper, its head at the origin, handle up to the right."""
    rod = [(-10, -60), (10, -60), (13, -330), (8, -440), (-8, -440), (-13, -330)]
    pen.fill(rod, STRAW)
    pen.hatch(rod, 90, 7, 2.6, without=[(-20, -30), (2, -30), (2, -460), (-20, -460)])
    pen.outline(rod, 5)
    for y, r in ((-56, 34), (-28, 48), (2, 54), (32, 52), (60, 40)):
        ring = oval(0, y, r, 15)
        pen.fill(ring, HONEY if y > -40 else STRAW)
        pen.hatch(ring, 0, 6, 2.6, without=oval(-12, y - 6, r, 13))
        pen.outline(ring, 5)


def thread(pen: Pen, long: float) -> None:
    """Honey running off, from the origin down into a pool."""
    pool = oval(4, long + 2, 196, 32)
    pen.fill(pool, HONEY)
    pen.hatch(pool, 0, 9, 3, without=oval(-40, long - 14, 190, 40))
    pen.outline(pool, 5.5)
    side = curve([(-34, -10), (-18, 40), (-9, long * 0.5), (-8, long - 30), (-26, long - 4)])
    other = [(-x * 0.9, y) for x, y in reversed(side)]
    pen.fill(side + other, HONEY)
    pen.outline(side, 5, closed=False)
    pen.outline(other, 5, closed=False)
    pen.stroke(curve([(-8, 20), (-3, long * 0.4), (-2, long * 0.8)]), 4.5, 0.3, 0.2, ink=CREAM)
    pen.stroke(curve([(-50, long - 2), (-2, long + 12), (52, long)]), 4, 0.2, 0.2)


def meadow(pen: Pen) -> None:
    """A bunch of wild flowers; their stalks meet at the origin."""
    for points in (
        [(0, 0), (-30, -160), (-110, -330), (-150, -460)],
        [(10, 0), (10, -180), (30, -360), (20, -560)],
        [(20, 0), (60, -150), (150, -290), (200, -400)],
        [(-10, 0), (-80, -110), (-180, -190), (-250, -220)],
        [(26, 0), (90, -90), (170, -140), (240, -150)],
    ):
        stem(pen, points, 14, LEAF, 4)
    lay(pen, SMALL, [(-26, -120), (-90, -170), (-130, -260), (-120, -330)], 30, 36)
    lay(pen, SMALL, [(18, -230), (80, -300), (110, -400), (90, -480)], 34, 28)
    lay(pen, SMALL, [(40, -80), (130, -70), (210, -30), (260, 30)], 30, 26)
    lay(pen, SMALL, [(-20, -50), (-110, -70), (-190, -60), (-260, 0)], 26, 32)
    star(pen.at(24, -580, 1.15), 8, LILAC, VIOLET)
    star(pen.at(-160, -480, 0.95, 20), 5, RED, (0x9E, 0x2A, 0x24), 84)
    star(pen.at(214, -420, 0.92, 8), 6, YELLOW, HONEY, 84)
    bell(pen.at(-262, -222, 0.95, 22), LILAC)
    star(pen.at(252, -156, 0.7, 30), 5, WHITE, MIST, 88)


def burr(pen: Pen, radius: float) -> None:
    """A chestnut burr, split, two nuts showing."""
    for i in range(96):
        a = i / 96 * math.tau + pen.rng.uniform(-0.06, 0.06)
        near, far = radius * 0.86, radius * pen.rng.uniform(1.16, 1.34)
        lean = a + pen.rng.uniform(-0.12, 0.12)
        tip = (far * math.cos(lean), far * math.sin(lean))
        pen.stroke([(near * math.cos(a), near * math.sin(a)), tip], 6, 1, 0.1)
    ball = oval(0, 0, radius, radius * 0.96)
    pen.fill(ball, LIME)
    pen.fill(oval(radius * 0.12, radius * 0.12, radius * 0.8, radius * 0.76), LEAF)
    for _ in range(70):
        a, far = pen.rng.uniform(0, math.tau), radius * 0.95 * math.sqrt(pen.rng.random())
        x, y = far * math.cos(a), far * math.sin(a)
        pen.stroke([(x, y), (x * 1.18 + 4, y * 1.18 + 5)], 4, 1, 0.1)
    pen.outline(ball, 5)
    gap = curve([(-radius * 0.7, -radius * 0.1), (-radius * 0.1, -radius * 0.6),
                 (radius * 0.68, -radius * 0.2), (radius * 0.3, radius * 0.56),
                 (-radius * 0.4, radius * 0.5)], True)  # fmt: skip
    pen.fill(gap, CREAM, slip=(0, 0))
    pen.outline(gap, 5)
    nut(pen.at(-radius * 0.2, radius * 0.06, radius / 120, -24))
    nut(pen.at(radius * 0.24, 0, radius / 120, 20))


def nut(pen: Pen) -> None:
    """A chestnut about 90 wide, its point up."""
    shape = curve(
        [(0, -62), (34, -34), (48, 8), (30, 42), (-30, 42), (-48, 8), (-32, -34)], True, 6
    )
    pen.fill(shape, TEA)
    pen.fill(curve([(0, -56), (40, -20), (46, 14), (28, 40), (4, 36), (16, 0)], True, 6), BARK)
    for x in (-26, -12, 2, 16, 28):
        pen.stroke(curve([(x * 0.2, -54), (x, -16), (x * 1.05, 22)]), 3, 0.2, 0.5)
    pen.stroke(curve([(-28, -18), (-34, 2), (-28, 18)]), 6, 0.2, 0.2, ink=STRAW)
    base = curve([(-32, 32), (0, 24), (32, 32), (26, 43), (-26, 43)], True, 5)
    pen.fill(base, STRAW)
    pen.outline(base, 3.5)
    pen.outline(shape, 5)
    pen.stroke([(0, -60), (1, -70), (4, -80)], 5, 1, 0.3, ink=BLUE_BLACK)


def catkin(pen: Pen, points: Sequence[Point]) -> None:
    """The long blossom bees visit in June."""
    rib = curve(points, per=5)
    for i, (x, y) in enumerate(rib):
        size = 17 - 9 * i / len(rib)
        for side in (-1, 1, 0):
            at = (x + side * size * 1.1, y + pen.rng.uniform(-5, 5))
            for _ in range(3):
                a = pen.rng.uniform(0, math.tau)
                hair = (at[0] + size * 1.7 * math.cos(a), at[1] + size * 1.7 * math.sin(a))
                pen.stroke([at, hair], 3, 1, 0.6)
                pen.dot(hair, 2.6)
            pen.dot(at, size)
            pen.dot((at[0] - 1.5, at[1] - 1.5), size - 3.4, (CREAM, STRAW, LIME)[(i + side) % 3])
