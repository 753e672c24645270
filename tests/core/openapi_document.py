"""The application's description, and JSON Schema validation against it."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Flask
from jsonschema import Draft202012Validator

from app import create_app
from app.console.reference import Reference
from app.core.http import Operation
from app.core.http.edge import Edge
from app.core.openapi import Document
from app.core.settings import Role, Settings

_NOWHERE: Final = Path("data-of-tests-that-open-nothing")
_CHECKER: Final = Draft202012Validator.FORMAT_CHECKER


@cache
def described_app(role: Role = Role.ALL) -> Flask:
    """An application that is only looked at: it opens no database and no key ring."""
    return create_app(Settings(data=_NOWHERE, role=role, log_level="error"))


def reference(role: Role = Role.ALL) -> Reference:
    """What its pages are made from."""
    found: Reference = described_app(role).extensions["reference"]
    return found


def document(role: Role = Role.ALL) -> Document:
    """Its OpenAPI document."""
    return reference(role).document


def mounted(role: Role = Role.ALL) -> list[Operation]:
    """Its operations."""
    edge: Edge = described_app(role).extensions["edge"]
    return [operation for _, operation in edge.operations]


def described(operation: Operation) -> dict[str, Any]:
    """What the document says of an operation."""
    found: dict[str, Any] = document()["paths"][operation.path][operation.method.lower()]
    return found


def mistakes(schema: dict[str, Any], value: Any, *, closed: bool = False) -> list[str]:
    """Why a value is not of a shape; `closed` takes a field that the shape does not name for a mistake."""
    components = document()["components"]
    if closed:
        schema, components = _closed(schema), {**components, "schemas": _closed(components["schemas"])}
    validator = Draft202012Validator({**schema, "components": components}, format_checker=_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def _closed(value: Any) -> Any:
    if isinstance(value, list):
        return [_closed(below) for below in value]
    if not isinstance(value, dict):
        return value
    below = {key: _closed(each) for key, each in value.items()}
    if isinstance(value.get("properties"), dict) and value.get("type") == "object":
        below.setdefault("additionalProperties", False)
    return below
