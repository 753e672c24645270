"""JSON Schemas (2020-12) of what an export holds as JSON: a line of each table, the manifest, a tombstone."""

from collections.abc import Collection
from typing import Any, Final

import pyarrow as pa

from app.research.exports.request import ExportFormat
from app.research.exports.small_cells import SIZES
from app.research.exports.tables import TABLES, TRL_UNPAIRED, Table

FOLDER: Final = "schema"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TYPES: Final[dict[pa.DataType, dict[str, Any]]] = {
    pa.string(): {"type": "string"},
    pa.bool_(): {"type": "boolean"},
    pa.int32(): {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    pa.int64(): {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    pa.float64(): {"type": "number"},
    pa.date32(): {"type": "string", "format": "date"},
}
_COUNT: Final = {"type": "integer", "minimum": 0}
_COUNTS: Final = {"type": "object", "additionalProperties": _COUNT}
_WEEK: Final = {"type": "string", "format": "date"}
_SHA256: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def json_schemas(formats: Collection[str]) -> dict[str, dict[str, Any]]:
    """The schemas by their paths in an export that has these forms."""
    has_lines = ExportFormat.JSONL in formats
    named = {table.name: _of_table(table) for table in TABLES} if has_lines else {}
    named |= {"manifest": _manifest(), "tombstones": _tombstone()}
    return {f"{FOLDER}/{name}.schema.json": {"$schema": _DIALECT, **schema} for name, schema in named.items()}


def _of_table(table: Table) -> dict[str, Any]:
    members = {field.name: {**_value(field), "description": text} for field, text in table.columns()}
    return {
        "title": table.name,
        "description": f"A line of {table.jsonl_prefix}*.jsonl.gz.",
        **_object(members),
    }


def _value(field: "pa.Field[Any]") -> dict[str, Any]:
    schema = _type(field.type)
    return {"anyOf": [schema, {"type": "null"}]} if field.nullable else schema


def _type(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_struct(kind):
        members = [kind.field(index) for index in range(kind.num_fields)]
        return _object({member.name: _value(member) for member in members})
    if pa.types.is_list(kind):
        return {"type": "array", "items": _value(kind.value_field)}
    return _TYPES[kind]


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _manifest() -> dict[str, Any]:
    file = _object(
        {
            "path": {"type": "string"},
            "bytes": _COUNT,
            "sha256": _SHA256,
            "rows": {"anyOf": [_COUNT, {"type": "null"}]},
        }
    )
    table = _object({"rows": _COUNT, "votes_left_out": _COUNTS})
    unpaired = _object({"rows": _COUNT, "votes_left_out": _COUNTS, "feedback_left_out": _COUNTS})
    small_cells = _object({str(size): _object({"cells": _COUNT, "rows": _COUNT}) for size in SIZES})
    rows = ("rows_in", "rows_out", "rows_with_text", "rows_redacted", "redactions")
    by = ("dropped", "by_rating", "by_target", "rows_by_redaction_type")
    members = {
        "format": {"const": "pairvote-export"},
        "format_version": {"const": 1},
        "export_id": {"type": "string"},
        "created_week": _WEEK,
        "expires_week": _WEEK,
        "key_ids": _object({"identifiers": {"type": "string"}, "signature": {"type": "string"}}),
        "rater_scope": {"enum": ["none", "conversation", "export"]},
        "rater_linkage": {"type": "number", "minimum": 0, "maximum": 1},
        "k": {"type": "integer", "minimum": 1},
        "small_cells": small_cells,
        "formats": {
            "type": "array",
            "items": {"enum": [each.value for each in ExportFormat]},
            "contains": {"const": ExportFormat.PARQUET.value},
            "uniqueItems": True,
        },
        "filters": {"type": "object"},
        "rows_in": _COUNT,
        "rows_out": _COUNT,
        "dropped": _COUNTS,
        "tables": _object({each.name: unpaired if each is TRL_UNPAIRED else table for each in TABLES}),
        "statistics": {"type": "object"},
        "deidentification": {"type": "object"},
        "files": {"type": "array", "items": file},
        "feedback": _object(
            {**dict.fromkeys(rows, _COUNT), **dict.fromkeys(by, _COUNTS), "small_cells": small_cells}
        ),
    }
    return {"title": "manifest", "description": "manifest.json.", **_object(members)}


def _tombstone() -> dict[str, Any]:
    members = {
        "vote_id": {
            "type": "string",
            "description": "The row that must be deleted, from every table and copy: a `vote_id`, or, where it "
            "begins with f_, a `feedback_id`.",
        },
        "withdrawn_week": {
            **_WEEK,
            "description": "The Monday of the ISO week (UTC) in which it was taken out.",
        },
    }
    return {"title": "tombstones", "description": "A line of tombstones.jsonl.", **_object(members)}
