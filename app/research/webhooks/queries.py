"""Statements over webhooks."""

from typing import Any, Final, NamedTuple

from sqlalchemy import Select, and_, bindparam, delete, exists, func, literal, or_, select, update

from app.core.statements import insert_or_update, insert_row, query, scalar_query, statement
from app.research.exports.models import ExportState, exports
from app.research.recall.models import tombstones
from app.research.webhooks.models import StoredWebhook, WebhookState, webhook_positions, webhooks

_E: Final = exports.c
_T: Final = tombstones.c
_W: Final = webhooks.c
_P: Final = webhook_positions.c

_COLUMNS: Final = tuple(_W[name] for name in StoredWebhook._fields)
_BY_ID: Final = _W.id == bindparam("webhook_id")
_OF_WORKSPACE: Final = _W.workspace_id == bindparam("workspace_id")
_IS_CLAIMED: Final = and_(_BY_ID, _W.claim == bindparam("held_claim"))
_HAS_ENDED: Final = or_(
    *(_E.state == state.value for state in (ExportState.EXPIRED, ExportState.FAILED, ExportState.CANCELLED))
)

INSERT_WEBHOOK: Final = insert_row(webhooks)
FIND_WEBHOOK: Final = query(select(*_COLUMNS).where(_BY_ID, _OF_WORKSPACE), StoredWebhook)
LIST_WEBHOOKS: Final = query(
    select(*_COLUMNS).where(_OF_WORKSPACE).order_by(_W.created_at.desc(), _W.id), StoredWebhook
)
COUNT_WEBHOOKS: Final = scalar_query(select(func.count()).select_from(webhooks).where(_OF_WORKSPACE))
DELETE_WEBHOOK: Final = statement(delete(webhooks).where(_BY_ID, _OF_WORKSPACE))
DELETE_POSITIONS: Final = statement(delete(webhook_positions).where(_P.webhook_id == bindparam("webhook_id")))


def _untold(selected: Select[Any]) -> Select[Any]:
    """Tombstones of living exports that a webhook is for and has not confirmed."""
    return (
        selected.join(exports, and_(_E.id == _T.export_id, _E.state == ExportState.READY.value))
        .outerjoin(webhook_positions, and_(_P.webhook_id == _W.id, _P.export_id == _T.export_id))
        .where(
            _E.workspace_id == _W.workspace_id,
            or_(_W.export_id.is_(None), _W.export_id == _T.export_id),
            _T.number > func.coalesce(_P.last_number, 0),
        )
    )


# A deliverer that was killed does not say so: its claim lapses.
_IS_FREE: Final = and_(
    _W.state != WebhookState.GIVEN_UP.value,
    _W.next_attempt_at <= bindparam("at"),
    _W.claimed_until < bindparam("at"),
)
LIST_DUE: Final = scalar_query(
    select(_W.id).where(
        _IS_FREE, exists(_untold(select(literal(1)).select_from(tombstones)).correlate(webhooks))
    )
)
CLAIM: Final = statement(
    update(webhooks)
    .where(_BY_ID, _IS_FREE)
    .values(claim=bindparam("new_claim"), claimed_until=bindparam("until"))
)
FIND_CLAIMED: Final = query(select(*_COLUMNS).where(_IS_CLAIMED), StoredWebhook)


class Untold(NamedTuple):
    """An export with tombstones that a recipient has not confirmed, and the last that it has."""

    export_id: bytes
    last_number: int


FIND_UNTOLD: Final = query(
    _untold(
        select(_T.export_id, func.coalesce(_P.last_number, 0)).select_from(tombstones.join(webhooks, _BY_ID))
    )
    .order_by(_T.export_id)
    .limit(1),
    Untold,
)
CONFIRM: Final = statement(
    update(webhooks)
    .where(_IS_CLAIMED)
    .values(
        state=WebhookState.ACTIVE.value,
        attempts=0,
        failing_since=None,
        last_failure=None,
        last_status=bindparam("status"),
        delivered_at=bindparam("at"),
        claimed_until=bindparam("until"),
    )
)
SET_POSITION: Final = insert_or_update(
    webhook_positions, keys=["webhook_id", "export_id"], update=["last_number"]
)
NOTE_FAILURE: Final = statement(
    update(webhooks)
    .where(_IS_CLAIMED)
    .values(
        state=bindparam("new_state"),
        attempts=_W.attempts + 1,
        failing_since=func.coalesce(_W.failing_since, bindparam("at")),
        last_failure=bindparam("failure"),
        last_status=bindparam("status"),
        next_attempt_at=bindparam("next_at"),
        claim=None,
        claimed_until=0,
    )
)
RELEASE: Final = statement(update(webhooks).where(_IS_CLAIMED).values(claim=None, claimed_until=0))

_IS_WITHOUT_EXPORT: Final = exists().where(_E.id == _W.export_id, _HAS_ENDED)
_IS_PASSED: Final = or_(
    exists().where(_E.id == _P.export_id, _HAS_ENDED),
    ~exists().where(_W.id == _P.webhook_id),
)
FORGET_WEBHOOKS: Final = statement(delete(webhooks).where(_IS_WITHOUT_EXPORT))
COUNT_FORGOTTEN_WEBHOOKS: Final = scalar_query(
    select(func.count()).select_from(webhooks).where(_IS_WITHOUT_EXPORT)
)
FORGET_POSITIONS: Final = statement(delete(webhook_positions).where(_IS_PASSED))
COUNT_FORGOTTEN_POSITIONS: Final = scalar_query(
    select(func.count()).select_from(webhook_positions).where(_IS_PASSED)
)
