"""Use cases of erasures, each one transaction: ask for one, do a part of it, look at it."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from app.access.idempotency.services import Idempotency
from app.access.workspaces.models import INTAKE, AuditKind, SharingLevel, Workspace
from app.access.workspaces.services import record_audit
from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.errors import NotFound
from app.core.ids import from_text, to_text, uuid7
from app.disconnection.erasures.feedback_queries import (
    HAS_SEALED_FEEDBACK,
    LIST_FEEDBACK,
    LIST_FEEDBACK_OF,
    LIST_RATED_FEEDBACK,
    PersonsFeedback,
)
from app.disconnection.erasures.models import (
    ERASURE_PREFIX,
    Erasure,
    ErasureScope,
    ErasureState,
    Progress,
    StepName,
)
from app.disconnection.erasures.person_tables import EMPTIED
from app.disconnection.erasures.queries import (
    DELETE_ERASURE_LINKS,
    DELETE_UNTOUCHED,
    END_SNOOZE,
    EXTEND_QUIET,
    FIND_ERASURE,
    FIND_RUNNING_WITHDRAWAL,
    FINISH,
    HAS_CONTENT,
    INSERT_ERASURE,
    LIST_COMPARISONS,
    LIST_INVITATIONS,
    LIST_OF_CONVERSATION,
    LIST_VOTED,
    LOCK_ERASURE,
    RESET_PERSON,
    SET_PROGRESS,
    SNOOZE,
    PersonsComparison,
)
from app.disconnection.erasures.taking_out import Remover
from app.intake.comparisons.closing import lock_open_of_person
from app.intake.invitations.pair_counts import last_settled_day
from app.intake.invitations.queries import STORE_PAIR_TOTALS
from app.intake.persons.models import QUIET_MS, Ask
from app.intake.persons.services import Subject, lock_person
from app.intake.preferences.errors import AccountNeeded, ConversationNeeded

# A short transaction, also on the database that takes one writer at a time.
BATCH: Final = 100


class Asked(NamedTuple):
    """An erasure that is written down, with the part of it that is done already."""

    erasure: Erasure
    useless_keys: Sequence[bytes]
    """Data keys of single comparisons and uploads, to be destroyed at once when it is committed."""


class Done(NamedTuple):
    """What a part came to."""

    is_complete: bool
    useless_keys: Sequence[bytes] = ()


def request_erasure(
    tx: Transaction,
    *,
    workspace: Workspace,
    subject: Subject,
    scope: ErasureScope,
    forget_wishes: bool,
    idempotency: Idempotency,
    actor: str,
    at: int,
) -> Asked:
    """Begins an erasure, and does as much of it as goes into one short transaction; a job does the rest.

    From the commit on nothing is asked of the person or sealed for them for `QUIET_MS`, and of what they had, the
    newest `BATCH` comparisons are gone. What they have refused still holds afterwards, unless `forget_wishes` is set.
    AccountNeeded; ConversationNeeded for a scope of one conversation.
    """
    if not subject.person:
        raise AccountNeeded
    if scope is ErasureScope.CONVERSATION and not subject.conversations:
        raise ConversationNeeded
    erasure = Erasure(
        workspace_id=workspace.id,
        id=uuid7(at),
        scope=scope.value,
        state=ErasureState.RUNNING.value,
        person=subject.person,
        conversations_pseudonyms=b"".join(subject.conversations)
        if scope is ErasureScope.CONVERSATION
        else None,
        requested_at=at,
        quiet_until=at + QUIET_MS,
        finished_at=None,
        progress=Progress.begun(scope).to_json(),
    )
    lock_open_of_person(tx, workspace_id=workspace.id, person=subject.person)
    _keep_quiet(tx, erasure, forget_wishes=forget_wishes, at=at)
    tx.run(INSERT_ERASURE, **erasure._asdict())
    record_audit(
        tx,
        INTAKE,
        kind=AuditKind.ERASURE_REQUESTED,
        workspace_id=workspace.id,
        actor=actor,
        subject=erasure.id,
        at=at,
    )
    if scope is ErasureScope.PERSON:
        _empty_person_tables(tx, erasure=erasure, at=at)
    done = take_content(tx, erasure=erasure, idempotency=idempotency, at=at)
    return Asked(_reread(tx, erasure), done.useless_keys)


def withdraw_votes(
    tx: Transaction,
    *,
    workspace: Workspace,
    person: bytes,
    idempotency: Idempotency,
    actor: str,
    at: int,
) -> Asked:
    """Takes back every vote and rating of a person, wherever it is. What they wish stays as it is. AccountNeeded.

    Repeated while it goes on and nothing was given since, it is the same one.
    """
    this = {"workspace_id": workspace.id, "person": person}
    if not person:
        raise AccountNeeded
    lock_person(tx, **this, day=day_of(at))
    running = tx.find(FIND_RUNNING_WITHDRAWAL, **this)
    if running is not None and not _list_comparisons(tx, running) and not _list_feedback(tx, running):
        return Asked(running, ())
    return request_erasure(
        tx,
        workspace=workspace,
        subject=Subject(person=person),
        scope=ErasureScope.VOTES,
        forget_wishes=False,
        idempotency=idempotency,
        actor=actor,
        at=at,
    )


def _keep_quiet(tx: Transaction, erasure: Erasure, *, forget_wishes: bool, at: int) -> None:
    """Locks the person, so that whatever is being registered for them comes before this or is withheld after it."""
    this = {"workspace_id": erasure.workspace_id, "person": _person(erasure)}
    row = lock_person(tx, **this, day=day_of(at))
    if erasure.scope != ErasureScope.PERSON:
        tx.run(SNOOZE, **this, until=erasure.quiet_until)
        return
    refuses_to_share = row.sharing not in (None, SharingLevel.VOTE_AND_CONTENT) and not forget_wishes
    tx.run(
        RESET_PERSON,
        **this,
        today=day_of(at),
        new_ask=Ask.YES.value if forget_wishes else row.ask,
        new_sharing=row.sharing if refuses_to_share else None,
        until=erasure.quiet_until,
    )


def _person(erasure: Erasure) -> bytes:
    if erasure.person is None:
        raise ValueError("the erasure is done, and about nobody")
    return erasure.person


def get_erasure(tx: Transaction, *, workspace_id: bytes, text: str) -> Erasure:
    """An erasure of a workspace by its external id. NotFound."""
    erasure_id = from_text(ERASURE_PREFIX, text)
    if erasure_id is None:
        raise NotFound
    found = tx.find(FIND_ERASURE, workspace_id=workspace_id, erasure_id=erasure_id)
    if found is None:
        raise NotFound
    return found


def erasure_text(erasure_id: bytes) -> str:
    """An erasure's external id."""
    return to_text(ERASURE_PREFIX, erasure_id)


def _reread(tx: Transaction, erasure: Erasure) -> Erasure:
    return tx.one(FIND_ERASURE, **erasure.key)


def _lock_running(tx: Transaction, erasure: Erasure) -> Erasure | None:
    """The erasure as it stands now, locked; None when it is done. It is locked before its person, by everybody."""
    tx.lock(LOCK_ERASURE, **erasure.key)
    found = tx.find(FIND_ERASURE, **erasure.key)
    return found if found is not None and found.state == ErasureState.RUNNING else None


def in_step(
    tx: Transaction, erasure: Erasure, *, name: StepName, work: Callable[[Erasure, Progress], Done], at: int
) -> Done:
    """Does work of a step that is still open, and notes it in the same transaction: counted once, whoever does it."""
    found = _lock_running(tx, erasure)
    if found is None:
        return Done(is_complete=True)
    progress = Progress.from_json(found.progress)
    if not progress.has_open(name):
        return Done(is_complete=True)
    done = work(found, progress)
    if done.is_complete:
        progress.get(name).done_at = at
    tx.run(SET_PROGRESS, **erasure.key, new_progress=progress.to_json())
    return done


def take_content(tx: Transaction, *, erasure: Erasure, idempotency: Idempotency, at: int) -> Done:
    """Takes out up to `BATCH` comparisons, and as much feedback; complete when there are no more."""

    def work(found: Erasure, progress: Progress) -> Done:
        listed, feedback = _list_comparisons(tx, found), _list_feedback(tx, found)
        if found.scope != ErasureScope.VOTES:
            # Pairs of settled days are counted before their comparisons go.
            tx.run(STORE_PAIR_TOTALS, workspace_id=found.workspace_id, through=last_settled_day(at))
        remover = Remover(tx, idempotency=idempotency, erasure=found, person=_person(found), at=at)
        # Locked in one order everywhere, so that two who hold several wait for each other instead of deadlocking.
        for each in sorted(listed, key=lambda each: (each.day, each.id)):
            remover.take_comparison(each, keeps_row=found.scope == ErasureScope.VOTES)
        for given in sorted(feedback, key=lambda given: (given.day, given.id)):
            remover.take_feedback(given)
        remover.store_counts()
        progress.get(StepName.CONTENT).count(remover.taken.deleted)
        return Done(max(len(listed), len(feedback)) < BATCH, remover.taken.useless_keys)

    return in_step(tx, erasure, name=StepName.CONTENT, work=work, at=at)


def _list_comparisons(tx: Transaction, erasure: Erasure) -> list[PersonsComparison]:
    this = {"workspace_id": erasure.workspace_id, "person": _person(erasure), "most": BATCH}
    if erasure.scope == ErasureScope.CONVERSATION:
        found = [tx.list(LIST_OF_CONVERSATION, **this, conversation=each) for each in erasure.conversations]
        return [each for some in found for each in some][:BATCH]
    return tx.list(LIST_VOTED if erasure.scope == ErasureScope.VOTES else LIST_COMPARISONS, **this)


def _list_feedback(tx: Transaction, erasure: Erasure) -> list[PersonsFeedback]:
    this = {"workspace_id": erasure.workspace_id, "person": _person(erasure), "most": BATCH}
    if erasure.scope == ErasureScope.CONVERSATION:
        found = [tx.list(LIST_FEEDBACK_OF, **this, conversation=each) for each in erasure.conversations]
        return [each for some in found for each in some][:BATCH]
    return tx.list(LIST_RATED_FEEDBACK if erasure.scope == ErasureScope.VOTES else LIST_FEEDBACK, **this)


def may_destroy_key(tx: Transaction, *, erasure: Erasure, at: int) -> bool:
    """Whether the person's data key may go now, for the first time or once more: it seals nothing that is to stay.

    Nothing new is sealed while it is destroyed: the quiet time begins anew. A worker that comes late, after that, finds
    the key of somebody who has come back, which has the same id.
    """
    found = _lock_running(tx, erasure)
    if found is None:
        return False
    this = {"workspace_id": erasure.workspace_id, "person": _person(erasure)}
    lock_person(tx, **this, day=day_of(at))
    is_first = Progress.from_json(found.progress).has_open(StepName.KEYS)
    if not is_first and at >= found.quiet_until:
        return False
    if (erasure.scope != ErasureScope.PERSON or not is_first) and any(
        tx.find(has_any, **this) is not None for has_any in (HAS_CONTENT, HAS_SEALED_FEEDBACK)
    ):
        return False
    tx.run(SNOOZE, **this, until=at + QUIET_MS)
    tx.run(EXTEND_QUIET, **erasure.key, until=at + QUIET_MS)
    return True


def note_key_destroyed(tx: Transaction, *, erasure: Erasure, at: int) -> Done:
    """Notes that the person's key is gone for good."""

    def work(_found: Erasure, progress: Progress) -> Done:
        progress.get(StepName.KEYS).count({"data_keys": 1})
        return Done(is_complete=True)

    return in_step(tx, erasure, name=StepName.KEYS, work=work, at=at)


def take_invitations(
    tx: Transaction, *, erasure: Erasure, idempotency: Idempotency, day: int, at: int
) -> Done:
    """Takes out the person's invitations of a day. The step goes on until somebody says that it is over."""

    def work(found: Erasure, progress: Progress) -> Done:
        remover = Remover(tx, idempotency=idempotency, erasure=found, person=_person(found), at=at)
        for invited in tx.list(
            LIST_INVITATIONS, workspace_id=found.workspace_id, day=day, person=_person(found)
        ):
            if found.scope == ErasureScope.PERSON or invited.conversation in found.conversations:
                remover.take_invitation(invited, day=day)
        remover.store_counts()
        progress.get(StepName.INVITATIONS).count(remover.taken.deleted)
        return Done(is_complete=False)

    return in_step(tx, erasure, name=StepName.INVITATIONS, work=work, at=at)


def end_step(tx: Transaction, *, erasure: Erasure, name: StepName, at: int) -> Done:
    """Notes that a step is over."""
    return in_step(tx, erasure, name=name, work=lambda _found, _progress: Done(is_complete=True), at=at)


def _empty_person_tables(tx: Transaction, *, erasure: Erasure, at: int) -> None:
    """Deletes all rows that are kept by the person's pseudonym alone.

    At once: a wish of a moment later is one of somebody who comes back, and stays.
    """

    def work(found: Erasure, progress: Progress) -> Done:
        for table in EMPTIED:
            gone = tx.run(table.delete, workspace_id=found.workspace_id, person=_person(found))
            progress.get(StepName.PERSON).count({table.name: gone})
        return Done(is_complete=True)

    in_step(tx, erasure, name=StepName.PERSON, work=work, at=at)


def finish_erasure(tx: Transaction, *, erasure: Erasure, at: int) -> bool:
    """Lets go of the person, once all steps are done and the quiet time is over; whether it did.

    Their row goes, unless it holds a refusal, a restriction, or something that was said since.
    """
    found = _lock_running(tx, erasure)
    if found is None or at < found.quiet_until:
        return False
    progress = Progress.from_json(found.progress)
    if not progress.is_done:
        return False
    this = {"workspace_id": found.workspace_id, "person": _person(found)}
    tx.run(END_SNOOZE, **this, until=found.quiet_until)
    if found.scope == ErasureScope.PERSON:
        # All they had is gone: what there is they have given since, and it has to be found by the same pseudonym.
        has_comparisons = tx.find(LIST_COMPARISONS, **this, most=1) is not None
        is_back = has_comparisons or tx.find(LIST_FEEDBACK, **this, most=1) is not None
        gone = 0 if is_back else tx.run(DELETE_UNTOUCHED, **this)
        progress.get(StepName.PERSON).count({"persons": gone})
        tx.run(SET_PROGRESS, **found.key, new_progress=progress.to_json())
    tx.run(DELETE_ERASURE_LINKS, **found.key)
    tx.run(FINISH, **found.key, at=at)
    return True
