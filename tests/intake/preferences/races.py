"""Sixty-four callers in two processes at the same moment, one of whom says no: what is recorded after it is counted."""

import contextlib
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select

from app.access.workspaces.models import SharingLevel, Workspace
from app.core.connections import Transaction
from app.core.errors import AppError
from app.core.statements import query
from app.disconnection.jobs import sweep
from app.intake.comparisons.access import TicketHolder
from app.intake.comparisons.jobs import close_unshared
from app.intake.comparisons.models import Choice, ComparisonState, comparison_contents, comparisons
from app.intake.persons.levels import SharingScope
from app.intake.persons.services import Identifiers, resolve_subject
from app.intake.preferences.schemas import NewPreferences
from app.intake.preferences.services import set_preferences_by_host
from app.intake.votes.models import votes
from app.intake.votes.schemas import CastVote, Skip
from app.intake.votes.services import cast_vote, prepare_ballot, skip_comparison, undo_vote
from app.operations.installation import Installation
from app.privacy.identifiers import Identifier, IdentifierKind
from tests.disconnection.voting import UNDO_MS, Booth, Voted, door_of
from tests.intake.racing import CALLERS, SPREAD_SECONDS, Callers

_TICKETS: Final = 10
_DUE: Final = 2
_NOON: Final = 1_762_000_000_000

_C: Final = comparisons.c
_V: Final = votes.c


class _VoteRow(NamedTuple):
    comparison_id: bytes
    choice: str
    changed_at: int


class _Standing(NamedTuple):
    comparison_id: bytes
    state: str
    content: bytes | None


_LIST_VOTES: Final = query(
    select(_V.comparison_id, _V.choice, _V.changed_at).where(_V.workspace_id == bindparam("workspace_id")),
    _VoteRow,
)
_LIST_STANDING: Final = query(
    select(_C.id, _C.state, comparison_contents.c.comparison_id)
    .select_from(comparisons.outerjoin(comparison_contents, comparison_contents.c.comparison_id == _C.id))
    .where(_C.workspace_id == bindparam("workspace_id")),
    _Standing,
)


class No(NamedTuple):
    """What was true in the very transaction that said no, at its end."""

    votes: frozenset[_VoteRow]
    disconnected: int


class _Act(NamedTuple):
    """What one caller does, and how many seconds after the start."""

    kind: str
    at: int
    delay: float
    voted: Voted | None = None
    choice: Choice = Choice.LEFT
    scope: SharingScope = SharingScope.PERSON


class _Race(NamedTuple):
    """What both processes need to know."""

    workspace: Workspace
    person: str

    def act(self, here: Installation, act: _Act) -> No | None:
        """Does what one caller does; what it may be refused is its answer."""
        with contextlib.suppress(AppError):
            if act.kind == "no":
                return self.say_no(here, SharingLevel.OFF, act.scope)
            if act.kind == "disconnect":
                sweep(door_of(here), at=_NOON)
            elif act.voted is not None:
                self._answer(here, act, act.voted)
        return None

    def _answer(self, here: Installation, act: _Act, voted: Voted) -> None:
        intake, at = here.intake, act.at
        holder = TicketHolder(self.workspace, intake.tickets.read(voted.ticket, at=at))
        told: dict[str, Any] = {"holder": holder, "tickets": intake.tickets, "at": at}
        if act.kind == "vote":
            ballot = prepare_ballot(intake, holder=holder, vote=CastVote(act.choice))
            cast = partial(cast_vote, ballot=ballot, tickets=intake.tickets, at=at)
            intake.db.write(cast, touches=[voted.comparison_id])
        elif act.kind == "undo":
            intake.db.write(partial(undo_vote, **told))
        else:
            intake.db.write(partial(skip_comparison, skip=Skip(), **told))

    def say_no(self, here: Installation, level: SharingLevel, scope: SharingScope) -> No:
        """Sets a level, as the host does for its person."""
        kinds = {"account": self.person, "conversation": "talk", "project": "project"}
        named: dict[str, Any] = {kind: Identifier(IdentifierKind(kind), text) for kind, text in kinds.items()}
        intake, workspace = here.intake, self.workspace
        subject = resolve_subject(
            intake.db, intake.pseudonyms, workspace=workspace, identifiers=Identifiers(**named)
        )
        wishes = NewPreferences(sharing=level, scope=scope)

        def say(tx: Transaction) -> No:
            set_preferences_by_host(
                tx,
                workspace=workspace,
                subject=subject,
                wishes=wishes,
                notice_version="2026-11-23",
                actor="test",
                at=_NOON,
            )
            states = [each.state for each in self.standing(tx)]
            voted = tx.list(_LIST_VOTES, workspace_id=workspace.id)
            return No(frozenset(voted), states.count(ComparisonState.DISCONNECTED))

        return intake.db.write(say)

    def standing(self, tx: Transaction) -> list[_Standing]:
        """How its comparisons stand."""
        return tx.list(_LIST_STANDING, workspace_id=self.workspace.id)

    def violations(self, booth: Booth, no: No) -> Iterator[str]:
        """What must not be, in words."""
        here = booth.here
        close_unshared(here.intake, at=_NOON)
        left = {*here.intake_db.fetch(lambda tx: tx.list(_LIST_VOTES, workspace_id=self.workspace.id))}
        if left - no.votes:
            yield f"{len(left - no.votes)} votes recorded after the no"
        voted = {vote.comparison_id for vote in left}
        for each in here.intake_db.fetch(self.standing):
            if each.comparison_id not in voted and each.state == ComparisonState.OPEN:
                yield "a question left open"
            if each.comparison_id not in voted and each.content is not None:
                yield "content left of what was not voted on"
        # Even if everything is allowed again before the votes are due.
        for scope in (SharingScope.PERSON, SharingScope.CONVERSATION, SharingScope.PROJECT):
            self.say_no(here, SharingLevel.VOTE_AND_CONTENT, scope)
        booth.disconnect(_NOON + 2 * UNDO_MS)
        if len(booth.records()) != no.disconnected:
            yield f"{len(booth.records())} records, and {no.disconnected} votes had left before the no"


def _registered(booth: Booth, person: str) -> list[Voted]:
    """The race's questions, at first those with a vote that is due."""

    def register(at: int) -> Voted:
        return booth.vote(
            at,
            account=person,
            conversation="talk",
            project="project",
            shown_after_ms=None,
            casts=at < _NOON,
        )

    with ThreadPoolExecutor(_DUE + _TICKETS) as pool:
        # All at once, so that they share their commits.
        return [*pool.map(register, [_NOON - UNDO_MS - 1] * _DUE + [_NOON] * _TICKETS)]


def _acts(draw: random.Random, tickets: Sequence[Voted], scope: SharingScope) -> list[_Act]:
    acts = [_Act("no", _NOON, SPREAD_SECONDS * draw.random(), scope=scope), _Act("disconnect", _NOON, 0)]
    kinds = draw.choices(["vote", "undo", "skip"], [75, 20, 5], k=CALLERS - len(acts))
    acts += [
        _Act(
            kind,
            _NOON + number,
            draw.random() * SPREAD_SECONDS,
            draw.choice(tickets),
            draw.choice([*Choice]),
        )
        for number, kind in enumerate(kinds)
    ]
    draw.shuffle(acts)
    return acts


def run_races(here: Installation, scopes: Sequence[SharingScope], *, first: int = 0) -> list[str]:
    """One race for each scope, each in a workspace of its own, numbered from `first`; what was violated."""
    violations: list[str] = []
    # Loading the models would take most of the time, and no text here names anybody.
    here = Installation(replace(here.settings, name_models="off"), here.clock)
    with Callers(here) as callers:
        for number, scope in enumerate(scopes, first):
            draw, person = random.Random(number), f"racer {number}"
            booth = Booth(here, workspace_id=number.to_bytes(16, "big"))
            race = _Race(booth.workspace, person)
            acts = _acts(draw, _registered(booth, person)[_DUE:], scope)
            said = [no for no in callers.run(race, acts) if no is not None]
            assert said, "nobody said no"
            violations += [f"race {number}, {scope}: {what}" for what in race.violations(booth, said[0])]
    here.close()
    return violations
