"""A pen whose line swells and tapers, and flat inks laid beneath it, a touch out of register."""

import itertools
import math
from collections.abc import Sequence
from copy import copy
from random import Random

from PIL import Image, ImageDraw

Point = tuple[float, float]
Line = list[Point]
Ink = tuple[int, int, int]
Span = tuple[float, float]

FINER = 2  # drawn twice as large, then reduced, for smooth edges
REGISTER: Point = (4.0, 3.0)  # how far the inks slip from the lines, as on a hand press
BLUE_BLACK: Ink = (0x14, 0x21, 0x2B)


def curve(points: Sequence[Point], closed: bool = False, per: int = 10) -> Line:
    """A smooth line through all points (Catmull-Rom)."""
    count = len(points)
    if closed:
        around = [points[-1], *points, points[0], points[1]]
    else:
        (x0, y0), (x1, y1) = points[0], points[1]
        (x8, y8), (x9, y9) = points[-2], points[-1]
        around = [(2 * x0 - x1, 2 * y0 - y1), *points, (2 * x9 - x8, 2 * y9 - y8)]
    line: Line = []
    for i in range(count if closed else count - 1):
        line += _piece(around[i : i + 4], per)
    if not closed:
        line.append(points[-1])
    return line


def _piece(p: Sequence[Point], per: int) -> Line:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = p
    piece: Line = []
    for step in range(per):
        t = step / per
        a = -0.5 * t + t * t - 0.5 * t**3
        b = 1 - 2.5 * t * t + 1.5 * t**3
        c = 0.5 * t + 2 * t * t - 1.5 * t**3
        d = -0.5 * t * t + 0.5 * t**3
        piece.append((a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy))
    return piece


def oval(cx: float, cy: float, rx: float, ry: float, turn: float = 0.0, steps: int = 48) -> Line:
    return arc(cx, cy, rx, ry, 0, 360, turn, steps)[:-1]


def arc(
    cx: float,
    cy: float,
    rx: float,
    ry: float,
    start: float,
    end: float,
    turn: float = 0.0,
    steps: int = 24,
) -> Line:
    """Part of an oval; degrees, clockwise from the right."""
    line = []
    for i in range(steps + 1):
        a = math.radians(start + (end - start) * i / steps)
        line.append((rx * math.cos(a), ry * math.sin(a)))
    return placed(line, (cx, cy), turn)


def placed(line: Sequence[Point], at: Point, turn: float = 0.0, size: float = 1.0) -> Line:
    """The line, scaled, turned by degrees clockwise, then moved."""
    c, s = math.cos(math.radians(turn)) * size, math.sin(math.radians(turn)) * size
    return [(at[0] + x * c - y * s, at[1] + x * s + y * c) for x, y in line]


def moved(line: Sequence[Point], dx: float, dy: float) -> Line:
    return [(x + dx, y + dy) for x, y in line]


def spans(shape: Sequence[Point], y: float) -> list[Span]:
    """Where a horizontal runs inside the shape."""
    cuts = []
    x0, y0 = shape[-1]
    for x1, y1 in shape:
        if (y0 <= y) != (y1 <= y):
            cuts.append(x0 + (y - y0) * (x1 - x0) / (y1 - y0))
        x0, y0 = x1, y1
    cuts.sort()
    return list(zip(cuts[::2], cuts[1::2], strict=False))


def _meet(a: list[Span], b: list[Span]) -> list[Span]:
    return [(max(p, r), min(q, s)) for p, q in a for r, s in b if min(q, s) - max(p, r) > 0]


def _beyond(span: list[Span]) -> list[Span]:
    ends = [-1e6, *(x for pair in span for x in pair), 1e6]
    return list(zip(ends[::2], ends[1::2], strict=True))


class Pen:
    """Draws on one sheet. Seeded, so that the same plate comes out each time."""

    def __init__(self, sheet: Image.Image, seed: str) -> None:
        self.sheet = sheet
        self.draw = ImageDraw.Draw(sheet)
        self.rng = Random(seed)  # noqa: S311 - chance that must repeat, not a secret
        self.weight = 1.0
        self._size = float(FINER)
        self._x = self._y = 0.0
        self._cos, self._sin = float(FINER), 0.0

    def at(
        self, x: float, y: float, size: float = 1.0, turn: float = 0.0, weight: float = 1.0
    ) -> "Pen":
        """The same pen with its origin elsewhere; `weight` makes its lines heavier."""
        there = copy(self)
        [(there._x, there._y)] = self._points([(x, y)])
        c, s = math.cos(math.radians(turn)) * size, math.sin(math.radians(turn)) * size
        there._cos = self._cos * c - self._sin * s
        there._sin = self._sin * c + self._cos * s
        there._size = self._size * size
        there.weight = self.weight * weight
        return there

    def _points(self, line: Sequence[Point], slip: Point = (0.0, 0.0)) -> list[Point]:
        c, s = self._cos, self._sin
        far = FINER * min(1.0, self._size / FINER) ** 0.6
        ox, oy = self._x + slip[0] * far, self._y + slip[1] * far
        return [(ox + x * c - y * s, oy + x * s + y * c) for x, y in line]

    def fill(self, shape: Sequence[Point], ink: Ink, slip: Point = REGISTER) -> None:
        self.draw.polygon(self._points(shape, slip), fill=ink)

    def dot(self, at: Point, radius: float, ink: Ink = BLUE_BLACK) -> None:
        [(x, y)] = self._points([at])
        r = radius * self._size
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=ink)

    def stroke(
        self,
        line: Sequence[Point],
        width: float = 4.0,
        start: float = 0.25,
        end: float = 0.25,
        ink: Ink = BLUE_BLACK,
    ) -> None:
        """One pull of the pen: full in the middle, `start` and `end` of the width at its ends."""
        last = len(line) - 1
        width *= self.weight
        phase = self.rng.uniform(0, 6.28)
        left, right = [], []
        for i, (x, y) in enumerate(line):
            t = i / last
            swell = math.sin(math.pi * t) ** 0.6 if 0 < t < 1 else 0.0
            edge = start + (end - start) * t
            w = width / 2 * (edge + (1 - edge) * swell) * (1 + 0.1 * math.sin(phase + 9 * t))
            nx, ny = _normal(line, i)
            left.append((x + nx * w, y + ny * w))
            right.append((x - nx * w, y - ny * w))
        self.draw.polygon(self._points(left + right[::-1]), fill=ink)

    def outline(
        self, shape: Sequence[Point], width: float = 5.0, closed: bool = True, ink: Ink = BLUE_BLACK
    ) -> None:
        """Around a shape: thin where light falls (upper left), heavier in the shade."""
        line = [*shape, shape[0]] if closed else list(shape)
        width *= self.weight
        phase = self.rng.uniform(0, 6.28)
        side = 1.0 if _area(line) > 0 else -1.0
        for i in range(len(line) - 1):
            (x0, y0), (x1, y1) = line[i], line[i + 1]
            length = math.hypot(x1 - x0, y1 - y0)
            if length < 0.01:
                continue
            nx, ny = side * (y1 - y0) / length, side * (x0 - x1) / length
            shade = 0.72 + 0.4 * max(0.0, (nx + ny) * 0.707)
            w = width / 2 * (shade + 0.06 * math.sin(phase + i * 0.35))
            ax, ay = (x0 - x1) / length, (y1 - y0) / length
            quad = [
                (x0 + ay * w, y0 + ax * w),
                (x1 + ay * w, y1 + ax * w),
                (x1 - ay * w, y1 - ax * w),
                (x0 - ay * w, y0 - ax * w),
            ]
            self.draw.polygon(self._points(quad), fill=ink)
            self.dot((x1, y1), w, ink)

    def hatch(
        self,
        shape: Sequence[Point],
        angle: float = 0.0,
        gap: float = 11.0,
        width: float = 3.0,
        within: Sequence[Point] | None = None,
        without: Sequence[Point] | None = None,
        ends: Span = (0.2, 0.2),
        ink: Ink = BLUE_BLACK,
    ) -> None:
        """Shade by parallel lines, kept inside the shape (and `within`, and off `without`)."""
        turned = placed(shape, (0, 0), -angle)
        inner = placed(within, (0, 0), -angle) if within else None
        off = placed(without, (0, 0), -angle) if without else None
        top, bottom = min(y for _, y in turned), max(y for _, y in turned)
        y = math.ceil(top / gap) * gap
        while y < bottom:
            level = y + self.rng.uniform(-0.08, 0.08) * gap
            parts = spans(turned, level)
            if inner:
                parts = _meet(parts, spans(inner, level))
            if off:
                parts = _meet(parts, _beyond(spans(off, level)))
            for x0, x1 in parts:
                if x1 - x0 > width:
                    bow = [(x0 + (x1 - x0) * i / 6, level) for i in range(7)]
                    self.stroke(placed(bow, (0, 0), angle), width, *ends, ink=ink)
            y += gap

    def finished(self) -> Image.Image:
        return self.sheet.reduce(FINER)


def _normal(line: Sequence[Point], i: int) -> Point:
    (x0, y0), (x1, y1) = line[max(0, i - 1)], line[min(len(line) - 1, i + 1)]
    dx, dy = x1 - x0, y1 - y0
    length = math.hypot(dx, dy) or 1.0
    return -dy / length, dx / length


def _area(line: Sequence[Point]) -> float:
    pairs = itertools.pairwise(line)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)
