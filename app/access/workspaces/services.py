"""Use cases around workspaces: create one, give it keys, take keys away, change what it is set to."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.access.workspaces.errors import NameTaken, OddOrigin
from app.access.workspaces.models import AccessTables, AuditKind, Scope, Workspace, WorkspaceOptions
from app.access.workspaces.queries import access_queries
from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.errors import NotFound
from app.core.ids import to_text, uuid7
from app.privacy.secrets import api_key_digest

WORKSPACE_PREFIX: Final = "ws"
KEY_PREFIX: Final = "key"
_ORIGIN: Final = re.compile(r"https?://[a-z0-9.\-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


@dataclass(frozen=True)
class NewWorkspace:
    """A workspace to be created, with its first key's text already drawn."""

    id: bytes
    name: str
    origins: tuple[str, ...]
    options: WorkspaceOptions
    key_id: bytes
    key_text: str
    scopes: tuple[Scope, ...] = (Scope.ADMIN,)


def check_origin(text: str) -> str:
    """An origin as browsers send it (lower case, no default port, no path). OddOrigin otherwise."""
    origin = text.strip().rstrip("/").lower()
    if not _ORIGIN.fullmatch(origin):
        raise OddOrigin
    scheme = origin.partition("://")[0]
    return origin.removesuffix(_DEFAULT_PORTS[scheme])


def create_workspace(
    tx: Transaction, tables: AccessTables, *, new: NewWorkspace, actor: str, at: int
) -> None:
    """Writes a workspace and its first API key into one zone. NameTaken when the name is in use."""
    statements = access_queries(tables)
    inserted = tx.run(
        statements.insert_workspace,
        id=new.id,
        name=new.name,
        origins=json.dumps(sorted(new.origins)),
        options=new.options.to_json(),
        created_at=at,
    )
    if not inserted:
        raise NameTaken
    record_audit(
        tx, tables, kind=AuditKind.WORKSPACE_CREATED, workspace_id=new.id, actor=actor, subject=new.id, at=at
    )
    create_api_key(
        tx, tables, workspace_id=new.id, key_id=new.key_id, text=new.key_text, label="first key", scopes=new.scopes,
        actor=actor, at=at,
    )  # fmt: skip


def create_api_key(
    tx: Transaction,
    tables: AccessTables,
    *,
    workspace_id: bytes,
    key_id: bytes,
    text: str,
    label: str,
    scopes: Iterable[Scope],
    actor: str,
    at: int,
) -> None:
    """Stores an API key: its digest and last four characters, never the key."""
    tx.run(
        access_queries(tables).insert_api_key,
        id=key_id,
        workspace_id=workspace_id,
        digest=api_key_digest(text),
        last_four=text[-4:],
        label=label,
        scopes=json.dumps(sorted(scopes)),
        created_at=at,
        revoked_at=None,
    )
    record_audit(
        tx,
        tables,
        kind=AuditKind.API_KEY_CREATED,
        workspace_id=workspace_id,
        actor=actor,
        subject=key_id,
        at=at,
    )


def revoke_api_key(
    tx: Transaction, tables: AccessTables, *, workspace_id: bytes, key_id: bytes, actor: str, at: int
) -> None:
    """Takes an API key away. NotFound when the workspace has no such live key."""
    if not tx.run(access_queries(tables).revoke_api_key, key_id=key_id, workspace_id=workspace_id, at=at):
        raise NotFound
    record_audit(
        tx,
        tables,
        kind=AuditKind.API_KEY_REVOKED,
        workspace_id=workspace_id,
        actor=actor,
        subject=key_id,
        at=at,
    )


def change_workspace(
    tx: Transaction, tables: AccessTables, *, workspace: Workspace, actor: str, at: int
) -> None:
    """Stores a workspace's origins and options."""
    tx.run(
        access_queries(tables).change_workspace,
        workspace_id=workspace.id,
        new_origins=json.dumps(sorted(workspace.origins)),
        new_options=workspace.options.to_json(),
    )
    record_audit(
        tx,
        tables,
        kind=AuditKind.WORKSPACE_CHANGED,
        workspace_id=workspace.id,
        actor=actor,
        subject=workspace.id,
        at=at,
    )


def record_audit(
    tx: Transaction,
    tables: AccessTables,
    *,
    kind: AuditKind,
    workspace_id: bytes | None,
    actor: str,
    subject: bytes | str,
    at: int,
) -> None:
    """Adds to the audit trail: who (a key or `operator`) did what to which thing; never an end user."""
    tx.run(
        access_queries(tables).insert_audit_event,
        id=uuid7(at),
        workspace_id=workspace_id,
        day=day_of(at),
        at=at,
        kind=kind,
        actor=actor,
        subject=subject if isinstance(subject, str) else subject.hex(),
    )


def workspace_text(workspace_id: bytes) -> str:
    """A workspace's external id."""
    return to_text(WORKSPACE_PREFIX, workspace_id)
