"""Pots and kettles. Each stands with the middle of its foot at the origin."""

from collections.abc import Sequence

from storefront.seed.plates.ground import (
    AMBER,
    BARK,
    HONEY,
    MIST,
    NIGHT,
    PAPER,
    RUST,
    SLATE,
    STEEL,
    TEA,
    WHITE,
)
from storefront.seed.plates.pen import BLUE_BLACK, Ink, Pen, Point, arc, curve, oval
from storefront.seed.plates.vessels import (
    Turned,
    around,
    ear,
    gleam,
    opening,
    straight,
    thrown,
    turned,
)

GLASS: Ink = (0xE4, 0xED, 0xE9)
CHINA: Ink = (0xDA, 0xE4, 0xE0)
COBALT: Ink = (0x3A, 0x5A, 0x78)


def knob(pen: Pen, y: float, r: float, ink: Ink) -> None:
    """A round grip on a lid."""
    ball = oval(0, y - r * 0.8, r, r * 0.86)
    pen.fill(ball, ink)
    pen.hatch(ball, 30, 8, 2.8, without=oval(-r * 0.35, y - r * 1.2, r, r))
    pen.outline(ball, 5)
    pen.stroke(arc(0, y - r * 0.8, r * 0.6, r * 0.5, 190, 250), 5, 0.2, 0.2, ink=PAPER)


def glass_teapot(pen: Pen, strainer: bool = True, lid: bool = True) -> None:
    """A round glass pot, two thirds full."""
    pot = turned(
        [(120, -372), (126, -350), (205, -268), (248, -160), (228, -64), (172, -10), (150, 0)], 0.17
    )
    ear(pen, [(-128, -350), (-250, -380), (-345, -300), (-335, -170), (-236, -110)], 34, GLASS, 6)
    ear(pen, [(225, -128), (318, -168), (352, -262), (400, -356)], 70, GLASS, 6, taper=0.42)
    pen.fill(pot.body(), GLASS)
    pen.fill(pot.between(0.42, 1), HONEY)
    pen.fill(pot.between(0.42, 1, 0.34, 1), AMBER)
    pen.fill(pot.rim(0.42), TEA, slip=(0, 0))
    if strainer:
        basket(pen.at(0, -118), 84, 250, filled=True)
    pen.outline(pot.ring(0.42), 4, closed=False)
    pen.outline(pot.ring(0.42, behind=True), 3, closed=False)
    around(pen, pot, 0.44, 0.98, 0.62, 0.99)
    around(pen, pot, 0.12, 0.42, 0.82, 0.99)
    gleam(pen, pot, -0.78, 0.2, 0.66, 16)
    gleam(pen, pot, -0.62, 0.24, 0.4, 8)
    pen.outline(pot.body(), 6.5)
    pen.outline(pot.rim(), 5)
    if lid:
        glass_lid(pen.at(0, -376))


def glass_lid(pen: Pen) -> None:
    cap = turned([(18, -62), (70, -52), (116, -24), (134, 0)], 0.17)
    pen.fill(cap.body(), MIST)
    around(pen, cap, 0.2, 0.95, 0.3, 0.98, gap=9)
    gleam(pen, cap, -0.6, 0.4, 0.9, 9)
    pen.outline(cap.body(), 6)
    knob(pen, -56, 27, GLASS)


def basket(pen: Pen, radius: float, height: float, filled: bool = False) -> None:
    """A steel cylinder pierced all over, open above."""
    tube = straight([(radius, -height), (radius * 0.94, 0)], 0.2)
    pen.fill(tube.body(), STEEL, slip=(2, 2))
    pen.fill(tube.between(0, 1, 0.4, 1), SLATE, slip=(2, 2))
    rows = round(height / 17)
    for row in range(1, rows):
        columns = max(7, round(radius / 6.2))
        for i in range(columns + 1):
            k = -0.94 + 1.88 * (i + 0.5 * (row % 2)) / (columns + 0.5)
            pen.dot(tube.at(row / rows, k), 2.6)
    pen.outline(tube.body(), 5)
    opening(pen, tube, BARK if filled else SLATE, 7, 4.5)


def infuser(pen: Pen, radius: float, height: float, filled: bool = False) -> None:
    """A basket with a flat rim and two wings to lift it by."""
    wings(pen, radius, height)
    basket(pen, radius, height, filled)
    infuser_rim(pen, radius, height, filled)


def wings(pen: Pen, radius: float, height: float) -> None:
    for side in (-1, 1):
        wing = oval(side * (radius + 46), -height - 2, 62, 19)
        pen.fill(wing, STEEL)
        pen.outline(wing, 5)
        eye = oval(side * (radius + 62), -height - 2, 24, 7)
        pen.fill(eye, PAPER, slip=(0, 0))
        pen.outline(eye, 3.5)


def infuser_rim(pen: Pen, radius: float, height: float, filled: bool = False) -> None:
    rim = straight([(radius + 16, -height - 8), (radius + 16, -height + 6)], 0.2)
    pen.fill(rim.body(), STEEL, slip=(2, 2))
    pen.outline(rim.body(), 5)
    opening(pen, rim, BARK if filled else NIGHT, 18, 4.5)
    pen.stroke(rim.ring(0.2, -0.8, -0.3), 6, 0.2, 0.2, ink=WHITE)


def kettle(pen: Pen, light: Ink, dark: Ink, grip: Ink, cut: Ink = BLUE_BLACK) -> None:
    """A kettle with a long curved spout to the right; `cut` is the ink of lines on its body."""
    body = straight([(134, -318), (146, -306), (232, -46), (230, -16), (218, 0)], 0.15)
    spout: Sequence[Point] = [
        (190, -52),
        (296, -40),
        (340, -130),
        (352, -262),
        (392, -362),
        (458, -384),
    ]
    ear(
        pen, [(-140, -300), (-218, -356), (-318, -352), (-362, -256), (-350, -96)], 44, grip, 6, 0.8
    )
    ear(pen, spout, 52, light, 6, taper=0.5)
    thrown(pen, body, light, dark, 0.36, 6.5, cut)
    gleam(pen, body, -0.68, 0.16, 0.76, 18)
    gleam(pen, body, -0.5, 0.16, 0.4, 8)
    pen.stroke(body.ring(0.9, -1, 1), 4, 0.8, 0.8, ink=cut)
    pen.fill(body.rim(), light, slip=(0, 0))
    pen.outline(body.rim(), 5)
    pen.stroke(body.ring(0.0, -0.98, 0.98), 4, 0.3, 0.3, ink=cut)
    cap = turned([(20, -352), (90, -346), (112, -330), (116, -318)], 0.15)
    thrown(pen, cap, light, dark, 0.3, 5.5, cut)
    knob(pen, -350, 26, grip)
    clasp = [(-168, -322), (-128, -300), (-120, -270), (-150, -276), (-176, -296)]
    pen.fill(clasp, dark)
    pen.outline(clasp, 5)


def gaiwan(pen: Pen, open_lid: bool = False) -> None:
    """A lidded bowl on its saucer, with one blue band."""
    dish = turned([(210, -24), (150, 2), (70, 14), (60, 20)], 0.2)
    pen.fill(dish.body(), WHITE)
    pen.outline(dish.body(), 6)
    pen.outline(oval(0, -22, 186, 34), 3)
    pen.hatch(oval(0, -20, 184, 32), 0, 9, 2.6, without=oval(-64, -26, 170, 30))
    bowl = turned([(178, -228), (158, -150), (112, -62), (72, -18), (66, -4)], 0.2)
    thrown(pen, bowl, WHITE, CHINA)
    pen.fill(bowl.between(0.16, 0.3), COBALT, slip=(2, 2))
    for v in (0.12, 0.34):
        pen.stroke(bowl.ring(v), 4, 0.8, 0.9, ink=COBALT)
    pen.outline(bowl.body(), 6)
    opening(pen, bowl, HONEY, 10)
    if not open_lid:
        gaiwan_lid(pen.at(2, -226, 1, -3))


def gaiwan_lid(pen: Pen) -> None:
    cap = turned([(36, -96), (40, -76), (104, -52), (148, -14), (156, 4)], 0.2)
    thrown(pen, cap, WHITE, CHINA)
    pen.stroke(cap.ring(0.72), 5, 0.8, 0.9, ink=COBALT)
    ring = straight([(44, -106), (34, -84)], 0.22)
    pen.fill(ring.body(), WHITE)
    pen.outline(ring.body(), 5)
    opening(pen, ring, CHINA, 8, 4)


def kyusu(pen: Pen) -> None:
    """A small clay pot with its handle at the side."""
    pot = turned([(96, -216), (150, -190), (196, -120), (180, -48), (132, -4), (112, 2)], 0.22)
    ear(pen, [(-178, -110), (-246, -142), (-288, -214)], 58, RUST, 6, taper=0.5)
    thrown(pen, pot, RUST, TEA, 0.34)
    for v in (0.5, 0.58):
        pen.stroke(pot.ring(v), 3.5, 0.6, 0.9)
    gleam(pen, pot, -0.62, 0.3, 0.6, 10)
    cap = turned([(14, -246), (64, -240), (92, -222), (98, -208)], 0.22)
    thrown(pen, cap, RUST, TEA, 0.3)
    knob(pen, -240, 22, TEA)
    handle(pen)


def handle(pen: Pen) -> None:
    """The kyusu's hollow grip, towards the onlooker."""
    ear(pen, [(112, -122), (214, -150), (336, -196)], 46, RUST, 6, taper=1.45)
    end = oval(338, -197, 15, 33, -20)
    pen.fill(end, TEA)
    pen.outline(end, 5)
    hole = oval(340, -197, 8, 21, -20)
    pen.fill(hole, BLUE_BLACK, slip=(0, 0))


def mug(pen: Pen, light: Ink, dark: Ink) -> Turned:
    """A straight mug, open, for a basket to hang in."""
    ear(pen, [(168, -292), (258, -290), (286, -190), (242, -92), (164, -84)], 36, light, 6)
    body = straight([(176, -340), (176, -30), (160, 0)], 0.2)
    thrown(pen, body, light, dark)
    for v in (0.12, 0.86):
        pen.stroke(body.ring(v), 4.5, 0.8, 0.9)
    opening(pen, body, NIGHT, 12)
    return body


def steam(pen: Pen, high: float) -> None:
    """Three curls over a cup, from the origin up."""
    for x, size in ((-46, 0.8), (0, 1.0), (44, 0.7)):
        h = high * size
        curl = curve([(x, 0), (x - 22, -h * 0.3), (x + 16, -h * 0.62), (x - 6, -h)])
        pen.stroke(curl, 5, 0.2, 0.1)
