"""What the running application answers is what its description says, field by field."""

import base64
from collections.abc import Callable
from typing import Any, Final

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.disconnection.receipts.models import ReceiptState
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from tests.clock import MovableClock
from tests.conftest import Host
from tests.core.openapi_document import described, document, mistakes, mounted

_PNG: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_WHO: Final = {"identifiers": {"account": "user-1042", "project": "support-bot"}}


class Caller:
    """Calls operations by name, and compares each answer with what the description says of it."""

    def __init__(self, app: Flask, host: Host, installation: Installation) -> None:
        self._app = app
        self._client = app.test_client()
        self._host = host
        self._installation = installation
        self._operations = {operation.name: operation for operation in mounted()}
        self.answered: set[str] = set()

    def call(
        self, name: str, body: Any = None, *, status: int, ticket: str | None = None, **more: Any
    ) -> TestResponse:
        """One call; its answer has been compared."""
        operation = self._operations[name]
        path = operation.path.format(**more.pop("path", {}))
        headers = dict(more.pop("headers", {}))
        headers.update({"Authorization": f"Bearer {ticket}"} if ticket else self._host.headers)
        if body is not None:
            more["json"] = body
        answer = self._client.open(path, method=operation.method, headers=headers, **more)
        assert answer.status_code == status, answer.text
        self._compare(name, answer)
        if status < 400:
            self.answered.add(name)
        return answer

    @property
    def workspace_id(self) -> str:
        """The host's workspace."""
        return self._host.workspace_id

    def set_workspace(self, *options: str) -> None:
        """What an operator sets."""
        command = ["workspace", "set", self._host.workspace_id, *options]
        result = self._app.test_cli_runner().invoke(args=command, catch_exceptions=False)
        assert result.exit_code == 0, result.output

    def run_jobs(self) -> None:
        """What the server does in the background, once."""
        job_runner(self._installation).run_once()

    def _compare(self, name: str, answer: TestResponse) -> None:
        response = described(self._operations[name])["responses"][str(answer.status_code)]
        if "$ref" in response:
            response = document()["components"]["responses"][response["$ref"].rpartition("/")[2]]
        for header, reference in response["headers"].items():
            told = document()["components"]["headers"][reference["$ref"].rpartition("/")[2]]
            assert header in answer.headers or not told.get("required")
        if "content" not in response:
            return
        assert answer.mimetype in {media_type.partition(";")[0] for media_type in response["content"]}
        content = response["content"].get(answer.mimetype, {})
        if "schema" in content:
            is_closed = answer.mimetype == "application/json" and name != "get_openapi"
            assert mistakes(content["schema"], answer.get_json(), closed=is_closed) == []


@pytest.fixture
def caller(app: Flask, workspace: Host, installation: Installation) -> Caller:
    """A host and its browsers."""
    return Caller(app, workspace, installation)


def _pair(**more: Any) -> dict[str, Any]:
    example = next(operation.example for operation in mounted() if operation.name == "create_comparison")
    return {**example, **more}


def _ticket(caller: Caller, **more: Any) -> str:
    opened = caller.call("create_comparison", _pair(**more), status=201).get_json()
    assert opened["status"] == "open"
    return str(opened["ticket"])


def _vote(caller: Caller, clock: MovableClock) -> None:
    comparison = caller.call("create_comparison", _pair(), status=201).get_json()
    where, ticket = {"id": comparison["id"]}, comparison["ticket"]
    caller.call("get_comparison", status=200, path=where)
    caller.call("show_comparison", status=200, ticket=ticket)
    caller.call("cast_vote", {"choice": "left", "strength": 2}, status=200, ticket=ticket)
    caller.call("show_comparison", status=200, ticket=ticket)
    caller.call("get_comparison", status=200, path=where)
    caller.call("skip", {}, status=409, ticket=ticket)
    caller.call("undo_vote", status=200, ticket=ticket)
    caller.call("cast_vote", {"choice": "both_bad", "comment": "Neither."}, status=200, ticket=ticket)
    caller.call("cast_vote", {"choice": "tie", "strength": 1}, status=422, ticket=ticket)
    clock.advance(seconds=901)
    caller.call("cast_vote", {"choice": "left"}, status=409, ticket=ticket)
    caller.call("get_comparison", status=200, path=where)


def _skip(caller: Caller, _clock: MovableClock) -> None:
    ticket = _ticket(caller)
    caller.call("skip", {"reason": "too_long"}, status=200, ticket=ticket)
    caller.call("show_comparison", status=200, ticket=ticket)
    caller.call("cast_vote", {"choice": "left"}, status=409, ticket=ticket)


def _identity(caller: Caller, _clock: MovableClock) -> None:
    labels = ["--reason", "cites_sources", "--reason-label", "cites_sources:en=Cites its sources"]
    caller.set_workspace("--mask-identity", *labels)
    first, second = _pair()["responses"]
    leaking = [first, second | {"content": "I am ChatGPT."}]
    opened = caller.call("create_comparison", _pair(responses=leaking), status=201).get_json()
    assert opened["identity_leak"] == [1]
    shown = caller.call("show_comparison", status=200, ticket=opened["ticket"]).get_json()
    assert shown["reason_labels"] == {"cites_sources": {"en": "Cites its sources"}}


def _withheld(caller: Caller, _clock: MovableClock) -> None:
    caller.call("create_comparison", _pair(signals={"gpc": True}), status=201)
    ratings = [{"category": "HARM_CATEGORY_HARASSMENT", "probability": "HIGH", "blocked": True}]
    first, second = _pair()["responses"]
    withheld = caller.call(
        "create_comparison", _pair(responses=[first | {"safety_ratings": ratings}, second]), status=201
    ).get_json()
    caller.call("get_comparison", status=200, path={"id": withheld["id"]})


def _uploads(caller: Caller, _clock: MovableClock) -> None:
    stored = caller.call("upload_file", status=201, data=_PNG, content_type="image/png").get_json()
    parts = [{"type": "image_url", "image_url": {"url": f"upload:{stored['id']}"}}]
    ticket = _ticket(caller, conversation=[{"role": "user", "content": parts}])
    caller.call("show_upload", status=200, ticket=ticket, path={"id": stored["id"]})
    caller.call("show_upload", status=404, ticket=ticket, path={"id": "upl_0"})
    caller.call("upload_file", status=415, data=b"<svg/>", content_type="image/png")
    caller.call("upload_file", status=422, data=b"", content_type="image/png")


def _preferences(caller: Caller, _clock: MovableClock) -> None:
    ticket = _ticket(caller)
    caller.call("set_ticket_preferences", {"ask": "2026-11-29T10:00:00Z"}, status=200, ticket=ticket)
    caller.call("set_ticket_preferences", {"ask": "not_in_conversation"}, status=422, ticket=ticket)
    caller.call("look_up_preferences", _WHO, status=200)
    caller.call("set_preferences", {**_WHO, "ask": "never", "sharing": "vote_only"}, status=200)
    caller.call("set_preferences", {"identifiers": {"project": "p"}, "ask": "never"}, status=422)
    here = {"identifiers": {"account": "user-1043", "conversation": "talk-9"}}
    ticket = _ticket(caller, **here)
    quiet = caller.call("set_ticket_preferences", {"ask": "not_in_conversation"}, status=200, ticket=ticket)
    assert quiet.get_json()["ask"] == "not_in_conversation"
    caller.call("look_up_preferences", here, status=200)
    caller.call("withdraw_earlier_votes", status=202, ticket=ticket)
    caller.call("create_comparison", _pair(**here), status=201)


def _preference_links(caller: Caller, _clock: MovableClock) -> None:
    asked = {**_WHO, "locale": "de-AT", "return_url": "https://host.example/settings"}
    caller.call("create_preference_link", asked, status=201)
    caller.call("create_preference_link", {"identifiers": {"project": "p"}}, status=422)
    caller.call("create_preference_link", {**asked, "return_url": "https://x.example/"}, status=422)


def _invitations(caller: Caller, _clock: MovableClock) -> None:
    policy = {"sampling_rate": 1.0, "models": [{"name": "model-a"}, {"name": "model-b"}]}
    caller.call("show_policy", status=200)
    caller.call("create_invitation", _WHO, status=200)
    caller.call("replace_policy", {"policy": policy, "expected_version": 0}, status=200)
    caller.call("replace_policy", {"policy": policy, "expected_version": 0}, status=409)
    caller.call("show_policy", status=200)
    caller.call("list_policy_versions", status=200, query_string={"most": "5"})
    caller.call("list_policy_versions", status=400, query_string={"most": "many"})
    given = caller.call("create_invitation", _WHO, status=200).get_json()
    assert given["ask"] is True
    caller.call("create_invitation", {**_WHO, "signals": {"gpc": True}}, status=200)
    first, second = _pair()["responses"]
    responses = [first | {"model": given["models"][0]}, second | {"model": given["models"][1]}]
    pair = {name: value for name, value in _pair(responses=responses).items() if name != "identifiers"}
    caller.call("create_comparison", {**pair, "invitation": given["invitation"]}, status=201)
    caller.call("create_comparison", {**pair, "invitation": given["invitation"]}, status=409)
    caller.call("try_policy", {"policy": policy, "decisions": 5}, status=200)
    caller.call("show_exposures", status=200)
    caller.call("show_exposures", status=400, query_string={"from": "2026-13-01"})


def _reports(caller: Caller, _clock: MovableClock) -> None:
    ticket = _ticket(caller)
    whole = {"side": "both", "category": "personal_data", "comment": "A name and an address."}
    caller.call("report_response", whole, status=201, ticket=ticket)
    for category in ("harmful", "illegal", "hateful", "sexual"):
        caller.call("report_response", {"side": "left", "category": category}, status=201, ticket=ticket)
    caller.call("report_response", {"side": "left", "category": "spam"}, status=409, ticket=ticket)
    caller.call("report_response", {"side": "above", "category": "spam"}, status=422, ticket=ticket)


def _documents(caller: Caller, _clock: MovableClock) -> None:
    where = {"workspace": caller.workspace_id}
    listed = caller.call("list_documents", status=200, path=where).get_json()["documents"]
    for each in listed:
        place = where | {"kind": each["kind"], "version": each["version"]}
        caller.call("get_document", status=200, path=place)
    caller.call("get_document", status=404, path=where | {"kind": "privacy_notice", "version": "x"})
    caller.call("list_documents", status=404, path={"workspace": "ws_0"})


def _receipts(caller: Caller, clock: MovableClock) -> None:
    ticket = _ticket(caller)
    voted = caller.call("cast_vote", {"choice": "left"}, status=200, ticket=ticket).get_json()
    receipt = {"receipt": voted["receipt"]}
    states = [caller.call("look_up_receipt", receipt, status=200).get_json()["state"]]
    clock.advance(seconds=901)
    states.append(caller.call("look_up_receipt", receipt, status=200).get_json()["state"])
    caller.run_jobs()
    states.append(caller.call("look_up_receipt", receipt, status=200).get_json()["state"])
    caller.call("withdraw_vote", receipt, status=200)
    states.append(caller.call("look_up_receipt", receipt, status=200).get_json()["state"])
    caller.run_jobs()
    states.append(caller.call("look_up_receipt", receipt, status=200).get_json()["state"])
    assert states == list(ReceiptState)
    caller.call("withdraw_vote", receipt, status=200)
    caller.call("show_comparison", status=200, ticket=ticket)
    for call in ("look_up_receipt", "withdraw_vote"):
        caller.call(call, {"receipt": "pvr_nothing"}, status=404)
        caller.call(call, {"receipt": ""}, status=422)


def _persons(caller: Caller, clock: MovableClock) -> None:
    ticket = _ticket(caller)
    caller.call("cast_vote", {"choice": "left"}, status=200, ticket=ticket)
    clock.advance(seconds=901)
    caller.run_jobs()
    caller.call("create_export", {"purpose": "Ranking of support models"}, status=202)
    caller.run_jobs()
    caller.call("read_person_data", {**_WHO, "locale": "de-AT"}, status=200).close()
    caller.call("read_person_data", {"identifiers": {"project": "p"}}, status=422)
    asked = caller.call("request_erasure", _WHO, status=202).get_json()
    caller.call("request_erasure", {**_WHO, "scope": "conversation"}, status=422)
    caller.call("show_erasure", status=404, path={"id": "era_0"})
    clock.advance(seconds=91)
    caller.run_jobs()
    told = caller.call("show_erasure", status=200, path={"id": asked["id"]}).get_json()
    assert told["state"] == "done"
    assert "exports" in {each["what"] for each in told["remains"]}


def _exports(caller: Caller, _clock: MovableClock) -> None:
    request = {"purpose": "Ranking of support models"}
    caller.call("dry_run_export", request, status=200)
    caller.call("create_export", {"rater_scope": "export"}, status=422)
    asked = caller.call("create_export", request, status=202).get_json()
    where = {"id": asked["id"]}
    caller.call("get_export", status=200, path=where)
    caller.call("download_file", status=409, path={**where, "path": "manifest.json"})
    caller.call("list_tombstones", status=409, path=where)
    caller.call("download_archive", status=409, path=where)
    caller.run_jobs()
    built = caller.call("get_export", status=200, path=where).get_json()
    assert built["state"] == "ready"
    for file in built["files"]:
        caller.call("download_file", status=200, path={**where, "path": file["path"]}).close()
    caller.call("download_archive", status=200, path=where).close()
    manifest = {**where, "path": "manifest.json"}
    part = caller.call("download_file", status=206, path=manifest, headers={"Range": "bytes=0-9"})
    assert len(part.data) == 10
    caller.call("download_file", status=304, path=manifest, headers={"If-None-Match": part.headers["ETag"]})
    caller.call("download_file", status=416, path=manifest, headers={"Range": "bytes=99999999-"})
    caller.call("download_file", status=404, path={**where, "path": "nothing"})
    caller.call("list_tombstones", status=200, path=where)
    caller.call("list_tombstones", status=400, path=where, query_string={"since": "x"})
    caller.call("list_exports", status=200, query_string={"limit": "1"})
    caller.call("list_exports", status=400, query_string={"limit": "0"})


def _webhooks(caller: Caller, _clock: MovableClock) -> None:
    made = caller.call("create_webhook", {"url": "https://lab.example/told"}, status=201).get_json()
    caller.call("create_webhook", {"url": "http://lab.example/told"}, status=422)
    nowhere = {"url": "https://lab.example/told", "export_id": "exp_0"}
    caller.call("create_webhook", nowhere, status=404)
    caller.call("list_webhooks", status=200)
    caller.call("get_webhook", status=200, path={"id": made["id"]})
    caller.call("delete_webhook", status=200, path={"id": made["id"]})
    caller.call("get_webhook", status=404, path={"id": made["id"]})


def _feedback(caller: Caller, clock: MovableClock) -> None:
    example = next(operation.example for operation in mounted() if operation.name == "offer_feedback")
    rated = {**(example or {}), "identifiers": {"account": "rater", "conversation": "talk-77"}}
    given = caller.call("give_feedback", {**rated, "rating": "down"}, status=201).get_json()
    caller.call("give_feedback", {**rated, "rating": "up", "reasons": ["out_of_date"]}, status=422)
    caller.call("delete_feedback", status=200, path={"id": given["id"]})
    caller.call("delete_feedback", status=404, path={"id": given["id"]})
    caller.set_workspace("--feedback-label", "other:de=Anderes")
    ticket = caller.call("offer_feedback", rated, status=201).get_json()["ticket"]
    caller.call("show_feedback", status=200, ticket=ticket)
    caller.call("rate", {"rating": "up", "comment": "Thanks."}, status=200, ticket=ticket)
    caller.call("show_feedback", status=200, ticket=ticket)
    caller.call("undo_rating", status=200, ticket=ticket)
    caller.call("rate", {"rating": "up"}, status=200, ticket=ticket)
    caller.call("set_feedback_preferences", {"ask": "never"}, status=200, ticket=ticket)
    caller.call("offer_feedback", rated, status=201)
    clock.advance(seconds=901)
    caller.call("rate", {"rating": "down"}, status=409, ticket=ticket)
    caller.call("give_feedback", {**rated, "rating": "down", "signals": {"gpc": True}}, status=201)
    caller.call("show_feedback", status=200, ticket=ticket)
    caller.call("withdraw_earlier_ratings", status=202, ticket=ticket)
    caller.call("show_feedback", status=401, ticket=ticket)
    caller.call("show_comparison", status=401, ticket=ticket)


def _operators(caller: Caller, _clock: MovableClock) -> None:
    for name in ("healthz", "readyz", "get_metrics", "get_openapi", "list_export_keys"):
        caller.call(name, status=200)
    caller.call("show_retention", status=200)
    caller.run_jobs()
    caller.call("show_retention", status=200)


_STORIES: Final[tuple[Callable[[Caller, MovableClock], None], ...]] = (
    _invitations,
    _vote,
    _skip,
    _identity,
    _withheld,
    _uploads,
    _reports,
    _documents,
    _receipts,
    _persons,
    _preferences,
    _feedback,
    _preference_links,
    _exports,
    _webhooks,
    _operators,
)


@pytest.mark.parametrize("story", _STORIES, ids=lambda story: story.__name__.strip("_"))
def test_real_answers_are_of_the_described_shape(
    story: Callable[[Caller, MovableClock], None], caller: Caller, clock: MovableClock
) -> None:
    story(caller, clock)
    assert caller.answered


def test_bad_calls_are_refused_as_described(caller: Caller) -> None:
    caller.call("create_comparison", {"surprise": 1}, status=422)
    caller.call("create_comparison", status=415, data=b"{}", content_type="text/plain")
    caller.call("create_comparison", status=400, data=b"{", content_type="application/json")
    caller.call("create_comparison", status=413, data=b" " * 1_048_577, content_type="application/json")
    caller.call("create_comparison", _pair(), status=401, ticket="pv_sk_nobody")
    caller.call("create_comparison", _pair(), status=400, headers={"Idempotency-Key": "é"})
    caller.call("cast_vote", {"choice": "left"}, status=401, ticket="pvt_nothing")
    caller.call("get_comparison", status=404, path={"id": "cmp_0"})


def test_a_retry_is_answered_as_described_and_another_body_is_refused(caller: Caller) -> None:
    key = {"Idempotency-Key": "order-118"}
    first = caller.call("create_comparison", _pair(), status=201, headers=key)
    again = caller.call("create_comparison", _pair(), status=201, headers=key)
    assert first.get_json() == again.get_json()
    caller.call("create_comparison", _pair(surface="page"), status=422, headers=key)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_stories_together_answer_every_operation(caller: Caller, clock: MovableClock) -> None:
    for story in _STORIES:
        story(caller, clock)
    assert caller.answered == {operation.name for operation in mounted()}
