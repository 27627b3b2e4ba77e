"""What things are sold and kept in: pouch, tin, jar; and the dry leaf that comes out."""

from collections.abc import Callable

from storefront.seed.plates.ground import (
    AMBER,
    BAND,
    BARK,
    RED,
    STEEL,
    TEA,
    WHITE,
    YELLOW,
)
from storefront.seed.plates.pen import Ink, Line, Pen, curve, oval
from storefront.seed.plates.vessels import Turned, around, gleam, opening, straight, turned

Motif = Callable[[Pen], None]
BOTTLE: Ink = (0xD2, 0x8B, 0x3A)


def box(x0: float, y0: float, x1: float, y1: float) -> Line:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def label(pen: Pen, width: float, height: float, emblem: Motif | None = None) -> None:
    """The shop's label: ledger paper with its red rule, and a small drawing; no words."""
    w, h = width / 2, height / 2
    pen.fill(box(-w, -h, w, h), WHITE, slip=(2, 2))
    bar = height / 8
    for i in range(1, 8, 2):
        pen.fill(box(-w, -h + bar * i, w, -h + bar * (i + 1)), BAND, slip=(0, 0))
    pen.stroke([(-w * 0.72, -h), (-w * 0.72, 0), (-w * 0.72, h)], 3.5, 1, 1, ink=RED)
    pen.outline(box(-w, -h, w, h), 4.5)
    if emblem:
        emblem(pen.at(w * 0.12, 0, height / 1340, weight=2.1).at(-640, -640))


def pouch(pen: Pen, ink: Ink, dark: Ink, emblem: Motif) -> None:
    """A stand-up bag, crimped above, with a label."""
    top, foot = -580.0, 0.0
    side = curve([(206, top + 64), (214, -400), (226, -200), (232, -40), (214, foot)])
    bag = [*[(-x, y) for x, y in side][::-1], (-206, top), (206, top), *side]
    bag += curve([(214, foot), (120, 20), (0, 26), (-120, 20), (-214, foot)])
    pen.fill(bag, ink)
    fold = curve([(206, top + 64), (160, -420), (178, -200), (150, 12)])
    pen.fill([*fold, (214, foot), *side[::-1]], dark)
    pen.hatch(bag, -64, 12, 3.2, within=[*fold, (214, 30), (240, -40), (240, top + 64)])
    pen.hatch(bag, 72, 13, 3, within=[(-240, -90), (-120, 40), (-240, 40)])
    crimp = box(-206, top, 206, top + 64)
    pen.fill(crimp, dark)
    pen.hatch(crimp, 90, 11, 3, ends=(0.8, 0.8))
    pen.outline(crimp, 5)
    pen.outline(bag, 6.5)
    pen.stroke(curve([(-216, -60), (-100, -92), (0, -98), (100, -92), (196, -66)]), 4, 0.2, 0.2)
    for x, y, long in ((-150, top + 84, 70), (60, top + 80, 90), (150, top + 82, 60)):
        pen.stroke([(x, y), (x + 6, y + long / 2), (x - 4, y + long)], 4, 0.8, 0.1)
    label(pen.at(-12, -288, turn=0), 312, 330, emblem)


def tag(pen: Pen, turn: float = 18.0) -> None:
    """A blank price flag on a string."""
    pen.stroke(curve([(0, 0), (10, 26), (4, 52), (16, 74)]), 4, 0.8, 0.8)
    flag = pen.at(16, 74, 1, turn)
    shape = [(-34, 14), (0, -16), (34, 14), (34, 128), (-34, 128)]
    flag.fill(shape, YELLOW)
    flag.outline(shape, 5)
    flag.dot((0, 14), 8)
    flag.dot((0, 14), 4, WHITE)
    for y in (58, 82, 104):
        flag.stroke([(-20, y), (0, y), (18, y)], 3, 0.6, 0.3)


def caddy(pen: Pen, ink: Ink, dark: Ink, emblem: Motif, lid: bool = True) -> None:
    """A round tin with a label; its lid slips over an inner neck."""
    body = straight([(168, -430), (168, 0)], 0.2)
    pen.fill(body.body(), ink)
    pen.fill(body.between(0, 1, 0.5, 1), dark)
    around(pen, body, 0.03, 0.98, 0.6, 0.99)
    pen.outline(body.body(), 6.5)
    gleam(pen, body, -0.86, 0.1, 0.9, 12)
    wrapped(pen, body, 0.3, 0.84, emblem)
    for v in (0.08, 0.95):
        pen.stroke(body.ring(v), 4, 0.9, 0.9)
    if lid:
        tin_lid(pen.at(0, -424), ink, dark)
    else:
        neck = straight([(154, -478), (154, -424)], 0.2)
        pen.fill(neck.body(), STEEL)
        around(pen, neck, 0.05, 0.95, 0.4, 0.98, gap=10)
        pen.outline(neck.body(), 5.5)
        opening(pen, neck, BARK, 8)


def tin_lid(pen: Pen, ink: Ink, dark: Ink) -> None:
    cap = straight([(150, -104), (174, -92), (174, 0)], 0.2)
    pen.fill(cap.body(), ink)
    pen.fill(cap.between(0.2, 1, 0.5, 1), dark)
    around(pen, cap, 0.25, 0.97, 0.6, 0.99)
    pen.outline(cap.body(), 6)
    top = oval(0, -104, 150, 30)
    pen.fill(top, ink)
    pen.hatch(top, 0, 9, 2.8, without=oval(-46, -108, 140, 26))
    pen.outline(top, 4.5)
    gleam(pen, cap, -0.86, 0.3, 0.85, 11)


def wrapped(pen: Pen, body: Turned, v0: float, v1: float, emblem: Motif) -> None:
    """The label, bent round a tin or jar."""
    paper = body.between(v0, v1, -0.8, 0.8)
    pen.fill(paper, WHITE, slip=(2, 2))
    step = (v1 - v0) / 8
    for i in range(1, 8, 2):
        pen.fill(body.between(v0 + step * i, v0 + step * (i + 1), -0.8, 0.8), BAND, slip=(0, 0))
    pen.hatch(paper, 0, 12, 2.6, within=body.between(v0, v1, 0.62, 0.8), ends=(0.1, 0.6))
    pen.stroke([body.at(v0 + (v1 - v0) * i / 8, -0.58) for i in range(9)], 3.5, 1, 1, ink=RED)
    pen.outline(paper, 4.5)
    (x, y0), (_, y1) = body.at(v0, 0), body.at(v1, 0)
    emblem(pen.at(x + 6, (y0 + y1) / 2, abs(y1 - y0) / 1380, weight=2.1).at(-640, -640))


def clip_jar(pen: Pen, width: float, height: float, opened: bool = False) -> None:
    """Amber glass, a rubber seal, a wire clip."""
    r = width / 2
    neck = r * 0.8
    jar = turned(
        [(neck, -height), (neck, -height + 14), (r * 0.96, -height + 60), (r, -height + 110),
         (r, -height * 0.4), (r, -34), (r * 0.9, 0)], 0.2,
    )  # fmt: skip
    pen.fill(jar.body(), BOTTLE)
    pen.fill(jar.dark_side(0.42), AMBER)
    level = 0.12 if opened else 0.36
    filled(pen, jar, level)
    around(pen, jar, 0.22, 0.98, 0.5, 0.99, gap=13)
    gleam(pen, jar, -0.76, 0.36, 0.9, 15)
    gleam(pen, jar, -0.56, 0.4, 0.6, 8)
    pen.outline(jar.body(), 6.5)
    if opened:
        opening(pen, jar, BARK, 9)
        return
    seal = straight([(neck + 10, -height - 14), (neck + 10, -height + 2)], 0.2)
    pen.fill(seal.body(), RED)
    pen.outline(seal.body(), 4.5)
    clip_lid(pen.at(0, -height - 14), neck + 4)
    wire(pen, neck, height)


def filled(pen: Pen, jar: Turned, level: float) -> None:
    """What is kept in a jar, seen through the glass."""
    inner = Turned([(r * 0.93, y - 8) for r, y in jar.side], jar.tilt)
    pen.fill(inner.between(level, 1), AMBER)
    pen.fill(inner.between(level, 1, 0.4, 1), TEA)
    pen.fill(inner.rim(level), TEA, slip=(0, 0))
    pen.outline(inner.ring(level), 3.4, closed=False)
    pen.outline(inner.ring(level, behind=True), 2.8, closed=False)
    room = jar.side[-1][1] - jar.side[0][1]
    for _ in range(round(jar.side[-8][0] * room * (1 - level) / 700)):
        at = inner.at(pen.rng.uniform(level + 0.03, 0.96), pen.rng.uniform(-0.92, 0.88))
        piece = pen.at(*at, 1, pen.rng.uniform(0, 180))
        piece.stroke(curve([(-14, 2), (0, -4), (14, 1)], per=5), 6, 0.3, 0.2, ink=BARK)


def clip_lid(pen: Pen, r: float) -> None:
    cap = turned([(r * 0.5, -58), (r * 0.86, -46), (r, -22), (r, 0)], 0.2)
    pen.fill(cap.body(), BOTTLE)
    pen.fill(cap.dark_side(0.4), AMBER)
    around(pen, cap, 0.2, 0.95, 0.5, 0.98, gap=10)
    gleam(pen, cap, -0.6, 0.4, 0.9, 9)
    pen.outline(cap.body(), 6)
    pen.outline(oval(0, -58, r * 0.5, r * 0.1), 4)


def wire(pen: Pen, r: float, height: float) -> None:
    """The bail in front of the neck."""
    front = r * 0.2
    for loop in (
        [(-20, -height - 62 + front), (-24, -height + 10), (-16, -height + 54), (0, -height + 64),
         (16, -height + 54), (24, -height + 10), (20, -height - 62 + front)],
        [(-r - 12, -height - 2), (-r * 0.5, -height + 22 + front), (0, -height + 30 + front),
         (r * 0.5, -height + 22 + front), (r + 12, -height - 2)],
    ):  # fmt: skip
        line: Line = curve(loop)
        pen.stroke(line, 13, 0.9, 0.9)
        pen.stroke(line, 5.5, 0.9, 0.9, ink=STEEL)
