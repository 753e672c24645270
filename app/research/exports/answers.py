"""Exports as callers are told of them."""

import re
from collections.abc import Sequence
from typing import Any, Final

from app.core.clock import rfc3339
from app.core.errors import FieldError, InvalidParameter
from app.privacy.keyring import Keyring
from app.privacy.signatures import published_keys
from app.research.exports.models import WHOLE, StoredExport, StoredFile
from app.research.exports.services import ExportPage, export_text
from app.research.exports.small_cells import Survey

_CURSOR: Final = re.compile(r"[0-7][0-9a-f]{47}", re.ASCII)
_TIME_BYTES: Final = 8
NEWEST: Final = (2**63 - 1, b"")
"""Where the first page begins."""


def export_summary(export: StoredExport) -> dict[str, Any]:
    """An export without its files."""
    asked = export.asked
    return {
        "id": export_text(export.id),
        "state": export.state,
        "purpose": asked.purpose,
        "recipient": asked.recipient,
        "filters": asked.filters.described(),
        "k": asked.k,
        "formats": [each.value for each in asked.formats],
        "rater_scope": asked.rater_scope.value,
        "rater_scope_reason": asked.rater_scope_reason,
        "created_at": rfc3339(export.created_at),
        "started_at": _time(export.started_at),
        "finished_at": _time(export.finished_at),
        "expires_at": rfc3339(export.expires_at),
        "progress": (export.progress or 0) / WHOLE,
        "rows_in": export.rows_in,
        "rows_out": export.rows_out,
        "dropped": export.dropped_counts,
        "bytes": export.size_bytes,
        "manifest_sha256": export.manifest_sha256,
        "failure": export.failure,
    }


def export_answer(export: StoredExport, files: Sequence[StoredFile]) -> dict[str, Any]:
    """An export with its files."""
    listed = [
        {"path": file.path, "bytes": file.size_bytes, "sha256": file.sha256, "rows": file.rows}
        for file in files
    ]
    return {**export_summary(export), "files": listed}


def dry_run_answer(found: Survey) -> dict[str, Any]:
    """What an export would hold, in the words that are used of one that was made."""
    return {
        "k": found.k,
        "rows_in": found.rows_in,
        "rows_out": found.rows_out,
        "dropped": found.dropped,
        "rows_with_text": found.rows_with_text,
        "by_outcome": found.by_outcome,
        "small_cells": found.small_cells,
    }


def page_answer(page: ExportPage) -> dict[str, Any]:
    """A page of the list."""
    return {
        "data": [export_summary(export) for export in page.exports],
        "next_cursor": _cursor(page.exports[-1]) if page.has_more else None,
        "has_more": page.has_more,
    }


def keys_answer(keyring: Keyring) -> dict[str, Any]:
    """The public keys that check the signatures of exports."""
    listed = [
        {
            **published.key.jwk(),
            "pem": published.key.pem(),
            "is_primary": published.is_primary,
            "created_at": rfc3339(published.created_at),
        }
        for published in published_keys(keyring)
    ]
    return {"keys": listed}


def read_cursor(text: str | None) -> tuple[int, bytes]:
    """The time and id that a page begins after. InvalidParameter."""
    if text is None:
        return NEWEST
    if not _CURSOR.fullmatch(text):
        raise InvalidParameter(errors=[FieldError("/cursor", "Not the next_cursor of a page.")])
    raw = bytes.fromhex(text)
    return int.from_bytes(raw[:_TIME_BYTES], "big"), raw[_TIME_BYTES:]


def _cursor(export: StoredExport) -> str:
    return (export.created_at.to_bytes(_TIME_BYTES, "big") + export.id).hex()


def _time(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)
