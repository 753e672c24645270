"""Plays a host and its people through the public calls, so that a new installation has something to show."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient

from app.core.clock import MS_PER_DAY
from app.core.errors import StartRefused
from app.demo.conversations import MODEL_STRENGTHS, DemoConversation, conversations
from app.demo.host import comparison_body

_PEOPLE: Final = 18
_VOTES_EACH: Final = 4
_DAYS_BACK: Final = 20
# How probable a tie, a "both are bad" and a skip are.
_TIE, _BOTH_BAD, _SKIP = 0.15, 0.05, 0.05


@dataclass
class PastClock:
    """A clock that the demo sets: its people voted during the last weeks."""

    at: int

    def __call__(self) -> int:
        """The time that was set."""
        return self.at


@dataclass(frozen=True)
class _Turn:
    """One person meets one pair."""

    at: int
    person: str
    talk: DemoConversation
    models: tuple[str, str]
    answers: tuple[str, str]


def play(app: Flask, clock: PastClock, *, api_key: str, now: int, chance: Random) -> int:
    """Registers comparisons and answers them; returns how many votes were cast. `app` must run on `clock`."""
    client = app.test_client()
    host = {"Authorization": f"Bearer {api_key}"}
    votes = 0
    for turn in _turns(now, chance):
        clock.at = turn.at
        ticket = _register(client, host, turn)
        clock.at += 1000 * chance.randint(4, 40)
        votes += _answer(client, ticket, turn, chance)
    return votes


def _turns(now: int, chance: Random) -> Iterator[_Turn]:
    turns = []
    talks = list(conversations().values())
    for number in range(_PEOPLE * _VOTES_EACH):
        talk = chance.choice(talks)
        given = talk.steps[0].answers
        first, second = chance.sample(sorted(given), 2)
        at = now - MS_PER_DAY - chance.randrange(_DAYS_BACK * MS_PER_DAY)
        answers = (given[first], given[second])
        turns.append(_Turn(at, f"demo-person-{number % _PEOPLE}", talk, (first, second), answers))
    return iter(sorted(turns, key=lambda turn: turn.at))


def _register(client: FlaskClient, host: dict[str, str], turn: _Turn) -> str:
    answers = dict(zip(turn.models, turn.answers, strict=True))
    body = {"identifiers": {"account": turn.person, "project": "demo"}}
    body |= comparison_body(turn.talk, 0, (), answers)
    ticket: str = _expect(client.post("/v1/comparisons", json=body, headers=host), 201)["ticket"]
    return ticket


def _answer(client: FlaskClient, ticket: str, turn: _Turn, chance: Random) -> int:
    holder = {"Authorization": f"Bearer {ticket}"}
    shown = _expect(client.get("/v1/ticket", headers=holder), 200)
    drawn = chance.random()
    if drawn < _SKIP:
        _expect(client.post("/v1/ticket/skip", json={"reason": "not_now"}, headers=holder), 200)
        return 0
    vote: dict[str, Any] = {"shown_ms": chance.randint(3000, 30_000)}
    if drawn < _SKIP + _BOTH_BAD:
        vote["choice"] = "both_bad"
    elif drawn < _SKIP + _BOTH_BAD + _TIE:
        vote["choice"] = "tie"
    else:
        preferred = _preferred(turn, chance)
        vote["choice"] = "left" if shown["left"]["content"] == preferred else "right"
        vote["reasons"] = [chance.choice(shown["reasons"][:3])]
    _expect(client.put("/v1/ticket/vote", json=vote, headers=holder), 200)
    return 1


def _preferred(turn: _Turn, chance: Random) -> str:
    first, second = (MODEL_STRENGTHS[model] for model in turn.models)
    return turn.answers[0] if chance.random() < first / (first + second) else turn.answers[1]


def _expect(response: Any, status: int) -> dict[str, Any]:
    if response.status_code != status:
        raise StartRefused(f"The demo could not be loaded: a call was answered {response.status_code}.")
    answer: dict[str, Any] = json.loads(response.data)
    return answer
