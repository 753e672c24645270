"""The demo product's server asks Pairvote over HTTP, as any customer's would, and answers whatever happens."""

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from app.demo.conversations import MODEL_STRENGTHS, USUAL_MODEL, conversations
from app.demo.host import LEFT_OUT
from tests.serving import Server

_MOON = conversations()["moon"]
_LISBON = conversations()["lisbon"]


def _account() -> str:
    return f"visitor-{secrets.token_hex(8)}"


def _send(visitor: httpx.Client, **message: Any) -> dict[str, Any]:
    body = {"conversation": "moon", "account": _account()} | message
    answer = visitor.post("/demo/api/messages", json=body)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def _holder(said: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {said['ask']['ticket']}"}


def test_a_message_is_answered_with_a_ticket_got_by_two_calls(visitor: httpx.Client) -> None:
    said = _send(visitor)
    assert said["answer"] is None
    calls = [(call["method"], call["path"], call["status"]) for call in said["calls"]]
    assert calls == [("POST", "/v1/invitations", 200), ("POST", "/v1/comparisons", 201)]
    assert len(said["calls"][1]["headers"]["Idempotency-Key"]) == 32
    shown = visitor.get("/v1/ticket", headers=_holder(said)).json()
    assert shown["id"] == said["ask"]["id"]
    assert shown["prompt"] == _MOON.steps[0].prompt
    answers = set(_MOON.steps[0].answers.values())
    assert {shown["left"]["content"], shown["right"]["content"]} < answers


def test_earlier_turns_are_sent_along(visitor: httpx.Client) -> None:
    shown = visitor.get("/v1/ticket", headers=_holder(_send(visitor, conversation="lisbon"))).json()
    assert shown["prompt"] == _LISBON.steps[0].prompt
    assert shown["conversation"] == _LISBON.messages(0, [])
    assert len(shown["conversation"]) == len(_LISBON.earlier) + 1 == 3


def test_the_page_learns_neither_the_key_nor_the_ticket_twice_nor_who_stands_where(
    demo_server: Server, visitor: httpx.Client
) -> None:
    said = _send(visitor)
    key = json.loads(demo_server.run("demo", "load", "--json"))["api_key_file"]
    api_key = json.loads(Path(key).read_text())["api_key"]
    calls = json.dumps(said["calls"])
    assert api_key not in calls
    assert said["ask"]["ticket"] not in calls
    invitation, comparison = said["calls"]
    assert invitation["request"]["models"] == sorted(MODEL_STRENGTHS)
    assert invitation["response"]["models"] == [LEFT_OUT, LEFT_OUT]
    assert [response["model"] for response in comparison["request"]["responses"]] == [LEFT_OUT, LEFT_OUT]
    assert [name for name in MODEL_STRENGTHS if name in json.dumps(comparison)] == []


def test_a_visitor_is_asked_again_after_a_vote_and_after_a_skip(visitor: httpx.Client) -> None:
    account = _account()
    for _ in range(3):
        said = _send(visitor, account=account)
        vote = visitor.put("/v1/ticket/vote", json={"choice": "left"}, headers=_holder(said))
        assert vote.json()["revealed"].keys() == {"left", "right"}
        said = _send(visitor, account=account)
        assert visitor.post("/v1/ticket/skip", json={"reason": "other"}, headers=_holder(said)).is_success
    assert _send(visitor, account=account)["ask"]


def test_a_visitor_with_global_privacy_control_is_asked_and_the_signal_passed_on(
    visitor: httpx.Client,
) -> None:
    visitor.headers["Sec-GPC"] = "1"
    said = _send(visitor)
    assert said["calls"][0]["request"]["signals"] == {"gpc": True}
    assert said["ask"]


def test_do_not_ask_me_again_is_kept_until_it_is_taken_back(visitor: httpx.Client) -> None:
    account = _account()
    asked = _send(visitor, account=account)
    wish = visitor.put("/v1/ticket/preferences", json={"ask": "never"}, headers=_holder(asked))
    assert wish.is_success
    said = _send(visitor, account=account)
    assert (said["ask"], said["why"]) == (None, "opted_out")
    assert said["answer"] == _MOON.steps[0].answers[USUAL_MODEL]
    assert [call["path"] for call in said["calls"]] == ["/v1/invitations"]
    assert _send(visitor)["ask"]  # somebody else

    changed = visitor.post("/demo/api/ask-again", json={"account": account}).json()
    assert changed["ask"] == "yes"
    assert [(call["method"], call["path"]) for call in changed["calls"]] == [("PUT", "/v1/preferences")]
    assert _send(visitor, account=account)["ask"]


def test_the_conversation_goes_on_with_what_was_chosen(visitor: httpx.Client) -> None:
    kept = _MOON.steps[0].answers["aurora-large"]
    said = _send(visitor, step=1, kept=[kept])
    shown = visitor.get("/v1/ticket", headers=_holder(said)).json()
    assert shown["prompt"] == _MOON.steps[1].prompt
    assert shown["conversation"] == _MOON.messages(1, [kept])
    assert shown["conversation"][1] == {"role": "assistant", "content": kept}


def test_words_that_are_not_the_demos_own_reach_nobody(visitor: httpx.Client) -> None:
    for kept in (["something else"], [], ["one", "two"]):
        body = {"conversation": "moon", "account": _account(), "step": 1, "kept": kept}
        refused = visitor.post("/demo/api/messages", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid-body")
        assert refused.json()["errors"][0]["pointer"] == "/kept"


def test_a_conversation_or_step_that_is_not_there_is_not_found(visitor: httpx.Client) -> None:
    for message in (
        {"conversation": "no-such-talk"},
        {"conversation": "../secrets"},
        {"conversation": "basil", "step": 1},
    ):
        refused = visitor.post("/demo/api/messages", json={"account": _account()} | message)
        assert (refused.status_code, refused.json()["code"]) == (404, "not-found")


def test_a_body_of_another_shape_is_refused(visitor: httpx.Client) -> None:
    good = {"conversation": "moon", "account": _account()}
    shapes: tuple[Any, ...] = (
        {"conversation": "moon"},
        good | {"account": "a b c d e f g h"},
        good | {"step": -1},
        good | {"step": "0"},
        good | {"kept": "text"},
        good | {"compare": "yes"},
        good | {"text": "what I typed"},
        [],
    )
    for wrong in shapes:
        refused = visitor.post("/demo/api/messages", json=wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid-body"), wrong
    assert visitor.post("/demo/api/messages", content="moon").status_code == 415


def test_another_site_cannot_send_messages(visitor: httpx.Client) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    preflight = visitor.options("/demo/api/messages", headers=headers)
    assert preflight.status_code == 405
    assert "Access-Control-Allow-Origin" not in preflight.headers


def test_the_usual_answer_needs_no_call(visitor: httpx.Client) -> None:
    said = _send(visitor, compare=False)
    assert said == {
        "ask": None,
        "answer": _MOON.steps[0].answers[USUAL_MODEL],
        "why": None,
        "calls": [],
    }


def test_the_list_of_conversations_holds_prompts_and_no_answers(visitor: httpx.Client) -> None:
    listed = visitor.get("/demo/api/conversations")
    talks = {talk["id"]: talk for talk in listed.json()["conversations"]}
    assert talks.keys() == conversations().keys()
    assert talks["moon"]["prompts"] == [step.prompt for step in _MOON.steps]
    answers = [a for talk in conversations().values() for step in talk.steps for a in step.answers.values()]
    assert [answer for answer in answers if json.dumps(answer, ensure_ascii=False) in listed.text] == []


def test_many_visitors_at_once_all_get_an_answer(demo_server: Server) -> None:
    def send(_: int) -> dict[str, Any]:
        with httpx.Client(base_url=demo_server.url, timeout=30, trust_env=False) as client:
            return _send(client)

    with ThreadPoolExecutor(40) as pool:
        said = list(pool.map(send, range(80)))
    assert {each["why"] for each in said} <= {None, "busy"}
    assert all(each["ask"] or each["answer"] for each in said)
    assert any(each["ask"] for each in said)


def test_an_answer_that_stands_alone_can_be_rated(visitor: httpx.Client) -> None:
    account = f"visitor-{secrets.token_hex(9)}"
    kept = _MOON.steps[0].answers["aurora-large"]
    body = {"conversation": "moon", "account": account, "kept": [kept]}
    said = visitor.post("/demo/api/feedback", json=body).json()
    (call,) = said["calls"]
    assert (call["path"], call["status"], call["request"]["model"]) == (
        "/v1/feedback-tickets",
        201,
        "aurora-large",
    )
    assert call["request"]["conversation"][-1] == {"role": "assistant", "content": kept}
    assert said["ask"]["ticket"] not in json.dumps(call)
    rated = visitor.put("/v1/feedback-ticket/rating", json={"rating": "up"}, headers=_holder(said))
    assert rated.status_code == 200, rated.text
    # What was said before the first step, and nothing where nothing was said.
    lisbon = visitor.post("/demo/api/feedback", json={"conversation": "lisbon", "account": account}).json()
    assert lisbon["calls"][0]["request"]["conversation"] == [m._asdict() for m in _LISBON.earlier]
    nothing = visitor.post("/demo/api/feedback", json={"conversation": "moon", "account": account})
    assert nothing.status_code == 404
    wrong = visitor.post("/demo/api/feedback", json={**body, "kept": ["something else"]})
    assert wrong.json()["code"] == "invalid-body"
    visitor.put("/v1/feedback-ticket/preferences", json={"ask": "never"}, headers=_holder(lisbon))
    assert visitor.post("/demo/api/feedback", json=body).json()["why"] == "opted_out"


def test_a_visitor_opens_their_own_settings(visitor: httpx.Client) -> None:
    account = f"visitor-{secrets.token_hex(9)}"
    said = visitor.post("/demo/api/settings", json={"account": account}).json()
    assert [(call["path"], call["status"]) for call in said["calls"]] == [("/v1/preference-links", 201)]
    assert said["url"] not in json.dumps(said["calls"])
    assert "Your votes and your choice" in visitor.get(said["url"], follow_redirects=True).text
    # The people of the demo's own votes have names that anybody knows.
    refused = visitor.post("/demo/api/settings", json={"account": "demo-person-1"})
    assert refused.json()["code"] == "invalid-body"
