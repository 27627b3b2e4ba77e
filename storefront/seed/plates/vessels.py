"""Things turned on a wheel: bodies of revolution seen a little from above."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from storefront.seed.plates.ground import PAPER, WHITE
from storefront.seed.plates.pen import BLUE_BLACK, Ink, Line, Pen, Point, arc, curve, oval


@dataclass(frozen=True)
class Turned:
    """An upright axis at x = 0 and a side of (radius, height) points from the rim down."""

    side: Line
    tilt: float = 0.2

    def at(self, v: float, k: float, behind: bool = False) -> Point:
        """v from rim (0) to foot (1), k across the front from -1 to 1."""
        place = min(max(v, 0.0), 1.0) * (len(self.side) - 1)
        i = min(int(place), len(self.side) - 2)
        f = place - i
        (r0, y0), (r1, y1) = self.side[i], self.side[i + 1]
        r = r0 + (r1 - r0) * f
        bulge = self.tilt * abs(r) * math.sqrt(max(0.0, 1 - k * k))
        return k * r, y0 + (y1 - y0) * f + (-bulge if behind else bulge)

    def ring(self, v: float, k0: float = -1.0, k1: float = 1.0, behind: bool = False) -> Line:
        """An arc around the body; even steps of angle keep its ends round."""
        a0, a1 = math.asin(k0), math.asin(k1)
        return [self.at(v, math.sin(a0 + (a1 - a0) * i / 28), behind) for i in range(29)]

    def rim(self, v: float = 0.0) -> Line:
        return self.ring(v) + self.ring(v, 1.0, -1.0, behind=True)[1:-1]

    def between(self, v0: float, v1: float, k0: float = -1.0, k1: float = 1.0) -> Line:
        """The part of the front between two heights and two sides."""
        steps = 24
        right = [self.at(v0 + (v1 - v0) * i / steps, k1) for i in range(1, steps)]
        left = [self.at(v1 + (v0 - v1) * i / steps, k0) for i in range(1, steps)]
        return self.ring(v0, k0, k1) + right + self.ring(v1, k1, k0) + left

    def body(self) -> Line:
        """All of it, as far round as the upper edge of the rim."""
        right = self.flank()
        left = [(-x, y) for x, y in reversed(right)]
        return right + left + self.ring(0, -1, 1, behind=True)

    def flank(self) -> Line:
        """The right outline, down from the rim to the lowest point in front."""
        belly = max(range(len(self.side)), key=lambda i: self.side[i][0])
        line = self.side[:belly]
        widest = self.side[belly][0]
        for i in range(25):
            x = widest * math.cos(math.pi / 2 * i / 24)
            line.append((x, max(y + self._bulge(r, x) for r, y in self.side if r >= x - 0.01)))
        return line

    def dark_side(self, k: float) -> Line:
        """What lies right of k, out to the outline."""
        inner = [self.at(i / 24, k) for i in range(25)]
        foot = inner[-1][0]
        return [p for p in self.flank() if p[0] >= foot] + inner[::-1] + self.ring(0, k, 1)

    def _bulge(self, r: float, x: float) -> float:
        return self.tilt * math.sqrt(max(0.0, r * r - x * x))


def turned(points: Sequence[Point], tilt: float = 0.2) -> Turned:
    return straight(curve(points, per=8), tilt)


def straight(points: Sequence[Point], tilt: float = 0.2) -> Turned:
    """With corners kept: tins, jars, baskets. Even steps down the side."""
    lengths = [math.dist(a, b) for a, b in itertools.pairwise(points)]
    steps = [max(1, round(40 * length / sum(lengths))) for length in lengths]
    side: Line = []
    for (x0, y0), (x1, y1), count in zip(points, points[1:], steps, strict=False):
        side += [(x0 + (x1 - x0) * i / count, y0 + (y1 - y0) * i / count) for i in range(count)]
    return Turned([*side, points[-1]], tilt)


def thrown(
    pen: Pen,
    pot: Turned,
    light: Ink,
    dark: Ink,
    from_k: float = 0.42,
    line: float = 6.0,
    cut: Ink = BLUE_BLACK,
) -> None:
    """A body in two flat inks, its shaded side hatched around its form."""
    pen.fill(pot.body(), light)
    pen.fill(pot.dark_side(from_k), dark)
    around(pen, pot, 0.03, 0.97, from_k - 0.3, 0.99, ink=cut)
    pen.outline(pot.body(), line)


def around(
    pen: Pen,
    pot: Turned,
    v0: float,
    v1: float,
    k0: float,
    k1: float,
    gap: float = 12.0,
    width: float = 3.2,
    ink: Ink = BLUE_BLACK,
) -> None:
    """Hatching that follows the form: fine towards the light, full in the shade."""
    height = abs(pot.at(v1, 0)[1] - pot.at(v0, 0)[1])
    count = max(2, round(height / gap))
    for i in range(count):
        v = v0 + (v1 - v0) * (i + 0.5) / count
        start = k0 + pen.rng.uniform(-0.05, 0.11)
        pen.stroke(pot.ring(v, start, k1), width, 0.1, 0.8, ink=ink)


def opening(pen: Pen, pot: Turned, inside: Ink, thickness: float = 9.0, line: float = 5.0) -> None:
    """The mouth of a vessel: rim, wall and what is seen inside."""
    pen.fill(pot.rim(), WHITE, slip=(0, 0))
    pen.outline(pot.rim(), line)
    r, y = pot.side[0]
    inner = oval(0, y, r - thickness, (r - thickness) * pot.tilt)
    pen.fill(inner, inside, slip=(0, 0))
    pen.outline(inner, line * 0.6)
    pen.hatch(inner, 0, 9, 2.6, without=oval(-r * 0.3, y + r * 0.09, r, r * pot.tilt))


def gleam(pen: Pen, pot: Turned, k: float, v0: float, v1: float, width: float = 12.0) -> None:
    """Paper left bare where light falls."""
    line = [pot.at(v0 + (v1 - v0) * i / 16, k) for i in range(17)]
    pen.stroke(line, width, 0.15, 0.15, ink=PAPER)


def ear(
    pen: Pen, line: Sequence[Point], width: float, ink: Ink, edge: float = 5.0, taper: float = 0.75
) -> None:
    """A handle or spout: a thick stroke of colour with an ink edge."""
    spine = curve(line)
    left, right = _sides(spine, width, width * taper)
    pen.fill(left + right[::-1], ink)
    pen.outline(left + right[::-1], edge)
    inner_left, _ = _sides(spine, -width * 0.3, -width * taper * 0.3)
    pen.stroke(inner_left[3:-3], edge * 0.6, 0.1, 0.1)


def _sides(spine: Line, start: float, end: float) -> tuple[Line, Line]:
    last = len(spine) - 1
    left, right = [], []
    for i, (x, y) in enumerate(spine):
        (x0, y0), (x1, y1) = spine[max(0, i - 1)], spine[min(last, i + 1)]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        w = (start + (end - start) * i / last) / 2
        left.append((x + (y1 - y0) / length * w, y - (x1 - x0) / length * w))
        right.append((x - (y1 - y0) / length * w, y + (x1 - x0) / length * w))
    return left, right


def cup(pen: Pen, liquor: Ink, light: Ink = WHITE, dark: Ink = (0xD9, 0xE3, 0xDD)) -> None:
    """A tea cup, foot at the origin, about 300 wide; the handle to the right."""
    ear(pen, [(118, -150), (190, -170), (205, -110), (150, -64), (96, -50)], 26, light)
    bowl = turned([(150, -190), (146, -140), (122, -70), (74, -18), (62, 0)], tilt=0.26)
    thrown(pen, bowl, light, dark)
    opening(pen, bowl, liquor, 10)
    glint = arc(-30, -186, 84, 20, 150, 235)
    pen.stroke(glint, 6, 0.1, 0.1, ink=PAPER)


def saucer(pen: Pen, light: Ink = WHITE) -> None:
    plate = straight([(235, -16), (150, 14)], tilt=0.2)
    pen.fill(plate.body(), light)
    pen.outline(plate.body(), 6)
    pen.outline(oval(0, -14, 210, 38), 3)
    pen.hatch(oval(0, -14, 205, 36), 0, 9, 2.6, without=oval(-70, -20, 190, 34))


def bowl_cup(pen: Pen, liquor: Ink, light: Ink, dark: Ink) -> None:
    """A small cup without a handle."""
    shape = turned([(112, -150), (112, -110), (96, -50), (62, -12), (56, 0)], tilt=0.27)
    thrown(pen, shape, light, dark)
    opening(pen, shape, liquor, 9)
