"""Which documents hold in a workspace, and their words: a small cache over what never changes once published."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from app.access.workspaces.directory import TimedCache
from app.access.workspaces.models import Workspace
from app.access.workspaces.services import workspace_text
from app.core.database import Database
from app.core.languages import FALLBACK, language_of
from app.core.settings import Settings
from app.intake.documents.markdown import as_text
from app.intake.documents.models import DocumentKind, Edition, Wording
from app.intake.documents.queries import LIST_EDITIONS, LIST_TEXTS
from app.intake.documents.shipped import EDITIONS, shipped_texts
from app.intake.documents.wording import figures_of, filled

_MOST_TEXTS: Final = 256


class Notice(NamedTuple):
    """The voting notice as it is shown and sealed with a comparison."""

    version: str
    text: str
    lang: str
    sha256: str
    url: str


class Library:
    """A workspace's documents. Of what was published it knows at most `cache_seconds` late; when a version takes
    effect is told by the clock alone, on every process at once.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._editions: TimedCache[bytes, tuple[Edition, ...]] = TimedCache(settings.cache_seconds)
        self._texts = lru_cache(maxsize=_MOST_TEXTS)(self._read_texts)

    def editions(self, workspace_id: bytes) -> tuple[Edition, ...]:
        """All versions of all kinds, by when they take effect; those to come included."""
        return self._editions.get(workspace_id, self._read_editions)

    def published(self, workspace_id: bytes) -> Sequence[Edition]:
        """Those that the workspace has published itself; most have none."""
        editions = self.editions(workspace_id)
        return editions[len(EDITIONS) :]

    def current(self, workspace_id: bytes, kind: str, *, at: int) -> Edition:
        """The version of a kind that holds at a moment."""
        in_effect = [e for e in self.editions(workspace_id) if e.kind == kind and e.effective_at <= at]
        return in_effect[-1]

    def find(self, workspace_id: bytes, kind: str, version: str) -> Edition | None:
        """A version by its name."""
        named = (e for e in self.editions(workspace_id) if (e.kind, e.version) == (kind, version))
        return next(named, None)

    def texts(self, workspace_id: bytes, edition: Edition) -> dict[str, Wording]:
        """A version's exact texts, by language; English is always among them."""
        if edition.is_shipped:
            return shipped_texts(edition.kind, edition.version)
        return self._texts(workspace_id, edition.kind, edition.version)

    def wording(self, workspace_id: bytes, edition: Edition, language: str) -> Wording:
        """A version's text in a language, in English where it has none."""
        texts = self.texts(workspace_id, edition)
        return texts.get(language) or texts[FALLBACK]

    def read(self, workspace: Workspace, wording: Wording) -> str:
        """A text as Markdown for a reader, with what the workspace is set to."""
        return filled(wording.markdown, figures_of(self._settings, workspace), wording.language)

    def notice(self, workspace: Workspace, locale: str | None, *, at: int) -> Notice:
        """The voting notice of a moment, in the language of a BCP 47 tag or in English."""
        edition = self.current(workspace.id, DocumentKind.VOTING_NOTICE, at=at)
        wording = self.wording(workspace.id, edition, language_of(locale) or FALLBACK)
        return Notice(
            edition.version,
            as_text(self.read(workspace, wording)),
            wording.language,
            wording.sha256.hex(),
            address(workspace, edition, wording.language),
        )

    def _read_editions(self, workspace_id: bytes) -> tuple[Edition, ...]:
        found: list[Edition] = self._database.fetch(
            lambda tx: tx.list(LIST_EDITIONS, workspace_id=workspace_id)
        )
        return (*EDITIONS, *found)

    def _read_texts(self, workspace_id: bytes, kind: str, version: str) -> dict[str, Wording]:
        key: dict[str, Any] = {"workspace_id": workspace_id, "kind": kind, "version": version}
        found: list[Wording] = self._database.fetch(lambda tx: tx.list(LIST_TEXTS, **key))
        return {each.language: each._replace(sha256=bytes(each.sha256)) for each in found}


def address(workspace: Workspace, edition: Edition, language: str) -> str:
    """Where a version can be read, as a path of this server."""
    place = f"/documents/{workspace_text(workspace.id)}/{edition.kind}"
    return f"{place}?version={edition.version}&lang={language}"
