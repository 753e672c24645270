"""Turns Marshmallow schemas and our own fields into JSON Schema 2020-12.

A field class of ours says its shape in `json_schema`, beside the code that checks it: a JSON Schema in which another
field class or schema class may stand for its shape. With a `title` it becomes a component of that name. A Schema class
may have `json_schema` too: what holds between its fields.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Final

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

JsonSchema = dict[str, Any]
_REF: Final = "#/components/schemas/"


class ShapeConverter(OpenAPIConverter):
    """apispec's converter with what it does not know: our fields, and patterns as ECMA-262 writes them."""

    spec: APISpec

    def field2property(self, field: Any) -> JsonSchema:
        """The JSON Schema of a field."""
        shape = getattr(field, "json_schema", None)
        if shape is None:
            found: JsonSchema = super().field2property(field)
            return found
        described: JsonSchema = self.metadata2properties(field)
        plain = self._shape(shape)
        return described | {"anyOf": [plain, {"type": "null"}]} if field.allow_none else plain | described

    def field2pattern(self, field: Any, **kwargs: Any) -> JsonSchema:
        """A pattern that the checks match from the start, for readers that search."""
        found: JsonSchema = super().field2pattern(field, **kwargs)
        return {name: ecma_pattern(pattern) for name, pattern in found.items()}

    def enum2properties(self, field: Any, **kwargs: Any) -> JsonSchema:
        """An enum's values, with their type."""
        found: JsonSchema = super().enum2properties(field, **kwargs)
        if found and all(isinstance(value, str) for value in found["enum"] if value is not None):
            found["type"] = "string"
        return found

    def schema2jsonschema(self, schema: Any) -> JsonSchema:
        """An object's shape, with the first paragraph of its class as description."""
        found: JsonSchema = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        schema_class = schema if isinstance(schema, type) else type(schema)
        sentence = (inspect.getdoc(schema_class) or "").partition("\n\n")[0].replace("\n", " ")
        between = self._resolve(getattr(schema_class, "json_schema", {}))
        return {"description": sentence, **found, **between}

    def _shape(self, shape: Mapping[str, Any]) -> JsonSchema:
        """A field class's shape; a titled one is added to the components on first sight."""
        name = shape.get("title")
        if name is None:
            resolved: JsonSchema = self._resolve(shape)
            return resolved
        if name not in self.spec.components.schemas:
            self.spec.components.schema(name, {})
            self.spec.components.schemas[name].update(self._resolve(shape))
        return {"$ref": f"{_REF}{name}"}

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._resolve(below) for key, below in value.items()}
        if isinstance(value, list | tuple):
            return [self._resolve(below) for below in value]
        if isinstance(value, type) and issubclass(value, Schema):
            return self.resolve_nested_schema(value)  # type: ignore[no-untyped-call]
        if isinstance(value, type) and issubclass(value, fields.Field):
            return self._shape(value.json_schema)  # type: ignore[attr-defined]
        return value


class ShapePlugin(MarshmallowPlugin):
    """apispec's Marshmallow plugin with our converter."""

    Converter = ShapeConverter


def ecma_pattern(pattern: str) -> str:
    r"""A Python pattern for `re.match` as one that ECMA-262 searches for: `^` in front, `$` for `\Z`."""
    body, end = (pattern[:-2], "$") if pattern.endswith(r"\Z") else (pattern, "")
    if body.startswith("^"):
        return body + end
    return f"^(?:{body}){end}" if "|" in body else f"^{body}{end}"


def references(value: Any) -> Iterator[str]:
    """Names of the component schemas that a part of the document refers to."""
    if isinstance(value, Mapping):
        target = value.get("$ref")
        if isinstance(target, str) and target.startswith(_REF):
            yield target.removeprefix(_REF)
        for below in value.values():
            yield from references(below)
    elif isinstance(value, list):
        for below in value:
            yield from references(below)


def resolve(schema: JsonSchema, components: Mapping[str, JsonSchema]) -> JsonSchema:
    """A schema, or the component it refers to."""
    target = schema.get("$ref")
    return schema if target is None else components[target.removeprefix(_REF)]
