"""Pictures from MEDIA_PATH. A file's name carries a digest of its pixels, so it never changes."""

import re

from flask import Blueprint, Response, abort, current_app, send_from_directory

bp = Blueprint("media", __name__)

NAME = re.compile(r"[0-9a-f]{20,64}-[0-9]{1,5}\.(avif|webp|jpg)")
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}


@bp.get("/media/<name>")
def picture(name: str) -> Response:
    found = NAME.fullmatch(name)
    if found is None:
        abort(404)
    response = send_from_directory(
        current_app.config["MEDIA_PATH"], name, mimetype=TYPES[found[1]], etag=name
    )
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
