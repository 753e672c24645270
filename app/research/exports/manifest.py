"""The manifest and the checksum list: what an export says of itself, for machines."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from app.core.clock import iso_date, week_of
from app.privacy.signatures import Signer
from app.research.exports.feedback_counts import FeedbackCounts
from app.research.exports.files import WrittenFile
from app.research.exports.request import ExportFormat, RaterScope, ordered_formats
from app.research.exports.small_cells import SIZES, SMALL_CELL, smaller_cells
from app.research.exports.statistics import Statistics
from app.research.exports.tables import TABLES, TRL_UNPAIRED

FORMAT: Final = "pairvote-export"
FORMAT_VERSION: Final = 1

DROP_REASONS: Final = {
    "withdrawn": "Withdrawn between the choice of the records and their reading.",
    "content_key_destroyed": "The key of its text is gone.",
    SMALL_CELL: "Fewer than k persons share its week and language (and its surface, in an export chosen by surface), "
    "in the workspace or among what the filters choose.",
}
"""Why a record that was chosen is left out, and what that means."""

RECALLED: Final = "recalled"
"""Why a row is missing in a copy from which its holder has deleted what was withdrawn."""
REASONS: Final = {
    **DROP_REASONS,
    RECALLED: "Withdrawn after the export was made, and deleted from this copy.",
}

RATER_LINKAGE: Final = {RaterScope.NONE: 0.0, RaterScope.CONVERSATION: 0.0, RaterScope.EXPORT: 1.0}
"""By scope: the share of raters that whoever has two exports of it can follow from conversation to conversation, from
one export into the other, by what rows tell. As measured: `tests/attacks/test_linking.py`."""

_SUM_LINE: Final = re.compile(r"([0-9a-f]{64}) [ *](.+)")


@dataclass(frozen=True)
class ExportDetails:
    """What the maker of an export knows about it before and beside its rows."""

    export_id: str
    created_day: int
    """Days since 1970-01-01; the export tells its week only."""
    expires_day: int
    """When the files and the key behind the identifiers go; the export tells the week of that as well."""
    key_id: str
    """Names the key behind the identifiers; the key itself never enters the folder."""
    rater_scope: RaterScope
    signer: Signer
    formats: tuple[ExportFormat, ...] = tuple(ExportFormat)
    filters: Mapping[str, Any] = field(default_factory=dict)
    """How the records were chosen, as JSON values."""
    k: int = 1
    small_cells: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: smaller_cells(()))
    """By number of persons: the cells that have fewer, and the rows in them, when the records were chosen."""
    dropped: Mapping[str, int] = field(default_factory=dict)
    """Records left out before any was read, by reason."""
    feedback_dropped: Mapping[str, int] = field(default_factory=dict)
    feedback_small_cells: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: smaller_cells(()))


@dataclass(frozen=True)
class Manifest:
    """What `manifest.json` holds."""

    export_id: str
    created_week: str
    expires_week: str
    key_ids: dict[str, str]
    """`identifiers` names the key that they are made with, `signature` the public key that checks the signature."""
    rater_scope: str
    rater_linkage: float
    """The share of raters that can be followed from one export of this scope into another, as measured."""
    k: int
    """Cells of fewer persons were suppressed; 1: none."""
    small_cells: dict[str, dict[str, int]]
    """By number of persons: the cells that had fewer, and the rows in them, when the records were chosen."""
    formats: list[str]
    """In which forms the rows are there."""
    filters: dict[str, Any]
    rows_in: int
    rows_out: int
    dropped: dict[str, int]
    """Records that were chosen and left out, by reason."""
    tables: dict[str, Any]
    """By table: its rows, and the votes that gave none, by reason."""
    statistics: dict[str, Any]
    deidentification: dict[str, Any]
    files: tuple[WrittenFile, ...]
    feedback: dict[str, Any]
    """Of `feedback` what is told of the votes above: rows in and out, dropped, counts, small cells."""


class ManifestUnreadable(ValueError):
    """The manifest is not one, or of a version this program does not know."""


def make_manifest(
    details: ExportDetails,
    statistics: Statistics,
    tables: Mapping[str, Any],
    files: Sequence[WrittenFile],
    *,
    dropped: Mapping[str, int],
    feedback: FeedbackCounts | None = None,
) -> Manifest:
    """The manifest of a finished set of files; `dropped` are the records that could not be read."""
    left_out = _summed(details.dropped, dropped)
    counted = feedback or FeedbackCounts()
    feedback_dropped = _summed(details.feedback_dropped, counted.dropped)
    return Manifest(
        export_id=details.export_id,
        created_week=iso_date(week_of(details.created_day)),
        expires_week=iso_date(week_of(details.expires_day)),
        key_ids={"identifiers": details.key_id, "signature": details.signer.public_key.key_id},
        rater_scope=details.rater_scope.value,
        rater_linkage=RATER_LINKAGE[details.rater_scope],
        k=details.k,
        small_cells={size: dict(counts) for size, counts in details.small_cells.items()},
        formats=[each.value for each in details.formats],
        filters=dict(sorted(details.filters.items())),
        rows_in=statistics.rows + sum(left_out.values()),
        rows_out=statistics.rows,
        dropped=left_out,
        tables=dict(tables),
        statistics=statistics.summary(),
        deidentification=statistics.deidentification(),
        files=tuple(sorted(files, key=lambda file: file.path)),
        feedback={
            "rows_in": counted.rows + sum(feedback_dropped.values()),
            "rows_out": counted.rows,
            "dropped": feedback_dropped,
            "small_cells": {size: dict(counts) for size, counts in details.feedback_small_cells.items()},
            **counted.summary(),
        },
    )


def _summed(*dropped: Mapping[str, int]) -> dict[str, int]:
    """Records that were left out, by reason; every reason that there is stands in it."""
    reasons = sorted({*DROP_REASONS, *(reason for each in dropped for reason in each)})
    return {reason: sum(each.get(reason, 0) for each in dropped) for reason in reasons}


def with_files(manifest: Manifest, files: Sequence[WrittenFile]) -> Manifest:
    """The manifest with further files."""
    return replace(manifest, files=tuple(sorted([*manifest.files, *files], key=lambda file: file.path)))


def manifest_text(manifest: Manifest) -> str:
    """`manifest.json`; the same manifest gives the same text."""
    document = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(manifest)}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def read_manifest(text: str) -> Manifest:
    """The manifest in a `manifest.json`; raises ManifestUnreadable."""
    try:
        document = json.loads(text)
        if document.pop("format") != FORMAT:
            raise ManifestUnreadable("It is not the manifest of a Pairvote export.")
        if (version := document.pop("format_version")) != FORMAT_VERSION:
            raise ManifestUnreadable(
                f"Its format version is {version!r}, and only {FORMAT_VERSION} is known."
            )
        manifest = Manifest(**{**document, "files": tuple(WrittenFile(**file) for file in document["files"])})
        _check_types(manifest)
    except ManifestUnreadable:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ManifestUnreadable(
            f"It does not have the shape of a manifest ({type(error).__name__})."
        ) from error
    return manifest


def checksums_text(files: Sequence[WrittenFile]) -> str:
    """`SHA256SUMS` as `sha256sum -c` reads it."""
    return "".join(f"{file.sha256}  {file.path}\n" for file in sorted(files, key=lambda file: file.path))


def read_checksums(text: str) -> dict[str, str]:
    """The sums by path in a `SHA256SUMS`; raises ValueError with the number of a line that is none."""
    sums = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not (match := _SUM_LINE.fullmatch(line)):
            raise ValueError(f"Line {number} is not a checksum and a path.")
        sums[match[2]] = match[1]
    return sums


def _check_types(manifest: Manifest) -> None:
    for week in (manifest.created_week, manifest.expires_week):
        dt.date.fromisoformat(week)
    if manifest.formats != [*ordered_formats(map(ExportFormat, manifest.formats))]:
        raise ManifestUnreadable("Its formats are not those of an export.")
    objects = (manifest.filters, manifest.tables, manifest.statistics, manifest.deidentification)
    if not all(isinstance(each, dict) for each in objects):
        raise TypeError
    counts: list[object] = [manifest.k, manifest.rows_in, manifest.rows_out, manifest.statistics["battles"]]
    for size in SIZES:
        for cells in (manifest.small_cells, manifest.feedback["small_cells"]):
            counts += [cells[str(size)][name] for name in ("cells", "rows")]
    counts += manifest.dropped.values()
    counts += [manifest.feedback[name] for name in ("rows_in", "rows_out", "rows_with_text")]
    counts += manifest.feedback["dropped"].values()
    counts += manifest.tables[TRL_UNPAIRED.name]["feedback_left_out"].values()
    for table in TABLES:
        counts += [
            manifest.tables[table.name]["rows"],
            *manifest.tables[table.name]["votes_left_out"].values(),
        ]
    counts += [file.bytes for file in manifest.files]
    counts += [file.rows for file in manifest.files if file.rows is not None]
    texts: list[object] = [text for file in manifest.files for text in (file.path, file.sha256)]
    texts += [manifest.export_id, manifest.key_ids["identifiers"], manifest.key_ids["signature"]]
    if type(manifest.rater_linkage) is not float:
        raise TypeError
    # A bool is an int to Python and no count to anybody.
    if any(type(count) is not int for count in counts) or any(type(text) is not str for text in texts):
        raise TypeError
