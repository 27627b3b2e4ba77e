"""Draws the demo shop's plates and keeps them as pictures, on all processors but politely few."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from storefront.catalog.renditions import keep
from storefront.seed.plates.draw import HERO, PLATES, SOCIAL, UNRESTRICTED, plate
from storefront.seed.plates.plate import Plate

PROCESSES = 2


class Kept(NamedTuple):
    """A plate that lies in the media folder."""

    digest: str
    width: int
    height: int


def all_plates(restricted: bool = True) -> list[Plate]:
    hung = PLATES if restricted else UNRESTRICTED
    return [HERO, SOCIAL, *(one for plates in hung.values() for one in plates)]


def keep_plates(folder: Path, restricted: bool = True) -> dict[str, Kept]:
    """Every plate by its name; those that lie there from last time are not written again."""
    names = [one.name for one in all_plates(restricted)]
    # Fresh processes: one that is a copy of this would share its database connections.
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        return dict(zip(names, pool.map(partial(keep_plate, folder), names), strict=True))


def keep_plate(folder: Path, name: str) -> Kept:
    return Kept(*keep(plate(name), folder, hurried=True))
