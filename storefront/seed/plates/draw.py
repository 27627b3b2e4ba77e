"""The demo shop's own pictures: which plates a product has, and drawing them."""

from PIL import Image

from storefront.seed.plates import flowers, sprigs, table
from storefront.seed.plates import still_lifes as still
from storefront.seed.plates.kratom import KRATOM
from storefront.seed.plates.plate import Plate

UNRESTRICTED: dict[str, tuple[Plate, ...]] = {
    "TE-AS": (
        Plate(
            "te-as-shoot",
            "Drawing of a tea shoot with two large dark leaves, a bud and a white flower",
            sprigs.assam,
        ),
        Plate(
            "te-as-pouch",
            "Drawing of a brown bag of tea, a heap of dark twisted leaf and a cup of brown tea",
            still.packed("assam"),
        ),
    ),
    "TE-DJ": (
        Plate(
            "te-dj-shoot",
            "Drawing of a tea shoot with golden tips beside a small bunch of muscat grapes",
            sprigs.darjeeling,
        ),
        Plate(
            "te-dj-pouch",
            "Drawing of an ochre bag of tea, a heap of mottled leaf and a cup of amber tea",
            still.packed("darjeeling", mirrored=True),
        ),
    ),
    "TE-SE": (
        Plate(
            "te-se-shoot",
            "Drawing of a slender tea shoot with a clay side-handled pot and a small cup",
            still.sencha,
        ),
        Plate(
            "te-se-pouch",
            "Drawing of a green bag of tea, a heap of needle-like leaf and a cup of green tea",
            still.packed("sencha"),
        ),
    ),
    "TE-TG": (
        Plate(
            "te-tg-shoot",
            "Drawing of a broad-leaved tea shoot, a lidded bowl with a blue band and rolled leaves",
            still.tieguanyin,
        ),
        Plate(
            "te-tg-pouch",
            "Drawing of a dark green bag of tea, a heap of rolled leaf and a cup of yellow tea",
            still.packed("tieguanyin", mirrored=True),
        ),
    ),
    "HB-RO": (
        Plate(
            "hb-ro-twig",
            "Drawing of rooibos twigs, red stems with tufts of needles and small yellow flowers",
            sprigs.rooibos,
        ),
        Plate(
            "hb-ro-pouch",
            "Drawing of a rust-red bag, a heap of fine red needles and a cup of red infusion",
            still.packed("rooibos"),
        ),
    ),
    "HB-PM": (
        Plate(
            "hb-pm-sprig",
            "Drawing of a peppermint stem with toothed leaves in pairs and a spike of flowers",
            sprigs.peppermint,
        ),
        Plate(
            "hb-pm-pouch",
            "Drawing of a pale green bag, a heap of broken dry mint and a cup of green infusion",
            still.packed("peppermint", mirrored=True),
        ),
    ),
    "HB-CH": (
        Plate(
            "hb-ch-flowers",
            "Drawing of a chamomile plant with four open daisy heads, a bud and feathery leaves",
            flowers.chamomile,
        ),
        Plate(
            "hb-ch-pouch",
            "Drawing of a straw-coloured bag, a heap of dried flowers and a cup of yellow infusion",
            still.packed("chamomile"),
        ),
    ),
    "HO-WF": (
        Plate(
            "ho-wf-jar",
            "Drawing of a jar of golden honey, a bunch of wild flowers and a bee",
            still.wildflower_honey,
        ),
        Plate(
            "ho-wf-comb",
            "Drawing of honeycomb with a bee on it, and a wooden dipper with honey running off",
            still.honeycomb,
        ),
    ),
    "HO-CN": (
        Plate(
            "ho-cn-jar",
            "Drawing of a jar of dark honey with chestnut leaves and an open chestnut burr",
            still.chestnut_honey,
        ),
        Plate(
            "ho-cn-branch",
            "Drawing of a chestnut branch with catkins, an open burr, two nuts and a bee",
            still.chestnut_branch,
        ),
    ),
    "BG-TP": (
        Plate(
            "bg-tp-pot",
            "Drawing of a round glass teapot with a steel strainer, filled with amber tea",
            still.teapot,
        ),
        Plate(
            "bg-tp-strainer",
            "Drawing of the glass teapot open, with its strainer and glass lid beside it",
            still.strainer,
        ),
    ),
    "BG-IB": (
        Plate(
            "bg-ib-sizes",
            "Drawing of two pierced steel baskets with wing handles, a small one and a large one",
            still.infusers,
        ),
        Plate(
            "bg-ib-mug",
            "Drawing of a steel basket full of leaf hanging in a steaming green mug",
            still.infuser_in_mug,
        ),
    ),
    "BG-KE": (
        Plate(
            "bg-ke-steel",
            "Drawing of a steel kettle with a long curved spout and a dark handle",
            still.STEEL_KETTLE,
        ),
        Plate(
            "bg-ke-black",
            "Drawing of a black kettle with a long curved spout and a wooden handle",
            still.BLACK_KETTLE,
        ),
        Plate(
            "bg-ke-pouring",
            "Drawing of the steel kettle pouring a thin stream of water into a cup",
            still.pouring,
        ),
    ),
    "ST-JA": (
        Plate(
            "st-ja-sizes",
            "Drawing of three amber glass jars with wire clips and red seals, small to large",
            still.jars,
        ),
        Plate(
            "st-ja-open",
            "Drawing of an amber jar filled with dried mint, its lid and a wooden scoop beside it",
            still.jar_open,
        ),
    ),
    "ST-CA": (
        Plate(
            "st-ca-tins",
            "Drawing of two round tea tins with labels, a small red one and a large green one",
            still.caddies,
        ),
        Plate(
            "st-ca-open",
            "Drawing of a green tea tin open, its lid and a wooden scoop of tea beside it",
            still.caddy_open,
        ),
    ),
    "BK-PT": (
        Plate(
            "bk-pt-cover",
            "Drawing of a green book; on its cover a clay teapot steams under a yellow sun",
            still.patient_book,
        ),
        Plate(
            "bk-pt-pages",
            "Drawing of the book open at a picture of a lidded bowl, with a cup and a tea flower",
            still.patient_pages,
        ),
    ),
    "BK-LR": (
        Plate(
            "bk-lr-cover",
            "Drawing of a straw-coloured book; on its cover a magnifying glass shows a leaf",
            still.report_book,
        ),
        Plate(
            "bk-lr-pages",
            "Drawing of the book open at a table and a bar chart, with spectacles and a leaf",
            still.report_pages,
        ),
    ),
}
PLATES = UNRESTRICTED | KRATOM
HERO = Plate(
    "hero",
    "Drawing of a table laid for tea: a glass teapot, a kettle, tins, honey, cups and tea leaves",
    table.laid,
    (1600, 1000),
)
SOCIAL = Plate(
    "social",
    "Drawing of a glass teapot, a cup of tea, a tin and a sprig of tea",
    table.small,
    (1280, 672),
)

_BY_NAME = {plate.name: plate for plates in PLATES.values() for plate in plates} | {
    plate.name: plate for plate in (HERO, SOCIAL)
}


def plate(name: str) -> Image.Image:
    """Draw the plate of that name; the same pixels each time."""
    return _BY_NAME[name].drawn()
