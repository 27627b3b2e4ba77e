"""How things are put together on a plate of 1280 by 1280."""

from collections.abc import Callable

from storefront.seed.plates import books, dry_leaf, honey, packs, pots, sprigs
from storefront.seed.plates.flowers import chamomile, star, tea_flower
from storefront.seed.plates.ground import (
    AMBER,
    BARK,
    DEEP,
    GREEN,
    HONEY,
    LEAF,
    LIME,
    MIST,
    NIGHT,
    OCHRE,
    RUST,
    SLATE,
    STEEL,
    STRAW,
    TEA,
    WHITE,
    shade,
)
from storefront.seed.plates.leaves import lay, stem
from storefront.seed.plates.pen import BLUE_BLACK, Ink, Pen, curve, oval
from storefront.seed.plates.vessels import bowl_cup, cup, saucer

Motif = Callable[[Pen], None]

EMBLEMS: dict[str, Motif] = {
    "assam": sprigs.assam,
    "darjeeling": sprigs.darjeeling,
    "sencha": lambda pen: sprigs.sencha(pen.at(80, -116, 1.35)),
    "tieguanyin": lambda pen: sprigs.tieguanyin(pen.at(-11, -60, 1.4)),
    "rooibos": sprigs.rooibos,
    "peppermint": sprigs.peppermint,
    "chamomile": chamomile,
}
BAGS: dict[str, tuple[Ink, Ink]] = {
    "assam": (TEA, BARK),
    "darjeeling": (OCHRE, AMBER),
    "sencha": (LEAF, GREEN),
    "tieguanyin": (DEEP, NIGHT),
    "rooibos": (RUST, TEA),
    "peppermint": ((0x9C, 0xBD, 0xAE), GREEN),
    "chamomile": (STRAW, OCHRE),
}


def packed(tea: str, mirrored: bool = False) -> Motif:
    """The bag a tea is sold in, some of the leaf, and a cup of it."""

    def draw(pen: Pen) -> None:
        bag, heap, drink = (760, 860, 330) if mirrored else (520, 470, 960)
        shade(pen, bag + 150, 948, 330, 34)
        packs.pouch(pen.at(bag, 930, 1.32), *BAGS[tea], EMBLEMS[tea])
        shade(pen, drink + 70, 1106, 236, 30)
        poured(pen.at(drink, 1096), tea)
        dry_leaf.heap(pen.at(heap, 1130, 0.98), *dry_leaf.PIECES[tea])

    return draw


def poured(pen: Pen, tea: str) -> None:
    if tea in ("sencha", "tieguanyin"):
        bowl_cup(pen.at(0, 0, 1.2), dry_leaf.LIQUORS[tea], WHITE, MIST)
    else:
        saucer(pen.at(0, -4, 0.9))
        cup(pen.at(0, -14, 0.98), dry_leaf.LIQUORS[tea])


def sencha(pen: Pen) -> None:
    sprigs.sencha(pen.at(70, 40, 1.1))
    shade(pen, 890, 1086, 330, 34)
    pots.kyusu(pen.at(800, 1080, 1.12))
    bowl_cup(pen.at(430, 1150, 0.86), LIME, WHITE, MIST)


def tieguanyin(pen: Pen) -> None:
    sprigs.tieguanyin(pen.at(60, 20, 1.16))
    shade(pen, 960, 1108, 260, 30)
    pots.gaiwan(pen.at(860, 1090, 1.2))
    for x, y, turn in ((300, 1130, 0), (372, 1170, 80), (440, 1120, 200), (520, 1160, 300)):
        dry_leaf.oolong_leaf(pen.at(x, y, 1.25, turn))
    dry_leaf.oolong_leaf(pen.at(232, 1172, 1.25, 140))


def teapot(pen: Pen) -> None:
    shade(pen, 720, 958, 420, 44)
    pots.glass_teapot(pen.at(600, 945, 1.36))


def strainer(pen: Pen) -> None:
    """The pot with its strainer and lid taken out."""
    shade(pen, 600, 838, 420, 40)
    pots.glass_teapot(pen.at(520, 830, 1.2), strainer=False, lid=False)
    shade(pen, 1010, 1084, 200, 28)
    pots.basket(pen.at(930, 1080, 1.3), 84, 250, filled=True)
    shade(pen, 500, 1120, 260, 26)
    pots.glass_lid(pen.at(400, 1100, 1.3, -7))
    for x, y, turn in ((640, 1150, 20), (740, 1120, 80), (720, 1190, 160), (840, 1170, 350)):
        dry_leaf.darjeeling_leaf(pen.at(x, y, 1.3, turn))


def infusers(pen: Pen) -> None:
    shade(pen, 940, 848, 320, 44)
    pots.infuser(pen.at(820, 830, 1.7), 138, 290)
    shade(pen, 500, 1026, 290, 36)
    pots.infuser(pen.at(410, 1010, 1.5), 104, 190)
    dry_leaf.heap(pen.at(870, 1120, 0.7), *dry_leaf.PIECES["assam"])


def infuser_in_mug(pen: Pen) -> None:
    shade(pen, 700, 1042, 400, 48)
    mug = pen.at(590, 1030, 1.85)
    pots.mug(mug, (0x9C, 0xBD, 0xAE), GREEN)
    pots.wings(mug, 138, 350)
    pots.infuser_rim(mug, 138, 350, filled=True)
    for i in range(34):
        x = pen.rng.uniform(-104, 104)
        y = pen.rng.uniform(-1, 1) * (1 - (x / 118) ** 2) ** 0.5 * 13
        dry_leaf.sencha_leaf(mug.at(x * 0.86, y - 357, 0.34, i * 47, weight=1.5))
    pots.steam(pen.at(590, 340), 230)


def kettle(light: Ink, dark: Ink, grip: Ink, cut: Ink = BLUE_BLACK) -> Motif:
    def draw(pen: Pen) -> None:
        shade(pen, 720, 938, 420, 46)
        pots.kettle(pen.at(600, 920, 1.28), light, dark, grip, cut)

    return draw


def pouring(pen: Pen) -> None:
    """The spout at work: a thin stream into a cup."""
    pots.kettle(pen.at(410, 640, 1.0, 22), STEEL, SLATE, NIGHT)
    shade(pen, 1060, 1104, 210, 32)
    saucer(pen.at(990, 1096, 0.96))
    cup(pen.at(990, 1086, 1.06), HONEY)
    stream = curve([(976, 458), (1004, 474), (1016, 560), (1018, 892)])
    pen.stroke(stream, 22, 0.8, 0.5)
    pen.stroke(stream, 12, 0.8, 0.5, ink=MIST)
    for reach in (22, 44):
        pen.outline(oval(1018, 893, reach, reach * 0.24), 3)
    pots.steam(pen.at(900, 840), 150)
    dry_leaf.heap(pen.at(390, 1090, 0.9), *dry_leaf.PIECES["darjeeling"])


STEEL_KETTLE = kettle(STEEL, SLATE, NIGHT)
BLACK_KETTLE = kettle(NIGHT, BLUE_BLACK, TEA, SLATE)


def jars(pen: Pen) -> None:
    for x, y, width, height in ((330, 950, 200, 240), (600, 975, 250, 350), (940, 1000, 310, 500)):
        shade(pen, x + width * 0.5, y + 8, width * 0.85, 34)
        packs.clip_jar(pen.at(x, y, 1.18), width, height)


def jar_open(pen: Pen) -> None:
    """A jar being filled, its lid beside it."""
    shade(pen, 590, 950, 300, 40)
    packs.clip_jar(pen.at(470, 935, 1.5), 300, 460, opened=True)
    lid = pen.at(920, 920, 1.5, 0)
    shade(pen, 1000, 926, 200, 26)
    packs.clip_lid(lid, 120)
    dry_leaf.heap(pen.at(470, 258, 0.56), *dry_leaf.PIECES["peppermint"], width=190, count=70)
    dry_leaf.scoop(pen.at(760, 1110, 1.1), *dry_leaf.PIECES["peppermint"])
    for x, y, turn in ((420, 1130, 10), (520, 1170, 100), (330, 1160, 220)):
        dry_leaf.mint_leaf(pen.at(x, y, 1.2, turn))


def caddies(pen: Pen) -> None:
    shade(pen, 560, 1000, 260, 40)
    packs.caddy(pen.at(430, 1000, 1.0), RUST, TEA, EMBLEMS["rooibos"])
    shade(pen, 1010, 1030, 300, 44)
    packs.caddy(pen.at(850, 1030, 1.42), DEEP, NIGHT, EMBLEMS["assam"])


def caddy_open(pen: Pen) -> None:
    shade(pen, 600, 960, 300, 44)
    packs.caddy(pen.at(470, 950, 1.42), DEEP, NIGHT, EMBLEMS["assam"], lid=False)
    shade(pen, 1010, 960, 250, 34)
    packs.tin_lid(pen.at(910, 950, 1.3), DEEP, NIGHT)
    dry_leaf.scoop(pen.at(720, 1130, 1.1), *dry_leaf.PIECES["assam"])


def wildflower_honey(pen: Pen) -> None:
    honey.meadow(pen.at(900, 1050, 1.12))
    shade(pen, 540, 1076, 310, 40)
    honey.jar(pen.at(430, 1060, 1.36), HONEY, AMBER, star_emblem)
    honey.bee(pen.at(420, 230, 1.15, -8))
    honey.trail(
        pen, [(600, 262), (700, 300), (800, 250), (790, 170), (720, 160), (740, 270), (860, 320)]
    )


def star_emblem(pen: Pen) -> None:
    star(pen.at(640, 600, 3.6), 8, honey.LILAC, honey.VIOLET)


def honeycomb(pen: Pen) -> None:
    honey.comb(pen.at(190, 240), 8, 6, 76)
    honey.bee(pen.at(480, 560, 1.5, 12))
    honey.thread(pen.at(950, 690, 1.05), 380)
    honey.dipper(pen.at(954, 640, 1.2, 14))


def chestnut_honey(pen: Pen) -> None:
    lay(pen, honey.CHESTNUT, [(730, 900), (820, 700), (930, 480), (1060, 170)], 110, 130)
    lay(pen, honey.CHESTNUT, [(760, 960), (900, 880), (1040, 740), (1180, 520)], 90, 76)
    shade(pen, 560, 1010, 320, 40)
    honey.jar(pen.at(440, 990, 1.42), AMBER, TEA, lambda p: honey.nut(p.at(640, 660, 7)))
    honey.burr(pen.at(910, 1010, 1.05), 128)
    honey.nut(pen.at(690, 1120, 1.1, -70))


def chestnut_branch(pen: Pen) -> None:
    stem(pen, [(170, 180), (420, 270), (680, 320), (980, 300)], 34, TEA, cut=True)
    for spine, left, right in (
        ([(420, 270), (320, 420), (240, 640), (230, 900)], 92, 112),
        ([(640, 318), (620, 520), (540, 740), (470, 960)], 112, 92),
        ([(900, 306), (1010, 440), (1090, 640), (1110, 880)], 112, 92),
        ([(980, 300), (1060, 250), (1130, 180), (1190, 90)], 52, 60),
    ):
        lay(pen, honey.CHESTNUT, spine, left, right)
    honey.catkin(pen, [(760, 318), (740, 440), (770, 560), (740, 700)])
    honey.catkin(pen, [(820, 314), (850, 440), (840, 560), (880, 680)])
    honey.burr(pen.at(790, 930, 1.12), 128)
    honey.nut(pen.at(560, 1130, 1.2, -20))
    honey.nut(pen.at(980, 1150, 1.1, 60))
    honey.bee(pen.at(640, 160, 0.9, 4))


def patient_book(pen: Pen) -> None:
    shade(pen, 760, 1104, 330, 40)
    books.standing(pen.at(650, 1090, 1.34), DEEP, NIGHT, books.patient_cover)


def patient_pages(pen: Pen) -> None:
    books.opened(pen.at(660, 930, 1.02), books.prose, books.pot_page)
    books.ribbon(pen.at(660, 985))
    bowl_cup(pen.at(300, 290, 0.95), AMBER, WHITE, MIST)
    tea_flower(pen.at(1000, 1110, 0.8, 30))
    pots.steam(pen.at(300, 130), 90)


def report_book(pen: Pen) -> None:
    shade(pen, 760, 1104, 330, 40)
    books.standing(pen.at(650, 1090, 1.34), STRAW, OCHRE, books.report_cover)


def report_pages(pen: Pen) -> None:
    books.opened(pen.at(660, 890, 1.02), books.table_page, books.chart_page)
    books.spectacles(pen.at(560, 1110, 1.15, -6))
    lay(pen, books.SPECIMEN, [(880, 1160), (960, 1120), (1040, 1080), (1150, 1070)], 44, 52)
