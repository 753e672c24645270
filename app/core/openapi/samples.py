"""Makes a sample value of a JSON Schema, for answers whose declaration brings none."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.core.openapi.shapes import JsonSchema, resolve

_OF_TYPE: Final[Mapping[str, Any]] = {"integer": 1, "number": 0.5, "boolean": True, "null": None}
_OF_FORMAT: Final[Mapping[str, str]] = {"date-time": "2026-03-02T09:30:00.000Z", "date": "2026-03-02"}


def sample_of(schema: JsonSchema, components: Mapping[str, JsonSchema]) -> Any:
    """The first example, constant or enum member a schema names; otherwise something plain of its type."""
    schema = resolve(schema, components) | {key: value for key, value in schema.items() if key != "$ref"}
    if schema.get("examples"):
        return schema["examples"][0]
    for keyword in ("example", "const", "default"):
        if keyword in schema:
            return schema[keyword]
    if "enum" in schema:
        return schema["enum"][0]
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema and "properties" not in schema:
            return sample_of(schema[keyword][0], components)
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    compound = _COMPOUND.get(kind)
    return compound(schema, components) if compound else _OF_TYPE.get(kind, 0)


def _object(schema: JsonSchema, components: Mapping[str, JsonSchema]) -> dict[str, Any]:
    properties = schema.get("properties", {})
    return {
        name: sample_of(properties[name], components)
        for name in properties
        if name in schema.get("required", ())
    }


def _array(schema: JsonSchema, components: Mapping[str, JsonSchema]) -> list[Any]:
    return [sample_of(schema.get("items", {}), components)] * max(1, schema.get("minItems", 1))


def _string(schema: JsonSchema, _components: Mapping[str, JsonSchema]) -> str:
    return _OF_FORMAT.get(schema.get("format", ""), "text")


_COMPOUND: Final[Mapping[str, Callable[[JsonSchema, Mapping[str, JsonSchema]], Any]]] = {
    "object": _object,
    "array": _array,
    "string": _string,
}
