"""Everything in an export that describes it to programs, made from its manifest alone."""

import json
from typing import Any

from app.research.exports import croissant, datapackage
from app.research.exports.json_schemas import json_schemas
from app.research.exports.manifest import Manifest
from app.research.exports.reports import REPORTS, reports


def documents(manifest: Manifest) -> dict[str, dict[str, Any]]:
    """The documents by their paths. Of the manifest's files they look at those with rows alone."""
    return {
        croissant.PATH: croissant.croissant(manifest),
        datapackage.PATH: datapackage.datapackage(manifest),
        **json_schemas(),
        **reports(manifest),
    }


def document_paths() -> set[str]:
    """Where they are, whatever the manifest says."""
    return {croissant.PATH, datapackage.PATH, *json_schemas(), *REPORTS}


def document_text(document: dict[str, Any]) -> str:
    """A document as it is written."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
