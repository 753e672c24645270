"""The sweep that carries erasures out: step by step, each found again where a kill has left it."""

from typing import Final

import structlog

from app.core.clock import day_of
from app.core.errors import StorageUnavailable
from app.core.ids import hex_of
from app.core.logging import frames_of
from app.disconnection.crossing import Door
from app.disconnection.erasures import behind, services
from app.disconnection.erasures.models import Erasure, ErasureScope, ErasureState, Progress, StepName
from app.disconnection.erasures.queries import (
    FIND_ERASURE,
    FIRST_INVITATION_DAY,
    LIST_INVITATIONS,
    LIST_RUNNING,
)
from app.intake.zone import Intake
from app.privacy.data_keys import person_key_id

_log: Final = structlog.get_logger("pairvote.erasures")


def carry_out_erasures(intake: Intake, door: Door | None, *, at: int) -> int:
    """Carries on with every erasure that is not done; how many came to their end.

    Without a door, in a process that may not open research, the rest is left to one that may.
    """
    running = intake.db.fetch(lambda tx: tx.list(LIST_RUNNING))
    return sum(_carry_on(intake, door, erasure, at) for erasure in running)


def _carry_on(intake: Intake, door: Door | None, erasure: Erasure, at: int) -> bool:
    try:
        _do_intake(intake, erasure, at)
        if door is not None:
            _do_behind(door, erasure, at)
    except StorageUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - one damaged row must not keep all other erasures waiting
        _log.error(
            "erasure_failed", erasure=hex_of(erasure.id), kind=type(error).__name__, at=frames_of(error)
        )
        return False
    return intake.db.write(lambda tx: services.finish_erasure(tx, erasure=erasure, at=at))


def _open_step(intake: Intake, erasure: Erasure, name: StepName) -> bool:
    found = intake.db.fetch(lambda tx: tx.find(FIND_ERASURE, **erasure.key))
    if found is None or found.state != ErasureState.RUNNING:
        return False
    return Progress.from_json(found.progress).has_open(name)


def _do_intake(intake: Intake, erasure: Erasure, at: int) -> None:
    while _open_step(intake, erasure, StepName.CONTENT):
        done = intake.db.write(
            lambda tx: services.take_content(tx, erasure=erasure, idempotency=intake.idempotency, at=at)
        )
        intake.data_keys.destroy(done.useless_keys)
    if _open_step(intake, erasure, StepName.KEYS) or _was_made_again(intake, erasure, at):
        destroy_key(intake, erasure, at=at)
    if _open_step(intake, erasure, StepName.INVITATIONS):
        _take_invitations(intake, erasure, at)


def destroy_key(intake: Intake, erasure: Erasure, *, at: int) -> None:
    """Destroys the person's data key, once it seals nothing that is to stay, and notes it."""
    if erasure.person is None:
        return
    if not intake.db.write(lambda tx: services.may_destroy_key(tx, erasure=erasure, at=at)):
        return
    intake.data_keys.destroy([person_key_id(erasure.workspace_id, erasure.person)])
    intake.db.write(lambda tx: services.note_key_destroyed(tx, erasure=erasure, at=at))


def _was_made_again(intake: Intake, erasure: Erasure, at: int) -> bool:
    """Whether a call that was under way when the person's key was destroyed has made them another one.

    It seals nothing: the call was refused. Later ones see that the person is leaving, and make none. Once the quiet
    time is over, it may be that of somebody who came back.
    """
    if erasure.person is None or erasure.scope != ErasureScope.PERSON or at >= erasure.quiet_until:
        return False
    return intake.data_keys.find(person_key_id(erasure.workspace_id, erasure.person)) is not None


def _take_invitations(intake: Intake, erasure: Erasure, at: int) -> None:
    """Day by day, from the oldest that there is: nothing leads from a person to their invitations."""
    first = intake.db.fetch(lambda tx: tx.find(FIRST_INVITATION_DAY, workspace_id=erasure.workspace_id))
    this = {"workspace_id": erasure.workspace_id, "person": erasure.person}
    for day in range(day_of(at) + 1 if first is None else first, day_of(at) + 1):
        # A whole day is gone through: not while others wait to write.
        if not intake.db.fetch(lambda tx, day=day: tx.list(LIST_INVITATIONS, **this, day=day)):  # type: ignore[misc]
            continue
        intake.db.write(
            lambda tx, day=day: services.take_invitations(  # type: ignore[misc]
                tx, erasure=erasure, idempotency=intake.idempotency, day=day, at=at
            )
        )
    intake.db.write(lambda tx: services.end_step(tx, erasure=erasure, name=StepName.INVITATIONS, at=at))


def _do_behind(door: Door, erasure: Erasure, at: int) -> None:
    """Only when nothing of the person is left that could still go through the door."""
    if _open_step(door.intake, erasure, StepName.CONTENT):
        return
    if _open_step(door.intake, erasure, StepName.RECORDS):
        behind.take_records(door, erasure, at=at)
    if not _open_step(door.intake, erasure, StepName.RECORDS) and _open_step(
        door.intake, erasure, StepName.EXPORTS
    ):
        behind.tell_exports(door, erasure, at=at)
