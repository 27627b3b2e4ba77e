"""Pictures of products that come in a ZIP, known by the ends of the addresses their file names."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from zipfile import BadZipFile, ZipFile, ZipInfo

from sqlalchemy import select

from storefront.catalog.models import Picture, Product
from storefront.catalog.renditions import LARGEST_FILE, PictureRefused, take_in
from storefront.catalog.version import bump_version
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.transactions import write_tx
from storefront.uploads.foreign import Wanted

LARGEST = 256_000_000  # bytes of a ZIP
MOST_ENTRIES = 20_000
LONGEST_ALT = 300


class BadZip(Refusal):
    """A file that is no ZIP of pictures."""

    status = 422


def names_in(path: Path) -> dict[str, ZipInfo]:
    """What is in it by the names of its files, folders aside. Raises BadZip."""
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
    except (BadZipFile, OSError, ValueError):
        raise BadZip("This is not a ZIP file. Put the pictures into one, then add it.") from None
    if len(entries) > MOST_ENTRIES:
        raise BadZip(f"This ZIP holds more than {MOST_ENTRIES:,} files. Send it in parts.")
    return {name_of(entry.filename): entry for entry in entries if not entry.is_dir()}


def bring_pictures(
    archive_path: Path,
    wanted: Mapping[str, list[Wanted]],
    media: Path,
    beat: Callable[[int], None],
) -> list[str]:
    """Give products the pictures their file names, in its order; what a product has already stays.
    Which could not be had, in words. Done again, it adds nothing twice."""
    left: list[str] = []
    names = names_in(archive_path)
    with ZipFile(archive_path) as archive:
        for done, (code, pictures) in enumerate(wanted.items()):
            beat(done)
            taken = list(_taken(archive, names, pictures, media, left))
            if taken:
                _hang(code, taken)
    return left


def _taken(
    archive: ZipFile,
    names: Mapping[str, ZipInfo],
    pictures: list[Wanted],
    media: Path,
    left: list[str],
) -> Iterator[Picture]:
    for picture in pictures:
        name = name_of(picture.url)
        entry = names.get(name)
        if entry is None:
            left.append(f"{name}: not in the ZIP")
            continue
        try:
            digest, width, height = take_in(_bytes(archive, entry), media)
        except (PictureRefused, BadZipFile) as refused:
            left.append(f"{name}: {getattr(refused, 'message', 'cannot be read')}")
            continue
        yield Picture(digest=digest, width=width, height=height, alt=picture.alt[:LONGEST_ALT])


def _bytes(archive: ZipFile, entry: ZipInfo) -> bytes:
    """No more than a picture may have, whatever the ZIP says of itself."""
    try:
        with archive.open(entry) as file:
            return file.read(LARGEST_FILE + 1)
    except (RuntimeError, NotImplementedError, EOFError, OSError):  # locked, odd or cut short
        raise PictureRefused("This file of the ZIP cannot be read.") from None


def _hang(code: str, taken: list[Picture]) -> None:
    with write_tx() as session:
        product_id = session.scalar(select(Product.id).where(Product.code == code))
        if product_id is None:
            return
        there = list(
            db.session.scalars(select(Picture.digest).where(Picture.product_id == product_id))
        )
        for picture in taken:
            if picture.digest not in there:
                picture.product_id, picture.position = product_id, len(there)
                there.append(picture.digest)
                session.add(picture)
        bump_version()


def name_of(address: str) -> str:
    """The file at the end of an address, or of a path within a ZIP."""
    path = urlsplit(address).path if "://" in address else address
    return unquote(PurePosixPath(path).name).lower()
