"""What is kept of a workspace for how long, and what retention has deleted of it, over HTTP."""

from typing import Any, Final

from marshmallow import Schema, fields

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope
from app.core.clock import rfc3339
from app.core.http import Answer, Call, Operations
from app.operations.installation import Installation
from app.operations.retention.running import Standing, list_standing
from app.research.exports.models import EXPORT_FOLDERS

operations: Final[Operations[Installation]] = Operations("retention")


class KeptSchema(Schema):
    """A class of what is kept."""

    zone = fields.String(required=True, metadata={"description": "`intake`, `research` or `keystore`."})
    name = fields.String(required=True, metadata={"description": "A table, or a kind of file."})
    rule = fields.String(required=True, metadata={"description": "How it ends, in a sentence."})
    days = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The workspace's period; null where age ends nothing."},
    )
    is_own = fields.Boolean(required=True, metadata={"description": "Whether the workspace has chosen it."})
    least_days = fields.Integer(required=True, allow_none=True)
    most_days = fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "What may be chosen: `flask workspace set WORKSPACE --retention NAME=DAYS`."
        },
    )
    last_run_at = fields.DateTime(required=True, allow_none=True)
    next_run_at = fields.DateTime(required=True, allow_none=True)
    deleted = fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "Of this workspace, in the last run; null where nobody tells workspaces apart."
        },
    )
    deleted_total = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The same of all runs."}
    )


class RetentionSchema(Schema):
    """Every class of the zones that this server serves."""

    classes = fields.List(fields.Nested(KeptSchema), required=True)


@operations.operation(
    "GET",
    "/v1/retention",
    access=HostKey(Scope.POLICY),
    answer=RetentionSchema,
    answer_example={
        "classes": [
            {
                "zone": "intake",
                "name": "reports",
                "rule": "At most 55 days, with the data key of its own, whatever becomes of the comparison.",
                "days": 30,
                "is_own": True,
                "least_days": 1,
                "most_days": 55,
                "last_run_at": "2026-11-02T12:00:00.000Z",
                "next_run_at": "2026-11-02T13:00:00.000Z",
                "deleted": 2,
                "deleted_total": 118,
            }
        ]
    },
)
def show_retention(here: Installation, call: Call[None, HostCaller]) -> Answer:
    """See what is kept for how long, and what was deleted when its time was over.

    Counts are those of the caller's workspace. A server of one zone tells of that zone.
    """
    workspace = call.caller.workspace
    found = list_standing(here, workspace=workspace)
    return Answer(
        {"classes": [_told(each, each.which.name in workspace.options.retention) for each in found]}
    )


def _told(each: Standing, is_own: bool) -> dict[str, Any]:
    which, ran, own = each.which, each.run, each.own
    least, most = which.retention.bounds or (None, None)
    is_counted = ran is not None and (which.is_by_workspace or which == EXPORT_FOLDERS) and which.has_period
    is_of_last_run = ran is not None and own is not None and own.started_at == ran.started_at
    return {
        "zone": which.zone,
        "name": which.name,
        "rule": which.retention.rule,
        "days": each.days,
        "is_own": is_own,
        "least_days": least,
        "most_days": most,
        "last_run_at": None if ran is None else rfc3339(ran.started_at),
        "next_run_at": None if each.next_run_at is None else rfc3339(each.next_run_at),
        "deleted": (own.deleted if own is not None and is_of_last_run else 0) if is_counted else None,
        "deleted_total": (own.deleted_total if own is not None else 0) if is_counted else None,
    }
