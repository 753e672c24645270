"""The widget's built files reach any page, small and cacheable; its source and its tools reach nobody."""

import gzip
import json
from collections.abc import Mapping
from typing import Final

import pytest
from werkzeug.test import TestResponse

from app.operations.widget_files import BUILT_FOLDER
from tests.core.openapi_document import described_app

_CORE: Final = "/static/widget/v1/pairvote.js"


def _get(path: str, headers: Mapping[str, str] | None = None) -> TestResponse:
    return described_app().test_client().get(path, headers=headers, buffered=True)


def _files() -> list[str]:
    names: dict[str, str] = json.loads((BUILT_FOLDER / "integrity.json").read_text())
    return ["integrity.json", *names]


def test_every_built_file_is_served_as_it_was_built_to_any_origin() -> None:
    for name in _files():
        answer = _get(f"/static/widget/v1/{name}", {"Origin": "https://host.example"})
        assert answer.status_code == 200, name
        assert answer.data == (BUILT_FOLDER / name).read_bytes(), name
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("pairvote.js", "text/javascript; charset=utf-8"),
        ("locales/ar.json", "application/json"),
        ("integrity.json", "application/json"),
        ("pairvote.d.ts", "text/plain; charset=utf-8"),
        ("LICENSES.txt", "text/plain; charset=utf-8"),
    ],
)
def test_types_are_what_browsers_ask_of_modules_and_data(name: str, content_type: str) -> None:
    assert _get(f"/static/widget/v1/{name}").content_type == content_type


def test_parts_are_kept_for_ever_and_what_keeps_its_name_for_five_minutes() -> None:
    kept = {name: _get(f"/static/widget/v1/{name}").headers["Cache-Control"] for name in _files()}
    forever = {name for name, value in kept.items() if value == "public, max-age=31536000, immutable"}
    assert forever == {name for name in kept if name.startswith("parts/")} != set()
    assert {kept[name] for name in kept.keys() - forever} == {"public, max-age=300"}


def test_who_takes_gzip_gets_it_and_who_refuses_it_does_not() -> None:
    plain = (BUILT_FOLDER / "pairvote.js").read_bytes()
    compressed = _get(_CORE, {"Accept-Encoding": "br, gzip"})
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.data) == plain
    assert int(compressed.headers["Content-Length"]) == len(compressed.data) < len(plain) / 2
    for refusing in ("identity", "gzip;q=0, *"):
        answer = _get(_CORE, {"Accept-Encoding": refusing})
        assert "Content-Encoding" not in answer.headers
        assert answer.data == plain


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_who_has_the_file_is_told_so_without_it(encoding: str) -> None:
    first = _get(_CORE, {"Accept-Encoding": encoding})
    again = _get(_CORE, {"Accept-Encoding": encoding, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "public, max-age=300"
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    other = _get(_CORE, {"Accept-Encoding": encoding, "If-None-Match": '"something else"'})
    assert other.status_code == 200


def test_the_two_encodings_are_not_taken_for_one_another() -> None:
    tags = {_get(_CORE, {"Accept-Encoding": encoding}).headers["ETag"] for encoding in ("gzip", "identity")}
    assert len(tags) == 2


@pytest.mark.parametrize(
    "path",
    [
        "src/pairvote.js",
        "src/locales/en.json",
        "node_modules/esbuild/package.json",
        "package.json",
        "package-lock.json",
        ".npmrc",
        "build.mjs",
        "tsconfig.json",
        "types/pairvote.d.ts",
        "v1",
        "v1/",
        "v1/../package.json",
        "v1/%2e%2e/package.json",
        "v1/..%2fpackage.json",
        "v1/parts/../pairvote.js",
        "v1//pairvote.js",
        "v1/locales/xx.json",
        "v1/parts/render-000000000000.js",
        "v1/pairvote.js%00",
    ],
)
def test_nothing_else_of_the_widget_has_an_address(path: str) -> None:
    answer = _get(f"/static/widget/{path}")
    assert answer.status_code == 404, path
    assert answer.get_json()["code"] == "not-found"


def test_files_are_read_only() -> None:
    answer = described_app().test_client().post(_CORE, data=b"x")
    assert answer.status_code == 405
