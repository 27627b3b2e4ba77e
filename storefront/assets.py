"""Static files under an address that carries a digest of all of them, so browsers keep them.

Files refer to each other by relative addresses and so stay within one version. A style sheet's
`@import url("x.css") layer(y);` lines are written out when served: one request, no build.
"""

import gzip
import hashlib
import mimetypes
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

import brotli
from flask import Flask, Response, abort, redirect, request
from werkzeug.http import is_resource_modified
from werkzeug.security import safe_join

IMPORT = re.compile(r'@import url\("([^"]+)"\)(?: layer\(([\w.-]+)\))?;\s*')
COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)
COMPRESSIBLE = {".css", ".js", ".svg", ".json", ".txt", ".html"}


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    br: bytes | None
    gz: bytes | None
    mimetype: str


class Assets:
    """All of static/, read once at start (again on each request while developing)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, Asset] = {}
        self.digest = self._digest()

    def _digest(self) -> str:
        seen = hashlib.sha256()
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            seen.update(str(path.relative_to(self.folder)).encode() + b"\0" + path.read_bytes())
        return seen.hexdigest()[:12]

    def refresh(self) -> None:
        self.known.clear()
        self.digest = self._digest()

    def url(self, path: str) -> str:
        return f"/static/{self.digest}/{path}"

    def get(self, path: str) -> Asset | None:
        path = posixpath.normpath(path)  # css/./a.css must not be kept once more, and so on
        if path not in self.known:
            found = safe_join(str(self.folder), path)
            if found is None or not Path(found).is_file():
                return None
            self.known[path] = _read(Path(found))
        return self.known[path]


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    if path.suffix == ".css":
        body = without_comments(inline_imports(body.decode(), path.parent)).encode()
    mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".js":
        mimetype = "text/javascript"
    if path.name == "speculation.json":
        mimetype = "application/speculationrules+json"
    if path.suffix not in COMPRESSIBLE:
        return Asset(body, None, None, mimetype)
    return Asset(body, brotli.compress(body), gzip.compress(body, mtime=0), mimetype)


def inline_imports(css: str, folder: Path) -> str:
    """The style sheet with its imports written out, each inside the layer it names."""

    def written_out(found: re.Match[str]) -> str:
        path = folder / found[1]
        text = inline_imports(path.read_text(encoding="utf-8"), path.parent)
        text = re.sub(r'url\("(?!/|data:)(?:\.\./)*', 'url("../', text)
        return f"@layer {found[2]} {{\n{text}\n}}\n" if found[2] else text

    return IMPORT.sub(written_out, css)


def without_comments(css: str) -> str:
    """They are for who reads the files, and a fifth of the weight."""
    return COMMENT.sub("", css)


def _serve(assets: Assets, digest: str, path: str) -> Response:
    asset = assets.get(path)
    if asset is None:
        abort(404)
    body, encoding = asset.body, None
    if asset.br is not None and request.accept_encodings["br"]:
        body, encoding = asset.br, "br"
    elif asset.gz is not None and request.accept_encodings["gzip"]:
        body, encoding = asset.gz, "gzip"
    response = Response(body, mimetype=asset.mimetype)
    response.set_etag(hashlib.sha256(body).hexdigest()[:20])
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.vary.add("Accept-Encoding")
    # An address of an older version still answers, but nobody should keep that answer.
    right = digest == assets.digest
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if right else "no-cache"
    )
    if not is_resource_modified(request.environ, etag=response.get_etag()[0]):
        response.status_code = 304
        response.set_data(b"")
    return response


def init_app(app: Flask) -> None:
    assets = Assets(Path(app.root_path).parent / "static")
    app.extensions["assets"] = assets

    @app.get("/static/<digest>/<path:path>", endpoint="static")
    def serve(digest: str, path: str) -> Response:  # the limiter wants a view with a name
        return _serve(assets, digest, path)

    # Browsers ask for this by themselves on pages that name no icon.
    app.add_url_rule("/favicon.ico", "favicon", lambda: redirect(assets.url("icon.svg"), 301))
    app.jinja_env.globals["static_url"] = assets.url
    if app.debug:
        app.before_request(assets.refresh)
