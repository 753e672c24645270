"""Mistakes that somebody could make, put in on purpose: the machine has to find each."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from unittest import mock

from app.access.workspaces.models import SharingLevel
from app.core.connections import Transaction
from app.disconnection import kinds, taking_back
from app.disconnection import services as door
from app.disconnection.erasures import behind, taking_out
from app.disconnection.erasures import services as erasures
from app.disconnection.receipts import services as receipts
from app.disconnection.receipts.models import ReceiptState
from app.disconnection.receipts.queries import FIND_VOTE
from app.intake.comparisons import jobs as expiry
from app.intake.comparisons import services as registration
from app.intake.comparisons.models import TicketedComparison
from app.intake.comparisons.queries import FIND_TICKETED, MARK_PROJECT_LEAVING_UNSHARED, MARK_PROJECT_UNSHARED
from app.intake.feedback import services as feedback
from app.intake.feedback import ticket_services as rating
from app.intake.feedback.errors import FeedbackFinal
from app.intake.feedback.models import feedback_key
from app.intake.feedback.queries import UNRATE
from app.intake.persons import services as persons
from app.intake.persons.models import Person
from app.intake.preferences import projects
from app.intake.preferences import services as preferences
from app.intake.votes import services as votes
from app.operations import jobs
from app.privacy.data_keys import DataKeys
from app.research.recall import jobs as recall
from app.research.records.queries import LIST_OF_VOTER

Patch = Callable[[], contextlib.AbstractContextManager[Any]]


def _instead(owner: Any, name: str, other: Any) -> Patch:
    return lambda: mock.patch.object(owner, name, other)


def _around(owner: Any, name: str, make: Callable[[Any], Any]) -> Patch:
    """Puts something around what is there."""
    return lambda: mock.patch.object(owner, name, make(getattr(owner, name)))


def _nothing_useless(*_: Any, **__: Any) -> list[bytes]:
    return []


def _without_vote(tx: Transaction, *, holder: Any, tickets: Any, at: int) -> Any:
    """Says that a vote is undone."""
    found = holder.check(tx.find(FIND_TICKETED, **holder.key), tickets)
    if found.has_vote:
        found.check_answerable(at)
    return found._replace(choice=None, undo_until=None)


def _longer(cast: Any) -> Any:
    """Every change begins the undo window anew."""

    def cast_vote(tx: Transaction, *, ballot: Any, tickets: Any, at: int) -> int:
        cast(tx, ballot=ballot, tickets=tickets, at=at)
        tx.raw(f"UPDATE votes SET undo_until = {at + ballot.undo_ms}")
        return int(at + ballot.undo_ms)

    return cast_vote


def _never_final(self: TicketedComparison, at: int) -> None:
    _checked(self._replace(undo_until=None if self.undo_until is None else 10**15), at)


def _never_expired(self: TicketedComparison, at: int) -> None:
    _checked(self._replace(expires_at=10**15), at)


_checked: Final = TicketedComparison.check_answerable


@contextlib.contextmanager
def _mixed_up() -> Iterator[None]:
    """Left and right are mixed up at the door."""
    prepare = kinds.VOTES.prepare

    def prepare_record(key: Any, vote: Any, *arguments: Any, **named: Any) -> Any:
        return prepare(key, vote._replace(first_left=1 - vote.first_left), *arguments, **named)

    # The kind is frozen.
    object.__setattr__(kinds.VOTES, "prepare", prepare_record)
    try:
        yield
    finally:
        object.__setattr__(kinds.VOTES, "prepare", prepare)


def _without_rating(tx: Transaction, *, holder: Any, tickets: Any, at: int) -> Any:
    """Says that a thumb is let go."""
    found = rating.lock_ticketed(tx, holder=holder, tickets=tickets)
    if found.is_final(at):
        raise FeedbackFinal
    return found._replace(rating=None, undo_until=None)


def _withdrawn_but_there(withdraw: Any) -> Any:
    """A withdrawal notes itself and leaves the vote."""

    def withdraw_vote(tx: Transaction, *, receipt_digest: bytes, at: int) -> Any:
        if tx.find(FIND_VOTE, receipt_digest=receipt_digest) is None:
            return withdraw(tx, receipt_digest=receipt_digest, at=at)
        return receipts.Withdrawal(ReceiptState.WITHDRAWN, [])

    return withdraw_vote


def _unmarked(close: Any) -> Any:
    """An opt-out forgets votes that can still be undone."""

    def close_open_of_person(tx: Transaction, **named: Any) -> Any:
        return close(tx, **{**named, "keeps_votes": True})

    return close_open_of_person


def _only_now(find: Any) -> Any:
    """The door looks at what is shared now, not at what was shared when it was asked."""

    def level(tx: Transaction, vote: Any, workspace: Any) -> Any:
        return find(tx, vote._replace(sharing=SharingLevel.VOTE_AND_CONTENT.value), workspace)

    return level


def _with_text(find: Any) -> Any:
    """Whoever shares the vote alone shares the conversation as well."""

    def level(tx: Transaction, vote: Any, workspace: Any) -> Any:
        found = find(tx, vote, workspace)
        return SharingLevel.VOTE_AND_CONTENT if found is SharingLevel.VOTE_ONLY else found

    return level


def _forgetful(keep: Any) -> Any:
    def keep_quiet(tx: Transaction, erasure: Any, *, forget_wishes: bool, at: int) -> None:
        del forget_wishes
        keep(tx, erasure, forget_wishes=True, at=at)

    return keep_quiet


def _unforgetting(keep: Any) -> Any:
    def keep_all(tx: Transaction, erasure: Any, *, forget_wishes: bool, at: int) -> None:
        del forget_wishes
        keep(tx, erasure, forget_wishes=False, at=at)

    return keep_all


def _with_content(consent: Any) -> Any:
    """What is shared is looked at, and how much of it is not."""

    def find(*arguments: Any) -> Any:
        found = consent(*arguments)
        return SharingLevel.VOTE_AND_CONTENT if found is SharingLevel.VOTE_ONLY else found

    return find


def _longer_rating(rate: Any) -> Any:
    """Every change begins the undo window anew."""

    def rate_anew(tx: Transaction, *, workspace: Any, found: Any, at: int, **named: Any) -> None:
        tx.run(UNRATE, **feedback_key(workspace.id, found.id))
        rate(tx, workspace=workspace, found=found, at=at, **{**named, "undo_until": at + 900_000})

    return rate_anew


def _together(*patches: Patch) -> Patch:
    """One mistake in several places."""

    @contextlib.contextmanager
    def all_of_them() -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            for patch in patches:
                stack.enter_context(patch())
            yield

    return all_of_them


DEFECTS: Final[Mapping[str, Patch]] = {
    "an opt-out leaves open questions open": _instead(preferences, "close_open_of_person", _nothing_useless),
    "an opt-out forgets votes that can still be undone": _around(
        preferences, "close_open_of_person", _unmarked
    ),
    "a skip keeps the text": _instead(votes, "delete_content", _nothing_useless),
    "an expiry keeps the text": _instead(expiry, "delete_content", _nothing_useless),
    "an undo leaves the vote": _instead(votes, "undo_vote", _without_vote),
    "a change prolongs the undo window": _around(votes, "cast_vote", _longer),
    "a final vote can be changed": _instead(TicketedComparison, "check_answerable", _never_final),
    "an expired question can be answered": _instead(TicketedComparison, "check_answerable", _never_expired),
    "a withdrawal leaves the vote": _around(receipts, "withdraw_vote", _withdrawn_but_there),
    "a withdrawal leaves the record": _instead(taking_back, "take_back", lambda *_, **__: None),
    "a withdrawal leaves the export without notice": _instead(recall, "_held_by", lambda *_: {}),
    "the door asks what was shared then, not now": _instead(
        door, "_level", lambda _tx, vote, _workspace: SharingLevel(vote.sharing)
    ),
    "the door asks what is shared now, not then": _around(door, "_level", _only_now),
    "text crosses with a vote alone": _around(door, "_level", _with_text),
    "the door mixes up the sides": _mixed_up,
    "a snooze is forgotten": _instead(Person, "may_be_asked", lambda self, _at: self.ask == "yes"),
    "a quiet conversation is asked in": _instead(registration, "is_quiet", lambda *_, **__: False),
    "after a rotation a person is a stranger": _instead(
        persons,
        "_known_person",
        lambda _db, pseudonyms, workspace, account: (
            b"" if account is None else pseudonyms.current(workspace.id, account)
        ),
    ),
    "an erasure forgets a refusal": _around(erasures, "_keep_quiet", _forgetful),
    "an erasure looks for old records of votes alone": _instead(
        behind, "LIST_FEEDBACK_OF_VOTER", LIST_OF_VOTER
    ),
    "an erasure asks again at once": _instead(erasures, "QUIET_MS", 0),
    "keys are never destroyed": _instead(DataKeys, "destroy", lambda *_: None),
    "an erasure forgets what retention has deleted": _instead(behind, "_records_of_voter", _nothing_useless),
    "a conversation's erasure takes that of others": _together(
        *(
            _instead(module, "conversation_of", lambda _person, talk: talk)
            for module in (door, behind, taking_out)
        )
    ),
    "an erasure leaves feedback": _instead(erasures, "_list_feedback", _nothing_useless),
    "an erasure keeps a refusal that is to be forgotten": _around(erasures, "_keep_quiet", _unforgetting),
    "an opt-out leaves feedback": _instead(preferences, "close_feedback_of_person", _nothing_useless),
    "feedback that nobody gave keeps its text": _instead(jobs, "expire_feedback", lambda *_, **__: 0),
    "a rating's text is kept with a rating alone": _around(feedback, "_consent", _with_content),
    "a changed thumb prolongs the undo window": _around(rating, "rate", _longer_rating),
    "a thumb that is let go stays": _instead(rating, "undo_by_ticket", _without_rating),
    "a withdrawn thumb stays": _instead(receipts, "forget_feedback", _nothing_useless),
    "a target is rated twice": _instead(feedback, "_find_of_target", lambda *_: None),
    "a thumb is offered to who asked not to be asked": _instead(feedback, "_wants_quiet", lambda *_: False),
    "a project's no leaves votes that can still be undone": _instead(
        projects, "MARK_PROJECT_UNSHARED", MARK_PROJECT_LEAVING_UNSHARED
    ),
    "a project's no leaves ratings that can still be undone": _instead(
        projects, "MARK_PROJECT_FEEDBACK_UNSHARED", MARK_PROJECT_UNSHARED
    ),
    "what a project's no has closed keeps its text": _instead(jobs, "close_unshared", lambda *_, **__: 0),
    "after a rotation a project's no is forgotten": _instead(
        persons.Subject, "projects", property(lambda self: () if self.project is None else (self.project,))
    ),
}


@contextlib.contextmanager
def seeded(name: str) -> Iterator[None]:
    """The program with one of the mistakes."""
    with DEFECTS[name]():
        yield
