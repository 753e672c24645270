"""Statements over workspaces and API keys, made once for each zone's tables."""

from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from app.access.workspaces.models import AccessTables, ApiKeyRow, Workspace
from app.core.statements import Query, Statement, insert_or_ignore, insert_row, query, scalar_query, statement


class KeyHolder(NamedTuple):
    """What a request's API key leads to."""

    key_id: bytes
    scopes: str
    id: bytes
    name: str
    origins: str
    options: str


class AccessQueries(NamedTuple):
    """The statements of one zone."""

    insert_workspace: Statement
    insert_api_key: Statement
    insert_audit_event: Statement
    revoke_api_key: Statement
    change_workspace: Statement
    find_key_holder: Query[KeyHolder]
    find_workspace: Query[Workspace]
    find_workspace_by_name: Query[Workspace]
    list_workspaces: Query[Workspace]
    list_api_keys: Query[ApiKeyRow]
    list_origins: Query[str]


@lru_cache
def access_queries(tables: AccessTables) -> AccessQueries:
    """The statements over one zone's access tables."""
    w, k = tables.workspaces.c, tables.api_keys.c
    workspace_columns = (w.id, w.name, w.origins, w.options)
    key_columns = (k.id, k.workspace_id, k.scopes, k.last_four, k.created_at, k.revoked_at)
    holder = (
        select(k.id, k.scopes, *workspace_columns)
        .join(tables.workspaces, w.id == k.workspace_id)
        .where(k.digest == bindparam("digest"), k.revoked_at.is_(None))
    )
    by_workspace = k.workspace_id == bindparam("workspace_id")
    return AccessQueries(
        insert_workspace=insert_or_ignore(tables.workspaces, keys=["name" if w.name.unique else "id"]),
        insert_api_key=insert_row(tables.api_keys),
        insert_audit_event=insert_row(tables.audit_events),
        revoke_api_key=statement(
            update(tables.api_keys)
            .where(k.id == bindparam("key_id"), by_workspace, k.revoked_at.is_(None))
            .values(revoked_at=bindparam("at"))
        ),
        change_workspace=statement(
            update(tables.workspaces)
            .where(w.id == bindparam("workspace_id"))
            .values(origins=bindparam("new_origins"), options=bindparam("new_options"))
        ),
        find_key_holder=query(holder, KeyHolder),
        find_workspace=query(
            select(*workspace_columns).where(w.id == bindparam("workspace_id")), Workspace.from_row
        ),
        find_workspace_by_name=query(
            select(*workspace_columns).where(w.name == bindparam("name")), Workspace.from_row
        ),
        list_workspaces=query(select(*workspace_columns).order_by(w.created_at), Workspace.from_row),
        list_api_keys=query(select(*key_columns).where(by_workspace).order_by(k.created_at), ApiKeyRow),
        list_origins=scalar_query(select(w.origins)),
    )
