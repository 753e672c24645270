"""The page at /embed, which a workspace's own sites may frame and nobody else."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import flask
from flask import Flask, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.access.workspaces.directory import Directory
from app.access.workspaces.models import Workspace
from app.access.workspaces.services import WORKSPACE_PREFIX
from app.core.errors import AppError, InvalidParameter, NotFound
from app.core.http.edge import as_response, problem_reply
from app.core.http.request import Request
from app.core.ids import from_text

_PATH: Final = "/embed"
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    # The origins may change; an ETag saves sending the page again.
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'none'; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors "
)
_templates: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)


def register(app: Flask, open_directory: Callable[[], Directory]) -> None:
    """Adds the page. It is public: a workspace's id and origins are no secret, and the ticket never reaches it."""

    def view() -> Response:
        try:
            page = _page(open_directory)
        except AppError as error:
            # A problem document may be framed by nobody.
            return as_response(problem_reply(error, Request(flask.request.environ), "embed"))
        page.add_etag()
        page.make_conditional(flask.request)
        return page

    app.add_url_rule(_PATH, f"page:{_PATH}", view, methods=["GET"])


def _page(open_directory: Callable[[], Directory]) -> Response:
    """The page for the workspace that the address names. InvalidParameter, NotFound."""
    given = flask.request.args.to_dict(flat=False)
    if given.keys() != {"workspace"} or len(given["workspace"]) != 1:
        raise InvalidParameter(
            "The address names the workspace and nothing else: /embed?workspace=ws_… The ticket comes by message."
        )
    origins = sorted(_workspace(open_directory(), given["workspace"][0]).origins)
    body = _templates.get_template("embed.html").render(origins=" ".join(origins))
    return Response(body, headers=_HEADERS | {"Content-Security-Policy": _POLICY + _ancestors(origins)})


def _workspace(directory: Directory, text: str) -> Workspace:
    workspace_id = from_text(WORKSPACE_PREFIX, text)
    found = directory.find_workspace(workspace_id) if workspace_id else None
    if found is None:
        raise NotFound
    return found


def _ancestors(origins: list[str]) -> str:
    """Who may frame the page. Origins were checked when they were registered: none can end the directive."""
    return " ".join(origins) or "'none'"
