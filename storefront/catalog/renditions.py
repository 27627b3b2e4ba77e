"""Pictures as the shop keeps them: taken in with suspicion, written in a few sizes and formats."""

import os
import secrets
import warnings
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from storefront.refusal import Refusal

WIDTHS = (320, 640, 960, 1280)
FORMATS = ("avif", "webp", "jpg")

LARGEST_FILE = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 16_383  # what a WebP file can hold
PAPER = (0xF7, 0xF9, 0xF5)  # shows through where a picture is transparent

_READ = ("JPEG", "PNG", "WEBP", "AVIF")
_SAVE: dict[str, tuple[str, dict[str, object]]] = {
    "avif": ("AVIF", {"quality": 52, "speed": 7}),
    "webp": ("WEBP", {"quality": 72, "method": 2}),
    "jpg": ("JPEG", {"quality": 80, "optimize": True, "progressive": True}),
}
_HURRIED = {1280: 9, 960: 9, 640: 8}  # of AVIF, by width
_SRGB = ImageCms.createProfile("sRGB")

# The size is checked below, before anything is decoded; this makes Pillow's own alarm a "no" too.
warnings.simplefilter("error", Image.DecompressionBombWarning)


class PictureRefused(Refusal):
    """This file is not kept as a picture."""


@dataclass(frozen=True, slots=True)
class PictureRef:
    """All a page needs to show a stored picture."""

    digest: str
    width: int
    height: int
    alt: str
    focus: tuple[int, int] = (50, 50)  # in hundredths: what stays in sight where it is cropped

    @property
    def sight(self) -> tuple[int, int] | None:
        """The same to the nearest quarter: plate.css has a class for each. None: the middle."""
        x, y = ((part * 4 + 50) // 100 * 25 for part in self.focus)
        return (x, y) if (x, y) != (50, 50) else None

    @property
    def widths(self) -> tuple[int, ...]:
        return widths_of(self.width)

    def url(self, width: int, ext: str) -> str:
        return f"{media_base()}/{self.digest}-{width}.{ext}"


_served: dict[str, str] = {}


def serve_from(base: str) -> None:
    """Where pictures are asked for: a path of the shop, or another host. Set when it starts."""
    _served["base"] = base


def media_base() -> str:
    return _served.get("base", "/media")


def widths_of(width: int) -> tuple[int, ...]:
    """The widths a picture is kept in: never wider than it came."""
    return tuple(w for w in WIDTHS if w <= width) or (width,)


def take_in(raw: bytes, folder: Path) -> tuple[str, int, int]:
    """Store a picture somebody sent; its digest, width and height.

    Only pixels survive: no metadata, no trailing bytes, no colour profile.
    """
    if len(raw) > LARGEST_FILE:
        raise PictureRefused("This picture is larger than 20 MB. Please send a smaller one.")
    return keep(pixels_of(raw), folder)


def keep(picture: Image.Image, folder: Path, hurried: bool = False) -> tuple[str, int, int]:
    """Write the renditions of an RGB picture, unless the same pixels are there already.

    Hurried: the wide AVIFs take a tenth of the time and grow by half, that of a card half the time
    and grows by a sixteenth; the demo's seed is.
    """
    width, height = picture.size
    digest = _digest(picture)
    source = picture
    for wide in reversed(widths_of(width)):
        paths = {ext: folder / f"{digest}-{wide}.{ext}" for ext in FORMATS}
        missing = [ext for ext, path in paths.items() if not path.exists()]
        if not missing:
            continue
        source = _scaled(source, wide)  # each from the next larger: quick, and no eye can tell
        for ext in missing:
            _write(source, ext, paths[ext], _HURRIED.get(wide) if hurried else None)
    return digest, width, height


def pixels_of(raw: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(raw), formats=_READ) as opened:
            _check_size(*opened.size)
            opened.load()
            ImageOps.exif_transpose(opened, in_place=True)
            return _flattened(opened)
    except PictureRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception as error:  # decoders meeting hostile bytes raise nearly anything
        raise PictureRefused(
            "This file cannot be read as a picture. Please send a JPEG, PNG, WebP or AVIF."
        ) from error


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()
    if max(width, height) > LONGEST_SIDE:
        raise PictureRefused(f"A side of this picture is longer than {LONGEST_SIDE:,} pixels.")


def _too_many_pixels() -> PictureRefused:
    return PictureRefused("This picture has more than 40 million pixels. Please scale it down.")


def _flattened(picture: Image.Image) -> Image.Image:
    """The picture on paper, in sRGB, with nothing but pixels: what it carried stays behind."""
    colours = _in_srgb(picture)
    colours.info.clear()
    if not picture.has_transparency_data:
        return colours
    flat = Image.new("RGB", picture.size, PAPER)
    flat.paste(colours, mask=picture.convert("RGBA").getchannel("A"))
    return flat


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith(("I", "F")):  # 16 bits a sample: keep the upper eight
        return picture.convert("I").point(lambda v: v * (1 / 256)).convert("L").convert("RGB")
    plain = picture
    if picture.mode not in ("L", "RGB", "CMYK"):  # by way of RGBA: a palette may hold alphas
        plain = picture.convert("RGBA").convert("RGB")
    if profile:
        try:
            found = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(plain, found, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            turned = None  # a broken profile, or one for other channels: colours as they are
        if turned is not None:
            return turned
    return plain.convert("RGB")


def _digest(picture: Image.Image) -> str:
    """Of size and pixels, read in strips: a large picture is not held in memory twice."""
    width, height = picture.size
    seen = sha256(b"%dx%d:" % (width, height))
    for top in range(0, height, 256):
        strip = picture.crop((0, top, width, min(height, top + 256)))
        seen.update(strip.tobytes())
    return seen.hexdigest()[:20]


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    if width == picture.width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _write(picture: Image.Image, ext: str, path: Path, speed: int | None) -> None:
    """All of the file or none: readers never see half a picture."""
    kind, options = _SAVE[ext]
    if speed and ext == "avif":
        options = options | {"speed": speed}
    encoded = BytesIO()
    picture.save(encoded, kind, **options)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        part.write_bytes(encoded.getvalue())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
