"""Calls that tell anybody a workspace's notices and policies, with their hashes."""

from typing import Any, Final

from app.access.workspaces.models import Workspace
from app.access.workspaces.services import WORKSPACE_PREFIX
from app.core.clock import rfc3339
from app.core.errors import NotFound
from app.core.http import Answer, Call, Operations, PublicAccess
from app.core.ids import from_text
from app.intake.documents.library import Library, address
from app.intake.documents.models import Edition
from app.intake.documents.schemas import DocumentsSchema, WholeDocumentSchema
from app.intake.zone import Intake

operations: Final[Operations[Intake]] = Operations("documents")

_LANGUAGE_EXAMPLE: Final = {
    "lang": "en",
    "sha256": "9d1f…",
    "summary": "We say more clearly how long we keep what.",
    "url": "/documents/ws_01kaq2m0qvf3x8v2c5t7e9h1jm/privacy_notice?version=2026-12-01&lang=en",
}
_EXAMPLE: Final = {
    "kind": "privacy_notice",
    "version": "2026-12-01",
    "effective_at": "2026-12-01T00:00:00.000Z",
    "is_in_effect": True,
    "requires_choice": False,
    "languages": [_LANGUAGE_EXAMPLE],
}


# Whoever is to read a notice may have no credential here. The texts are public, a workspace's id is in every host's
# page, and nothing else of a workspace is told.
@operations.operation(
    "GET",
    "/v1/documents/{workspace}",
    access=PublicAccess(),
    answer=DocumentsSchema,
    errors=[NotFound],
    answer_example={"documents": [_EXAMPLE]},
)
def list_documents(intake: Intake, call: Call[None, None]) -> Answer:
    """List the versions of a workspace's notices and policies, those to come included.

    Each text's hash is there, so that a version that a vote names can be held against the text.
    """
    workspace = find_public_workspace(intake, call.path["workspace"])
    library = intake.library
    return Answer(
        {
            "documents": [
                _head(library, workspace, edition, at=call.at)
                | {"languages": list(_languages(library, workspace, edition).values())}
                for edition in library.editions(workspace.id)
            ]
        }
    )


@operations.operation(
    "GET",
    "/v1/documents/{workspace}/{kind}/{version}",
    access=PublicAccess(),
    answer=WholeDocumentSchema,
    errors=[NotFound],
    answer_example=_EXAMPLE
    | {
        "languages": [
            _LANGUAGE_EXAMPLE
            | {
                "markdown": "# Privacy notice\n\n…",
                "text": "# Privacy notice\n\nFrom 18 years on. …",
            }
        ]
    },
)
def get_document(intake: Intake, call: Call[None, None]) -> Answer:
    """Read a version of a document in every language; one that holds no longer can be read for good."""
    workspace = find_public_workspace(intake, call.path["workspace"])
    library = intake.library
    edition = library.find(workspace.id, call.path["kind"], call.path["version"])
    if edition is None:
        raise NotFound
    texts = library.texts(workspace.id, edition)
    languages = [
        each | {"markdown": texts[lang].markdown, "text": library.read(workspace, texts[lang])}
        for lang, each in _languages(library, workspace, edition).items()
    ]
    return Answer(_head(library, workspace, edition, at=call.at) | {"languages": languages})


def find_public_workspace(intake: Intake, text: str) -> Workspace:
    """A workspace by its external id. NotFound."""
    workspace_id = from_text(WORKSPACE_PREFIX, text)
    found = intake.directory.find_workspace(workspace_id) if workspace_id else None
    if found is None:
        raise NotFound
    return found


def _head(library: Library, workspace: Workspace, edition: Edition, *, at: int) -> dict[str, Any]:
    return {
        "kind": edition.kind,
        "version": edition.version,
        "effective_at": None if edition.is_shipped else rfc3339(edition.effective_at),
        "is_in_effect": library.current(workspace.id, edition.kind, at=at) == edition,
        "requires_choice": edition.requires_choice,
    }


def _languages(library: Library, workspace: Workspace, edition: Edition) -> dict[str, dict[str, Any]]:
    """By language, English first."""
    texts = library.texts(workspace.id, edition)
    return {
        lang: {
            "lang": lang,
            "sha256": texts[lang].sha256.hex(),
            "summary": texts[lang].summary,
            "url": address(workspace, edition, lang),
        }
        for lang in sorted(texts, key=lambda each: (each != "en", each))
    }
