"""Flowers, each with its heart at the origin."""

import math
from collections.abc import Sequence

from storefront.seed.plates.ground import AMBER, GREEN, HONEY, LEAF, OCHRE, WHITE, YELLOW
from storefront.seed.plates.leaves import stem
from storefront.seed.plates.pen import Ink, Line, Pen, Point, curve, oval

DAISY_SHADE: Ink = (0xDD, 0xE4, 0xDA)


def tea_flower(pen: Pen) -> None:
    """A tea blossom: white petals round a brush of yellow stamens."""
    for turn in (200, 128, 272, 56, 344):
        leaf = pen.at(0, 0, 1, turn)
        shape = curve(
            [(0, -18), (-74, -62), (-82, -130), (-22, -160), (44, -150), (80, -96), (44, -34)],
            closed=True,
        )
        leaf.fill(shape, WHITE)
        leaf.outline(shape, 5.5)
        for x in (-44, -22, 2, 26, 46):
            leaf.stroke([(x * 0.3, -40), (x * 0.75, -78), (x, -118 + abs(x) * 0.3)], 3, 0.6, 0.05)
    for i in range(26):
        a = i / 26 * 6.283 + pen.rng.uniform(-0.1, 0.1)
        reach = pen.rng.uniform(34, 66)
        tip = (reach * math.cos(a), reach * math.sin(a))
        pen.stroke([(0, 0), (tip[0] * 0.5, tip[1] * 0.5), tip], 3.2, 0.8, 0.6)
        pen.dot(tip, 8.5)
        pen.dot((tip[0] - 1, tip[1] - 1), 6, YELLOW)
    pen.fill(oval(0, 0, 15, 15), OCHRE)
    pen.outline(oval(0, 0, 15, 15), 4)


def ray(long: float, wide: float) -> Line:
    """One outline of a ray floret, pointing up."""
    return curve(
        [
            (-wide * 0.3, -30),
            (-wide * 0.52, -long * 0.6),
            (-wide * 0.36, -long * 0.97),
            (0, -long),
            (wide * 0.36, -long * 0.95),
            (wide * 0.5, -long * 0.58),
            (wide * 0.3, -30),
        ],
        closed=True,
        per=5,
    )


def chamomile_head(pen: Pen, squash: float = 1.0, rays: int = 15, droop: float = 0.0) -> None:
    """A daisy seen from `squash` (1 = from above, 0.4 = from the side)."""
    for i in sorted(range(rays), key=lambda n: math.cos(n / rays * 6.283), reverse=True):
        turn = i / rays * 360 + pen.rng.uniform(-5, 5)
        long = 122 + pen.rng.uniform(-10, 8)
        leaf = [
            (x * math.cos(a) - y * math.sin(a), (x * math.sin(a) + y * math.cos(a)) * squash)
            for x, y in ray(long, 40)
            for a in (math.radians(turn),)
        ]
        leaf = [(x, y + droop * (x * x + y * y) / 14000) for x, y in leaf]
        pen.fill(leaf, WHITE)
        pen.outline(leaf, 4.6)
        base, tip = leaf[0], leaf[15]
        middle = ((base[0] + tip[0]) * 0.55, (base[1] + tip[1]) * 0.55)
        pen.stroke([(base[0] * 1.3, base[1] * 1.3), middle], 3, 0.8, 0.1)
    dome(pen, 46, 46 * (0.55 + 0.45 * squash), -16 * (1 - squash))


def dome(pen: Pen, rx: float, ry: float, lift: float) -> None:
    """The yellow middle, stippled in rows."""
    shape = oval(0, lift, rx, ry)
    pen.fill(shape, YELLOW)
    pen.fill(oval(rx * 0.22, lift + ry * 0.22, rx * 0.74, ry * 0.74), HONEY)
    pen.outline(shape, 5)
    for ring in range(1, 5):
        count = ring * 6
        for i in range(count):
            a = i / count * 6.283 + ring * 0.4
            far = ring / 5
            size = 2.2 + 1.4 * max(0.0, math.cos(a - 0.8)) * far
            pen.dot((rx * far * math.cos(a), lift + ry * far * math.sin(a)), size)


def feathery(pen: Pen, points: Sequence[Point], long: float) -> None:
    """A finely cut leaf: threads along a rib."""
    rib = curve(points)
    last = len(rib) - 1
    for i in range(3, last, 3):
        x, y = rib[i]
        dx, dy = rib[i][0] - rib[i - 1][0], rib[i][1] - rib[i - 1][1]
        along = math.degrees(math.atan2(dy, dx))
        size = long * math.sin(math.pi * (0.15 + 0.8 * i / last))
        for side in (-1, 1):
            thread = pen.at(x, y, 1, along + side * 48)
            thread.stroke(curve([(0, 0), (size * 0.5, side * 4), (size, side * -3)]), 8, 0.8, 0.2)
            thread.stroke([(size * 0.4, 0), (size * 0.62, -14), (size * 0.8, -20)], 6, 0.8, 0.2)
            thread.stroke([(2, 0), (size * 0.5, side * 3)], 3, 1, 0.6, ink=LEAF)
    pen.stroke(rib, 9, 0.9, 0.3)
    pen.stroke(rib[:-2], 4, 0.9, 0.3, ink=LEAF)


def chamomile(pen: Pen) -> None:
    """Five heads on thin stalks, one of them nodding, one in bud."""
    stem(pen, [(640, 1210), (650, 1000), (620, 760), (610, 540), (600, 330)], 24, LEAF, cut=True)
    stem(pen, [(648, 1010), (760, 860), (860, 700), (900, 520)], 18, LEAF)
    stem(pen, [(632, 860), (500, 760), (400, 640), (350, 500)], 18, LEAF)
    stem(pen, [(622, 760), (690, 640), (800, 420), (850, 250)], 14, LEAF)
    stem(pen, [(645, 1060), (520, 980), (400, 920), (300, 880)], 15, LEAF)
    feathery(pen, [(640, 1120), (760, 1080), (880, 1040), (1000, 960)], 84)
    feathery(pen, [(640, 940), (540, 860), (440, 850), (330, 760)], 66)
    feathery(pen, [(700, 930), (820, 880), (920, 850), (1020, 740)], 66)
    feathery(pen, [(612, 640), (540, 580), (500, 500), (490, 400)], 48)
    chamomile_head(pen.at(600, 290, 1.42, -8), 0.94, 17)
    chamomile_head(pen.at(905, 500, 1.18, 14), 0.74, 15)
    chamomile_head(pen.at(340, 490, 1.12, -16), 0.6, 14, 10)
    chamomile_head(pen.at(290, 880, 0.92, -34), 0.42, 12, 40)
    bud(pen.at(856, 236, 1.0, 12))


def bud(pen: Pen) -> None:
    for turn in (-44, -22, 0, 22, 44):
        leaf = pen.at(0, 0, 1, turn)
        shape = curve([(-9, 0), (-13, -40), (0, -74), (13, -40), (9, 0)], closed=True, per=5)
        leaf.fill(shape, WHITE)
        leaf.outline(shape, 4.4)
    pen.fill(oval(0, 2, 36, 24), LEAF)
    pen.outline(oval(0, 2, 36, 24), 5)
    for x in (-18, -6, 6, 18):
        pen.stroke([(x * 0.5, 22), (x, 2), (x * 1.1, -14)], 3)


def star(pen: Pen, petals: int, ink: Ink, dark: Ink, long: float = 90.0) -> None:
    """A meadow flower: broad notched petals round a small eye."""
    for i in range(petals):
        leaf = pen.at(0, 0, 1, i * 360 / petals + pen.rng.uniform(-6, 6))
        shape = curve(
            [(0, -8), (-long * 0.36, -long * 0.6), (-long * 0.24, -long), (0, -long * 0.9),
             (long * 0.24, -long), (long * 0.36, -long * 0.6)],
            closed=True, per=5,
        )  # fmt: skip
        leaf.fill(shape, ink)
        leaf.fill(
            curve([(0, -8), (long * 0.05, -long * 0.8), (long * 0.3, -long * 0.6)], True), dark
        )
        leaf.outline(shape, 5)
        for x in (-0.14, 0.02, 0.16):
            leaf.stroke([(x * 20, -24), (x * long * 0.8, -long * 0.62)], 3, 0.8, 0.1)
    pen.fill(oval(0, 0, 19, 19), AMBER)
    pen.outline(oval(0, 0, 19, 19), 4.5)
    for i in range(7):
        pen.dot((10 * math.cos(i), 10 * math.sin(i)), 2.4)


def bell(pen: Pen, ink: Ink) -> None:
    """A hanging bell, its stalk end at the origin."""
    shape = curve(
        [(0, 0), (-30, 16), (-38, 60), (-56, 96), (-26, 88), (0, 104), (26, 88), (56, 96),
         (38, 60), (30, 16)],
        closed=True, per=5,
    )  # fmt: skip
    pen.fill(shape, ink)
    pen.hatch(shape, 82, 9, 2.8, without=[(-60, -5), (8, -5), (8, 110), (-60, 110)])
    pen.outline(shape, 5)
    pen.stroke([(-8, 18), (-14, 56), (-12, 84)], 3)
    pen.fill(oval(0, 0, 12, 10), GREEN)
    pen.outline(oval(0, 0, 12, 10), 4)
