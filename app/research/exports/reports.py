"""The reports of an export: what was left out, what was replaced in texts, which rows stand out."""

from typing import Any, Final

from app.research.exports.manifest import REASONS, Manifest
from app.research.exports.small_cells import SMALL_CELL
from app.research.exports.training import LEFT_OUT

_DEIDENTIFICATION: Final = "reports/deidentification.json"
_DROPPED: Final = "reports/dropped.json"
_SMALL_CELLS: Final = "reports/small-cells.json"
REPORTS: Final = (_DEIDENTIFICATION, _DROPPED, _SMALL_CELLS)


def reports(manifest: Manifest) -> dict[str, dict[str, Any]]:
    """The reports by their paths in the export."""
    made = {
        _DEIDENTIFICATION: _deidentification(manifest),
        _DROPPED: _dropped(manifest),
        _SMALL_CELLS: _small_cells(manifest),
    }
    return {path: {"export_id": manifest.export_id, **report} for path, report in made.items()}


def _deidentification(manifest: Manifest) -> dict[str, Any]:
    levels = manifest.deidentification.values()
    return {
        "description": "By method: rows, rows with text, rows in which something was replaced, and what. These are "
        "counts of what was found. How much is missed cannot be seen in the rows.",
        "rows_with_text": sum(level["rows_with_text"] for level in levels),
        "rows_redacted": sum(level["rows_redacted"] for level in levels),
        "redactions": sum(level["redactions"] for level in levels),
        "by_method": manifest.deidentification,
    }


def _dropped(manifest: Manifest) -> dict[str, Any]:
    return {
        "description": "Records chosen and left out of the export, and votes that gave no row of a table.",
        "rows_in": manifest.rows_in,
        "rows_out": manifest.rows_out,
        "dropped": {
            reason: {"rows": count, "meaning": REASONS.get(reason, "")}
            for reason, count in manifest.dropped.items()
        },
        "tables": {
            name: {
                "rows": told["rows"],
                "votes_left_out": {
                    reason: {"votes": count, "meaning": LEFT_OUT.get(reason, "")}
                    for reason, count in told["votes_left_out"].items()
                },
            }
            for name, told in manifest.tables.items()
        },
    }


def _small_cells(manifest: Manifest) -> dict[str, Any]:
    return {
        "description": "Cells are the rows of `votes` that share a week and a language (and a surface, which no row "
        "tells, where the export is chosen by surface). `by_persons` tells for some numbers how many cells had fewer "
        "persons when the records were chosen, and how many rows those hold; `by_rows` how many cells have so many "
        "rows. Smaller cells than of `k` persons were suppressed, with so many records in all; k 1 suppresses none.",
        "columns": ["voted_week", "language", *(["surface"] if "surfaces" in manifest.filters else [])],
        "rater_scope": manifest.rater_scope,
        "k": manifest.k,
        "suppressed": manifest.dropped.get(SMALL_CELL, 0),
        "by_persons": manifest.small_cells,
        "by_rows": manifest.statistics["cells"],
    }
