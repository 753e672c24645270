"""The OpenAPI document put in the order in which people read it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from app.console.curl import curl_command
from app.console.shapes import FieldRow, field_rows, kind_of, limits_of
from app.core.openapi import Document

_JSON: Final = "application/json"
_REFUSALS: Final = "application/problem+json"


class Shape(NamedTuple):
    """A JSON value in words: a named shape with its fields, or a link to one."""

    name: str
    kind: Markup
    limits: str
    description: str
    rows: Sequence[FieldRow]


class Refusal(NamedTuple):
    """One refusal an operation may answer."""

    status: str
    code: str
    title: str


class OperationView(NamedTuple):
    """One operation, ready to be shown."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    credential: str
    scope: str
    parameters: Sequence[FieldRow]
    body: Shape | None
    body_types: Sequence[str]
    status: str
    answer_text: str
    answer: Shape | None
    answer_types: Sequence[str]
    answer_example: str
    also: Sequence[tuple[str, str]]
    refusals: Sequence[Refusal]
    curl: str


class Group(NamedTuple):
    """The operations of one tag."""

    name: str
    description: str
    operations: Sequence[OperationView]


def groups_of(document: Document) -> list[Group]:
    """All operations by tag, in the order of their declaration."""
    views: dict[str, list[OperationView]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            views.setdefault(operation["tags"][0], []).append(
                _operation(document, method.upper(), path, operation)
            )
    return [Group(tag["name"], tag["description"], views[tag["name"]]) for tag in document["tags"]]


def shapes_of(document: Document) -> list[Shape]:
    """Every named shape, by name."""
    schemas: Mapping[str, dict[str, Any]] = document["components"]["schemas"]
    return [_shape(name, schemas[name]) for name in sorted(schemas)]


def _shape(name: str, schema: dict[str, Any]) -> Shape:
    rows = list(field_rows(schema))
    kind = Markup() if schema.get("properties") else kind_of(schema)
    return Shape(name, kind, limits_of(schema), schema.get("description", ""), rows)


def _operation(document: Document, method: str, path: str, operation: Mapping[str, Any]) -> OperationView:
    scheme, scopes = next(iter(operation["security"][0].items())) if operation["security"] else ("", [])
    content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
    (status, success), *others = ((s, r) for s, r in operation["responses"].items() if "$ref" not in r)
    answer: Mapping[str, Any] = success.get("content", {})
    return OperationView(
        name=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        credential=scheme,
        scope=scopes[0] if scopes else "",
        parameters=[_parameter(each) for each in operation.get("parameters", ())],
        body=_named(document, content),
        body_types=_plain_types(content),
        status=status,
        answer_text=success["description"],
        answer=_named(document, answer),
        answer_types=_plain_types(answer),
        answer_example=_example(answer),
        also=[(other, told["description"]) for other, told in others],
        refusals=list(_refusals(document, operation)),
        curl=curl_command(method, path, operation),
    )


def _example(answer: Mapping[str, Any]) -> str:
    example = answer.get(_JSON, {}).get("example")
    return "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)


def _parameter(parameter: Mapping[str, Any]) -> FieldRow:
    schema = parameter["schema"]
    kind = kind_of(schema) + f" in the {parameter['in'] if parameter['in'] != 'path' else 'address'}"
    return FieldRow(
        parameter["name"],
        kind,
        limits_of(schema),
        parameter.get("required", False),
        parameter.get("description", ""),
    )


def _plain_types(content: Mapping[str, Any]) -> list[str]:
    """The media types that are sent as they are, without a shape."""
    return [media_type for media_type, said in content.items() if not said]


def _named(document: Document, content: Mapping[str, Any]) -> Shape | None:
    if not content.get(_JSON):
        return None
    name = content[_JSON]["schema"]["$ref"].rpartition("/")[2]
    return _shape(name, document["components"]["schemas"][name])


def _refusals(document: Document, operation: Mapping[str, Any]) -> Iterator[Refusal]:
    for status, response in operation["responses"].items():
        reference = response.get("$ref")
        if reference is None:
            continue
        told = document["components"]["responses"][reference.rpartition("/")[2]]
        for code, example in told["content"][_REFUSALS]["examples"].items():
            yield Refusal(status, code, example["value"]["title"])
