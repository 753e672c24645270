"""The YAML at the head of an export's dataset card: which tables there are, with their columns and their rows."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pyarrow as pa

from app.research.exports.files import WrittenFile
from app.research.exports.tables import TABLES, VOTES, Table

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_DTYPES: Final = {
    pa.string(): "string",
    pa.bool_(): "bool",
    pa.int32(): "int32",
    pa.int64(): "int64",
    pa.float64(): "float64",
    pa.date32(): "date32",
}


def card_head(export_id: str, files: Sequence[WrittenFile]) -> str:
    """The head between its two lines of dashes, as the `datasets` library reads it."""
    lines = [
        f"pretty_name: {json.dumps(f'Pairvote export {export_id}')}",
        "tags:",
        "- human-feedback",
        "- preference",
        "- pairwise-comparison",
        "configs:",
    ]
    for table in TABLES:
        lines += _config(table)
    lines.append("dataset_info:")
    for table in TABLES:
        lines += _info(table, [file for file in files if file.path.startswith(table.parquet_folder)])
    return "".join(f"{line}\n" for line in ["---", *lines, "---"])


def _config(table: Table) -> Iterator[str]:
    yield f"- config_name: {table.name}"
    if table is VOTES:
        yield "  default: true"
    yield "  data_files:"
    yield "  - split: train"
    yield f"    path: {table.parquet_folder}*.parquet"


def _info(table: Table, files: Sequence[WrittenFile]) -> Iterator[str]:
    yield f"- config_name: {table.name}"
    yield "  features:"
    for field in table.schema:
        yield from _feature(field, "  ")
    yield "  splits:"
    yield "  - name: train"
    yield f"    num_bytes: {sum(file.bytes for file in files)}"
    yield f"    num_examples: {sum(file.rows or 0 for file in files)}"


def _feature(field: "pa.Field[Any]", indent: str) -> Iterator[str]:
    yield f"{indent}- name: {field.name if _PLAIN.fullmatch(field.name) else json.dumps(field.name)}"
    yield from _type(field.type, f"{indent}  ")


def _type(kind: pa.DataType, indent: str) -> Iterator[str]:
    if pa.types.is_struct(kind):
        yield f"{indent}struct:"
        for index in range(kind.num_fields):
            yield from _feature(kind.field(index), indent)
    elif not pa.types.is_list(kind):
        yield f"{indent}dtype: {_DTYPES[kind]}"
    elif pa.types.is_struct(kind.value_type):
        yield f"{indent}list:"
        for index in range(kind.value_type.num_fields):
            yield from _feature(kind.value_type.field(index), indent)
    else:
        yield f"{indent}list: {_DTYPES[kind.value_type]}"
