"""The pages `/documents/{workspace}/{kind}`: a notice or policy to read and print. No scripts, nothing kept."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import flask
from flask import Flask, Response
from markupsafe import Markup

from app.access.workspaces.models import Workspace
from app.console.languages import direction_of
from app.console.pages import HEADERS, render
from app.core.clock import day_of, iso_date
from app.core.errors import AppError, NotFound
from app.core.http.edge import as_response, problem_reply
from app.core.http.request import Request
from app.intake.documents.library import address
from app.intake.documents.markdown import as_html, title_of
from app.intake.documents.models import DocumentKind, Edition
from app.intake.documents.routes import find_public_workspace
from app.intake.documents.wording import LANGUAGES
from app.intake.zone import Intake
from app.operations.installation import Installation

PATH: Final = "/documents/<workspace>/<kind>"
_HEADERS: Final = {**HEADERS, "Vary": "Accept-Language"}
_FOLDER: Final = Path(__file__).parent / "texts"


def register(app: Flask) -> None:
    """Adds the pages; they are public: the texts are, and a workspace's id is no secret."""
    here: Installation = app.extensions["pairvote"]

    def view(workspace: str, kind: str) -> Response:
        try:
            page = Response(_page(here.intake, workspace, kind, at=here.clock()), headers=_HEADERS)
        except AppError as error:
            return as_response(problem_reply(error, Request(flask.request.environ), "document_page"))
        page.add_etag()
        page.make_conditional(flask.request)
        return page

    app.add_url_rule(PATH, f"page:{PATH}", view, methods=["GET"])


@cache
def page_texts(language: str) -> Mapping[str, str]:
    """What the page itself says in a language."""
    texts: Mapping[str, str] = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
    return texts


def _page(intake: Intake, workspace_text: str, kind: str, *, at: int) -> str:
    """The page that the address names. NotFound."""
    workspace = find_public_workspace(intake, workspace_text)
    library = intake.library
    if kind not in set(DocumentKind):
        raise NotFound
    version = flask.request.args.get("version")
    current = library.current(workspace.id, kind, at=at)
    edition = current if version is None else library.find(workspace.id, kind, version)
    if edition is None:
        raise NotFound
    language = _language(frozenset(library.texts(workspace.id, edition)))
    wording = library.wording(workspace.id, edition, language)
    markdown = library.read(workspace, wording)
    editions = [e for e in library.editions(workspace.id) if e.kind == kind]
    texts = page_texts(language if language in LANGUAGES else "en")
    return render(
        "document.html",
        language=language if language in LANGUAGES else "en",
        direction=direction_of(language),
        text_language=wording.language,
        text_direction=direction_of(wording.language),
        languages=[(each, page_texts(each)["name"], address(workspace, edition, each)) for each in LANGUAGES],
        texts=texts,
        title=title_of(markdown) or texts[kind],
        has_title=bool(title_of(markdown)),
        body=Markup(as_html(markdown)),  # noqa: S704  # raw HTML is off: everything in it is the renderer's own
        standing=_standing(edition, current, at),
        since="" if edition.is_shipped else iso_date(day_of(edition.effective_at)),
        edition=edition.version,
        sha256=wording.sha256.hex(),
        summary=wording.summary,
        others=[(e.version, address(workspace, e, language)) for e in reversed(editions) if e != edition],
        kinds=[
            (texts[each], _place(intake, workspace, each, language, at), each == kind)
            for each in DocumentKind
        ],
    )


def _place(intake: Intake, workspace: Workspace, kind: str, language: str, at: int) -> str:
    return address(workspace, intake.library.current(workspace.id, kind, at=at), language)


def _standing(edition: Edition, current: Edition, at: int) -> str:
    if edition == current:
        return "in_effect"
    return "to_come" if edition.effective_at > at else "earlier"


def _language(written: frozenset[str]) -> str:
    """What the address asks for, or else the best of what the browser asks for; the page speaks it if it can."""
    asked = flask.request.args.get("lang", "")
    if asked in LANGUAGES or asked in written:
        return asked
    return flask.request.accept_languages.best_match(LANGUAGES, "en")
