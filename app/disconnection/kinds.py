"""What passes the door: votes, and feedback. They go the same way; here is what each kind has of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from app.core.connections import Transaction
from app.core.statements import Query, Statement
from app.disconnection.preparation import prepare_record
from app.disconnection.queries import (
    COUNT_DUE,
    FIND_CONTENT,
    FIND_FINAL_VOTE,
    LIST_DUE,
    LOCK_UNLESS_BUSY,
    SET_DISCONNECTED,
    SET_LEAVING,
)
from app.intake.comparisons.models import ComparisonState
from app.intake.comparisons.queries import DELETE_CONTENT, FIND_TICKETED, LOCK_COMPARISON, MARK_UNSHARED
from app.intake.uploads.queries import DELETE_UPLOADS_OF
from app.intake.votes.queries import DELETE_VOTE
from app.privacy.sealing import DataKey
from app.research.records.content import seal_text
from app.research.records.services import has_record, insert_record


class FinalAnswer(Protocol):
    """An answer as nobody can change it any more."""

    @property
    def undo_until(self) -> int:
        """Since when it is due (ms)."""

    @property
    def workspace_id(self) -> bytes:
        """Whose it is."""

    @property
    def day(self) -> int:
        """The day of its comparison, or its own."""

    @property
    def comparison_id(self) -> bytes:
        """The comparison's id; of feedback its own. No two of them are the same."""

    @property
    def person(self) -> bytes:
        """Empty without an account."""

    @property
    def conversation(self) -> bytes | None:
        """None where the host named none."""

    @property
    def cast_at(self) -> int:
        """When it was first given (ms)."""

    @property
    def key(self) -> dict[str, Any]:
        """`workspace_id`, `day` and `comparison_id` as statement parameters."""

    @property
    def project(self) -> bytes | None:
        """None where the host named none."""

    @property
    def sharing(self) -> str:
        """What was shared when it was asked for."""

    @property
    def receipt_digest(self) -> bytes:
        """What its receipt is found by."""


@dataclass(frozen=True)
class Kind:
    """The statements and steps of one kind of answer. Statements take its `key`; states have the same names."""

    count_due: Query[Any]
    list_due: Query[Any]
    lock_unless_busy: Query[Any]
    """Its state, with the row locked; None while somebody else is at it."""
    find_final: Query[Any]
    set_leaving: Statement
    find_content: Query[Any]
    is_overtaken: Callable[[Transaction, dict[str, Any]], bool]
    """Whether its person, project or workspace has said no since it was claimed. Locks its row."""
    mark_unshared: Statement
    """Notes that nothing of it leaves, and so that nothing can be withdrawn."""
    set_disconnected: Statement
    delete_rest: Callable[[Transaction, dict[str, Any]], None]
    """Deletes what is left of it in intake, once its state says that it has left."""
    prepare: Callable[..., Any]
    """The record of an answer with its content opened."""
    seal_text: Callable[[DataKey, Any], bytes | None]
    insert_record: Callable[..., bool]
    has_record: Callable[..., bool]


def _delete_vote(tx: Transaction, key: dict[str, Any]) -> None:
    tx.run(DELETE_CONTENT, **key)
    tx.run(DELETE_UPLOADS_OF, workspace_id=key["workspace_id"], comparison_id=key["comparison_id"])
    tx.run(DELETE_VOTE, **key)


def _is_vote_overtaken(tx: Transaction, key: dict[str, Any]) -> bool:
    tx.lock(LOCK_COMPARISON, **key)
    ticketed = tx.find(FIND_TICKETED, **key)
    return ticketed is not None and ticketed.state == ComparisonState.LEAVING and ticketed.levels.is_off


VOTES: Final = Kind(
    count_due=COUNT_DUE,
    list_due=LIST_DUE,
    lock_unless_busy=LOCK_UNLESS_BUSY,
    find_final=FIND_FINAL_VOTE,
    set_leaving=SET_LEAVING,
    find_content=FIND_CONTENT,
    is_overtaken=_is_vote_overtaken,
    mark_unshared=MARK_UNSHARED,
    set_disconnected=SET_DISCONNECTED,
    delete_rest=_delete_vote,
    prepare=prepare_record,
    seal_text=seal_text,
    insert_record=insert_record,
    has_record=has_record,
)
