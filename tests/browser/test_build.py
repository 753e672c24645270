"""The committed build is what the source gives, on any machine, and neither does what the widget promises not to do."""

import base64
import json
import re
import shutil
from hashlib import sha256, sha384
from pathlib import Path
from typing import Any, Final

import pytest

from tests.browser.node import PACKAGES, WIDGET, require_packages, run_node

_BUILT: Final = WIDGET / "v1"
_PARTS: Final = {"diff", "highlight", "math", "panels", "render", "streams"}
_SOURCES: Final = ("build.mjs", "package.json", "src", "types")
# Nodes are made one by one, and nothing is kept in the browser or sent but by fetch.
_FORBIDDEN: Final = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|setHTML\w*|parseHTML\w*|createContextualFragment|DOMParser|srcdoc"
    r"|document\.write\w*|eval|Function|localStorage|sessionStorage|indexedDB|caches|cookie|cookieStore|sendBeacon"
    r"|XMLHttpRequest|WebSocket|EventSource|serviceWorker)\b(?=\s*[=(.])"
    r"""|setAttribute\(\s*["']style["']|createElement(?:NS)?\([^)]*["'](?:style|script|iframe|object|embed)["']"""
)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The source and the build in another folder."""
    require_packages()
    copy = tmp_path / "somewhere else"
    copy.mkdir()
    for name in (*_SOURCES, "v1"):
        source = WIDGET / name
        if source.is_dir():
            shutil.copytree(source, copy / name)
        else:
            shutil.copy(source, copy)
    (copy / "node_modules").symlink_to(PACKAGES)
    return copy


def _bytes_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def _integrity() -> dict[str, str]:
    names: dict[str, str] = json.loads((_BUILT / "integrity.json").read_text())
    return names


def test_the_committed_build_is_what_the_source_gives_wherever_it_is_built(elsewhere: Path) -> None:
    shutil.rmtree(elsewhere / "v1")
    done = run_node(elsewhere / "build.mjs")
    assert done.returncode == 0, done.stderr
    again, committed = _bytes_in(elsewhere / "v1"), _bytes_in(_BUILT)
    assert again.keys() == committed.keys(), "run `make widget` and commit static/widget/v1"
    assert [name for name in again if again[name] != committed[name]] == [], "run `make widget` and commit"


def test_the_check_names_what_differs(elsewhere: Path) -> None:
    done = run_node(elsewhere / "build.mjs", "--check")
    assert done.returncode == 0, done.stderr
    core = elsewhere / "v1" / "pairvote.js"
    core.write_bytes(core.read_bytes() + b"\n")
    (elsewhere / "v1" / "LICENSES.txt").unlink()
    (elsewhere / "v1" / "parts" / "render-000000000000.js").write_text("old")
    done = run_node(elsewhere / "build.mjs", "--check")
    assert done.returncode == 1
    assert sorted(done.stderr.splitlines())[1:] == [
        "v1/LICENSES.txt is missing",
        "v1/pairvote.js is not what the source gives",
        "v1/parts/render-000000000000.js is left from an older build",
    ]


def test_a_part_that_does_not_exist_stops_the_build(elsewhere: Path) -> None:
    (elsewhere / "src" / "diff.js").unlink()
    done = run_node(elsewhere / "build.mjs", "--check")
    assert done.returncode != 0
    assert "src/diff.js" in done.stderr


def test_every_file_is_listed_with_its_hash() -> None:
    listed, built = _integrity(), _bytes_in(_BUILT)
    assert listed.keys() == built.keys() - {"integrity.json"}
    for name, value in listed.items():
        expected = base64.b64encode(sha384(built[name]).digest()).decode()
        assert value == f"sha384-{expected}", name


def test_every_part_is_pinned_by_the_core_or_by_a_part_that_the_core_pins() -> None:
    built = _bytes_in(_BUILT)
    parts = {name for name in built if name.startswith("parts/")}
    assert {name.removeprefix("parts/").rpartition("-")[0] for name in parts} == _PARTS
    pinned: set[str] = set()
    loading = ["pairvote.js"]
    while loading:
        text = built[loading.pop()].decode()
        named = {name for name in parts if name.removeprefix("parts/") in text} - pinned
        for name in named:
            assert f"sha256-{base64.b64encode(sha256(built[name]).digest()).decode()}" in text, name
        pinned |= named
        loading += named
    assert pinned == parts


def test_the_licences_of_all_that_is_bundled_are_told() -> None:
    text = (_BUILT / "LICENSES.txt").read_text()
    wanted: dict[str, str] = json.loads((WIDGET / "package.json").read_text())["dependencies"]
    for name, version in wanted.items():
        assert f"{name} {version} (" in text


def test_the_lock_file_pins_exact_versions_and_names_no_registry() -> None:
    lock: dict[str, Any] = json.loads((WIDGET / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert [
        name for name, package in packages.items() if not package["integrity"].startswith("sha512-")
    ] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
    manifest = json.loads((WIDGET / "package.json").read_text())
    versions = (manifest["dependencies"] | manifest["devDependencies"]).values()
    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_no_source_makes_nodes_from_text_or_keeps_anything_in_the_browser() -> None:
    found = {}
    for path in sorted((WIDGET / "src").rglob("*.js")):
        hits = [match[0] for match in _FORBIDDEN.finditer(path.read_text())]
        if hits:
            found[path.name] = hits
    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "node.innerHTML = text",
        'node.setAttribute("style", "x")',
        "document.createElement('script')",
        "document.cookie = 'a'",
        "localStorage.setItem('a', 'b')",
        "new DOMParser().parseFromString(text)",
        "eval(text)",
        "new Function(text)",
        "document.writeln(text)",
    ],
)
def test_what_sources_must_not_do_would_be_found(code: str) -> None:
    assert _FORBIDDEN.search(code)


def test_locales_have_the_same_keys_and_the_same_values_to_fill_in() -> None:
    folder = WIDGET / "src" / "locales"
    texts = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
    assert sorted(texts) == ["ar", "de", "en", "es", "fr", "ja"]
    for language, words in texts.items():
        assert words.keys() == texts["en"].keys(), language
        for key, text in words.items():
            assert text.strip(), (language, key)
            assert _fields(text) == _fields(texts["en"][key]), (language, key)


def _fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))
