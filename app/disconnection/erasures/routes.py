"""Calls of a host for a person: erase what is held on them, and see how far that has come."""

from typing import Final

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope, Workspace
from app.access.workspaces.services import KEY_PREFIX
from app.core.connections import Transaction
from app.core.errors import NotFound
from app.core.http import Answer, Call, Operations
from app.core.ids import to_text
from app.disconnection.erasures import services
from app.disconnection.erasures.jobs import destroy_key
from app.disconnection.erasures.models import Erasure, ErasureScope
from app.disconnection.erasures.report import report_of
from app.disconnection.erasures.schemas import ErasureSchema, NewErasure, NewErasureSchema
from app.disconnection.erasures.services import Asked
from app.intake.persons.services import Subject, resolve_subject
from app.intake.preferences.errors import AccountNeeded, ConversationNeeded
from app.intake.zone import Intake

operations: Final[Operations[Intake]] = Operations("erasures")

_EXAMPLE: Final = {
    "id": "era_01kaq2m0qvf3x8v2c5t7e9h1jm",
    "scope": "person",
    "state": "running",
    "requested_at": "2026-11-22T10:00:00.000Z",
    "steps": [
        {
            "step": "content",
            "state": "done",
            "done_at": "2026-11-22T10:00:00.000Z",
            "deleted": {"comparisons": 3, "comparison_contents": 1, "votes": 1, "links": 2},
        },
        {"step": "keys", "state": "open", "deleted": {}},
    ],
    "remains": [
        {
            "what": "backups",
            "until": "2026-12-27",
            "why": "A backup of the databases from before has the rows until it is thrown away.",
        }
    ],
}


@operations.operation(
    "POST",
    "/v1/erasures",
    access=HostKey(Scope.PERSON_DATA),
    body=NewErasureSchema,
    answer=ErasureSchema,
    status=202,
    errors=[AccountNeeded, ConversationNeeded],
    is_idempotent=True,
    example={"identifiers": {"account": "user-1042"}},
    answer_example=_EXAMPLE,
)
def request_erasure(intake: Intake, call: Call[NewErasure, HostCaller]) -> Answer:
    """Erase a person, one of their conversations, or all of their votes.

    What can be read is gone when this answers: a person's key is destroyed at once. A job does the rest within seconds
    as a rule; the answer's `id` tells how far it is. For twenty seconds nothing is asked of the person.
    """
    workspace, new = call.caller.workspace, call.body
    subject = resolve_subject(intake.db, intake.pseudonyms, workspace=workspace, identifiers=new.identifiers)
    asked: list[Asked] = []

    def begin(tx: Transaction) -> Answer:
        asked[:] = [
            services.request_erasure(
                tx,
                workspace=workspace,
                subject=subject,
                scope=new.scope,
                forget_wishes=new.forget_wishes,
                idempotency=intake.idempotency,
                actor=to_text(KEY_PREFIX, call.caller.key_id),
                at=call.at,
            )
        ]
        return Answer(report_of(asked[0].erasure, settings=intake.settings), status=202)

    answer = call.write(intake.db, begin)
    destroy_keys(intake, asked[0], at=call.at)
    return answer


@operations.operation(
    "GET",
    "/v1/erasures/{id}",
    access=HostKey(Scope.PERSON_DATA),
    answer=ErasureSchema,
    errors=[NotFound],
    answer_example={**_EXAMPLE, "state": "done", "finished_at": "2026-11-22T10:00:25.000Z"},
)
def show_erasure(intake: Intake, call: Call[None, HostCaller]) -> Answer:
    """See how far an erasure has come, what it has deleted where, and what cannot be deleted."""
    workspace_id = call.caller.workspace.id
    found = intake.db.fetch(
        lambda tx: services.get_erasure(tx, workspace_id=workspace_id, text=call.path["id"])
    )
    return Answer(report_of(found, settings=intake.settings))


def erase(
    intake: Intake,
    *,
    workspace: Workspace,
    subject: Subject,
    scope: ErasureScope,
    forget_wishes: bool = False,
    actor: str,
    at: int,
) -> Erasure:
    """Begins an erasure durably, and destroys at once the keys that nothing needs any more.

    `actor` is who asks, for the audit trail: a key, or `person`. AccountNeeded, ConversationNeeded.
    """

    def begin(tx: Transaction) -> Asked:
        return services.request_erasure(
            tx,
            workspace=workspace,
            subject=subject,
            scope=scope,
            forget_wishes=forget_wishes,
            idempotency=intake.idempotency,
            actor=actor,
            at=at,
        )

    asked = intake.db.write(begin)
    destroy_keys(intake, asked, at=at)
    return asked.erasure


def destroy_keys(intake: Intake, asked: Asked, *, at: int) -> None:
    """Destroys at once the keys that nothing needs any more, once an erasure is written down."""
    intake.data_keys.destroy(asked.useless_keys)
    destroy_key(intake, asked.erasure, at=at)
