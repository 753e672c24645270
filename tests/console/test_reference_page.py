"""The readable reference shows every operation of the description, with a command line that makes its example call."""

import json
import shlex
from functools import cache
from typing import Any

import pytest

from app.console.curl import curl_command
from app.console.pages import inline
from app.console.shapes import field_rows, kind_of, limits_of
from app.core.http import Operation
from tests.console.html_page import Element, read_page
from tests.core.openapi_document import described, described_app, document, mounted

each_operation = pytest.mark.parametrize("operation", mounted(), ids=lambda operation: operation.name)


@cache
def _page() -> Element:
    return read_page(described_app().test_client().get("/docs").text)


def _section(identifier: str) -> Element:
    (found,) = [element for element in _page().all("section") if element.attributes.get("id") == identifier]
    return found


@each_operation
def test_an_operation_is_shown_with_its_fields_and_refusals(operation: Operation) -> None:
    section = _section(operation.name)
    said = described(operation)
    assert said["summary"] in section.text
    assert operation.method in section.text
    shown = {element.text for element in section.all("code")}
    refusals = {error.code for error in operation.errors}
    assert refusals <= shown
    if operation.body is not None:
        assert set(operation.body.fields) <= shown


@each_operation
def test_the_command_line_makes_the_example_call(operation: Operation) -> None:
    command = _section(operation.name).all("pre")[0].text
    words = shlex.split(curl_command(operation.method, operation.path, described(operation)))
    assert " ".join(command.split()) == " ".join(
        curl_command(operation.method, operation.path, described(operation)).split()
    )
    assert words[0] == "curl"
    assert ("-X" in words) == (operation.method != "GET")
    if operation.body is not None:
        assert json.loads(words[words.index("-d") + 1]) == operation.example
    if operation.access.scheme is not None:
        credential = {"api_key": "$KEY", "ticket": "$TICKET"}[operation.access.scheme]
        assert f"Authorization: Bearer {credential}" in words


def test_every_named_shape_is_shown() -> None:
    for name in document()["components"]["schemas"]:
        assert _section(f"shape-{name}").all("h3")[0].text == name


def test_an_apostrophe_in_an_example_survives_the_shell() -> None:
    operation: dict[str, Any] = {
        "security": [],
        "requestBody": {"content": {"application/json": {"example": {"comment": "It's fine; $HOME `id`"}}}},
    }
    words = shlex.split(curl_command("PUT", "/v1/ticket/vote", operation))
    assert json.loads(words[-1]) == {"comment": "It's fine; $HOME `id`"}


def test_text_is_escaped_before_backticks_become_code() -> None:
    assert inline("`<b>` & <i>") == "<code>&lt;b&gt;</code> &amp; &lt;i&gt;"


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "date-time"}, "time"),
        ({"type": ["integer", "null"]}, "integer or null"),
        ({"type": "array", "items": {"type": "integer"}}, "list of integer"),
        ({"enum": ["a", None]}, "<code>a</code> | <code>null</code>"),
        ({"const": "skipped"}, "<code>skipped</code>"),
        ({"$ref": "#/components/schemas/Usage"}, '<a href="#shape-Usage">Usage</a>'),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "object of text"),
        ({"oneOf": [{"type": "string"}, {"type": "object"}]}, "text or object"),
        (
            {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "null"}]}},
            "list of (text or null)",
        ),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, "<code>{a}</code>"),
        ({}, "any"),
    ],
)
def test_types_are_put_into_words(schema: dict[str, Any], kind: str) -> None:
    assert kind_of(schema) == kind


@pytest.mark.parametrize(
    ("schema", "limits"),
    [
        ({"minLength": 1, "maxLength": 4000}, "1 to 4,000 characters"),
        ({"maxItems": 20}, "at most 20 items"),
        ({"minItems": 2, "maxItems": 2}, "exactly 2 items"),
        ({"minProperties": 1}, "at least 1 field"),
        ({"minimum": 0.0, "maximum": 1.5}, "0 to 1.5"),
        ({"pattern": "^a$"}, "matches `^a$`"),
        ({}, ""),
    ],
)
def test_limits_are_put_into_words(schema: dict[str, Any], limits: str) -> None:
    assert limits_of(schema) == limits


def test_fields_of_objects_within_are_listed_below_their_object() -> None:
    inner = {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}}
    schema = {"type": "object", "properties": {"a": inner, "list": {"type": "array", "items": inner}}}
    rows = [(row.name, row.is_required) for row in field_rows(schema)]
    assert rows == [("a", False), ("a.b", True), ("list", False), ("list[].b", True)]
