"""Leaf of the same tree as it is sold: ground, in capsules, cut; and the sheet of its lot."""

import math

from storefront.seed.plates import dry_leaf, packs
from storefront.seed.plates.ground import (
    AMBER,
    BAND,
    BARK,
    DEEP,
    GREEN,
    LEAF,
    MIST,
    NIGHT,
    OCHRE,
    RED,
    RUST,
    SLATE,
    STRAW,
    TEA,
    WHITE,
    shade,
)
from storefront.seed.plates.leaves import stem
from storefront.seed.plates.packs import Motif
from storefront.seed.plates.pen import Ink, Line, Pen, curve, oval
from storefront.seed.plates.speciosa import VEINS, blade_of, globe, twig, veined
from storefront.seed.plates.vessels import around, gleam, straight, turned

POWDER: dict[str, tuple[Ink, Ink]] = {
    "red": ((0x9A, 0x86, 0x5A), BARK),
    "green": (LEAF, DEEP),
    "white": ((0xB4, 0xBD, 0x9C), GREEN),
    "yellow": (STRAW, OCHRE),
}
BAGS: dict[str, tuple[Ink, Ink]] = {
    "red": (RUST, TEA),
    "green": (LEAF, GREEN),
    "white": (MIST, SLATE),
    "yellow": (STRAW, OCHRE),
    "cut": (DEEP, NIGHT),
}


def powder(colour: str, mirrored: bool = False) -> Motif:
    """The bag it is sold in, a cone of ground leaf, and the sheet of its lot."""

    def draw(pen: Pen) -> None:
        bag, cone, sheet = (780, 450, 330) if mirrored else (500, 830, 960)
        report(pen.at(sheet, 560, 1.0, -7 if mirrored else 6))
        shade(pen, bag + 150, 968, 330, 34)
        packs.pouch(pen.at(bag, 950, 1.32), *BAGS[colour], twig(colour))
        mound(pen.at(cone, 1120), *POWDER[colour])

    return draw


def mound(pen: Pen, light: Ink, dark: Ink) -> None:
    """Ground leaf, as it slides from a bag: a flat cone and its grain."""
    shade(pen, 60, 14, 320, 28)
    hill = curve([(-270, 18), (-170, -58), (-16, -156), (60, -148), (180, -54), (276, 16)])
    shape = [*hill, *curve([(276, 16), (120, 44), (-60, 50), (-270, 18)])]
    pen.fill(shape, light)
    dusk = curve([(40, -152), (180, -54), (276, 16), (150, 42), (96, -40)], closed=True)
    pen.fill(dusk, dark)
    pen.hatch(dusk, 38, 11, 2.6, ends=(0.2, 0.5))
    pen.outline(shape, 5.5)
    for _ in range(150):
        x = pen.rng.triangular(-290, 300, 0)
        roof = -150 * (1 - abs(x) / 290)
        y = roof + pen.rng.random() * (36 - roof)
        pen.dot((x, y), pen.rng.uniform(1.6, 3.4))
    for x, y in ((-120, -40), (-40, -90), (10, 0)):
        pen.stroke(curve([(x - 60, y + 46), (x, y), (x + 34, y - 26)]), 3.6, 0.1, 0.2)


def report(pen: Pen) -> None:
    """A sheet with a table, bars beside their limits, and a stamp; no words."""
    page = packs.box(-210, -330, 210, 330)
    pen.fill(page, WHITE)
    for i in range(0, 8, 2):
        pen.fill(packs.box(-210, -150 + i * 44, 210, -106 + i * 44), BAND, slip=(0, 0))
    pen.stroke([(-170, -330), (-170, 0), (-170, 330)], 3.5, 1, 1, ink=RED)
    pen.outline(page, 5)
    for y, long in ((-280, 220), (-242, 150), (-204, 180)):
        pen.stroke([(-140, y), (-140 + long / 2, y), (-140 + long, y)], 7, 0.7, 0.5)
    for i, part in enumerate((0.3, 0.62, 0.2, 0.45, 0.1, 0.36, 0.24)):
        y = -128 + i * 44
        pen.stroke([(-140, y), (-100, y), (-60 - i * 3, y)], 5, 0.7, 0.4)
        bar = packs.box(-20, y - 11, -20 + 170 * part, y + 11)
        pen.fill(bar, LEAF, slip=(0, 0))
        pen.outline(bar, 3)
        pen.stroke([(164, y - 18), (164, y), (164, y + 18)], 3.4, 1, 1, ink=RED)
    pen.outline(oval(100, 262, 46, 46), 5, ink=SLATE)
    pen.outline(oval(100, 262, 34, 34), 3, ink=SLATE)
    pen.stroke(curve([(-140, 280), (-96, 246), (-72, 288), (-40, 250), (10, 276)]), 5, 0.4, 0.3)


def bottled(colour: str, cap: Ink, cap_dark: Ink, mirrored: bool = False) -> Motif:
    """A brown bottle with a label, and capsules before it."""

    def draw(pen: Pen) -> None:
        x = 760 if mirrored else 500
        report(pen.at(360 if mirrored else 930, 520, 0.96, -6 if mirrored else 7))
        shade(pen, x + 130, 992, 330, 38)
        bottle(pen.at(x, 970, 1.5), cap, cap_dark, twig(colour))
        light = POWDER[colour][0]
        for dx, y, turn in SPILLED:
            capsule(pen.at(x + (-dx if mirrored else dx), y, 1.15, turn), light)

    return draw


SPILLED = (
    (170, 1110, 12), (300, 1080, 70), (260, 1170, 160), (400, 1150, 30), (90, 1180, 100),
    (490, 1080, 140), (520, 1190, 5), (-20, 1120, 60), (380, 1060, 175),
)  # fmt: skip


def bottle(pen: Pen, cap: Ink, cap_dark: Ink, drawn: Motif) -> None:
    """A round bottle of brown glass, its screw cap on."""
    body = turned(
        [(96, -470), (96, -452), (150, -410), (180, -350), (182, -200), (182, -30), (170, 0)], 0.2
    )
    pen.fill(body.body(), packs.BOTTLE)
    pen.fill(body.dark_side(0.42), AMBER)
    around(pen, body, 0.12, 0.98, 0.5, 0.99, gap=13)
    gleam(pen, body, -0.86, 0.3, 0.92, 14)
    pen.outline(body.body(), 6.5)
    packs.wrapped(pen, body, 0.42, 0.9, drawn)
    top = straight([(108, -560), (116, -548), (116, -462)], 0.2)
    pen.fill(top.body(), cap)
    pen.fill(top.between(0.1, 1, 0.4, 1), cap_dark)
    for i in range(-9, 10):
        k = math.sin(i * math.pi / 20)
        pen.stroke([top.at(v, k) for v in (0.25, 0.6, 0.96)], 3.4, 0.8, 0.6)
    pen.outline(top.body(), 6)
    pen.fill(oval(0, -560, 108, 21), cap)
    pen.outline(oval(0, -560, 108, 21), 4.5)


def capsule(pen: Pen, filled: Ink) -> None:
    """One capsule, lying; its two halves let the powder through."""
    body = [*curve([(-6, -27), (40, -27), (66, -20), (74, 0), (66, 20), (40, 27), (-6, 27)])]
    cap = [*curve([(4, -31), (-44, -31), (-72, -22), (-81, 0), (-72, 22), (-44, 31), (4, 31)])]
    pen.hatch(oval(10, 36, 84, 12), 0, 8, 2.8, ends=(0.3, 0.1))
    for shape, ink in ((body, filled), (cap, filled)):
        pen.fill(shape, ink, slip=(2, 2))
        pen.outline(shape, 5)
    pen.hatch(body, 0, 9, 2.6, within=[(-10, 8), (80, 8), (80, 30), (-10, 30)])
    pen.stroke([(-58, -14), (-30, -18), (-6, -18)], 8, 0.3, 0.2, ink=WHITE)
    pen.stroke([(16, -15), (34, -16), (52, -12)], 6, 0.3, 0.2, ink=WHITE)


def tray(colour: str, tray_ink: Ink) -> Motif:
    """Capsules counted into a shallow tray, a leaf beside it."""

    def draw(pen: Pen) -> None:
        stem(pen, [(900, 900), (920, 680), (972, 470)], 18, LEAF)
        globe(pen.at(980, 380, 1.3))
        spine: Line = [(180, 1180), (300, 940), (500, 760), (760, 640)]
        veined(pen, blade_of(colour), spine, 150, 138, VEINS[colour])
        shade(pen, 820, 1002, 400, 40)
        dish = straight([(360, -40), (330, 40)], 0.3)
        at = pen.at(740, 930, 1.0)
        at.fill(dish.body(), tray_ink)
        at.outline(dish.body(), 6.5)
        inner = oval(0, -40, 334, 100)
        at.fill(inner, WHITE, slip=(0, 0))
        at.outline(inner, 4.5)
        for i in range(26):
            a, far = i * 2.39996, math.sqrt((i + 0.5) / 26)
            x, y = 262 * far * math.cos(a), -46 + 66 * far * math.sin(a)
            capsule(at.at(x, y, 0.72, pen.rng.uniform(-70, 70), weight=1.2), POWDER[colour][0])

    return draw


def cut_leaf(pen: Pen) -> None:
    """A flake with a piece of vein in it."""
    flake = [(-34, 4), (-18, -16), (6, -14), (20, -20), (36, -2), (22, 14), (-4, 16), (-20, 12)]
    pen.fill(flake, pen.rng.choice((GREEN, LEAF, DEEP, (0x9A, 0x86, 0x5A))))
    pen.outline(flake, 4)
    pen.stroke([(-30, 3), (0, -2), (32, -3)], 4, 0.8, 0.3, ink=STRAW)


def cut(pen: Pen) -> None:
    report(pen.at(970, 540, 1.0, 6))
    shade(pen, 650, 968, 330, 34)
    packs.pouch(pen.at(500, 950, 1.32), *BAGS["cut"], twig("green"))
    dry_leaf.heap(pen.at(850, 1130, 1.05), cut_leaf, GREEN)
