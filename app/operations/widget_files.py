"""The widget's built files, for pages of any origin: compressed once, named by what they hold, never the source."""

import gzip
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import flask
from flask import Flask, Response
from werkzeug.exceptions import NotFound

BUILT_FOLDER: Final = Path(__file__).resolve().parents[2] / "static" / "widget" / "v1"
# Nothing beside these is served, so no address leads out of the folder.
_NAME: Final = re.compile(
    r"pairvote(-feedback)?\.js|pairvote(-react|-vue)?\.d\.ts|integrity\.json|custom-elements\.json|LICENSES\.txt"
    r"|parts/[a-z]+-[0-9a-f]{12}\.js|locales/[A-Za-z-]+\.json"
)
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".ts": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
# A part's name is a hash of its bytes. The rest keeps its name from release to release: a browser holds an older
# core for five minutes at most, and shows plain text where that core's parts are gone.
_FOREVER: Final = "public, max-age=31536000, immutable"
_A_WHILE: Final = "public, max-age=300"
_ALWAYS: Final = {
    # Files that hold nothing of anybody, read by the pages of every product that embeds the widget.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
# More than a release has: the oldest goes where a developer builds again and again.
_MOST_FILES: Final = 64


class _File(NamedTuple):
    plain: bytes
    compressed: bytes
    digest: str


def register(app: Flask) -> None:
    """Adds the address of the built files; every other address below the widget's folder is unknown."""
    app.add_url_rule("/static/widget/<path:path>", "widget_file", _answer, methods=["GET"])


def _answer(path: str) -> Response:
    folder, _, name = path.partition("/")
    if folder != "v1" or not _NAME.fullmatch(name):
        raise NotFound()
    try:
        state = (BUILT_FOLDER / name).stat()
    except OSError:
        raise NotFound() from None
    file = _read(name, state.st_mtime_ns, state.st_size)
    is_compressed = flask.request.accept_encodings["gzip"] > 0
    response = Response(file.compressed if is_compressed else file.plain, headers=_ALWAYS)
    response.content_type = _TYPES[Path(name).suffix]
    response.headers["Cache-Control"] = _FOREVER if name.startswith("parts/") else _A_WHILE
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(f"{file.digest}-gzip" if is_compressed else file.digest)
    response.make_conditional(flask.request)
    return response


@lru_cache(maxsize=_MOST_FILES)
def _read(name: str, changed_ns: int, size: int) -> _File:  # noqa: ARG001  (a file written anew is read anew)
    plain = (BUILT_FOLDER / name).read_bytes()
    return _File(plain, gzip.compress(plain, mtime=0), sha256(plain).hexdigest()[:32])
