"""Which plates the demo's kratom has: plant, package and lot sheet, and nobody using it."""

from storefront.seed.plates import ground_leaf, speciosa
from storefront.seed.plates.ground import DEEP, GREEN, MIST, RUST, SLATE, TEA
from storefront.seed.plates.plate import Plate

KRATOM: dict[str, tuple[Plate, ...]] = {
    "KR-PR": (
        Plate(
            "kr-pr-twig",
            "Drawing of a twig with broad leaves in pairs, reddish veins and a round flower head",
            speciosa.twig("red"),
        ),
        Plate(
            "kr-pr-pouch",
            "Drawing of a rust-red bag, a cone of brownish powder and a sheet with bars",
            ground_leaf.powder("red"),
        ),
    ),
    "KR-PG": (
        Plate(
            "kr-pg-twig",
            "Drawing of a twig with broad leaves in pairs, green veins and a round flower head",
            speciosa.twig("green", mirrored=True),
        ),
        Plate(
            "kr-pg-pouch",
            "Drawing of a green bag, a cone of green powder and a sheet with a table and bars",
            ground_leaf.powder("green", mirrored=True),
        ),
    ),
    "KR-PW": (
        Plate(
            "kr-pw-twig",
            "Drawing of a twig with broad leaves in pairs, whitish veins and a round flower head",
            speciosa.twig("white"),
        ),
        Plate(
            "kr-pw-pouch",
            "Drawing of a grey bag, a cone of greyish powder and a sheet with a table and bars",
            ground_leaf.powder("white"),
        ),
    ),
    "KR-PY": (
        Plate(
            "kr-py-twig",
            "Drawing of a twig with broad straw-coloured leaves, dried in the sun",
            speciosa.twig("yellow", mirrored=True),
        ),
        Plate(
            "kr-py-pouch",
            "Drawing of a straw-coloured bag, a cone of yellowish powder and a sheet with bars",
            ground_leaf.powder("yellow", mirrored=True),
        ),
    ),
    "KR-CR": (
        Plate(
            "kr-cr-bottle",
            "Drawing of a brown bottle with a red cap, brownish capsules and a sheet with a table",
            ground_leaf.bottled("red", RUST, TEA),
        ),
        Plate(
            "kr-cr-tray",
            "Drawing of brownish capsules in a red dish, with a broad leaf and a round flower head",
            ground_leaf.tray("red", RUST),
        ),
    ),
    "KR-CG": (
        Plate(
            "kr-cg-bottle",
            "Drawing of a brown bottle with a green cap, green capsules and a sheet with a table",
            ground_leaf.bottled("green", GREEN, DEEP, mirrored=True),
        ),
        Plate(
            "kr-cg-tray",
            "Drawing of green capsules in a green dish, with a broad leaf and a round flower head",
            ground_leaf.tray("green", GREEN),
        ),
    ),
    "KR-CW": (
        Plate(
            "kr-cw-bottle",
            "Drawing of a brown bottle with a pale cap, greyish capsules and a sheet with a table",
            ground_leaf.bottled("white", MIST, SLATE),
        ),
        Plate(
            "kr-cw-tray",
            "Drawing of greyish capsules in a pale dish, with a broad leaf and a round flower head",
            ground_leaf.tray("white", MIST),
        ),
    ),
    "KR-TL": (
        Plate(
            "kr-tl-pouch",
            "Drawing of a dark green bag, a heap of cut leaf and a sheet with a table and bars",
            ground_leaf.cut,
        ),
        Plate(
            "kr-tl-rack",
            "Drawing of broad leaves drying on a rack of wooden slats",
            speciosa.drying,
        ),
    ),
}
