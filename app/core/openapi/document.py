"""Builds the OpenAPI document."""

import inspect
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from apispec import APISpec

from app.core.http.operations import Operation
from app.core.openapi.problems import (
    HEADERS,
    PROBLEM,
    PROBLEM_PLACE,
    ErrorClasses,
    errors_of,
    is_overlaid,
    problem_response,
    response_name,
)
from app.core.openapi.samples import sample_of
from app.core.openapi.shapes import ShapePlugin, references
from app.core.version import VERSION

Document = dict[str, Any]

_JSON: Final = "application/json"
_INFO: Final = {
    "summary": "Inline preference voting and feedback for AI products.",
    "description": (
        "Now and then a person sees two answers to their own prompt, side by side, and says which is better, or "
        "skips, or asks never to be asked again. What they chose reaches researchers de-identified, and nothing "
        "that reaches them leads back to the person.\n\n"
        "Bodies are JSON in UTF-8 with `snake_case` names; times are RFC 3339 in UTC. Unknown fields are refused. "
        "Refusals are problem documents (RFC 9457) with a stable `code`."
    ),
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}
SECURITY_SCHEMES: Final[dict[str, dict[str, str]]] = {
    "api_key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "pv_sk_…",
        "description": "A workspace's API key, for servers only. The scopes named by an operation are those it "
        "needs; `admin` includes all.",
    },
    "ticket": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "pvt_…",
        "description": "The short-lived right to see and answer one comparison, for the browser that shows it. "
        "The browser's origin must be registered for the workspace.",
    },
}
_ID: Final = {"type": "string", "pattern": "^[a-z]+_[0-9a-hjkmnp-tv-z]{26}$"}
_TEXT: Final = {"type": "string", "minLength": 1}
_REQUEST_ID: Final = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Of your choosing, new for each thing you want done. A retry with the same key and body gets the "
    "first answer again and changes nothing.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "b3c5d0f2-order-118",
}


def build_openapi(
    operations: Iterable[tuple[str, Operation]], *, idempotency_errors: ErrorClasses = ()
) -> Document:
    """The description of these operations, given with their tags.

    `idempotency_errors` are the refusals of an idempotency key, which its own package declares.
    """
    declared = list(operations)
    plugin = ShapePlugin()
    spec = APISpec(
        title="Pairvote",
        version=VERSION,
        openapi_version="3.1.0",
        info=_INFO,
        servers=[{"url": "/"}],
        tags=_tags(declared),
        plugins=[plugin],
    )
    spec.components.schema("Problem", dict(PROBLEM))
    spec.components.schema("ProblemPlace", dict(PROBLEM_PLACE))
    for name, scheme in SECURITY_SCHEMES.items():
        spec.components.security_scheme(name, dict(scheme))
    for name, header in HEADERS.items():
        spec.components.header(name, dict(header))
    describer = _Describer(spec, plugin, [operation for _, operation in declared], idempotency_errors)
    for tag, operation in declared:
        described = describer.describe(operation)
        spec.path(path=operation.path, operations={operation.method.lower(): {"tags": [tag], **described}})
    document: Document = spec.to_dict()
    _open_answers(document)
    _add_samples(document)
    return document


def _tags(declared: list[tuple[str, Operation]]) -> list[dict[str, str]]:
    """Each tag once, told by the first sentence of the module that declares its operations."""
    found: dict[str, str] = {}
    for tag, operation in declared:
        module = sys.modules[operation.handler.__module__]
        found.setdefault(tag, (inspect.getdoc(module) or tag).partition("\n")[0])
    return [{"name": name, "description": sentence} for name, sentence in found.items()]


class _Describer:
    """Describes one operation after the other in the same document."""

    def __init__(
        self,
        spec: APISpec,
        plugin: ShapePlugin,
        operations: Sequence[Operation],
        idempotency_errors: ErrorClasses,
    ) -> None:
        self._spec = spec
        self._plugin = plugin
        self._operations = operations
        self._idempotency_errors = idempotency_errors

    def describe(self, operation: Operation) -> dict[str, Any]:
        scheme = operation.access.scheme
        scope = getattr(operation.access, "scope", None)
        parameters = self._parameters(operation)
        body = self._request_body(operation)
        return {
            "operationId": operation.name,
            "summary": operation.summary.rstrip("."),
            **({"description": operation.description} if operation.description else {}),
            **({"parameters": parameters} if parameters else {}),
            **({"requestBody": body} if body else {}),
            "responses": self._responses(operation),
            "security": [{scheme: [str(scope)] if scope else []}] if scheme else [],
        }

    def _parameters(self, operation: Operation) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": f"The {name}, as an earlier answer gave it.",
                "schema": dict(_ID if name == "id" else _TEXT),
            }
            for name in operation.parameters
        ]
        if operation.query is not None and self._plugin.converter is not None:
            found += self._plugin.converter.schema2parameters(operation.query, location="query")
        if operation.is_idempotent:
            found.append(dict(_IDEMPOTENCY_KEY))
        return found

    def _request_body(self, operation: Operation) -> dict[str, Any] | None:
        if operation.media_type is not None:
            return {"required": True, "content": {each: {} for each in _media_types(operation.media_type)}}
        if operation.body is None:
            return None
        content: dict[str, Any] = {"schema": operation.body}
        if operation.example is not None:
            content["example"] = operation.example
        return {"required": True, "content": {_JSON: content}}

    def _responses(self, operation: Operation) -> dict[str, Any]:
        found: dict[str, Any] = {str(operation.status): self._success(operation)}
        for also, sentence in operation.also.items():
            found[str(also)] = {"description": sentence, "headers": _REQUEST_ID}
        overlaid = operation.parameters != [] and is_overlaid(operation, self._operations)
        for status, classes in errors_of(operation, self._idempotency_errors, is_overlaid=overlaid).items():
            name = response_name(classes)
            if name not in self._spec.components.responses:
                self._spec.components.response(name, problem_response(status, classes))
            found[str(status)] = {"$ref": f"#/components/responses/{name}"}
        return found

    def _success(self, operation: Operation) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "description": "Done.",
            "headers": _REQUEST_ID,
        }
        if operation.answer is not None:
            content: dict[str, Any] = {"schema": operation.answer}
            if operation.answer_example is not None:
                content["example"] = operation.answer_example
            answer["content"] = {_JSON: content}
            answer["description"] = (inspect.getdoc(operation.answer) or "Done.").partition("\n\n")[0]
        elif operation.answer_type is not None:
            answer["content"] = {each: {} for each in _media_types(operation.answer_type)}
        return answer


def _media_types(listed: str) -> list[str]:
    """The media types of a comma-separated list."""
    return [each.strip() for each in listed.split(",")]


def _open_answers(document: Document) -> None:
    """Only what is sent to us is closed to unknown fields: answers may grow within a version."""
    schemas = document["components"]["schemas"]
    bodies = [
        operation.get("requestBody")
        for methods in document["paths"].values()
        for operation in methods.values()
    ]
    closed: set[str] = set()
    waiting = set(references(bodies))
    while waiting:
        name = waiting.pop()
        closed.add(name)
        waiting |= set(references(schemas[name])) - closed
    for name, schema in schemas.items():
        if name not in closed and schema.get("additionalProperties") is False:
            del schema["additionalProperties"]


def _add_samples(document: Document) -> None:
    schemas = document["components"]["schemas"]
    for methods in document["paths"].values():
        for operation in methods.values():
            for response in operation["responses"].values():
                content = response.get("content", {}).get(_JSON)
                if content and "example" not in content:
                    content["example"] = sample_of(content["schema"], schemas)
