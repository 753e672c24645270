"""`datapackage.json`: the CSV of an export as a Frictionless data package."""

from typing import Any, Final

from app.research.exports import battles_csv
from app.research.exports.columns import WINNERS
from app.research.exports.manifest import Manifest

PATH: Final = "datapackage.json"

# As `votes` says it, and what the CSV adds.
_FIELDS: Final[dict[str, dict[str, Any]]] = {
    "vote_id": {"type": "string", "constraints": {"required": True, "unique": True}},
    "rater_id": {"type": "string"},
    "model_a": {"type": "string", "constraints": {"required": True}},
    "model_b": {"type": "string", "constraints": {"required": True}},
    "winner": {"type": "string", "constraints": {"required": True, "enum": list(WINNERS.values())}},
    "voted_week": {"type": "date", "constraints": {"required": True}},
}


def datapackage(manifest: Manifest) -> dict[str, Any]:
    """The document."""
    (file,) = [file for file in manifest.files if file.path == battles_csv.PATH]
    resource = {
        "name": "battles",
        "type": "table",
        "path": file.path,
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "schema": {
            "fields": [{"name": name, **_FIELDS[name]} for name in battles_csv.COLUMNS],
            "primaryKey": ["vote_id"],
            "missingValues": [""],
        },
    }
    return {
        "name": manifest.export_id.replace("_", "-").lower(),
        "title": f"Pairvote export {manifest.export_id}: battles",
        "description": "The judged comparisons without text. A cell that a spreadsheet could take for a formula has an "
        "apostrophe in front.",
        "resources": [resource],
    }
