"""Mitragyna speciosa, a tree of the coffee family: its twig, its leaves by their veins."""

import math

from storefront.seed.plates.ground import AMBER, CREAM, GREEN, LEAF, LIME, OCHRE, RUST, STRAW, TEA
from storefront.seed.plates.leaves import Leaf, Lying, lance, lay, stem, vein
from storefront.seed.plates.packs import Motif, box
from storefront.seed.plates.pen import Ink, Pen, Point, oval

BROAD = Leaf(lance(0.47, 0.68, 0.7), LEAF, GREEN, veins=10, sweep=0.17)
SUNNED = Leaf(lance(0.47, 0.68, 0.7), STRAW, OCHRE, veins=10, sweep=0.17)
VEINS: dict[str, Ink] = {"red": RUST, "green": LIME, "white": CREAM, "yellow": AMBER}


def blade_of(colour: str) -> Leaf:
    return SUNNED if colour == "yellow" else BROAD


def twig(colour: str, mirrored: bool = False) -> Motif:
    """Leaves in pairs, their veins of one colour, and a round head of flowers."""

    def draw(pen: Pen) -> None:
        side = -1 if mirrored else 1
        leaf = blade_of(colour)

        def at(*points: Point) -> list[Point]:
            return [(640 + side * (x - 640), y) for x, y in points]

        def blade(spine: list[Point], left: float, right: float) -> None:
            wide = (right, left) if mirrored else (left, right)
            veined(pen, leaf, spine, *wide, VEINS[colour])

        stem(pen, at((610, 1210), (640, 980), (628, 700), (648, 420)), 34, TEA, cut=True)
        blade(at((634, 960), (500, 960), (340, 1030), (190, 1150)), 118, 96)
        blade(at((640, 940), (790, 900), (950, 920), (1130, 1010)), 110, 122)
        blade(at((630, 690), (500, 600), (370, 560), (196, 580)), 118, 102)
        blade(at((634, 680), (760, 570), (900, 500), (1090, 480)), 108, 124)
        blade(at((646, 450), (560, 350), (470, 280), (340, 230)), 82, 70)
        stem(pen, at((648, 430), (700, 330), (760, 250)), 16, LEAF)
        globe(pen.at(*at((776, 214))[0]))

    return draw


def veined(pen: Pen, leaf: Leaf, spine: list[Point], left: float, right: float, ink: Ink) -> Lying:
    """A leaf whose midrib and side veins are of another colour than its blade."""
    lying = lay(pen, leaf, spine, left, right)
    for side in (-1, 1):
        for k in range(leaf.veins):
            t0 = 0.05 + 0.86 / leaf.veins * k + (0.012 if side > 0 else 0)
            pen.stroke(vein(lying, t0, 0.86 * side), leaf.line * 0.8, 0.9, 0.2, ink=ink)
    rib = [lying.at(i / 30, 0) for i in range(30)]
    pen.stroke(rib, leaf.line * 3, 1.0, 0.25)
    pen.stroke(rib, leaf.line * 1.7, 1.0, 0.2, ink=ink)
    return lying


def globe(pen: Pen) -> None:
    """A head of small yellow flowers, seen whole."""
    ball = oval(0, 0, 74, 74)
    pen.fill(ball, STRAW)
    pen.fill(oval(18, 18, 52, 52), OCHRE)
    for i in range(64):
        a, far = i * 2.39996, math.sqrt((i + 0.5) / 64)
        x, y = 74 * far * math.cos(a), 74 * far * math.sin(a)
        if far > 0.75:
            pen.stroke([(x, y), (x * 1.2, y * 1.2), (x * 1.42, y * 1.42)], 4, 0.8, 0.6)
            pen.dot((x * 1.42, y * 1.42), 6, STRAW)
        pen.outline(oval(x * 0.9, y * 0.9, 8, 8, steps=8), 3)
    pen.outline(ball, 4)


def drying(pen: Pen) -> None:
    """Leaves laid out on slats, face up and face down."""
    for y in (250, 520, 790, 1060):
        slat = box(150, y, 1230, y + 44)
        pen.fill(slat, STRAW)
        pen.hatch(slat, 0, 9, 2.4, within=box(150, y + 24, 1230, y + 44))
        pen.outline(slat, 5)
    for x in (230, 1150):
        post = box(x - 22, 190, x + 22, 1190)
        pen.fill(post, OCHRE)
        pen.hatch(post, 90, 10, 2.6, within=box(x, 190, x + 22, 1190))
        pen.outline(post, 5.5)
    for x, y, turn, colour in (
        (330, 470, 4, "green"), (690, 420, 12, "red"), (350, 780, 18, "white"),
        (720, 760, -6, "green"), (320, 1080, -4, "yellow"), (710, 1040, 8, "red"),
    ):  # fmt: skip
        leaf = blade_of(colour)
        spine: list[Point] = [(0, 0), (130, -50), (270, -60), (420, -10)]
        veined(pen.at(x, y, 1.05, turn), leaf, spine, 100, 92, VEINS[colour])
