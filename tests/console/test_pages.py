"""The HTML pages work without scripts, under a strict policy, with a keyboard and with a screen reader."""

import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Final

import pytest
from werkzeug.test import TestResponse

from app.core.settings import Role
from tests.console.html_page import Element, read_page
from tests.core.openapi_document import described_app

_PAGES: Final = ("/", "/docs", "/docs/errors")
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_ROLES: Final = tuple(Role)


def _get(path: str, role: Role = Role.ALL, headers: Mapping[str, str] | None = None) -> TestResponse:
    return described_app(role).test_client().get(path, headers=headers, buffered=True)


@cache
def _page(path: str, role: Role = Role.ALL) -> Element:
    return read_page(_get(path, role).text)


each_page = pytest.mark.parametrize("path", _PAGES)
each_role = pytest.mark.parametrize("role", _ROLES)


@each_page
def test_the_policy_admits_a_style_sheet_and_pictures_of_our_own_and_nothing_else(path: str) -> None:
    answer = _get(path)
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers.getlist("Content-Security-Policy") == [_POLICY]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@each_page
def test_a_page_needs_nothing_that_the_policy_forbids(path: str) -> None:
    page = _page(path)
    assert page.all("script", "style", "iframe", "form", "object", "embed", "base") == []
    for element in page.all():
        forbidden = [name for name in element.attributes if name == "style" or name.startswith("on")]
        assert forbidden == [], element.name


@each_page
@each_role
def test_every_address_a_page_names_is_answered_by_this_process(path: str, role: Role) -> None:
    page = _page(path, role)
    targets = {element.attributes["href"] for element in page.all("a", "link")}
    targets |= {element.attributes["src"] for element in page.all("img")}
    asking = {"/healthz", "/readyz"}  # answered, but they open the databases
    for target in sorted(targets):
        address, _, fragment = target.partition("#")
        assert not target.startswith(("http", "//")), target
        if address and address not in asking:
            assert _get(address, role).status_code == 200, target
        if fragment:
            where = _page(address, role) if address else page
            assert fragment in _ids(where), target


def _ids(page: Element) -> list[str]:
    return [element.attributes["id"] for element in page.all() if "id" in element.attributes]


@each_page
@each_role
def test_ids_are_given_once_and_labels_lead_to_them(path: str, role: Role) -> None:
    page = _page(path, role)
    ids = _ids(page)
    assert sorted(set(ids)) == sorted(ids)
    labels = [
        element.attributes["aria-labelledby"]
        for element in page.all()
        if "aria-labelledby" in element.attributes
    ]
    assert set(labels) <= set(ids)


@each_page
def test_there_is_one_of_each_landmark_and_navigation_is_named(path: str) -> None:
    page = _page(path)
    assert [len(page.all(name)) for name in ("main", "header", "footer", "h1", "title")] == [1, 1, 1, 1, 1]
    names = [element.attributes.get("aria-label", "") for element in page.all("nav")]
    assert all(names)
    assert len(set(names)) == len(names)
    assert page.all("html")[0].attributes["lang"] == "en"


@each_page
@each_role
def test_regions_are_few_and_told_apart_by_their_names(path: str, role: Role) -> None:
    page = _page(path, role)
    texts = {each.attributes["id"]: each.text for each in page.all(*_HEADINGS) if "id" in each.attributes}
    named = [
        each.attributes["aria-labelledby"]
        for each in page.all("section")
        if "aria-labelledby" in each.attributes
    ]
    names = [texts[label] for label in named]
    assert sorted(set(names)) == sorted(names)
    assert len(names) <= 24


@each_page
def test_no_content_stands_outside_the_landmarks(path: str) -> None:
    body = _page(path).all("body")[0]
    allowed = {"header", "main", "nav", "footer"}
    for element in body.all("h1", "h2", "h3", "h4", "p", "ul", "ol", "dl", "pre"):
        assert any(element.is_in(name) for name in allowed), element.text


@each_page
def test_the_first_link_skips_to_the_content(path: str) -> None:
    page = _page(path)
    first = page.all("a")[0]
    assert first.attributes["href"] == f"#{page.all('main')[0].attributes['id']}"
    assert page.all("main")[0].attributes["tabindex"] == "-1"


@each_page
@each_role
def test_headings_go_down_one_level_at_a_time(path: str, role: Role) -> None:
    levels = [int(element.name[1]) for element in _page(path, role).all(*_HEADINGS)]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels)), levels


@each_page
def test_everything_that_can_be_operated_has_a_name(path: str) -> None:
    page = _page(path)
    assert [element for element in page.all("a", "summary", "button") if not element.text] == []
    assert [element for element in page.all("img") if "alt" not in element.attributes] == []
    scrolled = page.all("pre")
    assert all(
        element.attributes.get("tabindex") == "0" and element.attributes.get("aria-label")
        for element in scrolled
    )


@each_page
def test_the_current_page_is_marked(path: str) -> None:
    marked = [
        element.attributes["href"] for element in _page(path).all("a") if "aria-current" in element.attributes
    ]
    assert marked == ([] if path == "/" else [path])


@each_page
def test_an_unchanged_page_is_not_sent_twice(path: str) -> None:
    first = _get(path)
    again = _get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@each_page
def test_no_text_was_left_unfilled(path: str) -> None:
    text = _page(path).text
    assert re.findall(r"\{\{|\}\}\}|Undefined|&lt;|<code", text) == []


def test_the_style_sheet_is_sent_as_one_and_loads_nothing_else() -> None:
    answer = _get("/static/console/console.css")
    assert answer.mimetype == "text/css"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert re.findall(r"url\(|@import", answer.text) == []


def test_pages_take_no_other_method() -> None:
    answer = described_app().test_client().post("/docs")
    assert answer.status_code == 405
    assert answer.get_json()["code"] == "method-not-allowed"
