"""The documents that come with Pairvote: the first versions of every workspace, one Markdown file for each language."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from app.core.languages import LANGUAGES
from app.intake.documents.models import DocumentKind, Edition, Wording

_FOLDER: Final = Path(__file__).parent / "texts"
# A changed text is a new version: add a folder, and never change what is in one. The last of a kind holds where a
# workspace has published none of its own.
_VERSIONS: Final = {
    DocumentKind.VOTING_NOTICE: ("2026-11-23", "2026-11-23.2", "2026-11-24"),
    DocumentKind.PRIVACY_NOTICE: ("2026-11-23.2", "2026-11-24"),
    DocumentKind.USAGE_POLICY: ("2026-11-23.2",),
}
EDITIONS: Final = tuple(
    Edition(kind.value, version, effective_at=0, requires_choice=False, published_at=0)
    for kind, versions in _VERSIONS.items()
    for version in versions
)
VERSION: Final = _VERSIONS[DocumentKind.VOTING_NOTICE][-1]
"""The voting notice of a workspace that has published none."""


@cache
def shipped_texts(kind: str, version: str) -> dict[str, Wording]:
    """The texts of a shipped version, by language."""
    return {language: _read(kind, version, language) for language in LANGUAGES}


def _read(kind: str, version: str, language: str) -> Wording:
    markdown = (_FOLDER / version / f"{kind}.{language}.md").read_text("utf-8")
    return Wording(language, markdown, hashlib.sha256(markdown.encode()).digest(), "")
