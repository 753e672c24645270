"""The requests that the bench sends, and what each must be answered with; some come twice, some are wrong.

The floor is sent the very same bytes, to another path: reading head and body is its work as much as ours.
"""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from app.core.clock import now_ms
from app.core.connections import Transaction
from app.intake.comparisons.schemas import NewComparison, NewComparisonSchema
from app.intake.comparisons.services import Registration, prepare_registration, register_comparison
from app.intake.invitations.bucketing import sampling_bucket
from app.intake.persons.services import resolve_subject
from app.intake.zone import Intake
from app.privacy.identifiers import Identifier, IdentifierKind
from tests.bench.native import Request
from tests.bench.sites import ORIGIN, SAMPLING_RATE, Site

NOOP_PATH: Final = "/noop"
_TWICE_PERCENT: Final = 2
_WRONG_PERCENT: Final = 2
# A repeated request follows its first one at a distance at which that one has been answered.
_DISTANCE: Final = 200
_BROWSER_HEAD: Final = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    f"Accept: */*\r\nAccept-Language: en\r\nOrigin: {ORIGIN}\r\nReferer: {ORIGIN}/\r\n"
)
_HOST_HEAD: Final = "User-Agent: python-httpx/0.28.1\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
_CONVERSATION_BYTES: Final = 4096
_RESPONSE_BYTES: Final = 2048
_KNOWN_ACCOUNTS: Final = 2_000
_NEW_ACCOUNT_PERCENT: Final = 5
_REGISTERED_AT_ONCE: Final = 200


class Batch(NamedTuple):
    """Requests of one run, and how many different things they change when all are answered as expected."""

    requests: list[Request]
    effects: int


def to_noop(batch: Batch) -> list[Request]:
    """The same requests for the view that does nothing."""
    made = []
    for data, _ in batch.requests:
        method, _path, rest = data.split(b" ", 2)
        made.append(Request(b" ".join((method, NOOP_PATH.encode(), rest)), 200))
    return made


def vote_calls(site: Site, count: int, rng: random.Random) -> Batch:
    """Votes, each with a ticket of its own."""
    good = [_vote(ticket, rng) for ticket in site.issue_tickets(_good(count))]

    def wrong(place: int) -> Request:
        ticket = good[place % len(good)].data.split(b"Bearer ")[1].split(b"\r\n")[0].decode()
        if place % 2:
            return _browser("PUT", "/v1/ticket/vote", _forged(ticket), {"choice": "left"}, 401)
        return _browser("PUT", "/v1/ticket/vote", ticket, {"choice": "up"}, 422)

    return _mixed(good, wrong, count, rng)


def show_calls(tickets: Sequence[str], count: int, rng: random.Random) -> Batch:
    """Looks at comparisons, most of them for the first time."""
    good = [_browser("GET", "/v1/ticket", ticket, None, 200) for ticket in tickets[: _good(count)]]
    return _mixed(
        good,
        lambda place: _browser("GET", "/v1/ticket", _forged(tickets[place % len(tickets)]), None, 401),
        count,
        rng,
    )


class Registrations:
    """Registrations of comparisons: mostly for persons who were there before, each under a key of its own."""

    def __init__(self, site: Site, rng: random.Random) -> None:
        self._site = site
        self._rng = rng
        self._words = [_word(rng) for _ in range(3000)]
        self._made = 0

    def first(self) -> Batch:
        """One for each known account: afterwards they have a data key."""
        bodies = [self._body(f"account-{number}") for number in range(_KNOWN_ACCOUNTS)]
        return Batch([self._request(body, 201) for body in bodies], len(bodies))

    def calls(self, count: int) -> Batch:
        """A run."""
        good = [self._request(self._body(self._account()), 201) for _ in range(_good(count))]
        return _mixed(good, self._wrong, count, self._rng)

    def shown_tickets(self, count: int) -> list[str]:
        """Tickets of comparisons with content, registered by the same use case, without HTTP."""
        intake, schema, at = self._site.installation.intake, NewComparisonSchema(), now_ms()
        tickets: list[str] = []
        for start in range(0, count, _REGISTERED_AT_ONCE):
            chunk = [
                self._prepare(intake, schema.load(self._body(self._known_account())), at)
                for _ in range(min(_REGISTERED_AT_ONCE, count - start))
            ]
            intake.db.write(lambda tx, chunk=chunk: _register_all(tx, chunk, at))  # type: ignore[misc]
            tickets += [registration.ticket or "" for registration in chunk]
        return tickets

    def _prepare(self, intake: Intake, new: NewComparison, at: int) -> Registration:
        assert new.identifiers is not None  # the bodies above have them
        workspace = self._site.workspace
        subject = resolve_subject(
            intake.db, intake.pseudonyms, workspace=workspace, identifiers=new.identifiers
        )
        return prepare_registration(
            intake, workspace=workspace, new=new, subject=subject, invitation=None, at=at
        )

    def _wrong(self, place: int) -> Request:
        body = self._body(self._account())
        if place % 2:
            return _host("/v1/comparisons", self._site.api_key[:-1] + "_", body, 401)
        return self._request(body | {"favourite": 1}, 422)

    def _account(self) -> str:
        if self._rng.randrange(100) < _NEW_ACCOUNT_PERCENT:
            self._made += 1
            return f"new-account-{self._made}"
        return self._known_account()

    def _known_account(self) -> str:
        return f"account-{self._rng.randrange(_KNOWN_ACCOUNTS)}"

    def _request(self, body: dict[str, Any], expected: int) -> Request:
        key = f"Idempotency-Key: {self._rng.getrandbits(128):032x}\r\n"
        return _host("/v1/comparisons", self._site.api_key, body, expected, key)

    def _body(self, account: str) -> dict[str, Any]:
        earlier, answer, prompt = (self._text(size) for size in (1000, _CONVERSATION_BYTES - 1300, 300))
        return {
            "identifiers": {"account": account, "project": "support-bot"},
            "conversation": [
                {"role": "user", "content": earlier},
                {"role": "assistant", "content": answer},
                {"role": "user", "content": prompt},
            ],
            "responses": [self._response("model-a"), self._response("model-b")],
            "surface": "chat",
            "locale": "en",
        }

    def _response(self, model: str) -> dict[str, Any]:
        return {
            "model": model,
            "content": self._text(_RESPONSE_BYTES),
            "usage": {"input_tokens": 900, "output_tokens": 450},
            "latency_ms": self._rng.randrange(500, 9000),
            "finish_reason": "stop",
        }

    def _text(self, size: int) -> str:
        """Words by Zipf's law: about as compressible as prose."""
        chosen, length = [], 0
        while length < size:
            word = self._words[int(len(self._words) ** self._rng.random()) - 1]
            chosen.append(word)
            length += len(word) + 1
        return " ".join(chosen)[:size]


def _register_all(tx: Transaction, registrations: Sequence[Registration], at: int) -> None:
    for registration in registrations:
        register_comparison(tx, registration=registration, at=at)


def invitation_calls(site: Site, count: int, rng: random.Random) -> Batch:
    """Questions about persons whom the policy does not sample."""
    people = _people_not_sampled(site, _good(count), rng)

    def ask(account: str, key: str, expected: int) -> Request:
        body = {
            "identifiers": {"account": account, "project": "support-bot"},
            "surface": "chat",
            "locale": "en",
            "models": ["model-a", "model-b"],
        }
        return _host("/v1/invitations", key, body, expected)

    def wrong(place: int) -> Request:
        if place % 2:
            return ask("somebody", site.api_key[:-1] + "_", 401)
        return ask("", site.api_key, 422)

    return _mixed([ask(account, site.api_key, 200) for account in people], wrong, count, rng)._replace(
        effects=0
    )


def _people_not_sampled(site: Site, count: int, rng: random.Random) -> list[str]:
    pseudonyms, workspace = site.installation.intake.pseudonyms, site.workspace
    found: list[str] = []
    while len(found) < count:
        account = f"person-{rng.getrandbits(64)}"
        value = pseudonyms.sticky(workspace.id, Identifier(IdentifierKind.ACCOUNT, account))[2:10].hex()
        if sampling_bucket(f"sampling:{workspace.id.hex()}:pairvote", value) >= SAMPLING_RATE:
            found.append(account)
    return found


def _good(count: int) -> int:
    return count * (100 - _TWICE_PERCENT - _WRONG_PERCENT) // 100


def _mixed(good: list[Request], wrong: Callable[[int], Request], count: int, rng: random.Random) -> Batch:
    """The good ones in order, with repeats and wrong ones strewn in, to `count` in all."""
    twice = count * _TWICE_PERCENT // 100
    keyed = [(float(place), request) for place, request in enumerate(good)]
    repeated = rng.sample(range(max(twice, len(good) - _DISTANCE)), twice)
    keyed += [(place + _DISTANCE + 0.5, good[place]) for place in repeated]
    keyed += [(rng.uniform(0, len(good)), wrong(number)) for number in range(count - len(keyed))]
    keyed.sort(key=lambda entry: entry[0])
    return Batch([request for _, request in keyed], len(good))


def _vote(ticket: str, rng: random.Random) -> Request:
    choice = rng.choice(("left", "right", "tie", "both_bad"))
    body: dict[str, Any] = {"choice": choice, "shown_ms": rng.randrange(1000, 60_000)}
    if choice in ("left", "right"):
        body["strength"] = rng.randrange(1, 4)
    if rng.random() < 0.3:
        body["reasons"] = ["useful", "complete"]
    return _browser("PUT", "/v1/ticket/vote", ticket, body, 200)


def _forged(ticket: str) -> str:
    return ticket[:-1] + ("A" if ticket[-1] != "A" else "B")


def _browser(method: str, path: str, ticket: str, body: dict[str, Any] | None, expected: int) -> Request:
    return _request(method, path, f"{_BROWSER_HEAD}Authorization: Bearer {ticket}\r\n", body, expected)


def _host(path: str, api_key: str, body: dict[str, Any], expected: int, head: str = "") -> Request:
    return _request("POST", path, f"{_HOST_HEAD}Authorization: Bearer {api_key}\r\n{head}", body, expected)


def _request(method: str, path: str, head: str, body: dict[str, Any] | None, expected: int) -> Request:
    data = b"" if body is None else json.dumps(body).encode()
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
    return Request(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n".encode() + data, expected)


def _word(rng: random.Random) -> str:
    return "".join(rng.choice("etaoinshrdlucmfwypvbgk") for _ in range(rng.randrange(2, 10)))
