"""What a plate is."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from storefront.seed.plates import ground
from storefront.seed.plates.pen import Pen


@dataclass(frozen=True)
class Plate:
    """One drawing, by name, with what is seen on it for those who cannot see it."""

    name: str
    alt: str
    motif: Callable[[Pen], None]
    size: tuple[int, int] = (1280, 1280)

    def drawn(self) -> Image.Image:
        pen = Pen(ground.sheet(*self.size), self.name)
        self.motif(pen)
        return pen.finished()
