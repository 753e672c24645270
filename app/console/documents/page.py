"""The pages `/documents/{workspace}[/{kind}]`: notices and policies to read and print. No scripts, nothing kept."""

from pathlib import Path
from typing import Final

import flask
from flask import Flask, Response
from markupsafe import Markup

from app.access.workspaces.models import Workspace
from app.console.pages import HEADERS, render
from app.core.clock import day_of, iso_date
from app.core.errors import NotFound
from app.core.languages import FALLBACK, LANGUAGES, direction_of, load_texts
from app.intake.documents.library import address
from app.intake.documents.markdown import as_html, title_of
from app.intake.documents.models import DocumentKind, Edition
from app.intake.documents.routes import find_public_workspace
from app.intake.zone import Intake
from app.operations.installation import Installation

LIST_PATH: Final = "/documents/<workspace>"
PATH: Final = f"{LIST_PATH}/<kind>"
_HEADERS: Final = {**HEADERS, "Vary": "Accept-Language"}
TEXTS: Final = load_texts(Path(__file__).parent / "texts")


def register(app: Flask) -> None:
    """Adds the pages; they are public: the texts are, and a workspace's id is no secret."""
    here: Installation = app.extensions["pairvote"]

    def view(workspace: str, kind: str | None = None) -> Response:
        try:
            text = _page(here.intake, workspace, kind, at=here.clock())
        except NotFound:
            return Response(_missing(here.intake, workspace, at=here.clock()), status=404, headers=_HEADERS)
        page = Response(text, headers=_HEADERS)
        page.add_etag()
        page.make_conditional(flask.request)
        return page

    for path in (LIST_PATH, PATH):
        app.add_url_rule(path, f"page:{path}", view, methods=["GET"])


def _missing(intake: Intake, workspace_text: str, *, at: int) -> str:
    """Says in the reader's words that there is nothing; with what there is, where the workspace is known."""
    try:
        workspace = find_public_workspace(intake, workspace_text)
    except NotFound:
        return _list("missing", None, intake, at=at)
    return _list("missing", workspace, intake, at=at)


def _list(what: str, workspace: Workspace | None, intake: Intake, *, at: int) -> str:
    """A page with a title and a sentence of its own, and what holds now in a workspace."""
    language = _language(frozenset(LANGUAGES))
    texts = TEXTS[language]
    kinds = []
    if workspace is not None:
        for kind in DocumentKind:
            edition = intake.library.current(workspace.id, kind, at=at)
            kinds.append((texts[kind], address(workspace, edition, language), edition.version))
    return render(
        "documents.html",
        language=language,
        direction=direction_of(language),
        languages=[(each, TEXTS[each]["name"]) for each in LANGUAGES],
        texts=texts,
        is_missing=what == "missing",
        title=texts[f"{what}_title"],
        lead=texts[f"{what}_text"],
        kinds=kinds,
    )


def _page(intake: Intake, workspace_text: str, kind: str | None, *, at: int) -> str:
    """The page that the address names. NotFound."""
    workspace = find_public_workspace(intake, workspace_text)
    if kind is None:
        return _list("list", workspace, intake, at=at)
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
    spoken = language if language in LANGUAGES else FALLBACK
    texts = TEXTS[spoken]
    return render(
        "document.html",
        language=spoken,
        direction=direction_of(spoken),
        text_language=wording.language,
        text_direction=direction_of(wording.language),
        languages=[(each, TEXTS[each]["name"], address(workspace, edition, each)) for each in LANGUAGES],
        texts=texts,
        title=title_of(markdown) or texts[kind],
        has_title=bool(title_of(markdown)),
        body=Markup(as_html(markdown)),  # noqa: S704  # raw HTML is off: everything in it is the renderer's own
        standing=_standing(edition, current, at),
        since="" if edition.is_shipped else iso_date(day_of(edition.effective_at)),
        current=address(workspace, current, language),
        edition=edition.version,
        sha256=wording.sha256.hex(),
        summary=wording.summary,
        others=[(e.version, address(workspace, e, language)) for e in reversed(editions) if e != edition],
        kinds=[
            (texts[each], _place(intake, workspace, each, language, at), edition == current and each == kind)
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
    return flask.request.accept_languages.best_match(LANGUAGES, FALLBACK)
