"""A copy of an export from which its holder has deleted what was withdrawn.

It can be made by whoever has the folder: everything but the rows of `votes` is made from those anew. The service's
manifest goes along with its signature, and so do the signed notices: together they show that the copy is the export
without these rows. That nothing else was changed, a copy cannot prove; a fresh download can.
"""

import json
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from app.privacy.signatures import PublicKey
from app.research.exports.feedback_counts import FeedbackCounts
from app.research.exports.files import MANIFEST, SIGNATURE, sync_folder, write_bytes
from app.research.exports.findings import Finding
from app.research.exports.folder import describe, finish_tables, write_all_conversations
from app.research.exports.manifest import RECALLED, Manifest, read_manifest
from app.research.exports.parquet_file import parts_of, read_batches
from app.research.exports.parts import BUILDING, write_feedback, write_votes
from app.research.exports.plan import clear_plan
from app.research.exports.reduced_check import (
    NOTICES,
    ORIGINAL_MANIFEST,
    ORIGINAL_SIGNATURE,
    is_reduced,
    read_notices,
)
from app.research.exports.request import ExportFormat
from app.research.exports.tables import FEEDBACK, VOTES
from app.research.exports.tombstone_signatures import is_genuine_tombstone
from app.research.exports.tombstones import write_tombstones
from app.research.exports.verification import verify
from app.research.exports.work_folder import work_folder


class NotApplied(Exception):
    """The copy stays as it is; the message says why."""


class Applied(NamedTuple):
    """What was deleted: rows of `votes` and `feedback` now, and by all notices so far."""

    deleted: int
    deleted_in_all: int
    notices: int


def apply_tombstones(
    folder: Path, told: Sequence[Mapping[str, Any]], keys: Sequence[PublicKey] | None
) -> Applied:
    """Deletes the rows that tombstones name from every file of a copy. Doing it again changes nothing.

    The copy is written anew beside itself and then takes its own place: killed anywhere, one of the two is whole.
    `keys` check the copy and the tombstones; None trusts both. NotApplied.
    """
    _finish_interrupted(folder)
    findings = verify(folder, keys=keys)
    if findings:
        raise NotApplied(f"The copy is damaged: {_sentence(findings[0])}")
    manifest = read_manifest((folder / MANIFEST).read_text(encoding="utf-8"))
    notices = {notice["number"]: notice for notice in read_notices(folder)}
    for notice in told:
        _check(notice, manifest.export_id, keys)
        notices[notice["number"]] = dict(notice)
    gone = {str(notice["vote_id"]) for notice in notices.values()}
    before = manifest.rows_out + manifest.feedback["rows_out"]
    target = folder.with_name(f"{folder.name}.reduced")
    shutil.rmtree(target, ignore_errors=True)
    with work_folder(target) as work:
        reduced = _write(work, folder, manifest, gone, [notices[number] for number in sorted(notices)])
    _take_place(target, folder)
    left = reduced.rows_out + reduced.feedback["rows_out"]
    return Applied(
        before - left, reduced.dropped[RECALLED] + reduced.feedback["dropped"][RECALLED], len(notices)
    )


def _check(notice: Mapping[str, Any], export_id: str, keys: Sequence[PublicKey] | None) -> None:
    number = notice.get("number")
    if not isinstance(number, int) or not isinstance(notice.get("vote_id"), str):
        raise NotApplied("What was given is not a list of tombstones.")
    if notice.get("export_id") != export_id:
        raise NotApplied(f"Tombstone {number} is of another export.")
    if keys is not None and not is_genuine_tombstone(notice, keys):
        raise NotApplied(f"Tombstone {number} is not signed by a trusted key.")


def _write(
    work: Path, folder: Path, manifest: Manifest, gone: Collection[str], notices: Sequence[Mapping[str, Any]]
) -> Manifest:
    formats = [ExportFormat(each) for each in manifest.formats]
    (work / BUILDING).mkdir()
    votes = [
        write_votes(work, number, _without(part, gone), formats)
        for number, part in enumerate(parts_of(folder, VOTES))
    ]
    feedback = [
        write_feedback(
            work, number, _without(part, gone), formats, parts_of_votes=len(parts_of(folder, VOTES))
        )
        for number, part in enumerate(parts_of(folder, FEEDBACK))
    ]
    talks = write_all_conversations(work, votes, formats, scratch=work / BUILDING)
    tables = finish_tables(work, [*votes, *talks, *feedback], formats)
    clear_plan(work)
    files = [*tables.files, write_tombstones(work, {}, {})]
    lines = b"".join(orjson.dumps(notice, option=orjson.OPT_APPEND_NEWLINE) for notice in notices)
    files.append(write_bytes(work, NOTICES, lines))
    kept = (ORIGINAL_MANIFEST, ORIGINAL_SIGNATURE) if is_reduced(folder) else (MANIFEST, SIGNATURE)
    for path, source in zip((ORIGINAL_MANIFEST, ORIGINAL_SIGNATURE), kept, strict=True):
        files.append(write_bytes(work, path, (folder / source).read_bytes()))
    rows = tables.statistics.rows
    reduced = replace(
        manifest,
        rows_out=rows,
        dropped={**manifest.dropped, RECALLED: manifest.dropped.get(RECALLED, 0) + manifest.rows_out - rows},
        tables=tables.summary,
        statistics=tables.statistics.summary(),
        deidentification=tables.statistics.deidentification(),
        files=tuple(sorted(files, key=lambda file: file.path)),
        feedback=_reduced_feedback(manifest.feedback, tables.feedback),
    )
    return describe(work, reduced, None)


def _reduced_feedback(told: Mapping[str, Any], left: FeedbackCounts) -> dict[str, Any]:
    deleted = told["dropped"].get(RECALLED, 0) + told["rows_out"] - left.rows
    return {
        **told,
        **left.summary(),
        "rows_out": left.rows,
        "dropped": {**told["dropped"], RECALLED: deleted},
    }


def _without(part: Path, gone: Collection[str]) -> Iterator[pa.RecordBatch]:
    """The rows of a file whose first column, which names them, says none of these."""
    named = pa.array(gone, pa.string())
    for rows in read_batches(part):
        yield rows.filter(pc.invert(pc.is_in(rows.column(0), value_set=named)))


def _take_place(new: Path, folder: Path) -> None:
    old = _set_aside(folder)
    folder.rename(old)
    new.rename(folder)
    sync_folder(folder.parent)
    shutil.rmtree(old)


def _finish_interrupted(folder: Path) -> None:
    """A run that was killed between two steps of taking the place left the old copy under another name."""
    old = _set_aside(folder)
    if not folder.exists() and old.exists():
        old.rename(folder)
    elif folder.exists() and old.exists():
        shutil.rmtree(old)


def _set_aside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.replaced")


def _sentence(finding: Finding) -> str:
    return f"{finding.path}: {finding.detail}"


def read_told(text: str) -> list[Mapping[str, Any]]:
    """The tombstones in a page of the feed, in several, or in lines of one each. NotApplied."""
    try:
        return [each for document in _documents(text) for each in _tombstones_in(document)]
    except (ValueError, TypeError, RecursionError) as error:
        raise NotApplied("What was given is not a list of tombstones.") from error


def _documents(text: str) -> list[Any]:
    """One document over several lines, or one on each line."""
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def _tombstones_in(document: Any) -> list[Mapping[str, Any]]:
    found = document["data"] if isinstance(document, dict) and "data" in document else document
    found = found if isinstance(found, list) else [found]
    if not all(isinstance(each, dict) for each in found):
        raise TypeError
    return found
