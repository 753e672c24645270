"""Which problem documents an operation may answer: those it declares, and those of the edge that runs it."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, cast

from app.core.errors import (
    AppError,
    BodyTooLarge,
    InternalError,
    InvalidBody,
    InvalidParameter,
    MalformedJson,
    MethodNotAllowed,
    NotAuthenticated,
    NotPermitted,
    StorageUnavailable,
    UnsupportedMediaType,
)
from app.core.http.operations import Operation

ErrorClasses = Sequence[type[AppError]]

_ANY_BODY: Final = (MalformedJson, InvalidParameter, BodyTooLarge)
_JSON_BODY: Final = (*_ANY_BODY, UnsupportedMediaType, InvalidBody)
_OF_SCHEME: Final[Mapping[str, ErrorClasses]] = {"api_key": (NotAuthenticated, NotPermitted)}
_EXAMPLE_REQUEST: Final = "req_0123456789abcdef0123"

PROBLEM: Final = {
    "description": "A refusal (RFC 9457). Decide by `code`; `type` leads to what it means.",
    "type": "object",
    "required": ["type", "title", "status", "code", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "Where the code is explained: `/docs/errors#` and the code.",
        },
        "title": {"type": "string", "description": "The same for every refusal of this code."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {
            "type": "string",
            "pattern": "^[a-z]+(-[a-z0-9]+)*$",
            "description": "Stable; made for programs.",
        },
        "request_id": {"type": "string", "description": "Tell it to the operator when you ask for help."},
        "detail": {
            "type": "string",
            "description": "What is wrong this time. It never repeats what was sent.",
        },
        "errors": {
            "type": "array",
            "description": "Each place of the body that is wrong.",
            "items": {"$ref": "#/components/schemas/ProblemPlace"},
        },
    },
}
PROBLEM_PLACE: Final = {
    "description": "One place of the body and what is wrong there.",
    "type": "object",
    "required": ["pointer", "detail"],
    "properties": {
        "pointer": {"type": "string", "description": "JSON Pointer (RFC 6901) into the body."},
        "detail": {"type": "string"},
    },
}
HEADERS: Final[dict[str, Any]] = {
    "X-Request-Id": {
        "description": "The id of this call in logs and problem documents.",
        "required": True,
        "schema": {"type": "string", "pattern": "^req_[0-9a-f]{20}$"},
    },
    "Retry-After": {
        "description": "Seconds to wait before sending the same call again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Content-Range": {
        "description": "Which bytes of how many (RFC 9110).",
        "schema": {"type": "string"},
    },
    "Accept-Ranges": {
        "description": "Ranges of what can be asked for (RFC 9110).",
        "schema": {"const": "bytes"},
    },
    "WWW-Authenticate": {
        "description": "The kind of credential that is needed (RFC 9110).",
        "schema": {"type": "string"},
    },
}


def is_overlaid(operation: Operation, others: Iterable[Operation]) -> bool:
    """Whether the address of another call has this one's shape: there, this one's method is not taken."""
    shape = re.compile(re.sub(r"\{\w+\}", "[^/]+", operation.path))
    return any(
        shape.fullmatch(other.path) and not other.parameters and other.method != operation.method
        for other in others
        if other is not operation
    )


def errors_of(
    operation: Operation, idempotency: ErrorClasses, *, is_overlaid: bool = False
) -> dict[int, list[type[AppError]]]:
    """Every refusal of an operation by status; `idempotency` are those of an idempotency key."""
    found: list[type[AppError]] = [*operation.errors, *_OF_SCHEME.get(operation.access.scheme or "", ())]
    if operation.media_type is not None:
        found += _ANY_BODY
    elif operation.body is not None:
        found += _JSON_BODY
    if operation.query is not None:
        found.append(InvalidParameter)
    if operation.is_idempotent:
        found += [InvalidParameter, *idempotency]
    if operation.access.scheme is not None:
        found.append(StorageUnavailable)
    if is_overlaid:
        found.append(MethodNotAllowed)
    found.append(InternalError)
    by_status: dict[int, list[type[AppError]]] = {}
    for error_class in sorted(set(found), key=lambda each: (each.status, each.code)):
        by_status.setdefault(error_class.status, []).append(error_class)
    return by_status


def response_name(classes: Iterable[type[AppError]]) -> str:
    """The component's name of the response that tells these refusals."""
    return "Or".join("".join(word.capitalize() for word in each.code.split("-")) for each in classes)


def problem_response(status: int, classes: ErrorClasses) -> dict[str, Any]:
    """The response that tells one of these refusals, all of one status."""
    examples = {each.code: specimen(each) for each in classes}
    headers = {"X-Request-Id", *(name for each in examples.values() for name, _ in each.headers)}
    return {
        "description": "; ".join(f"{each.title} (`{each.code}`)" for each in classes) + ".",
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"} for name in sorted(headers) if name in HEADERS
        },
        "content": {
            "application/problem+json": {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/Problem"},
                        {"properties": {"status": {"const": status}, "code": {"enum": list(examples)}}},
                    ]
                },
                "examples": {
                    code: {"summary": meaning(type(each)), "value": each.problem(_EXAMPLE_REQUEST)}
                    for code, each in examples.items()
                },
            }
        },
    }


def specimen(error_class: type[AppError]) -> AppError:
    """A refusal of a class, as it would be raised; numbers that its constructor asks for are zero."""
    parameters = inspect.signature(error_class).parameters.values()
    needed = [
        each for each in parameters if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD
    ]
    made: AppError = cast("Callable[..., AppError]", error_class)(*[0] * len(needed))
    return made


def meaning(error_class: type[AppError]) -> str:
    """What a refusal says of the state of things: the first paragraph of its docstring."""
    paragraph = (error_class.__doc__ or "").strip().partition("\n\n")[0]
    return re.sub(r"\s+", " ", paragraph)
