"""Probes for operators: is it alive, is it ready, what does it count."""

import secrets
import threading
from typing import Final

from marshmallow import Schema, fields
from sqlalchemy import BigInteger, Integer, MetaData, Table
from sqlalchemy.exc import DBAPIError

from app.core import metrics, migrations
from app.core.clock import monotonic
from app.core.database import Database
from app.core.errors import AppError, StorageUnavailable
from app.core.http import Answer, Call, Operations, PublicAccess
from app.core.statements import insert_or_update
from app.core.tables import Privacy, Retention, column, intake, keystore, research, table
from app.operations.installation import Installation
from app.privacy.sealing import DataKey, seal, unseal

operations: Final[Operations[Installation]] = Operations("operations")

_FRESH_SECONDS: Final = 1.0
_WELL: Final = {"status": "ok", "checks": {"keystore": "ok", "intake": "ok", "research": "ok", "keys": "ok"}}


def _heartbeats(metadata: MetaData) -> Table:
    return table(
        "heartbeats",
        metadata,
        column("id", Integer, privacy=Privacy.OPERATIONAL, primary_key=True, autoincrement=False),
        column("at", BigInteger, privacy=Privacy.OPERATIONAL),
        retention=Retention("One row, overwritten by each health check."),
    )


_BEATS: Final = {
    "intake": insert_or_update(_heartbeats(intake), keys=["id"], update=["at"]),
    "research": insert_or_update(_heartbeats(research), keys=["id"], update=["at"]),
    "keystore": insert_or_update(_heartbeats(keystore), keys=["id"], update=["at"]),
}


class NotReady(AppError):
    """The process cannot serve yet, or no longer.

    See `detail`: a pending migration needs `flask db upgrade`, an unreachable database its operator.
    """

    status = 503
    code = "not-ready"
    title = "Not ready to serve"


class NotHealthy(AppError):
    """A database took no write, or the keys did not turn.

    See `detail` for which, and repair that; the process recovers by itself.
    """

    status = 503
    code = "not-healthy"
    title = "A health check failed"


class HealthSchema(Schema):
    """What was checked just now."""

    status = fields.String(required=True)
    checks = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class _HealthCheck:
    """Writes durably to each store and turns the keys once; at most once a second, however often it is asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checked_at = -_FRESH_SECONDS
        self._checks: dict[str, str] = {}

    def run(self, here: Installation, at: int) -> dict[str, str]:
        """The state of each check."""
        with self._lock:
            if monotonic() - self._checked_at >= _FRESH_SECONDS:
                self._checks = {name: _write(store, name, at) for name, store in here.databases().items()}
                self._checks["keys"] = _turn_keys(here)
                self._checked_at = monotonic()
            return self._checks


def _write(database: Database, place: str, at: int) -> str:
    try:
        database.write(lambda tx: tx.run(_BEATS[place], id=1, at=at))
    except StorageUnavailable:
        return "unavailable"
    return "ok"


def _turn_keys(here: Installation) -> str:
    """The ring is read and opened at start; what can still fail is the cipher itself."""
    key, text = DataKey(secrets.token_bytes(32)), secrets.token_bytes(32)
    held = here.keyring.check_values()
    good = held and unseal(key, seal(key, text, bound_to=b"health"), bound_to=b"health") == text
    return "ok" if good else "unavailable"


_health: Final = _HealthCheck()


@operations.operation(
    "GET",
    "/healthz",
    access=PublicAccess(),
    answer=HealthSchema,
    errors=[NotHealthy],
    answer_example=_WELL,
)
def healthz(here: Installation, call: Call[None, None]) -> Answer:
    """Is it alive: a durable write to each database, and the keys.

    200 when all is well, 503 with the failing checks otherwise.
    """
    checks = _health.run(here, call.at)
    if any(state != "ok" for state in checks.values()):
        raise NotHealthy(_told(checks))
    return Answer({"status": "ok", "checks": checks})


def _told(checks: dict[str, str]) -> str:
    return ", ".join(f"{name}: {state}" for name, state in checks.items())


@operations.operation(
    "GET",
    "/readyz",
    access=PublicAccess(),
    answer=HealthSchema,
    errors=[NotReady],
    answer_example=_WELL,
)
def readyz(here: Installation, _call: Call[None, None]) -> Answer:
    """Is it ready for requests: databases reachable and at the newest schema."""
    checks = {}
    for place, database in here.databases().items():
        try:
            database.connect().close()
            checks[place] = "ok" if migrations.is_current(database.engine, place) else "migration pending"
        except (StorageUnavailable, DBAPIError):
            checks[place] = "unavailable"
    if any(state != "ok" for state in checks.values()):
        raise NotReady(_told(checks))
    return Answer({"status": "ok", "checks": checks})


@operations.operation("GET", "/metrics", access=PublicAccess(), answer_type=metrics.CONTENT_TYPE)
def get_metrics(_here: Installation, _call: Call[None, None]) -> Answer:
    """Counters in Prometheus text format; no content, no person."""
    return Answer(metrics.render(), headers=(("Content-Type", metrics.CONTENT_TYPE),))
