"""Puts JSON Schemas into words for the readable reference: a list of fields, each with its type and limits."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup, escape

JsonSchema = Mapping[str, Any]


class FieldRow(NamedTuple):
    """One field of an object."""

    name: str
    kind: Markup
    limits: str
    is_required: bool
    description: str


def field_rows(schema: JsonSchema, prefix: str = "") -> Iterator[FieldRow]:
    """The fields of an object, those of objects within it directly below them."""
    if schema.get("type") == "array":
        yield from field_rows(schema["items"], f"{prefix}[].")
        return
    required = schema.get("required", ())
    for name, below in schema.get("properties", {}).items():
        yield FieldRow(
            prefix + name, kind_of(below), limits_of(below), name in required, below.get("description", "")
        )
        if "$ref" not in below and _has_fields(below):
            yield from field_rows(
                below, f"{prefix}{name}" if below.get("type") == "array" else f"{prefix}{name}."
            )


def _has_fields(schema: JsonSchema) -> bool:
    if schema.get("type") == "array":
        items: JsonSchema = schema.get("items", {})
        return "$ref" not in items and _has_fields(items)
    return bool(schema.get("properties"))


def kind_of(schema: JsonSchema) -> Markup:
    """A type in words; a named shape as a link to it."""
    reference = schema.get("$ref")
    if reference is not None:
        name = reference.rpartition("/")[2]
        return Markup('<a href="#shape-{0}">{0}</a>').format(name)
    if "const" in schema:
        return _code(schema["const"])
    if "enum" in schema:
        return Markup(" | ").join(_code("null" if value is None else value) for value in schema["enum"])
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema and not schema.get("properties"):
            return Markup(" or ").join(kind_of(each) for each in schema[keyword])
    kinds = schema.get("type", "any")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return Markup(" or ").join(_of_type(kind, schema) for kind in kinds)


def _of_type(kind: str, schema: JsonSchema) -> Markup:
    if kind == "array":
        items: JsonSchema = schema.get("items", {})
        inner = kind_of(items)
        return (
            Markup("list of (") + inner + ")"
            if "oneOf" in items or "anyOf" in items
            else Markup("list of ") + inner
        )
    if kind == "object":
        return _object(schema)
    if kind == "string":
        named = {"date-time": "time", "date": "date", "uri-reference": "address"}
        return escape(named.get(schema.get("format", ""), "text"))
    return escape(kind)


def _object(schema: JsonSchema) -> Markup:
    properties: Mapping[str, JsonSchema] = schema.get("properties", {})
    if properties:
        required = schema.get("required", ())
        members = (_member(name, below, is_required=name in required) for name, below in properties.items())
        return _code("{" + ", ".join(members) + "}")
    values = schema.get("additionalProperties")
    return Markup("object of ") + kind_of(values) if isinstance(values, dict) and values else escape("object")


def _member(name: str, schema: JsonSchema, *, is_required: bool) -> str:
    if "const" in schema:
        return f"{name}: {schema['const']}"
    inner = _object(schema).striptags() if schema.get("properties") else ""
    return f"{name}{'' if is_required else '?'}{': ' + inner if inner else ''}"


def _code(value: object) -> Markup:
    return Markup("<code>{}</code>").format(value)


def limits_of(schema: JsonSchema) -> str:
    """Lengths, ranges and patterns in words."""
    said = [
        _range(schema, "minLength", "maxLength", " characters"),
        _range(schema, "minItems", "maxItems", " items"),
        _range(schema, "minProperties", "maxProperties", " fields"),
        _range(schema, "minimum", "maximum", ""),
        f"matches `{schema['pattern']}`" if "pattern" in schema else "",
    ]
    return "; ".join(each for each in said if each)


def _range(schema: JsonSchema, low: str, high: str, unit: str) -> str:
    least, most = _number(schema.get(low)), _number(schema.get(high))
    if least is None and most is None:
        return ""
    if least == most:
        return f"exactly {least}{unit}"
    if most is None:
        return f"at least {least}{unit.removesuffix('s') if least == '1' else unit}"
    return f"at most {most}{unit}" if least is None else f"{least} to {most}{unit}"


def _number(value: float | None) -> str | None:
    return None if value is None else f"{int(value) if value == int(value) else value:,}"
