"""Everything in an export that describes it to programs, made from its manifest alone."""

import json
from typing import Any

from app.research.exports import croissant, datapackage
from app.research.exports.json_schemas import json_schemas
from app.research.exports.manifest import Manifest
from app.research.exports.reports import REPORTS, reports
from app.research.exports.request import ExportFormat


def documents(manifest: Manifest) -> dict[str, dict[str, Any]]:
    """The documents by their paths. Of the manifest's files they look at those with rows alone."""
    made = {
        croissant.PATH: croissant.croissant(manifest),
        **json_schemas(manifest.formats),
        **reports(manifest),
    }
    if ExportFormat.CSV in manifest.formats:
        made[datapackage.PATH] = datapackage.datapackage(manifest)
    return made


def document_paths(manifest: Manifest) -> set[str]:
    """Where they are, whatever else the manifest says."""
    paths = {croissant.PATH, *json_schemas(manifest.formats), *REPORTS}
    return {*paths, datapackage.PATH} if ExportFormat.CSV in manifest.formats else paths


def document_text(document: dict[str, Any]) -> str:
    """A document as it is written."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
