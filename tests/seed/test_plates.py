"""The pictures the demo shop draws for itself."""

from hashlib import sha256

import pytest

from storefront.seed.plates.draw import HERO, PLATES, SOCIAL, plate
from storefront.seed.plates.plate import Plate

PRODUCTS = (
    *("TE-AS", "TE-DJ", "TE-SE", "TE-TG", "HB-RO", "HB-PM", "HB-CH", "HO-WF", "HO-CN"),
    *("BG-TP", "BG-IB", "BG-KE", "ST-JA", "ST-CA", "BK-PT", "BK-LR"),
    *("KR-PR", "KR-PG", "KR-PW", "KR-PY", "KR-CR", "KR-CG", "KR-CW", "KR-TL"),
)
ALL = [*(each for plates in PLATES.values() for each in plates), HERO, SOCIAL]


@pytest.mark.parametrize("sku", PRODUCTS)
def test_each_demo_product_has_two_plates_or_more(sku: str) -> None:
    assert len(PLATES[sku]) >= 2
    assert all(each.name.startswith(sku.lower()) for each in PLATES[sku])


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_each_plate_says_what_is_seen_on_it(each: Plate) -> None:
    assert each.alt.startswith("Drawing of ")
    assert 30 < len(each.alt) < 125
    assert not each.alt.endswith(".")


def test_no_two_plates_share_a_name_or_a_description() -> None:
    assert len({each.name for each in ALL}) == len({each.alt for each in ALL}) == len(ALL)


def test_a_plate_drawn_twice_is_the_same_to_the_last_pixel() -> None:
    first, again = plate("hb-ch-pouch"), plate("hb-ch-pouch")
    assert sha256(first.tobytes()).digest() == sha256(again.tobytes()).digest()


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_plates_come_in_the_size_they_announce(each: Plate) -> None:
    drawn = each.drawn()
    assert (drawn.mode, drawn.size) == ("RGB", each.size)
    assert each.size == {"hero": (1600, 1000), "social": (1280, 672)}.get(each.name, (1280, 1280))
