"""`croissant.json`: what is in an export, in the words of Croissant 1.1, for programs that know no other."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pyarrow as pa

from app.research.exports import battles_csv
from app.research.exports.croissant_terms import responsible_ai, usage_info
from app.research.exports.files import WrittenFile
from app.research.exports.manifest import Manifest
from app.research.exports.request import ExportFormat
from app.research.exports.tables import TABLES, Table

PATH: Final = "croissant.json"
CONFORMS_TO: Final = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
_TYPES: Final = {
    pa.string(): "sc:Text",
    pa.bool_(): "sc:Boolean",
    pa.int32(): "cr:Int32",
    pa.int64(): "cr:Int64",
    pa.float64(): "cr:Float64",
    pa.date32(): "sc:Date",
}
_PARQUET: Final = "application/x-parquet"
_CSV: Final = "text/csv"
_PLAIN: Final = "text/plain"
_BATTLES: Final = "battles"

# The context that the specification recommends (version 1.1, appendix 1), and the vocabularies of the terms of use.
_CONTEXT: Final = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "duo": "http://purl.obolibrary.org/obo/DUO_",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(manifest: Manifest) -> dict[str, Any]:
    """The document. It names no model, no filter and no recipient."""
    tables = [file for file in manifest.files if file.rows is not None]
    sources = {table: _source(table, tables) for table in TABLES}
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS_TO),
        "name": f"Pairvote export {manifest.export_id}",
        "description": "Human preferences between two answers of language models to the raters' own prompts, "
        "de-identified.",
        "citeAs": f"Pairvote export {manifest.export_id}, made in the week of {manifest.created_week}.",
        "datePublished": manifest.created_week,
        "version": "1.0.0",
        "license": "DATA_USE.md",
        "isLiveDataset": False,
        "keywords": ["human-feedback", "preference", "pairwise-comparison"],
        **usage_info(manifest),
        **responsible_ai(manifest),
        "distribution": [
            *(_file_object(file) for file in tables),
            *(_file_set(table) for table, source in sources.items() if "fileSet" in source),
        ],
        "recordSet": [
            *(_record_set(table, source) for table, source in sources.items()),
            *_battles(manifest),
        ],
    }


def _source(table: Table, files: Sequence[WrittenFile]) -> dict[str, Any]:
    """Where a table's columns are: in its file, or in all its files where there are several."""
    parts = [file for file in files if file.path.startswith(table.parquet_folder)]
    if len(parts) == 1:
        return {"fileObject": {"@id": parts[0].path}}
    return {"fileSet": {"@id": f"{table.name}-files"}}


def _file_object(file: WrittenFile) -> dict[str, Any]:
    kinds = {".parquet": _PARQUET, ".csv": _CSV, ".gz": "application/gzip", ".jsonl": "application/jsonlines"}
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": next(
            (kind for ending, kind in kinds.items() if file.path.endswith(ending)), _PLAIN
        ),
        "sha256": file.sha256,
    }


def _file_set(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{table.name}-files",
        "name": f"{table.name}-files",
        "description": f"The Parquet files of {table.name}.",
        "encodingFormat": _PARQUET,
        "includes": f"{table.parquet_folder}*.parquet",
    }


def _record_set(table: Table, source: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "field": [
            {**_field(field, f"{table.name}/{field.name}", source, field.name), "description": description}
            for field, description in table.columns()
        ],
    }


def _battles(manifest: Manifest) -> Iterator[dict[str, Any]]:
    if ExportFormat.CSV not in manifest.formats:
        return
    source = {"fileObject": {"@id": battles_csv.PATH}}
    kinds = {"voted_week": pa.date32()}
    fields = [pa.field(name, kinds.get(name, pa.string())) for name in battles_csv.COLUMNS]
    yield {
        "@type": "cr:RecordSet",
        "@id": _BATTLES,
        "name": _BATTLES,
        "description": "The judged comparisons of votes, without text.",
        "field": [_field(field, f"{_BATTLES}/{field.name}", source, field.name) for field in fields],
    }


def _field(
    field: "pa.Field[Any]", name: str, source: dict[str, Any], column: str, path: Sequence[str] = ()
) -> dict[str, Any]:
    """A field as it lies in a column: at the end of a path into it where the column is nested."""
    told: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name}
    kind = field.type
    if pa.types.is_list(kind):
        told |= {"isArray": True, "arrayShape": "-1"}
        kind = kind.value_type
    if pa.types.is_struct(kind):
        return told | {"subField": list(_members(kind, name, source, column, path))}
    extract: dict[str, Any] = {"extract": {"column": column}}
    if path:
        extract["transform"] = {"jsonPath": ".".join(path)}
    return told | {"dataType": _TYPES[kind], "source": {**source, **extract}}


def _members(
    kind: pa.StructType, name: str, source: dict[str, Any], column: str, path: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for index in range(kind.num_fields):
        member = kind.field(index)
        step = member.name if member.name.isidentifier() else f"'{member.name}'"
        yield _field(member, f"{name}/{member.name}", source, column, (*path, step))
