"""Plays one vote of the study as a host and a widget would: invitation, comparison, ticket, vote."""

import itertools
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.replay.api import Api, Refused, ReplayFailed
from tests.replay.journal import Journal
from tests.replay.llmfao import Vote

SURFACE: Final = "llmfao"
_LOCALE: Final = "en"
# Server processes may go on for a while by the policy they have read before.
_POLICY_SECONDS: Final = 30.0
# A new round is needed only where a replay was interrupted so long that what it had begun has expired.
_ROUNDS: Final = 3
_OVER: Final = "ticket-expired"
_FINAL: Final = "vote-final"
_UNUSABLE: Final = "invitation-unusable"


class Player:
    """Plays votes in one thread; what was played before, wholly or in part, is not played twice."""

    def __init__(self, api: Api, api_key: str, journal: Journal) -> None:
        self._api = api
        self._key = api_key
        self._journal = journal

    def play(self, vote: Vote) -> str | None:
        """The choice that was sent, or None if the vote was there already. Refused, ReplayFailed, Stopped."""
        choice = self._play(vote)
        self._journal.note_voted(vote.key)
        return choice

    def _play(self, vote: Vote) -> str | None:
        for number in range(_ROUNDS):
            # Also after a ticket that has expired: the answer to its vote may only have been lost on its way.
            if self._has_been_cast(self._journal.registered.get(vote.key)):
                return None
            invitation = self._invite(vote, number)
            try:
                comparison = self._register(vote, invitation)
                self._journal.note_registered(vote.key, comparison["id"])
                return self._answer(vote, comparison)
            except Refused as refused:
                if refused.code not in (_OVER, _UNUSABLE):
                    raise
        raise ReplayFailed(f"Vote {vote.key} expires before it can be cast.")

    def _invite(self, vote: Vote, number: int) -> str:
        """Asks until the server says yes. Each time with a key of its own: also a no may be what a key stands for."""
        body = {
            "identifiers": {"account": f"worker-{vote.worker}", "project": "llmfao"},
            "surface": SURFACE,
            "locale": _LOCALE,
            "models": [answer.model for answer in vote.answers],
        }
        given_up = time.perf_counter() + _POLICY_SECONDS
        for attempt in itertools.count():
            key = f"llmfao:{vote.key}:{number}:{attempt}"
            invited = self._api.call(
                "POST", "/v1/invitations", token=self._key, body=body, idempotency_key=key
            )
            if invited["ask"]:
                return str(invited["invitation"])
            if time.perf_counter() > given_up:
                raise ReplayFailed(
                    f"The server does not let worker {vote.worker} be asked: {invited['reason']}."
                )
            self._api.wait(attempt)
        raise AssertionError("count() does not end")

    def _register(self, vote: Vote, invitation: str) -> dict[str, Any]:
        body = {
            "invitation": invitation,
            "conversation": [{"role": "user", "content": vote.prompt}],
            "responses": [answer.as_request() for answer in vote.answers],
            "surface": SURFACE,
            "locale": _LOCALE,
        }
        registered = self._api.call(
            "POST",
            "/v1/comparisons",
            token=self._key,
            body=body,
            idempotency_key=f"llmfao:{vote.key}:{invitation}",
        )
        if registered["status"] != "open":
            raise ReplayFailed(f"The server withholds comparison {vote.key}: {registered['reason']}.")
        return registered

    def _answer(self, vote: Vote, comparison: Mapping[str, Any]) -> str | None:
        ticket = comparison["ticket"]
        shown = self._api.call("GET", "/v1/ticket", token=ticket)
        if shown["state"] == "final":
            return None
        choice = choice_now(vote, shown, comparison["order"])
        try:
            self._api.call("PUT", "/v1/ticket/vote", token=ticket, body={"choice": choice})
        except Refused as refused:
            # The answer to an earlier attempt was lost on its way, and the time to change the vote is over.
            if refused.code != _FINAL:
                raise
        return choice

    def _has_been_cast(self, comparison: str | None) -> bool:
        if comparison is None:
            return False
        path = f"/v1/comparisons/{comparison}"
        try:
            found = self._api.call("GET", path, token=self._key, name="GET /v1/comparisons/{id}")
        except Refused as refused:
            if refused.status == 404:
                return False
            raise
        return found["state"] in ("voted", "final")


def choice_now(vote: Vote, shown: Mapping[str, Any], order: Sequence[int]) -> str:
    """The side on which the answer that the worker preferred now stands; ReplayFailed where it stands on none.

    Told by what the widget shows; where both answers are the same text, by the order that the host was told.
    """
    texts = [answer.text for answer in vote.answers]
    stands = [shown["left"]["content"], shown["right"]["content"]]
    if stands != [texts[index] for index in order] or shown["prompt"] != vote.prompt:
        raise ReplayFailed(f"The server does not show what was registered for vote {vote.key}.")
    if vote.preferred is None:
        return "tie"
    if stands[0] == stands[1]:
        return "left" if order[0] == vote.preferred else "right"
    return "left" if stands[0] == texts[vote.preferred] else "right"
