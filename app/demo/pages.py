"""The demo product's page: its own scripts and style sheet, and nothing that its policy does not name."""

from functools import cache
from pathlib import Path
from typing import Final

import flask
from flask import Flask, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.core.version import VERSION
from app.demo.host import Host

_STATIC: Final = Path(__file__).resolve().parents[2] / "static"
_WIDGET: Final = "widget/v1"
# The policy that docs/embed.md recommends, and nothing more: the widget runs under it without a complaint.
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def register(app: Flask, host: Host) -> None:
    """Adds the page; it is public, as the start page is."""

    def view() -> Response:
        response = Response(_render(host.is_loaded), headers=_HEADERS)
        response.add_etag()
        response.make_conditional(flask.request)
        return response

    app.add_url_rule("/demo", "page:/demo", view, methods=["GET"])


@cache
def _render(is_loaded: bool) -> str:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = made.get_template("demo.html" if is_loaded else "not_loaded.html")
    return template.render(
        version=VERSION,
        widget=f"/static/{_WIDGET}/pairvote.js",
        thumbs=f"/static/{_WIDGET}/pairvote-feedback.js",
        parts=_widget_parts(),
    )


def _widget_parts() -> dict[str, str]:
    """Addresses of the widget's own parts that the demo borrows to show answers: a product has its own renderer."""
    found = sorted((_STATIC / _WIDGET / "parts").glob("*.js"))
    return {path.stem.rpartition("-")[0]: f"/static/{_WIDGET}/parts/{path.name}" for path in found}
