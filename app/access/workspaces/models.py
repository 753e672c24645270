"""Tables of workspaces, API keys and the audit trail. Each zone has its own copy: research never reads intake."""

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Integer, LargeBinary, MetaData, String, Table, Text

from app.core.tables import Privacy, Retention, column, enum_check, intake, research, table


class Scope(enum.StrEnum):
    """What an API key may do."""

    COMPARISONS_WRITE = "comparisons:write"
    COMPARISONS_READ = "comparisons:read"
    PREFERENCES = "preferences"
    PERSON_DATA = "person-data"
    POLICY = "policy"
    EXPORTS = "exports"
    ADMIN = "admin"


class SharingLevel(enum.StrEnum):
    """How much of a comparison a person lets researchers have; later members share more."""

    OFF = "off"
    VOTE_ONLY = "vote_only"
    VOTE_AND_CONTENT = "vote_and_content"

    def stricter(self, other: "SharingLevel") -> "SharingLevel":
        """The level of the two that shares less."""
        order = list(SharingLevel)
        return min(self, other, key=order.index)


@dataclass(frozen=True)
class WorkspaceOptions:
    """What an operator chooses for a workspace; None takes the process's setting."""

    undo_seconds: int | None = None
    ticket_seconds: int | None = None
    reveals_models: bool = False
    is_paused: bool = False
    sharing: SharingLevel = SharingLevel.VOTE_AND_CONTENT
    reasons: tuple[str, ...] = (
        "useful",
        "complete",
        "creative",
        "clear_formatting",
        "incorrect",
        "superficial",
        "instructions_not_followed",
    )
    reason_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The workspace's own words for reasons, by code and language."""
    feedback_up: tuple[str, ...] = ("easy_to_understand", "solved_my_problem", "other")
    """Reasons offered with a thumb up."""
    feedback_down: tuple[str, ...] = (
        "missing_what_i_need",
        "too_complicated",
        "out_of_date",
        "code_problem",
        "other",
    )
    """Reasons offered with a thumb down."""
    feedback_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The workspace's own words for either, by code and language."""
    masks_identity: bool = False
    """Whether a model's name is replaced where a response gives its own away."""
    retention: Mapping[str, int] = field(default_factory=dict)
    """Periods of its own in days, by class of what is kept."""
    age_limit: int = 18
    """Years; younger persons are not to take part. The documents say so; nobody's age is known here."""

    @classmethod
    def from_json(cls, text: str) -> "WorkspaceOptions":
        """Options as stored."""
        stored: dict[str, Any] = json.loads(text)
        if "sharing" in stored:
            stored["sharing"] = SharingLevel(stored["sharing"])
        for name in ("reasons", "feedback_up", "feedback_down"):
            if name in stored:
                stored[name] = tuple(stored[name])
        return cls(**stored)

    def to_json(self) -> str:
        """Options for storage: only what differs from the defaults, so that a default can still change."""
        plain = WorkspaceOptions()
        changed = {
            n: getattr(self, n) for n in self.__dataclass_fields__ if getattr(self, n) != getattr(plain, n)
        }
        return json.dumps(changed, sort_keys=True)


@dataclass(frozen=True)
class Workspace:
    """A tenant: one product that embeds Pairvote."""

    id: bytes
    name: str
    origins: frozenset[str]
    options: WorkspaceOptions = field(default_factory=WorkspaceOptions)

    @classmethod
    def from_row(cls, id: bytes, name: str, origins: str, options: str) -> "Workspace":
        """A workspace as stored."""
        return cls(bytes(id), name, frozenset(json.loads(origins)), WorkspaceOptions.from_json(options))


class ApiKeyRow(NamedTuple):
    """An API key as stored: never the key itself."""

    id: bytes
    workspace_id: bytes
    scopes: str
    last_four: str
    created_at: int
    revoked_at: int | None


def _workspaces(metadata: MetaData, *, has_unique_names: bool) -> Table:
    return table(
        "workspaces",
        metadata,
        column("id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
        column("name", String(100), privacy=Privacy.OPERATIONAL, unique=has_unique_names),
        column("origins", Text, privacy=Privacy.OPERATIONAL),
        column("options", Text, privacy=Privacy.OPERATIONAL),
        column("created_at", BigInteger, privacy=Privacy.OPERATIONAL),
        retention=Retention("Until the workspace is closed."),
    )


def _api_keys(metadata: MetaData) -> Table:
    return table(
        "api_keys",
        metadata,
        column("id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
        column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, index=True),
        column("digest", LargeBinary(32), privacy=Privacy.DIGEST, unique=True),
        column("last_four", String(4), privacy=Privacy.OPERATIONAL),
        column("label", String(100), privacy=Privacy.OPERATIONAL),
        column("scopes", Text, privacy=Privacy.OPERATIONAL),
        column("created_at", BigInteger, privacy=Privacy.OPERATIONAL),
        column("revoked_at", BigInteger, privacy=Privacy.OPERATIONAL, nullable=True),
        retention=Retention(
            "Until the workspace is closed; a revoked key stays listed so that it can be explained."
        ),
    )


class AuditKind(enum.StrEnum):
    """What the audit trail records."""

    WORKSPACE_CREATED = "workspace_created"
    WORKSPACE_CHANGED = "workspace_changed"
    API_KEY_CREATED = "api_key_created"
    API_KEY_REVOKED = "api_key_revoked"
    POLICY_CHANGED = "policy_changed"
    KEYRING_CHANGED = "keyring_changed"
    EXPORT_REQUESTED = "export_requested"
    EXPORT_DOWNLOADED = "export_downloaded"
    REPORT_READ = "report_read"
    TEXTS_REDACTED = "texts_redacted"
    PASSAGE_REDACTED = "passage_redacted"
    PASSAGE_RESTORED = "passage_restored"
    REDACTION_DISPUTED = "redaction_disputed"
    WEBHOOK_CREATED = "webhook_created"
    WEBHOOK_DELETED = "webhook_deleted"
    ERASURE_REQUESTED = "erasure_requested"
    PERSON_DATA_READ = "person_data_read"
    PROJECT_SHARING_CHANGED = "project_sharing_changed"
    DOCUMENT_PUBLISHED = "document_published"


def _audit_events(metadata: MetaData) -> Table:
    return table(
        "audit_events",
        metadata,
        column("id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
        column("workspace_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, nullable=True),
        column("day", Integer, privacy=Privacy.OPERATIONAL),
        column("at", BigInteger, privacy=Privacy.OPERATIONAL),
        column("kind", String(40), privacy=Privacy.OPERATIONAL),
        column("actor", String(60), privacy=Privacy.OPERATIONAL),
        column("subject", String(60), privacy=Privacy.OPERATIONAL),
        enum_check("kind", AuditKind),
        retention=Retention("Kept: it names no end user, and a trail that can be erased proves nothing."),
    )


class AccessTables(NamedTuple):
    """One zone's copy of the access tables."""

    workspaces: Table
    api_keys: Table
    audit_events: Table


def _tables(metadata: MetaData, *, has_unique_names: bool) -> AccessTables:
    workspaces = _workspaces(metadata, has_unique_names=has_unique_names)
    return AccessTables(workspaces, _api_keys(metadata), _audit_events(metadata))


INTAKE = _tables(intake, has_unique_names=True)
# Intake decides about names. A row that a crash left here alone must not keep its name taken for ever.
RESEARCH = _tables(research, has_unique_names=False)
