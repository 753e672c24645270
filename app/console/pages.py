"""The start page, the readable API reference and the list of errors: HTML without scripts, made once per process."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import flask
from flask import Flask, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.console.error_list import list_errors
from app.console.reference import Reference
from app.console.reference_view import groups_of, shapes_of
from app.core.version import VERSION

HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def register(app: Flask, reference: Reference, has_demo: Callable[[], bool]) -> None:
    """Adds the pages; all of them are public. The start page leads to the demo while there is one."""
    app.extensions["reference"] = reference
    start = cache(
        lambda demo: render("start.html", role=reference.role, operations=_names(reference), has_demo=demo)
    )
    app.add_url_rule("/", "page:/", _view(lambda: start(has_demo())), methods=["GET"])
    pages: dict[str, Callable[[], str]] = {
        "/docs": lambda: render(
            "reference.html",
            document=reference.document,
            groups=groups_of(reference.document),
            shapes=shapes_of(reference.document),
            operations=_names(reference),
        ),
        "/docs/errors": lambda: render("errors.html", errors=list_errors()),
    }
    for path, write in pages.items():
        app.add_url_rule(path, f"page:{path}", _view(cache(write)), methods=["GET"])


def _names(reference: Reference) -> frozenset[str]:
    return frozenset(operation.name for _, operation in reference.operations)


def _view(page: Callable[[], str]) -> Callable[[], Response]:
    def view() -> Response:
        response = Response(page(), headers=HEADERS)
        response.add_etag()
        response.make_conditional(flask.request)
        return response

    return view


def render(template: str, **values: object) -> str:
    """A page from its template, in the frame that all pages share."""
    return _environment().get_template(template).render(version=VERSION, **values)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"inline": inline, "paragraphs": paragraphs}
    return made


def inline(text: str) -> Markup:
    """Text with `code` in backticks, as HTML."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped just here


def paragraphs(text: str) -> Markup:
    """Paragraphs of such text, parted by empty lines."""
    return Markup("\n").join(
        Markup("<p>{}</p>").format(inline(each)) for each in text.split("\n\n") if each.strip()
    )
