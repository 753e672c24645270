"""Finds workspaces and callers fast: a small cache in front of one zone's access tables."""

import json
from collections.abc import Callable
from typing import Any, ClassVar, Final, Generic, NamedTuple, TypeVar

from app.access.workspaces.models import AccessTables, Scope, Workspace
from app.access.workspaces.queries import KeyHolder, access_queries
from app.core.clock import monotonic
from app.core.database import Database
from app.core.errors import NotAuthenticated, NotPermitted
from app.core.http.request import Request
from app.privacy.secrets import api_key_digest, api_key_looks_right

K = TypeVar("K")
V = TypeVar("V")
_MOST_ENTRIES: Final = 10_000


class HostCaller(NamedTuple):
    """A host's server, known by its API key."""

    workspace: Workspace
    key_id: bytes
    scopes: frozenset[str]


class TimedCache(Generic[K, V]):
    """Remembers what was read for a few seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._entries: dict[K, tuple[float, V]] = {}

    def get(self, key: K, read: Callable[[K], V]) -> V:
        """The remembered value, or a newly read one."""
        now = monotonic()
        entry = self._entries.get(key)
        if entry is not None and now < entry[0]:
            return entry[1]
        value = read(key)
        if len(self._entries) >= _MOST_ENTRIES:
            self._entries.clear()
        self._entries[key] = (now + self._seconds, value)
        return value

    def __contains__(self, key: K) -> bool:
        return key in self._entries

    def clear(self) -> None:
        """Forgets everything."""
        self._entries.clear()


class Directory:
    """Workspaces and API keys of one zone. What it says is at most `cache_seconds` old."""

    def __init__(self, database: Database, tables: AccessTables, *, cache_seconds: float) -> None:
        self._database = database
        self._queries = access_queries(tables)
        self._callers: TimedCache[bytes, HostCaller | None] = TimedCache(cache_seconds)
        self._workspaces: TimedCache[bytes, Workspace | None] = TimedCache(cache_seconds)
        self._origins: TimedCache[None, frozenset[str]] = TimedCache(cache_seconds)

    def caller(self, key_text: str) -> HostCaller | None:
        """Whom an API key stands for; None when it is not a live key."""
        digest = api_key_digest(key_text)
        # What looks wrong is not asked for; what was asked for before need not be looked at.
        if digest not in self._callers and not api_key_looks_right(key_text):
            return None
        return self._callers.get(digest, self._read_caller)

    def find_workspace(self, workspace_id: bytes) -> Workspace | None:
        """A workspace by its id."""
        return self._workspaces.get(workspace_id, self._read_workspace)

    def allows_origin(self, origin: str) -> bool:
        """Whether any workspace has registered an origin."""
        return origin in self._origins.get(None, self._read_origins)

    def clear(self) -> None:
        """Forgets what was cached, after a change in this process."""
        for cache in (self._callers, self._workspaces, self._origins):
            cache.clear()

    def _read_caller(self, digest: bytes) -> HostCaller | None:
        holder: KeyHolder | None = self._database.fetch(
            lambda tx: tx.find(self._queries.find_key_holder, digest=digest)
        )
        if holder is None:
            return None
        workspace = Workspace.from_row(holder.id, holder.name, holder.origins, holder.options)
        return HostCaller(workspace, holder.key_id, frozenset(json.loads(holder.scopes)))

    def _read_workspace(self, workspace_id: bytes) -> Workspace | None:
        return self._database.fetch(
            lambda tx: tx.find(self._queries.find_workspace, workspace_id=workspace_id)
        )

    def _read_origins(self, _key: None) -> frozenset[str]:
        listed = self._database.fetch(lambda tx: tx.list(self._queries.list_origins))
        return frozenset(origin for origins in listed for origin in json.loads(origins))


class HostKey:
    """Access for a host's server: a live API key with a scope (`admin` includes all)."""

    scheme: ClassVar[str | None] = "api_key"
    is_cors: ClassVar[bool] = False

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def authenticate(self, zone: Any, request: Request, at: int) -> HostCaller:
        """The caller behind the request's API key. NotAuthenticated, NotPermitted."""
        token = request.bearer()
        caller: HostCaller | None = zone.directory.caller(token) if token else None
        if caller is None:
            raise NotAuthenticated("Send a live API key: Authorization: Bearer pv_sk_…")
        if self.scope not in caller.scopes and Scope.ADMIN not in caller.scopes:
            raise NotPermitted(f"This call needs the scope {self.scope.value}.")
        return caller
