"""The description is valid, complete, and says what the code does."""

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, ValidationError
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.core.http import Operation
from app.core.openapi.problems import errors_of, specimen
from app.core.openapi.shapes import ecma_pattern, references
from app.core.settings import Role
from app.core.version import VERSION
from app.intake.comparisons.schemas import NewComparisonSchema
from app.intake.preferences.schemas import HostPreferencesSchema, TicketPreferencesSchema
from app.intake.votes.schemas import CastVoteSchema
from tests.core.openapi_document import described, described_app, document, mistakes, mounted

_JSON = "application/json"
_WHO = {"account": "user-1042"}
_PAIR: dict[str, Any] = {
    "identifiers": _WHO,
    "conversation": [{"role": "user", "content": "Why is the sky blue?"}],
    "responses": [{"model": "a", "content": "Rayleigh."}, {"model": "b", "content": "Scattering."}],
}
_PNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


def _parts(*parts: dict[str, Any]) -> dict[str, Any]:
    return _PAIR | {"conversation": [{"role": "user", "content": list(parts)}]}


def _image(url: str, **more: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, **more}}


@pytest.mark.parametrize("role", list(Role))
def test_the_document_is_valid(role: Role) -> None:
    OpenAPIV31SpecValidator(document(role)).validate()


@pytest.mark.parametrize("role", list(Role))
def test_every_mounted_operation_is_described_and_nothing_else(role: Role) -> None:
    in_document = {
        (method.upper(), path) for path, methods in document(role)["paths"].items() for method in methods
    }
    assert in_document == {(operation.method, operation.path) for operation in mounted(role)}


def test_every_route_is_an_operation_or_a_page() -> None:
    """Nothing answers beside the one path but static files and the HTML pages."""
    pages = {
        "/",
        "/docs",
        "/docs/errors",
        "/documents/<workspace>",
        "/documents/<workspace>/<kind>",
        "/embed",
        "/preferences",
        "/preferences/data",
        "/preferences/erase",
        "/preferences/erasure",
        "/preferences/open/<link>",
        "/preferences/withdraw",
        "/receipt",
        "/static/<path:filename>",
        "/static/widget/<path:path>",
    }
    routes = {
        (method, rule.rule.replace("<path:", "{").replace("<", "{").replace(">", "}"))
        for rule in described_app().url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        # The demo is a product of its own, not part of the API.
        if rule.rule not in pages and not rule.rule.startswith("/demo")
    }
    assert routes == {(operation.method, operation.path) for operation in mounted()}


def test_a_process_describes_only_what_its_role_serves() -> None:
    assert "/v1/ticket/vote" in document(Role.INTAKE)["paths"]
    assert not any(path.startswith("/v1/ticket") for path in document(Role.RESEARCH)["paths"])


def test_operation_ids_are_unique() -> None:
    names = [operation.name for operation in mounted()]
    assert sorted(names) == sorted(set(names))


def test_every_tag_has_a_sentence() -> None:
    used = {
        tag for methods in document()["paths"].values() for each in methods.values() for tag in each["tags"]
    }
    tags = {tag["name"]: tag["description"] for tag in document()["tags"]}
    assert set(tags) == used
    assert all(sentence.endswith(".") for sentence in tags.values()), tags


def test_every_operation_has_a_summary_and_what_it_needs_is_named() -> None:
    for operation in mounted():
        said = described(operation)
        assert said["summary"], operation.name
        schemes = [name for each in said["security"] for name in each]
        assert schemes == ([operation.access.scheme] if operation.access.scheme else []), operation.name
        scope = getattr(operation.access, "scope", None)
        assert scope is None or said["security"] == [{operation.access.scheme: [scope.value]}], operation.name


def test_the_version_is_the_projects() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'version = "{VERSION}"' in project
    assert document()["info"]["version"] == VERSION


def test_every_named_shape_is_used() -> None:
    schemas = document()["components"]["schemas"]
    used = set(
        chain.from_iterable(references(part) for part in (document()["paths"], document()["components"]))
    )
    assert set(schemas) == used


def test_what_is_sent_is_closed_and_what_is_answered_may_grow() -> None:
    for operation in mounted():
        said = described(operation)
        sent = said.get("requestBody", {}).get("content", {}).get(_JSON)
        if sent is not None:
            assert _resolved(sent["schema"])["additionalProperties"] is False, operation.name
        answered = said["responses"][str(operation.status)].get("content", {}).get(_JSON)
        if answered and not _is_sent(answered["schema"]):
            assert _resolved(answered["schema"]).get("additionalProperties") is not False, operation.name


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema["$ref"].rpartition("/")[2]
    found: dict[str, Any] = document()["components"]["schemas"][name]
    return found


def _is_sent(schema: dict[str, Any]) -> bool:
    bodies = [
        each.get("requestBody") for methods in document()["paths"].values() for each in methods.values()
    ]
    return schema in [
        body["content"][_JSON]["schema"] for body in bodies if body and _JSON in body["content"]
    ]


@pytest.mark.parametrize("operation", [op for op in mounted() if op.body is not None], ids=lambda op: op.name)
def test_the_example_of_a_body_is_taken_by_the_code_and_by_the_description(operation: Operation) -> None:
    assert operation.example is not None
    assert operation.body is not None
    assert operation.body.validate(operation.example) == {}
    assert mistakes(described(operation)["requestBody"]["content"][_JSON]["schema"], operation.example) == []


@pytest.mark.parametrize(
    "operation", [op for op in mounted() if op.answer is not None], ids=lambda op: op.name
)
def test_the_example_of_an_answer_is_of_the_answers_shape(operation: Operation) -> None:
    content = described(operation)["responses"][str(operation.status)]["content"][_JSON]
    assert mistakes(content["schema"], content["example"], closed=operation.answer_example is not None) == []
    if operation.answer_example is not None and operation.answer is not None:
        assert operation.answer.validate(operation.answer_example) == {}


def test_the_example_of_every_refusal_is_of_its_shape() -> None:
    for name, response in document()["components"]["responses"].items():
        content = response["content"]["application/problem+json"]
        for code, example in content["examples"].items():
            assert mistakes(content["schema"], example["value"], closed=False) == [], name
            assert example["value"]["code"] == code


def test_every_refusal_of_the_edge_is_listed() -> None:
    assert _codes("create_comparison") >= {
        "malformed-json",
        "invalid-parameter",
        "not-authenticated",
        "not-permitted",
        "idempotency-key-in-use",
        "body-too-large",
        "unsupported-media-type",
        "invalid-body",
        "idempotency-key-reused",
        "internal-error",
        "storage-unavailable",
    }
    assert _codes("cast_vote") >= {
        "ticket-invalid",
        "ticket-expired",
        "origin-not-allowed",
        "vote-final",
        "invalid-body",
    }
    assert "invalid-body" not in _codes("undo_vote")
    assert "not-authenticated" not in _codes("undo_vote")


def test_an_id_that_is_another_calls_name_is_refused_as_described() -> None:
    """`dry-run` is no export's id, and its address takes another method."""
    assert "method-not-allowed" in _codes("get_export")
    assert "method-not-allowed" not in _codes("get_comparison")
    assert described_app().test_client().get("/v1/exports/dry-run").status_code == 405


def test_every_declared_refusal_is_listed() -> None:
    for operation in mounted():
        assert {error.code for error in operation.errors} <= _codes(operation.name), operation.name


def _codes(name: str) -> set[str]:
    operation = next(each for each in mounted() if each.name == name)
    responses = document()["components"]["responses"]
    listed: set[str] = set()
    for response in described(operation)["responses"].values():
        if "$ref" in response:
            content = responses[response["$ref"].rpartition("/")[2]]["content"]
            listed |= set(content["application/problem+json"]["examples"])
    return listed


def test_an_idempotent_call_takes_the_key_and_says_so() -> None:
    for operation in mounted():
        names = {each["name"] for each in described(operation).get("parameters", ())}
        assert ("Idempotency-Key" in names) == operation.is_idempotent, operation.name


def test_every_response_carries_the_request_id() -> None:
    shared = document()["components"]["responses"]
    for operation in mounted():
        for response in described(operation)["responses"].values():
            told = shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
            assert "X-Request-Id" in told["headers"], operation.name


def test_a_refusal_that_says_when_to_retry_declares_the_header() -> None:
    create = next(each for each in mounted() if each.name == "create_comparison")
    for status, classes in errors_of(create, ()).items():
        name = described(create)["responses"][str(status)]["$ref"].rpartition("/")[2]
        headers = document()["components"]["responses"][name]["headers"]
        assert {header for each in classes for header, _ in specimen(each).headers} <= set(headers)


@pytest.mark.parametrize(
    ("schema", "shape", "body"),
    [
        (NewComparisonSchema, "NewComparison", body)
        for body in (
            _PAIR,
            _PAIR | {"client": "web"},
            _PAIR | {"client": {"name": "web", "version": "1", "country": "DE"}},
            _PAIR | {"client": {"country": "de"}},
            _PAIR | {"client": 1},
            _PAIR | {"surprise": 1},
            _PAIR | {"identifiers": {}},
            _PAIR | {"identifiers": {"account": ""}},
            _PAIR | {"identifiers": {"account": "x" * 513}},
            _PAIR | {"identifiers": {"account": 7}},
            {name: value for name, value in _PAIR.items() if name != "identifiers"},
            _PAIR | {"conversation": []},
            _PAIR | {"conversation": [{"role": "assistant", "content": "Hello."}]},
            _PAIR | {"conversation": [{"role": "robot", "content": "Hello."}, *_PAIR["conversation"]]},
            _PAIR | {"conversation": [{"role": "user"}]},
            _PAIR | {"conversation": [{"role": "user", "content": "Hi", "name": ""}]},
            _PAIR | {"conversation": [{"role": "user", "content": "Hi", "mood": "good"}]},
            _PAIR | {"responses": [_PAIR["responses"][0]]},
            _PAIR | {"surface": "chat room"},
            _PAIR | {"surface": "chat/side:1"},
            _PAIR | {"locale": "de_AT"},
            _PAIR | {"locale": "deutsch!"},
            _PAIR | {"signals": {"gpc": True}},
            _PAIR | {"signals": {"gpc": "yes"}},
            _PAIR
            | {"safety_settings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]},
            _PAIR | {"safety_settings": [{"category": "harm", "threshold": "BLOCK_NONE"}]},
            _parts({"type": "text", "text": "Look:"}, _image("https://images.example/cat.png", detail="low")),
            _parts(_image(_PNG)),
            _parts(_image("upload:upl_01kaq2m0qvf3x8v2c5t7e9h1jm")),
            _parts(_image("http://images.example/cat.png")),
            _parts(_image("https://images.example/a b.png")),
            _parts(_image("https://images.example/cat.png", detail="medium")),
            _parts({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}),
            _parts({"type": "input_audio", "input_audio": {"data": "AAAA"}}),
            _parts({"type": "file", "file": {"file_id": "upl_01kaq2m0qvf3x8v2c5t7e9h1jm"}}),
            _parts(
                {"type": "file", "file": {"file_id": "upl_01kaq2m0qvf3x8v2c5t7e9h1jm", "file_data": _PNG}}
            ),
            _parts({"type": "file", "file": {}}),
            _parts({"type": "video", "video": {}}),
            _parts({"type": "text", "text": "Hi", "image_url": {"url": _PNG}}),
            _parts(),
        )
    ]
    + [
        (TicketPreferencesSchema, "TicketPreferences", body)
        for body in (
            {"ask": "never"},
            {"ask": "2026-11-29T10:00:00Z"},
            {"ask": "2026-11-29T10:00:00.000+02:00", "sharing": "off"},
            {"ask": "tomorrow"},
            {"ask": "2026-11-29T10:00:00"},
            {"ask": None},
            {"sharing": "vote_only"},
            {"sharing": "VOTE_ONLY"},
            {},
        )
    ]
    + [
        (HostPreferencesSchema, "HostPreferences", body)
        for body in ({"identifiers": _WHO, "ask": "yes"}, {"identifiers": _WHO}, {"ask": "yes"})
    ]
    + [
        (CastVoteSchema, "CastVote", body)
        for body in (
            {"choice": "left", "strength": None, "comment": None, "shown_ms": 1},
            {"choice": "neither"},
            {"choice": "left", "strength": 4},
            {"choice": "left", "strength": 1.5},
            {"choice": "left", "reasons": ["Useful"]},
            {"choice": "left", "reasons": ["useful", "not useful"]},
            {"choice": "tie", "comment": "x" * 4001},
        )
    ],
)
def test_the_description_takes_and_refuses_what_the_code_does(
    schema: type[Schema], shape: str, body: dict[str, Any]
) -> None:
    is_described = mistakes({"$ref": f"#/components/schemas/{shape}"}, body) == []
    try:
        schema().load(json.loads(json.dumps(body)))
    except ValidationError:
        assert not is_described
    else:
        assert is_described


@pytest.mark.parametrize(
    ("python", "ecma"),
    [
        (r"[A-Z]{2}\Z", "^[A-Z]{2}$"),
        (r"^a+\Z", "^a+$"),
        (r"cat|dog\Z", "^(?:cat|dog)$"),
        ("[a-z]+", "^[a-z]+"),
    ],
)
def test_patterns_are_written_for_readers_that_search(python: str, ecma: str) -> None:
    assert ecma_pattern(python) == ecma


def test_the_command_writes_what_the_server_serves(tmp_path: Path) -> None:
    runner, target = described_app().test_cli_runner(), tmp_path / "openapi.json"
    printed = runner.invoke(args=["openapi"], catch_exceptions=False)
    written = runner.invoke(args=["openapi", "--output", str(target)], catch_exceptions=False)
    served = described_app().test_client().get("/openapi.json")
    assert (printed.exit_code, written.exit_code, served.status_code) == (0, 0, 200)
    assert served.content_type == _JSON
    assert served.data == target.read_bytes() == printed.output.encode()
    assert json.loads(served.data) == json.loads(json.dumps(document()))
