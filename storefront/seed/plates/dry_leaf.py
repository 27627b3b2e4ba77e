"""Dry leaf as it comes out of the bag, in a heap or on a scoop, and what it colours water."""

import math

from storefront.seed.plates.flowers import chamomile_head
from storefront.seed.plates.ground import (
    BARK,
    DEEP,
    GREEN,
    HONEY,
    LEAF,
    LIME,
    OCHRE,
    RUST,
    STRAW,
    TEA,
    YELLOW,
)
from storefront.seed.plates.packs import Motif
from storefront.seed.plates.pen import Ink, Pen, Point, curve, oval


def heap(pen: Pen, piece: Motif, mound: Ink, width: float = 250.0, count: int = 90) -> None:
    """A small hill of dry leaf, its middle at the origin."""
    high = width * 0.5
    pen.hatch(oval(width * 0.2, 14, width * 1.15, 26), 0, 10, 3.2, ends=(0.3, 0.1))
    hill = curve(
        [(-width * 0.88, 10), (-width * 0.6, -high * 0.36), (0, -high * 0.86),
         (width * 0.52, -high * 0.45), (width * 0.88, 8), (0, 22)],
        closed=True,
    )  # fmt: skip
    pen.fill(hill, mound)
    places = []
    for _ in range(count):
        x = pen.rng.triangular(-1, 1, 0)
        top = -high * (1 - abs(x) ** 1.3)
        y = top + pen.rng.random() ** 0.8 * (22 - top)
        places.append((y, x * width * (1.02 + 0.1 * pen.rng.random())))
    for y, x in sorted(places):
        piece(pen.at(x, y, pen.rng.uniform(0.85, 1.15), pen.rng.uniform(-180, 180)))


def wiry(pen: Pen, inks: tuple[Ink, ...], long: float, thick: float, bend: float) -> None:
    ink = pen.rng.choice(inks)
    bow = pen.rng.uniform(-bend, bend)
    line = curve([(-long, bow), (-long * 0.3, -bow * 0.6), (long * 0.4, bow * 0.4), (long, -bow)])
    pen.stroke(line, thick + 8, 0.4, 0.3)
    pen.stroke(line[1:-1], thick, 0.3, 0.2, ink=ink)


def assam_leaf(pen: Pen) -> None:
    wiry(pen, (BARK, BARK, TEA, OCHRE), 34, 12, 10)


def darjeeling_leaf(pen: Pen) -> None:
    wiry(pen, (TEA, BARK, LEAF, STRAW, OCHRE), 32, 12, 12)


def sencha_leaf(pen: Pen) -> None:
    wiry(pen, (GREEN, DEEP, LEAF), 42, 8, 3)


def rooibos_leaf(pen: Pen) -> None:
    wiry(pen, (RUST, RUST, TEA, OCHRE), 24, 8, 2)


def oolong_leaf(pen: Pen) -> None:
    """A leaf rolled to a pearl, its stalk sticking out."""
    pearl = curve(
        [(-26, 4), (-16, -20), (12, -24), (28, -4), (18, 20), (-8, 24)], closed=True, per=5
    )
    pen.stroke([(20, 12), (34, 22), (44, 24)], 9, 1, 0.5)
    pen.fill(pearl, pen.rng.choice((DEEP, GREEN, GREEN, LEAF)))
    pen.outline(pearl, 5)
    pen.stroke(curve([(-16, 8), (0, -8), (18, -6)]), 3.6, 0.3, 0.3)
    pen.stroke(curve([(-6, 18), (6, 4), (22, 6)]), 3, 0.3, 0.3)


def mint_leaf(pen: Pen) -> None:
    """A broken, dry leaf."""
    flake = [(-36, 2), (-20, -18), (-2, -16), (14, -22), (36, -6), (26, 12), (4, 18), (-16, 14)]
    pen.fill(flake, pen.rng.choice((GREEN, LEAF, DEEP)))
    pen.outline(flake, 4.5)
    pen.stroke([(-34, 2), (0, -2), (32, -4)], 3.4, 0.8, 0.2)
    for x in (-14, 4):
        pen.stroke([(x, -1), (x + 6, -8), (x + 9, -15)], 2.6, 0.8, 0.2)


def chamomile_flower(pen: Pen) -> None:
    chamomile_head(pen.at(0, 0, 0.42, weight=1.9), pen.rng.uniform(0.5, 0.95), 10)


def scoop(pen: Pen, piece: Motif, mound: Ink) -> None:
    """A wooden scoop, its bowl at the origin, its handle to the right."""
    grip: list[Point] = [
        (80, -6),
        (200, -34),
        (330, -70),
        (352, -60),
        (340, -44),
        (210, -6),
        (96, 30),
    ]
    shape = curve(grip, closed=True, per=5)
    pen.fill(shape, STRAW)
    pen.hatch(shape, -14, 10, 2.8, within=[(60, 0), (400, -64), (400, 60), (60, 60)])
    pen.outline(shape, 5.5)
    bowl = oval(0, 6, 118, 50, -8)
    pen.fill(bowl, STRAW)
    pen.hatch(bowl, 0, 9, 3, without=oval(-14, -14, 126, 46, -8))
    pen.outline(bowl, 6)
    inner = oval(-4, -2, 98, 34, -8)
    pen.fill(inner, mound)
    pen.outline(inner, 4)
    for _ in range(26):
        a, far = pen.rng.uniform(0, math.tau), math.sqrt(pen.rng.random())
        at = (80 * far * math.cos(a), -8 + 24 * far * math.sin(a))
        piece(pen.at(*at, 0.7, pen.rng.uniform(-180, 180), weight=1.2))


PIECES: dict[str, tuple[Motif, Ink]] = {
    "assam": (assam_leaf, BARK),
    "darjeeling": (darjeeling_leaf, TEA),
    "sencha": (sencha_leaf, DEEP),
    "tieguanyin": (oolong_leaf, DEEP),
    "rooibos": (rooibos_leaf, TEA),
    "peppermint": (mint_leaf, DEEP),
    "chamomile": (chamomile_flower, OCHRE),
}
LIQUORS: dict[str, Ink] = {
    "assam": TEA,
    "darjeeling": HONEY,
    "sencha": LIME,
    "tieguanyin": STRAW,
    "rooibos": RUST,
    "peppermint": LIME,
    "chamomile": YELLOW,
}
