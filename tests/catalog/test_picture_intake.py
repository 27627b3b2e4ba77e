"""What happens to a picture somebody uploads."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw

from storefront.catalog.renditions import (
    FORMATS,
    LARGEST_FILE,
    PAPER,
    PictureRef,
    PictureRefused,
    keep,
    serve_from,
    take_in,
)
from storefront.refusal import Refusal

RED = (200, 30, 30)
BLUE = (20, 40, 160)


def a_picture(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """Red, with a blue upper left quarter, so that turning it shows."""
    picture = Image.new("RGB", (width, height), RED)
    ImageDraw.Draw(picture).rectangle((0, 0, width // 2 - 1, height // 2 - 1), BLUE)
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    raw = BytesIO()
    picture.save(raw, kind, **options)
    return raw.getvalue()


def stored(folder: Path, digest: str, width: int, ext: str = "webp") -> Image.Image:
    with Image.open(folder / f"{digest}-{width}.{ext}") as picture:
        picture.load()
        return picture


def is_near(found: object, wanted: tuple[int, int, int], by: int = 14) -> bool:
    assert isinstance(found, tuple)
    return all(abs(a - b) <= by for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_four_kinds_of_picture_are_taken_in(tmp_path: Path, kind: str) -> None:
    digest, width, height = take_in(encoded(a_picture(), kind), tmp_path)
    assert (len(digest), width, height) == (20, 400, 300)
    for ext in FORMATS:
        assert stored(tmp_path, digest, 320, ext).size == (320, 240)


def test_what_hides_behind_a_picture_does_not_survive(tmp_path: Path) -> None:
    hidden = BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("payload.html", "<script>alert('hidden')</script>")
    digest, _, _ = take_in(encoded(a_picture(), "JPEG") + hidden.getvalue(), tmp_path)
    for path in tmp_path.iterdir():
        kept = path.read_bytes()
        assert b"PK\x03\x04" not in kept
        assert b"payload" not in kept
        assert b"script" not in kept
        assert not zipfile.is_zipfile(path)
    assert (tmp_path / f"{digest}-320.jpg").exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        encoded(a_picture(), "GIF"),
        encoded(a_picture(), "TIFF"),
        encoded(a_picture(), "PDF"),
        encoded(a_picture(), "EPS"),
        b"<!doctype html><title>No picture</title>",
        b"\x89PNG\r\n\x1a\n",
        b"",
    ],
    ids=["svg", "svg-with-prolog", "gif", "tiff", "pdf", "eps", "html", "png-signature", "empty"],
)
def test_anything_else_is_refused_and_nothing_is_kept(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(PictureRefused) as refusal:
        take_in(raw, tmp_path)
    assert isinstance(refusal.value, Refusal)
    assert "JPEG" in refusal.value.message
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_file_cut_short_is_refused(tmp_path: Path, kind: str) -> None:
    picture = Image.effect_noise((600, 400), 90).convert("RGB")
    raw = encoded(picture, kind)
    with pytest.raises(PictureRefused):
        take_in(raw[: len(raw) // 2], tmp_path)
    assert not list(tmp_path.iterdir())


def png_that_claims(width: int, height: int) -> bytes:
    """A tiny file whose header promises a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 4000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "height", "word"),
    [
        (8_000, 5_001, "40 million"),
        (10_000, 10_000, "40 million"),
        (60_000, 60_000, "40 million"),
        (20_000, 100, "side"),
    ],
)
def test_a_picture_too_large_to_unpack_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, height: int, word: str
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load_prepare", never)
    with pytest.raises(PictureRefused, match=word):
        take_in(png_that_claims(width, height), tmp_path)


def test_a_file_of_more_than_20_mb_is_refused(tmp_path: Path) -> None:
    raw = encoded(a_picture(), "JPEG")
    with pytest.raises(PictureRefused, match="20 MB"):
        take_in(raw + b"\0" * (LARGEST_FILE + 1 - len(raw)), tmp_path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_where_and_with_what_it_was_taken_is_forgotten(tmp_path: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (52.0, 31.0, 12.0)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    extra: dict[str, object] = {"comment": b"SecretNote"} if kind == "JPEG" else {}
    raw = encoded(a_picture(), kind, exif=exif, icc_profile=srgb, **extra)
    assert b"SecretCamera" in raw
    digest, _, _ = take_in(raw, tmp_path)
    for ext in FORMATS:
        kept = stored(tmp_path, digest, 320, ext)
        assert not kept.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(kept.info)
        assert b"Secret" not in (tmp_path / f"{digest}-320.{ext}").read_bytes()


@pytest.mark.parametrize(
    ("orientation", "size", "blue_at"),
    [
        (1, (320, 240), (40, 30)),
        (3, (320, 240), (280, 210)),
        (6, (300, 400), (250, 40)),
        (8, (300, 400), (40, 360)),
    ],
)
def test_a_picture_stands_the_way_the_camera_was_held(
    tmp_path: Path, orientation: int, size: tuple[int, int], blue_at: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    digest, width, height = take_in(encoded(a_picture(), "JPEG", exif=exif), tmp_path)
    assert (width > height) is (size[0] > size[1])
    picture = stored(tmp_path, digest, size[0])
    assert picture.size == size
    assert is_near(picture.getpixel(blue_at), BLUE)
    opposite = (size[0] - blue_at[0], size[1] - blue_at[1])
    assert is_near(picture.getpixel(opposite), RED)


def with_clear_corner(picture: Image.Image) -> Image.Image:
    clear = picture.convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 200, 150))
    return clear


def palette_with_clear_corner(picture: Image.Image) -> Image.Image:
    palette = picture.quantize(8)
    corner = palette.getpixel((0, 0))
    palette.info["transparency"] = corner
    return palette


def palette_with_many_alphas(picture: Image.Image) -> Image.Image:
    return with_clear_corner(picture).quantize(16)


@pytest.mark.parametrize(
    "turn", [with_clear_corner, palette_with_clear_corner, palette_with_many_alphas]
)
def test_what_is_transparent_shows_paper(
    tmp_path: Path, turn: Callable[[Image.Image], Image.Image]
) -> None:
    digest, _, _ = take_in(encoded(turn(a_picture())), tmp_path)
    for ext in FORMATS:
        picture = stored(tmp_path, digest, 320, ext)
        assert is_near(picture.getpixel((40, 30)), PAPER, by=5)
        assert is_near(picture.getpixel((300, 220)), RED)


@pytest.mark.parametrize(
    ("mode", "kind"), [("CMYK", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("RGBA", "WEBP")]
)
def test_colours_come_out_as_they_went_in(tmp_path: Path, mode: str, kind: str) -> None:
    digest, _, _ = take_in(encoded(a_picture(mode=mode), kind), tmp_path)
    picture = stored(tmp_path, digest, 320)
    assert picture.mode == "RGB"
    assert is_near(picture.getpixel((40, 30)), BLUE, by=25)
    assert is_near(picture.getpixel((300, 220)), RED, by=25)


def test_a_profile_for_other_channels_is_left_out(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    digest, _, _ = take_in(encoded(a_picture(), icc_profile=lab), tmp_path)
    assert is_near(stored(tmp_path, digest, 320).getpixel((300, 220)), RED)


@pytest.mark.parametrize("level", [0, 20_000, 65_535])
def test_sixteen_bit_greys_keep_their_brightness(tmp_path: Path, level: int) -> None:
    grey = Image.new("I;16", (400, 300), level)
    digest, _, _ = take_in(encoded(grey), tmp_path)
    seen = level // 256
    assert is_near(stored(tmp_path, digest, 320).getpixel((40, 30)), (seen, seen, seen), by=4)


def test_the_same_picture_is_kept_once(tmp_path: Path) -> None:
    first, _, _ = take_in(encoded(a_picture(), "PNG"), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again, _, _ = take_in(encoded(a_picture(), "PNG", compress_level=1), tmp_path)
    assert again == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    other, _, _ = take_in(encoded(a_picture(300, 400), "PNG"), tmp_path)
    assert other != first


@pytest.mark.parametrize(
    ("width", "kept"),
    [(200, [200]), (320, [320]), (1000, [320, 640, 960]), (1500, [320, 640, 960, 1280])],
)
def test_a_picture_is_never_blown_up(tmp_path: Path, width: int, kept: list[int]) -> None:
    digest, wide, high = take_in(encoded(a_picture(width, 60)), tmp_path)
    ref = PictureRef(digest, wide, high, alt="A red card")
    assert list(ref.widths) == kept
    names = {f"{digest}-{w}.{ext}" for w in kept for ext in FORMATS}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_a_drawing_kept_in_a_hurry_is_the_same_picture_under_the_same_names(
    tmp_path: Path,
) -> None:
    drawing = a_picture(1000, 600)
    assert keep(drawing, tmp_path / "slow") == keep(drawing, tmp_path / "quick", hurried=True)
    slow, quick = ({path.name for path in (tmp_path / way).iterdir()} for way in ("slow", "quick"))
    assert slow == quick


def test_a_picture_tells_its_addresses() -> None:
    here = PictureRef("abc", 1280, 1280, "A jar")
    assert here.url(640, "avif") == "/media/abc-640.avif"
    serve_from("https://cdn.example/m")
    assert here.url(640, "jpg") == "https://cdn.example/m/abc-640.jpg"
    serve_from("/media")
