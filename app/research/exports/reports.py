"""The reports of an export: what was left out, what was replaced in texts, which rows stand out."""

from collections.abc import Mapping
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
        "feedback": {
            name: manifest.feedback[name]
            for name in ("rows_with_text", "rows_redacted", "redactions", "rows_by_redaction_type")
        },
    }


def _dropped(manifest: Manifest) -> dict[str, Any]:
    return {
        "description": "Records chosen and left out of the export, and votes and feedback that gave no row of a table.",
        "rows_in": manifest.rows_in,
        "rows_out": manifest.rows_out,
        "dropped": _explained(manifest.dropped, "rows", REASONS),
        "feedback": {
            "rows_in": manifest.feedback["rows_in"],
            "rows_out": manifest.feedback["rows_out"],
            "dropped": _explained(manifest.feedback["dropped"], "rows", REASONS),
        },
        "tables": {
            name: {
                "rows": told["rows"],
                "votes_left_out": _explained(told["votes_left_out"], "votes", LEFT_OUT),
                "feedback_left_out": _explained(told.get("feedback_left_out", {}), "rows", LEFT_OUT),
            }
            for name, told in manifest.tables.items()
        },
    }


def _explained(counts: Mapping[str, int], what: str, meanings: Mapping[str, str]) -> dict[str, Any]:
    return {reason: {what: count, "meaning": meanings.get(reason, "")} for reason, count in counts.items()}


def _small_cells(manifest: Manifest) -> dict[str, Any]:
    return {
        "description": "Cells are the rows of `votes`, and by themselves those of `feedback`, that share a week and a "
        "language (and a surface, which no row tells, where the export is chosen by surface). `by_persons` tells for "
        "some numbers how many cells had fewer persons when the records were chosen, and how many rows those hold; "
        "`by_rows` how many cells have so many rows. Smaller cells than of `k` persons were suppressed, with so many "
        "records in all; k 1 suppresses none.",
        "columns": ["voted_week", "language", *(["surface"] if "surfaces" in manifest.filters else [])],
        "rater_scope": manifest.rater_scope,
        "k": manifest.k,
        "suppressed": manifest.dropped.get(SMALL_CELL, 0),
        "by_persons": manifest.small_cells,
        "by_rows": manifest.statistics["cells"],
        "feedback": {
            "suppressed": manifest.feedback["dropped"].get(SMALL_CELL, 0),
            "by_persons": manifest.feedback["small_cells"],
        },
    }
