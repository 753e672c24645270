"""Probes for operators: is it alive, is it ready, what does it count."""

from typing import Final

from marshmallow import Schema, fields

from app.core import metrics, migrations
from app.core.connections import DRIVER_ERRORS
from app.core.database import Database
from app.core.errors import AppError, StorageUnavailable
from app.core.http import Answer, Call, Operations, PublicAccess
from app.core.turns import WAITING
from app.operations.installation import Installation

operations: Final[Operations[Installation]] = Operations("operations")

_WELL: Final = {"status": "ok", "checks": {"keystore": "ok", "intake": "ok", "research": "ok", "keys": "ok"}}


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
    checks = here.health.run(call.at)
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
    with WAITING:
        checks = {place: _readiness(place, database) for place, database in here.databases().items()}
    if any(state != "ok" for state in checks.values()):
        raise NotReady(_told(checks))
    return Answer({"status": "ok", "checks": checks})


def _readiness(place: str, database: Database) -> str:
    try:
        return "ok" if migrations.is_current(database, place) else "migration pending"
    except (StorageUnavailable, *DRIVER_ERRORS):
        return "unavailable"


@operations.operation("GET", "/metrics", access=PublicAccess(), answer_type=metrics.CONTENT_TYPE)
def get_metrics(_here: Installation, _call: Call[None, None]) -> Answer:
    """Counters in Prometheus text format; no content, no person."""
    return Answer(metrics.render(), headers=(("Content-Type", metrics.CONTENT_TYPE),))
