"""Takes one comparison, feedback or invitation of a person out of intake, inside the transaction that it is given.

Its link, if it has one, is laid where the erasure's own step behind the door follows it. What the row adds to a count
that names nobody stays counted.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from app.access.idempotency.services import Idempotency
from app.core.clock import MS_PER_DAY, day_of, quarter_of, week_of
from app.core.connections import Transaction
from app.core.ids import to_text, uuid7_time
from app.disconnection.erasures.feedback_queries import LOCK_FEEDBACK, PersonsFeedback
from app.disconnection.erasures.models import Erasure, ErasureScope
from app.disconnection.erasures.queries import (
    COUNT_CONTENT,
    COUNT_UPLOADS,
    DELETE_ALIAS,
    DELETE_COMPARISON,
    DELETE_INVITATION,
    FIND_COMPARISON,
    FIND_INVITATION,
    FIND_LINKS_RECEIPT,
    FIND_VOTES_RECEIPT,
    KEEP_LINK,
    PersonsComparison,
    PersonsInvitation,
)
from app.disconnection.models import AliasKind, conversation_of
from app.disconnection.queries import DELETE_LINK
from app.disconnection.receipts.queries import SET_WITHDRAWN
from app.disconnection.services import remember_receipt
from app.intake.comparisons.content import COMPARISON_PREFIX
from app.intake.comparisons.forgetting import delete_content
from app.intake.comparisons.models import ComparisonState, comparison_key
from app.intake.comparisons.queries import LOCK_COMPARISON
from app.intake.feedback.content import FEEDBACK_PREFIX
from app.intake.feedback.models import feedback_key
from app.intake.feedback.queries import DELETE_FEEDBACK
from app.intake.invitations.exposure_queries import ADD_EXPOSURE, EndedComparison, EndedInvitation
from app.intake.invitations.models import Outcome
from app.intake.invitations.redemption import INVITATION_PREFIX
from app.intake.votes.queries import DELETE_VOTE

# Answers are kept for a day, and go with the hour in which it ends.
_ANSWERS_KEPT_MS: Final = MS_PER_DAY + MS_PER_DAY // 24


@dataclass
class TakenOut:
    """What went: rows by table, and the data keys to destroy once that is committed."""

    deleted: Counter[str] = field(default_factory=Counter)
    useless_keys: list[bytes] = field(default_factory=list)
    exposures: Counter[tuple[int, str, str]] = field(default_factory=Counter)


class Remover:
    """Takes out what belongs to one erasure."""

    def __init__(
        self, tx: Transaction, *, idempotency: Idempotency, erasure: Erasure, person: bytes, at: int
    ) -> None:
        self._tx = tx
        self._idempotency = idempotency
        self._workspace_id = erasure.workspace_id
        self._erasure_id = erasure.id
        self._scope = erasure.scope
        self._person = person
        self._at = at
        self.taken = TakenOut()

    def take_comparison(self, listed: PersonsComparison, *, keeps_row: bool) -> None:
        """Deletes a comparison with all that hangs on it. With `keeps_row` it stays as withdrawn, for its host."""
        tx, key = self._tx, listed.key(self._workspace_id)
        tx.lock(LOCK_COMPARISON, **key)
        # Read again under the lock: it may have been voted on, or disconnected, since it was listed.
        found = tx.find(FIND_COMPARISON, **key)
        if found is None:
            return
        has_vote = self._take_vote(key)
        self._take_content(key)
        if keeps_row:
            tx.run(SET_WITHDRAWN, **key, at=self._at)
            return
        self._take_answers("create_comparison", COMPARISON_PREFIX, found.id, found.created_at)
        # An erased conversation's number is the way to its records: it goes last.
        if found.conversation is not None and self._scope == ErasureScope.PERSON:
            self._take_conversation_alias(found.conversation, found.created_at)
        tx.run(DELETE_COMPARISON, **key)
        self.taken.deleted["comparisons"] += 1
        self._count_comparison(found, has_vote=has_vote)
        if found.invitation_id is not None:
            day = day_of(uuid7_time(found.invitation_id))
            invited = tx.find(
                FIND_INVITATION,
                workspace_id=self._workspace_id,
                day=day,
                invitation_id=found.invitation_id,
            )
            if invited is not None:
                self.take_invitation(invited, day=day)

    def take_feedback(self, listed: PersonsFeedback) -> None:
        """Deletes feedback with its rating and text, whatever the scope: no host asks how it stands."""
        tx, key = self._tx, comparison_key(self._workspace_id, listed.day, listed.id)
        # Read again under the lock: it may have been rated, undone or disconnected since it was listed.
        found = tx.find(LOCK_FEEDBACK, **key)
        if found is None or (self._scope == ErasureScope.VOTES and not found.is_rated):
            return
        self._take_link(key, of_answer=found.receipt_digest)
        # Answers to changes are kept under moments of their own: they say no more, and go within the day.
        for moment in {found.created_at, found.rated_at or found.created_at}:
            for operation in ("give_feedback", "offer_feedback"):
                self._take_answers(operation, FEEDBACK_PREFIX, found.id, moment)
        if found.conversation is not None and self._scope == ErasureScope.PERSON:
            for moment in {found.created_at, found.rated_at or found.created_at}:
                self._take_conversation_alias(found.conversation, moment)
        tx.run(DELETE_FEEDBACK, **feedback_key(self._workspace_id, found.id))
        self.taken.deleted["feedback"] += 1

    def take_link(self, *, day: int, comparison_id: bytes) -> None:
        """Takes out a link. Its comparison, if age has left it, is withdrawn, and its feedback is gone."""
        tx, key = self._tx, comparison_key(self._workspace_id, day, comparison_id)
        tx.lock(LOCK_COMPARISON, **key)
        self._take_vote(key)
        tx.run(SET_WITHDRAWN, **key, at=self._at)
        self.taken.deleted["feedback"] += tx.run(
            DELETE_FEEDBACK, **feedback_key(self._workspace_id, comparison_id)
        )

    def take_invitation(self, invited: PersonsInvitation, *, day: int) -> None:
        """Deletes an invitation."""
        if not self._tx.run(
            DELETE_INVITATION, workspace_id=self._workspace_id, day=day, invitation_id=invited.id
        ):
            return
        self.taken.deleted["invitations"] += 1
        self._take_answers("create_invitation", INVITATION_PREFIX, invited.id, invited.created_at)
        ended = EndedInvitation(day, invited.surface, invited.comparison_id)
        self.taken.exposures[day, invited.surface or "", ended.outcome.value] += 1

    def store_counts(self) -> None:
        """Adds what was deleted to the counts that name nobody."""
        # In one order everywhere: two of these at a time then wait for each other instead of deadlocking.
        self._tx.run_many(
            ADD_EXPOSURE,
            [
                {
                    "workspace_id": self._workspace_id,
                    "day": day,
                    "surface": surface,
                    "outcome": outcome,
                    "count": count,
                }
                for (day, surface, outcome), count in sorted(self.taken.exposures.items())
            ],
        )

    def _take_vote(self, key: dict[str, Any]) -> bool:
        """Deletes the vote, and the link of one that is leaving or has left; its receipt says so from now on."""
        of_vote = self._tx.find(FIND_VOTES_RECEIPT, **key)
        self._take_link(key, of_answer=of_vote)
        self.taken.deleted["votes"] += self._tx.run(DELETE_VOTE, **key)
        return of_vote is not None

    def _take_link(self, key: dict[str, Any], *, of_answer: bytes | None) -> None:
        """`of_answer` is the digest of the receipt of a vote or of feedback that is still in intake."""
        tx, deleted = self._tx, self.taken.deleted
        of_link = tx.find(FIND_LINKS_RECEIPT, **key)
        digest = of_answer or of_link
        if digest is not None:
            pending = key["comparison_id"] if of_link is not None else None
            remember_receipt(tx, receipt_digest=digest, pending=pending, at=self._at)
        if of_link is not None:
            tx.run(KEEP_LINK, **key, erasure_id=self._erasure_id)
            deleted["links"] += tx.run(DELETE_LINK, **key)

    def _take_content(self, key: dict[str, Any]) -> None:
        tx, deleted = self._tx, self.taken.deleted
        deleted["comparison_contents"] += tx.one(COUNT_CONTENT, **key)
        deleted["uploads"] += tx.one(
            COUNT_UPLOADS, workspace_id=key["workspace_id"], comparison_id=key["comparison_id"]
        )
        useless = delete_content(tx, key=key, person=self._person)
        deleted["data_keys"] += len(useless)
        self.taken.useless_keys += useless

    def _take_answers(self, operation: str, prefix: str, row_id: bytes, created_at: int) -> None:
        if created_at < self._at - _ANSWERS_KEPT_MS:
            return
        text, name = to_text(prefix, row_id), "invitation" if prefix == INVITATION_PREFIX else "id"
        self.taken.deleted["idempotency_keys"] += self._idempotency.forget_answers(
            self._tx,
            workspace_id=self._workspace_id,
            operation=operation,
            created_at=created_at,
            is_meant=lambda body: isinstance(body, dict) and body.get(name) == text,
        )

    def _take_conversation_alias(self, conversation: bytes, created_at: int) -> None:
        """A vote may have been cast in the week after its comparison's, and a week belongs to one quarter."""
        weeks = (week_of(day_of(created_at)), week_of(day_of(created_at) + 7))
        for quarter in sorted({quarter_of(week) for week in weeks}):
            self.taken.deleted["aliases"] += self._tx.run(
                DELETE_ALIAS,
                workspace_id=self._workspace_id,
                kind=AliasKind.CONVERSATION.value,
                quarter=quarter,
                pseudonym=conversation_of(self._person, conversation),
            )

    def _count_comparison(self, found: PersonsComparison, *, has_vote: bool) -> None:
        ended = EndedComparison(found.day, found.surface, found.state, found.shown_at).outcome
        if found.state == ComparisonState.OPEN and has_vote:
            ended = Outcome.COMPARISON_VOTED
        self.taken.exposures[found.day, found.surface or "", ended.value] += 1
