"""What the worker does with uploads: checks them, imports them, and goes on after a restart."""

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import update

from storefront.clock import now
from storefront.extensions import db
from storefront.refusal import Refusal
from storefront.transactions import write_tx
from storefront.uploads import pictures
from storefront.uploads.carrying_out import Setting, import_by_row, import_whole
from storefront.uploads.checking import check, sound
from storefront.uploads.models import CHECKING, IMPORTED, PICTURES, WRONG, Upload, UploadRow
from storefront.uploads.reading import Found, read_file
from storefront.uploads.redirecting import lead_on
from storefront.uploads.steps import claim, go_on, old_ones, recount, refuse, throw_away

FILE, ARCHIVE, WANTED = "file", "pictures.zip", "pictures.csv"
LONGEST_LIST = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where files are kept, and what else of the shop the work needs."""

    folder: Path
    media: Path
    shop: str
    base_url: str
    currency: str

    def of(self, upload: Upload) -> Path:
        return self.folder / upload.folder


def work_on_uploads(place: Place) -> int:
    """All that wait, one after the other. How many steps were done."""
    steps = 0
    while True:
        with write_tx():
            taken = claim(now())
        if taken is None:
            return steps
        steps += 1
        upload = db.session.get_one(Upload, taken[0], populate_existing=True)
        path = place.of(upload) / FILE
        try:
            if not path.exists():
                raise Refusal("Its file is not there any more. Upload it again.")
            if taken[1] == CHECKING:
                check(upload.id, path, place.currency, place.base_url)
                _keep_wanted(upload.id, path, place)
            elif taken[1] == PICTURES:
                _bring_pictures(upload.id, place.of(upload), place)
            else:
                _import(upload.id, path, place)
        except Refusal as refusal:
            with write_tx():
                refuse(taken[0], refusal.message, now())


def forget_old_uploads(place: Place, moment: datetime) -> None:
    """Those of three months ago, with their files."""
    for upload_id in old_ones(moment):
        with write_tx():
            folder = throw_away(upload_id)
        shutil.rmtree(place.folder / folder, ignore_errors=True)


def _import(upload_id: int, path: Path, place: Place) -> None:
    upload = db.session.get_one(Upload, upload_id)
    per_row, actor = upload.per_row, f"{upload.actor}, by file"
    setting, moment = Setting(place.shop, place.base_url, actor), now()
    found = read_file(path, place.currency)
    ends = PICTURES if found.pictures and (path.parent / ARCHIVE).exists() else IMPORTED

    def finish() -> None:
        notes = lead_on(found, moment, actor)
        kept = db.session.get_one(Upload, upload_id)
        go_on(
            upload_id, now(), state=ends, done=0 if ends == PICTURES else found.rows,
            finished_at=now(), notes=[*kept.notes, *notes], counts=recount(upload_id),
            claimed_at=None,
        )  # fmt: skip

    if per_row:
        _, contents, _ = sound(found, place.base_url)
        failed = import_by_row(contents, setting, moment, _beat(upload_id))
        with write_tx():
            _now_wrong(upload_id, failed)
            finish()
        return
    if found.problems:
        raise Refusal("A row that was sound is not any more. Upload the file again.")
    import_whole(found.contents, setting, moment, finish)


def _now_wrong(upload_id: int, failed: dict[int, str]) -> None:
    """What was sound when it was checked, and was not when its turn came."""
    for number, words in failed.items():
        db.session.execute(
            update(UploadRow)
            .where(UploadRow.upload_id == upload_id, UploadRow.number == number)
            .values(verdict=WRONG, words=words)
        )


def _bring_pictures(upload_id: int, folder: Path, place: Place) -> None:
    found: Found = read_file(folder / FILE, place.currency)
    with write_tx():
        go_on(upload_id, now(), rows=len(found.pictures))
    left = pictures.bring_pictures(folder / ARCHIVE, found.pictures, place.media, _beat(upload_id))
    with write_tx():
        kept = db.session.get_one(Upload, upload_id)
        notes = [*kept.notes]
        if left:
            notes.append("Pictures that are missing: " + "; ".join(left[:LONGEST_LIST]))
        if len(left) > LONGEST_LIST:
            notes.append(f"and {len(left) - LONGEST_LIST} more.")
        go_on(upload_id, now(), state=IMPORTED, rows=found.rows, done=found.rows, notes=notes)


def _keep_wanted(upload_id: int, path: Path, place: Place) -> None:
    """The list of pictures to fetch, for whoever fetches them."""
    upload = db.session.get_one(Upload, upload_id, populate_existing=True)
    if not upload.pictures:
        return
    found = read_file(path, place.currency)
    with (path.parent / WANTED).open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("product", "file", "address", "alt"))
        for code, wanted in found.pictures.items():
            writer.writerows((code, pictures.name_of(one.url), one.url, one.alt) for one in wanted)


def _beat(upload_id: int) -> Callable[[int], None]:
    def beat(done: int) -> None:
        with write_tx():
            go_on(upload_id, now(), done=done)

    return beat
