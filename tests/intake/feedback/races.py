"""Sixty-four callers rate, change and undo, one of whom opts out or has the person erased: what is left is counted."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from flask import Flask
from sqlalchemy import Table, bindparam, select
from werkzeug.test import TestResponse

from app import create_app
from app.access.workspaces.models import SharingLevel, Workspace
from app.core.connections import Transaction
from app.core.database import Database
from app.core.statements import query
from app.disconnection.erasures.jobs import carry_out_erasures
from app.disconnection.jobs import sweep
from app.disconnection.models import links
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.feedback.jobs import close_unshared_feedback
from app.intake.feedback.models import FeedbackState, feedback
from app.intake.persons.levels import SharingScope
from app.intake.persons.models import QUIET_MS
from app.intake.persons.services import Identifiers, resolve_subject
from app.intake.preferences.schemas import NewPreferences
from app.intake.preferences.services import set_preferences_by_host
from app.operations.installation import Installation
from app.privacy.data_keys import person_key_id
from app.privacy.identifiers import Identifier, IdentifierKind
from app.privacy.models import content_keys
from app.research.feedback.models import feedback_records
from tests.clock import MovableClock
from tests.disconnection.voting import UNDO_MS, Booth, door_of
from tests.intake.racing import CALLERS, SPREAD_SECONDS, Callers
from tests.tables import rows_of

SCOPES: Final = ("person", "conversation", "project", "erase person", "erase conversation")
_ORIGIN: Final = "https://host.example"
_TARGETS: Final = 12
_DUE: Final = 2
_TALK: Final = [{"role": "user", "content": "Why is the sky blue?"}]

_F: Final = feedback.c


class _Row(NamedTuple):
    """How feedback stands. Each sealing of a comment is another, so that no change goes unseen."""

    id: bytes
    person: bytes
    state: str
    sharing: str
    rating: str | None
    comment_sealed: bytes | None
    content_sealed: bytes | None
    receipt_sealed: bytes
    undo_until: int | None

    @property
    def said(self) -> tuple[object, ...]:
        """What was rated, and how."""
        return self.id, self.rating, self.comment_sealed, self.undo_until


_LIST: Final = query(
    select(*(_F[name] for name in _Row._fields)).where(_F.workspace_id == bindparam("workspace_id")), _Row
)


class No(NamedTuple):
    """What was true in the very transaction that said no, at its end."""

    ratings: frozenset[tuple[object, ...]]
    disconnected: int


class _Act(NamedTuple):
    """One call, or what is no call: `no`, `sweep` and `disconnect`."""

    method: str
    delay: float
    path: str = ""
    body: Any = None
    token: str = ""
    key: str | None = None


class _Answered(NamedTuple):
    """How a call was answered."""

    act: _Act
    status: int
    body: dict[str, Any]


class _Race(NamedTuple):
    """What both processes need to know."""

    workspace: Workspace
    person: str
    api_key: str
    scope: str

    @property
    def who(self) -> dict[str, str]:
        """The person, in the conversation and the project that the race is about."""
        return {"account": self.person, "conversation": "talk", "project": "project"}

    def act(self, place: Flask, act: _Act) -> No | _Answered | None:
        """Does what one caller does."""
        here: Installation = place.extensions["pairvote"]
        if act.method == "no":
            return self.say(here, SharingLevel.OFF, SharingScope(self.scope))
        if act.method == "sweep":
            close_unshared_feedback(here.intake)
        elif act.method == "disconnect":
            sweep(door_of(here), at=here.clock())
        else:
            answer = self.call(place, act)
            return _Answered(act, answer.status_code, answer.get_json())
        return None

    def call(self, app: Flask, act: _Act) -> TestResponse:
        """A call of the host's server, or of the element with its ticket."""
        headers = {"Authorization": f"Bearer {act.token or self.api_key}"}
        headers |= {"Origin": _ORIGIN} if act.token else {}
        headers |= {"Idempotency-Key": act.key} if act.key else {}
        return app.test_client().open(act.path, method=act.method, json=act.body, headers=headers)

    def say(self, here: Installation, level: SharingLevel, scope: SharingScope) -> No:
        """Sets a level as the host does, and looks around before that is committed."""
        intake, workspace, at = here.intake, self.workspace, here.clock()
        named: dict[str, Any] = {
            name: Identifier(IdentifierKind(name), text) for name, text in self.who.items()
        }
        subject = resolve_subject(
            intake.db, intake.pseudonyms, workspace=workspace, identifiers=Identifiers(**named)
        )

        def work(tx: Transaction) -> No:
            set_preferences_by_host(
                tx,
                workspace=workspace,
                subject=subject,
                wishes=NewPreferences(sharing=level, scope=scope),
                notice_version="2026-11-23",
                actor="test",
                at=at,
            )
            rows = tx.list(_LIST, workspace_id=workspace.id)
            left = [row for row in rows if row.state == FeedbackState.DISCONNECTED]
            return No(frozenset(row.said for row in rows if row.rating), len(left))

        return intake.db.write(work)

    def rows(self, here: Installation) -> list[_Row]:
        """All feedback of the race."""
        return here.intake_db.fetch(lambda tx: tx.list(_LIST, workspace_id=self.workspace.id))

    def left(self, here: Installation) -> list[_Row]:
        """What an erasure should have taken at once: of what has left, a mark stays until its record is found."""
        rows = self.rows(here)
        if self.scope == "erase conversation":
            rows = [row for row in rows if row.state != FeedbackState.DISCONNECTED or row.receipt_sealed]
        return rows

    def after_no(self, here: Installation, no: No) -> Iterator[str]:
        """What must not be after a no, in words."""
        said = {row.said for row in self.rows(here) if row.rating}
        if said - no.ratings:
            yield f"{len(said - no.ratings)} ratings recorded after the no"
        close_unshared_feedback(here.intake)
        on_its_way = [row for row in self.rows(here) if row.state != FeedbackState.DISCONNECTED]
        if any(row.rating is None for row in on_its_way):
            yield "an offer left"
        if any(row.sharing != SharingLevel.OFF for row in on_its_way):
            yield "a rating that no longer may leave is not marked"
        # Even if everything is allowed again before they are due.
        for scope in (SharingScope.PERSON, SharingScope.CONVERSATION, SharingScope.PROJECT):
            self.say(here, SharingLevel.VOTE_AND_CONTENT, scope)
        sweep(door_of(here), at=here.clock() + 2 * UNDO_MS)
        records = self.records(here)
        if records != no.disconnected:
            yield f"{records} records, and {no.disconnected} ratings had left before the no"
        if any(row.comment_sealed or row.content_sealed or row.receipt_sealed for row in self.rows(here)):
            yield "something sealed left in a row"

    def after_erasure(self, app: Flask, here: Installation, answered: Sequence[_Answered]) -> Iterator[str]:
        """What must not be after an erasure, in words."""
        if self.left(here):
            yield f"{len(self.left(here))} rows left, or come since"
        # What was deleted before is not known to have been the person's: a key's answer about it stays for its day.
        deleted = {
            each.act.path.rsplit("/", 1)[1] for each in answered if each.body.get("status") == "deleted"
        }
        kept = [
            each for each in answered if each.act.key and "id" in each.body and each.body["id"] not in deleted
        ]
        if any(self.call(app, each.act).get_json() == each.body for each in kept):
            yield "an idempotency key's answer left"
        door = door_of(here)
        for _ in range(2):
            carry_out_erasures(here.intake, door, at=here.clock())
            sweep(door, at=here.clock() + 2 * UNDO_MS)
            here.clock.advance(ms=QUIET_MS)  # type: ignore[attr-defined]
        receipts = {each.body["receipt"] for each in answered if "receipt" in each.body}
        for receipt in receipts:
            told = app.test_client().post("/v1/receipts/lookup", json={"receipt": receipt})
            if told.status_code != 404 and told.get_json()["state"] != "withdrawn":
                yield f"a receipt that says {told.get_json()}"
        left = len(self.rows(here)), self.records(here), self.rows_in(here.intake_db, links)
        if any(left):
            yield f"{left} rows, records and links left in the end"

    def records(self, here: Installation) -> int:
        """How many have become records."""
        return self.rows_in(here.research_db, feedback_records)

    def rows_in(self, database: Database, table: Table) -> int:
        """How many rows of a table are of the race."""
        return sum(bytes(row.workspace_id) == self.workspace.id for row in rows_of(database, table))

    def keys_left(self, here: Installation) -> Iterator[str]:
        """Data keys that seal nothing any more, in words."""
        destroy_doomed_keys(here.intake)
        identifier = Identifier(IdentifierKind.ACCOUNT, self.person)
        person = here.intake.pseudonyms.current(self.workspace.id, identifier)
        keys = {bytes(row.id) for row in rows_of(here.keystore_db, content_keys)}
        of_person = person_key_id(self.workspace.id, person)
        if self.scope.startswith("erase") and of_person in keys:
            yield "the key of an erased person"
        if keys - {of_person}:
            yield f"{len(keys - {of_person})} keys of what is gone"
        here.intake.data_keys.destroy(keys)


class _Setup(NamedTuple):
    """What there is when the race begins."""

    due: list[dict[str, Any]]
    offers: list[dict[str, Any]]


def _given(race: _Race, number: int, **changes: Any) -> dict[str, Any]:
    return {
        "identifiers": race.who,
        "target": f"msg-{number}",
        "conversation": [*_TALK, {"role": "assistant", "content": f"Answer {number}"}],
        "model": "model-a",
        **changes,
    }


def _set_up(app: Flask, race: _Race, clock: MovableClock) -> _Setup:
    """Ratings that are due, and offers, some of them rated."""

    def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = race.call(app, _Act("POST", 0, path, body))
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.get_json()
        return told

    clock.advance(ms=-UNDO_MS - 1)
    due = [post("/v1/feedback", _given(race, 100 + number, rating="up")) for number in range(_DUE)]
    clock.advance(ms=UNDO_MS + 1)
    offers = [post("/v1/feedback-tickets", _given(race, number)) for number in range(_TARGETS)]
    for offer in offers[::3]:
        rating = {"rating": "down", "comment": "before"}
        path = "/v1/feedback-ticket/rating"
        assert race.call(app, _Act("PUT", 0, path, rating, offer["ticket"])).status_code == 200
    return _Setup(due, offers)


def _acts(draw: random.Random, race: _Race, setup: _Setup) -> list[_Act]:
    def delay() -> float:
        return draw.random() * SPREAD_SECONDS

    acts = [_Act("disconnect", 0), _Act("sweep", delay())]
    if race.scope.startswith("erase"):
        body = {"identifiers": race.who, "scope": race.scope.split()[1]}
        acts.append(_Act("POST", delay(), "/v1/erasures", body))
    else:
        acts.append(_Act("no", delay()))
    kinds = [_give, _give_without_account, _offer, _rate, _show, _undo, _delete]
    weights = [24, 6 if race.scope == "project" else 0, 8, 26, 4, 10, 10]
    chosen = draw.choices(kinds, weights, k=CALLERS - len(acts))
    acts += [kind(draw, race, setup)._replace(delay=delay()) for kind in chosen]
    draw.shuffle(acts)
    return acts


def _rating(draw: random.Random) -> dict[str, Any]:
    return {"rating": draw.choice(["up", "down"]), "comment": f"number {draw.random()}"}


def _give(draw: random.Random, race: _Race, _setup: _Setup) -> _Act:
    """Of a target that is offered, or of a new one."""
    number, key = draw.randrange(_TARGETS + 4), f"key {draw.random()}"
    body = _given(race, number, **_rating(draw))
    return _Act("POST", 0, "/v1/feedback", body, key=key if number % 2 else None)


def _give_without_account(draw: random.Random, race: _Race, _setup: _Setup) -> _Act:
    body = _given(race, 0, **_rating(draw), identifiers={"project": "project"})
    return _Act("POST", 0, "/v1/feedback", body)


def _offer(draw: random.Random, race: _Race, _setup: _Setup) -> _Act:
    number = draw.randrange(_TARGETS + 4)
    return _Act("POST", 0, "/v1/feedback-tickets", _given(race, number), key=f"key {draw.random()}")


def _rate(draw: random.Random, _race: _Race, setup: _Setup) -> _Act:
    ticket = draw.choice(setup.offers)["ticket"]
    return _Act("PUT", 0, "/v1/feedback-ticket/rating", _rating(draw), ticket)


def _show(draw: random.Random, _race: _Race, setup: _Setup) -> _Act:
    return _Act("GET", 0, "/v1/feedback-ticket", token=draw.choice(setup.offers)["ticket"])


def _undo(draw: random.Random, _race: _Race, setup: _Setup) -> _Act:
    ticket = draw.choice(setup.offers)["ticket"]
    return _Act("DELETE", 0, "/v1/feedback-ticket/rating", token=ticket)


def _delete(draw: random.Random, _race: _Race, setup: _Setup) -> _Act:
    return _Act("DELETE", 0, f"/v1/feedback/{draw.choice([*setup.offers, *setup.due])['id']}")


def run_races(here: Installation, scopes: Sequence[str], *, first: int = 0) -> list[str]:
    """One race for each scope, each in a workspace of its own, numbered from `first`; what was violated."""
    violations: list[str] = []
    clock = MovableClock()
    # Loading the models would take most of the time, and no text here names anybody.
    app = create_app(replace(here.settings, name_models="off"), clock)
    here = app.extensions["pairvote"]
    noon = clock()
    with Callers(app) as callers:
        for number, scope in enumerate(scopes, first):
            clock.at = noon
            booth = Booth(here, workspace_id=number.to_bytes(16, "big"))
            race = _Race(booth.workspace, f"racer {number}", booth.api_key, scope)
            setup = _set_up(app, race, clock)
            ended = callers.run(race, _acts(random.Random(number), race, setup))
            answered = [each for each in ended if isinstance(each, _Answered)]
            found = [f"{each.status} for {each.act.path}" for each in answered if each.status >= 500]
            nos = [each for each in ended if isinstance(each, No)]
            if nos:
                found += race.after_no(here, nos[0])
            else:
                assert any(each.act.path == "/v1/erasures" and each.status == 202 for each in answered)
                found += race.after_erasure(app, here, answered)
            found += race.keys_left(here)
            violations += [f"race {number}, {scope}: {what}" for what in found]
    here.close()
    return violations
