"""Leaves: a spine, two halves of flat ink, veins, and hatching along the veins."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from storefront.seed.plates.pen import Ink, Line, Pen, Point, curve, oval

CUT: Ink = (0xEE, 0xE6, 0xC4)

Profile = Callable[[float], float]


def lance(widest: float = 0.42, blunt: float = 0.85, drip: float = 0.0) -> Profile:
    """Half-width along a leaf: 0 at both ends, 1 where it is widest; `drip` draws out the tip."""
    power = math.log(0.5) / math.log(widest)
    return lambda t: max(0.0, math.sin(math.pi * t**power)) ** (blunt + drip * t**3)


@dataclass(frozen=True)
class Leaf:
    """One kind of leaf, wherever it lies."""

    profile: Profile
    light: Ink
    dark: Ink
    teeth: int = 0
    bite: float = 0.06
    veins: int = 8
    sweep: float = 0.2
    line: float = 5.0
    hatch: int = 3


@dataclass(frozen=True)
class Lying:
    """A leaf in its place: a spine and how wide either half is seen."""

    leaf: Leaf
    spine: Line
    left: float
    right: float

    def at(self, t: float, u: float) -> Point:
        """The point t along the spine and u (-1 left edge, 1 right edge) across."""
        t = min(max(t, 0.0), 1.0)
        place = t * (len(self.spine) - 1)
        i = min(int(place), len(self.spine) - 2)
        (x0, y0), (x1, y1) = self.spine[i], self.spine[i + 1]
        f = place - i
        ahead = self.spine[min(i + 3, len(self.spine) - 1)]
        behind = self.spine[max(i - 2, 0)]
        dx, dy = ahead[0] - behind[0], ahead[1] - behind[1]
        length = math.hypot(dx, dy) or 1.0
        w = (self.right if u > 0 else self.left) * self.leaf.profile(t) * u
        return x0 + (x1 - x0) * f - dy / length * w, y0 + (y1 - y0) * f + dx / length * w

    def edge(self, side: int) -> Line:
        teeth, bite = self.leaf.teeth, self.leaf.bite
        if not teeth:
            return [self.at(i / 44, side) for i in range(45)]
        line = [self.at(0, side)]
        for i in range(teeth):
            t = (i + 0.2) / teeth * 0.97
            line.append(self.at(t, side * (1 - bite)))
            line.append(self.at(t + 0.45 / teeth, side * (1 - bite * 0.2)))
            line.append(self.at(t + 0.85 / teeth, side * (1 + bite)))
        return [*line, self.at(1, side)]

    def half(self, side: int) -> Line:
        middle = [self.at(i / 24, 0) for i in range(25)]
        return self.edge(side) + middle[::-1]


def lay(
    pen: Pen, leaf: Leaf, spine: Sequence[Point], left: float, right: float, shaded: int = 1
) -> Lying:
    """Draw a leaf along a spine; its `shaded` half (1 right, -1 left) is the darker."""
    lying = Lying(leaf, curve(spine), left, right)
    pen.fill(lying.half(-shaded), leaf.light)
    pen.fill(lying.half(shaded), leaf.dark)
    for side in (-1, 1):
        _veins(pen, lying, side, side == shaded)
    whole = lying.edge(-1) + lying.edge(1)[::-1]
    pen.outline(whole, leaf.line)
    pen.stroke([lying.at(i / 30, 0) for i in range(31)], leaf.line * 1.1, 1.0, 0.15)
    return lying


def _veins(pen: Pen, lying: Lying, side: int, shaded: bool) -> None:
    leaf = lying.leaf
    step = 0.86 / max(1, leaf.veins)
    for k in range(leaf.veins):
        t0 = 0.05 + step * k + (0.012 if side > 0 else 0)
        reach = 0.9 + pen.rng.uniform(-0.04, 0.04)
        pen.stroke(vein(lying, t0, reach * side), leaf.line * 0.62, 0.9, 0.1)
        if not shaded:
            continue
        for h in range(1, leaf.hatch + 1):
            t = t0 + step * h / (leaf.hatch + 1)
            near = 0.3 + pen.rng.uniform(0, 0.12)
            pen.stroke(vein(lying, t, 0.97 * side, near), leaf.line * 0.42, 0.1, 0.7)


def vein(lying: Lying, t0: float, u1: float, near: float = 0.0) -> Line:
    sweep = lying.leaf.sweep
    line = []
    for i in range(9):
        u = near + (abs(u1) - near) * i / 8
        t = t0 + sweep * u**1.5 * (1 - t0 * 0.35)
        line.append(lying.at(t, math.copysign(u, u1)))
    return line


def stem(
    pen: Pen,
    points: Sequence[Point],
    width: float,
    ink: Ink,
    line: float = 4.5,
    cut: bool = False,
) -> None:
    """A stalk that narrows upwards; `cut` shows where it was taken from the plant."""
    spine = curve(points)
    last = len(spine) - 1
    left, right = [], []
    for i, (x, y) in enumerate(spine):
        (x0, y0), (x1, y1) = spine[max(0, i - 1)], spine[min(last, i + 1)]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        w = width / 2 * (1 - 0.55 * i / last)
        left.append((x - (y1 - y0) / length * w, y + (x1 - x0) / length * w))
        right.append((x + (y1 - y0) / length * w, y - (x1 - x0) / length * w))
    pen.fill(left + right[::-1], ink)
    pen.outline(left, line, closed=False)
    pen.outline(right, line * 1.2, closed=False)
    pen.dot(spine[-1], width * 0.24 + line / 2)
    if cut:
        (x0, y0), (x1, y1) = left[0], right[0]
        slant = math.degrees(math.atan2(y1 - y0, x1 - x0))
        face = oval((x0 + x1) / 2, (y0 + y1) / 2, width / 2, width / 5, slant, 24)
        pen.fill(face, CUT, slip=(0, 0))
        pen.outline(face, line)
