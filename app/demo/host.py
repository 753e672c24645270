"""The demo product's server. It knows Pairvote as a customer does: an address, an API key, and the documentation."""

import contextlib
import json
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from app.core.errors import FieldError, InvalidBody, NotFound
from app.core.settings import Settings
from app.demo.calls import CallFailed, Calls, NotedCall
from app.demo.conversations import MODEL_STRENGTHS, USUAL_MODEL, DemoConversation, conversations

NOTES_FILE: Final = "demo.json"
# Which model stands where must not be found out before the vote, not even in the page's list of server calls.
LEFT_OUT: Final = "‹left out until the vote›"
# Addresses that mean all of a machine, and how the machine itself is reached then.
EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (binds nothing)


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer that stands alone: the last of those in `kept`, or of what was said before the first step."""

    conversation: str
    account: str
    kept: tuple[str, ...] = ()
    gpc: bool = False


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A visitor sends the prompt of a step; `kept` has what the conversation went on with before."""

    conversation: str
    account: str
    step: int = 0
    kept: tuple[str, ...] = ()
    compare: bool = True
    gpc: bool = False


def local_address(settings: Settings) -> tuple[str, int]:
    """Where this machine reaches what listens on the bind address."""
    host, port = settings.address
    return EVERYWHERE.get(host, host), port


class Host:
    """Answers messages, and asks Pairvote whether to ask for a comparison instead.

    Its calls are answered by other threads of the same server, so it never keeps more than half of them waiting, and
    turns to the plain answer at once where that is not enough: a product goes on without Pairvote.
    """

    def __init__(self, settings: Settings) -> None:
        self._notes = Path(settings.data) / NOTES_FILE
        self._address = local_address(settings)
        self._has_threads = settings.threads > 1
        self._places = threading.Semaphore(settings.threads // 2)

    @property
    def is_loaded(self) -> bool:
        """Whether the demo's workspace is there, as far as the demo knows."""
        return self._notes.is_file()

    def answer(self, message: NewMessage) -> dict[str, Any]:
        """A ticket to compare two answers, or the usual answer with the reason. NotFound, InvalidBody."""
        talk = _conversation(message)
        ask, why = None, None
        calls = self._calls()
        if message.compare:
            try:
                with self._place(), calls:
                    ask, why = _compare(calls, talk, message)
            except CallFailed as failed:
                why = failed.why
        content = None if ask else talk.steps[message.step].answers[USUAL_MODEL]
        return {"ask": ask, "answer": content, "why": why, "calls": [_without_models(c) for c in calls.noted]}

    def ask_again(self, account: str) -> dict[str, Any]:
        """Takes "don't ask me again" back, as a settings page of the product would."""
        body = {"identifiers": {"account": account}, "ask": "yes"}
        calls, told, why = self._call("PUT", "/v1/preferences", body)
        return {"ask": told.get("ask"), "why": why, "calls": [asdict(call) for call in calls.noted]}

    def offer_thumbs(self, shown: ShownAnswer) -> dict[str, Any]:
        """A ticket to rate an answer that was not compared, or the reason why not. NotFound, InvalidBody."""
        body = feedback_body(_checked(shown.conversation, len(shown.kept), shown.kept), shown)
        calls, told, why = self._call("POST", "/v1/feedback-tickets", body)
        ask = {"ticket": told["ticket"]} if "ticket" in told else None
        return {
            "ask": ask,
            "why": why or told.get("reason"),
            "calls": [_without_models(call) for call in calls.noted],
        }

    def open_settings(self, account: str) -> dict[str, Any]:
        """The address of the visitor's settings page, which opens for a few minutes."""
        calls, told, why = self._call("POST", "/v1/preference-links", {"identifiers": {"account": account}})
        return {"url": told.get("url"), "why": why, "calls": [_without_models(call) for call in calls.noted]}

    def _call(self, method: str, path: str, body: dict[str, Any]) -> tuple[Calls, dict[str, Any], str | None]:
        """One call as it is noted, what was answered, and why it failed: one of these two is empty. NotFound."""
        calls = self._calls()
        try:
            with self._place(), calls:
                return calls, calls.call(method, path, body), None
        except CallFailed as failed:
            return calls, {}, failed.why

    def _calls(self) -> Calls:
        """Calls with the key that `flask demo load` has noted. NotFound where it has not."""
        try:
            notes = json.loads(self._notes.read_text())
        except FileNotFoundError:
            raise NotFound from None
        return Calls(self._address, notes["api_key"])

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        """One of the threads that may wait. It is not waited for: that would take another thread."""
        if not self._places.acquire(blocking=False):
            raise CallFailed("busy" if self._has_threads else "one_thread")
        try:
            yield
        finally:
            self._places.release()


def _conversation(message: NewMessage) -> DemoConversation:
    talk = conversations().get(message.conversation)
    if talk is None or message.step >= len(talk.steps):
        raise NotFound
    return _checked(message.conversation, message.step, message.kept)


def _checked(conversation: str, step: int, kept: Sequence[str]) -> DemoConversation:
    """A conversation that went on with these answers. NotFound, InvalidBody."""
    talk = conversations().get(conversation)
    if talk is None or step > len(talk.steps):
        raise NotFound
    steps = talk.steps[:step]
    # Nothing reaches the workspace that was not written for the demo.
    if len(kept) != len(steps) or any(
        answer not in step.answers.values() for step, answer in zip(steps, kept, strict=True)
    ):
        detail = "One of the demo's own answers for each earlier step."
        raise InvalidBody(errors=[FieldError("/kept", detail)])
    return talk


def feedback_body(talk: DemoConversation, shown: ShownAnswer) -> dict[str, Any]:
    """An answer as the demo offers it to be rated. NotFound where nothing was answered yet."""
    messages = talk.answered(shown.kept)
    if not messages:
        raise NotFound
    body = {
        "identifiers": {
            "account": shown.account,
            "project": "demo",
            "conversation": f"{shown.account}/{talk.id}",
        },
        "target": f"{shown.account}/{talk.id}/{len(messages)}",
        "conversation": messages,
        "surface": "demo",
        "locale": talk.locale,
        "signals": {"gpc": shown.gpc},
    }
    if shown.kept:
        answers = talk.steps[len(shown.kept) - 1].answers
        body["model"] = next(model for model, answer in answers.items() if answer == shown.kept[-1])
    return body


def _compare(
    calls: Calls, talk: DemoConversation, message: NewMessage
) -> tuple[dict[str, Any] | None, str | None]:
    """The two calls: may we ask, and register. What the page needs to ask, or the reason not to."""
    invited = calls.call("POST", "/v1/invitations", invitation_body(talk, message))
    if not invited["ask"]:
        return None, invited["reason"]
    # This is the moment at which a product pays for the second answer.
    answers = {model: talk.steps[message.step].answers[model] for model in invited["models"]}
    body = {"invitation": invited["invitation"]} | comparison_body(talk, message.step, message.kept, answers)
    registered = calls.call("POST", "/v1/comparisons", body, idempotency_key=secrets.token_hex(16))
    if registered["status"] != "open":
        return None, registered["reason"]
    return {name: registered[name] for name in ("id", "ticket", "expires_at")}, None


def invitation_body(talk: DemoConversation, message: NewMessage) -> dict[str, Any]:
    """What the demo asks before it makes a second answer."""
    return {
        "identifiers": {
            "account": message.account,
            "project": "demo",
            "conversation": f"{message.account}/{talk.id}",
        },
        "surface": "demo",
        "locale": talk.locale,
        "models": sorted(MODEL_STRENGTHS),
        "signals": {"gpc": message.gpc},
    }


def comparison_body(
    talk: DemoConversation, step: int, kept: Sequence[str], answers: Mapping[str, str]
) -> dict[str, Any]:
    """Two answers as the demo registers them, without whom they are for."""
    messages = talk.messages(step, kept)
    prompt_length = sum(len(message["content"]) for message in messages)
    return {
        "conversation": messages,
        "responses": [
            {
                "model": model,
                "content": answer,
                "finish_reason": "stop",
                "usage": {"input_tokens": prompt_length // 4, "output_tokens": len(answer) // 4},
                "latency_ms": 300 + 9 * len(answer),
            }
            for model, answer in answers.items()
        ],
        "surface": "demo",
        "locale": talk.locale,
    }


def _without_models(call: NotedCall) -> dict[str, Any]:
    """A call for the visitor's eyes: no ticket, and nothing that tells which model stands where."""
    shown = asdict(call)
    answer = shown["response"]
    if isinstance(answer, dict):
        if "url" in answer:
            answer["url"] = f"{answer['url'].partition('pvl_')[0]}pvl_… for the browser"
        if "ticket" in answer:
            answer["ticket"] = f"{answer['ticket'][:4]}… for the browser"
        if "models" in answer:
            answer["models"] = [LEFT_OUT for _ in answer["models"]]
    for response in shown["request"].get("responses", ()):
        response["model"] = LEFT_OUT
    return shown
