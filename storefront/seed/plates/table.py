"""The two wide pictures: a table laid for tea, and the small one that links carry."""

from storefront.seed.plates import dry_leaf, honey, packs, pots, sprigs
from storefront.seed.plates.flowers import chamomile
from storefront.seed.plates.ground import (
    AMBER,
    BARK,
    DEEP,
    HONEY,
    LIME,
    NIGHT,
    OCHRE,
    RED,
    RUST,
    SLATE,
    STEEL,
    TEA,
    shade,
)
from storefront.seed.plates.leaves import lay, stem
from storefront.seed.plates.packs import box
from storefront.seed.plates.pen import Ink, Pen, curve
from storefront.seed.plates.still_lifes import BAGS, EMBLEMS, Motif, star_emblem
from storefront.seed.plates.vessels import cup, saucer

BOARD: Ink = (0xC9, 0xD6, 0xB8)
GRAIN: Ink = (0x93, 0xAA, 0x84)


def wood(pen: Pen, width: float, top: float, foot: float) -> None:
    """A table top across the sheet, with its grain."""
    pen.fill(box(-20, top, width + 20, foot), BOARD, slip=(0, 0))
    pen.stroke([(0, top), (width / 2, top), (width, top)], 6, 1, 1)
    y = top + 26.0
    while y < foot:
        x = pen.rng.uniform(-200, 40)
        while x < width:
            long = pen.rng.uniform(120, 420)
            bow = pen.rng.uniform(-3, 3)
            line = curve([(x, y), (x + long * 0.5, y + bow), (x + long, y)])
            pen.stroke(line, 3, 0.1, 0.1, ink=GRAIN)
            x += long + pen.rng.uniform(40, 260)
        y += 15 + (y - top) * 0.05


def laid(pen: Pen) -> None:
    """Back row first, then what stands before it."""
    wood(pen, 1600, 600, 1000)
    drying(pen, 40)
    shade(pen, 440, 716, 240, 26)
    pots.kettle(pen.at(348, 706, 0.84), STEEL, SLATE, NIGHT)
    shade(pen, 1200, 700, 180, 22)
    packs.caddy(pen.at(1130, 692, 0.8), RUST, TEA, EMBLEMS["rooibos"])
    packs.tag(pen.at(1222, 330, 0.72))
    shade(pen, 1480, 716, 200, 24)
    packs.pouch(pen.at(1412, 706, 0.8), *BAGS["sencha"], EMBLEMS["sencha"])
    shade(pen, 960, 852, 320, 34)
    pots.glass_teapot(pen.at(862, 838, 1.0))
    shade(pen, 1330, 862, 180, 24)
    honey.jar(pen.at(1262, 852, 0.64), HONEY, AMBER, star_emblem)
    shade(pen, 1530, 872, 140, 20)
    packs.clip_jar(pen.at(1480, 866, 0.84), 180, 240)
    front(pen)


def drying(pen: Pen, y: float) -> None:
    """Bunches of herbs hung upside down from a rail."""
    rail = box(-20, y - 9, 960, y + 9)
    pen.fill(rail, OCHRE)
    pen.hatch(rail, 0, 5, 2.6, within=box(-20, y, 960, y + 9))
    pen.outline(rail, 5)
    bunches: tuple[tuple[float, float, Motif, tuple[float, ...]], ...] = (
        (190, 0.29, sprigs.peppermint, (192, 170)),
        (470, 0.3, chamomile, (186,)),
        (740, 0.28, sprigs.rooibos, (172, 190)),
    )
    for x, size, motif, turns in bunches:
        for turn in turns:
            motif(pen.at(x, y + 26, size, turn, weight=1.5).at(-615, -1210))
        pen.stroke(curve([(x - 4, y - 14), (x + 8, y + 16), (x, y + 44)]), 6, 0.9, 0.9)
        for knot in (34, 42, 50):
            pen.stroke(
                [(x - 14, y + knot), (x, y + knot + 3), (x + 14, y + knot)], 6, 0.8, 0.8, RED
            )


def front(pen: Pen) -> None:
    shade(pen, 490, 902, 220, 26)
    saucer(pen.at(398, 892, 0.8))
    cup(pen.at(398, 884, 0.88), AMBER)
    dry_leaf.scoop(pen.at(1080, 940, 0.72), *dry_leaf.PIECES["assam"])
    twig = pen.at(640, 925, 0.5, 82, weight=1.35)
    stem(twig, [(30, 130), (40, -20), (20, -200), (30, -330)], 26, LIME, cut=True)
    lay(twig, sprigs.ASSAM, [(34, 40), (-70, 0), (-150, -90), (-190, -220)], 84, 100)
    lay(twig, sprigs.ASSAM, [(28, -90), (80, -130), (110, -210), (104, -310)], 76, 56)
    lay(twig, sprigs.BUD, [(28, -310), (50, -390), (50, -460), (20, -540)], 34, 40)


def small(pen: Pen) -> None:
    """Shaped for the previews that messengers show beside a link: 1.905 wide."""
    pen = pen.at(0, 0, 1280 / 1200)
    wood(pen, 1200, 400, 630)
    shade(pen, 1010, 500, 190, 24)
    packs.caddy(pen.at(930, 496, 0.86), DEEP, NIGHT, EMBLEMS["assam"])
    shade(pen, 640, 552, 290, 30)
    pots.glass_teapot(pen.at(540, 540, 1.02))
    shade(pen, 880, 606, 190, 20)
    saucer(pen.at(800, 594, 0.74))
    cup(pen.at(800, 588, 0.8), AMBER)
    dry_leaf.heap(pen.at(250, 580, 0.5), dry_leaf.assam_leaf, BARK)
