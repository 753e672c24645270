"""What of a build outlives its builder: the records in their order, and a note of every part that is complete.

All of it lies in the work folder and goes before the folder becomes the export. What a note says is believed when its
files have the sums it names; everything else is made again.
"""

import enum
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa

from app.core.version import VERSION
from app.research.exports.files import ExportFile, WrittenFile, sha256_of, sync_folder, write_text
from app.research.exports.parts import BUILDING, Part
from app.research.exports.tables import TABLES

_ID_BYTES: Final = 16
_IDS_AT_ONCE: Final = 4_096
_ORDER: Final = {False: f"{BUILDING}/order", True: f"{BUILDING}/feedback-order"}
_PLAN: Final = f"{BUILDING}/plan.json"


class Stage(enum.StrEnum):
    """What is made part by part."""

    VOTES = "votes"
    CONVERSATIONS = "conversations"
    FEEDBACK = "feedback"


class PartKey(NamedTuple):
    """Names a part."""

    stage: Stage
    number: int

    @property
    def note(self) -> str:
        """Where it is noted that the part is complete."""
        return f"{BUILDING}/{self.stage.value}-{self.number:05}.json"


@dataclass(frozen=True)
class Plan:
    """Which records an export is made of, and how they are divided."""

    made_by: str
    """Another release might write other bytes: it begins anew."""
    rows_per_file: int
    rows_in: int
    """How many records were chosen, those included that were left out before the first was read."""
    dropped: Mapping[str, int]
    """Those by reason."""
    k: int
    """Of fewer persons no cell was chosen."""
    small_cells: Mapping[str, Mapping[str, int]]
    """By number of persons: the chosen cells that have fewer, and the rows in them."""
    order: WrittenFile
    """The ids of the others, one after the other, in the export's order."""
    feedback_dropped: Mapping[str, int]
    feedback_small_cells: Mapping[str, Mapping[str, int]]
    feedback_order: WrittenFile
    """The same of feedback."""

    @property
    def records(self) -> int:
        """How many are read."""
        return self.order.bytes // _ID_BYTES

    @property
    def parts(self) -> int:
        """How many parts the votes have; one, without rows, where there are none."""
        return max(1, -(-self.records // self.rows_per_file))

    def parts_of(self, stage: Stage) -> int:
        """How many parts a stage has; none where there is no feedback."""
        if stage is not Stage.FEEDBACK:
            return self.parts
        return -(-self.records_of(stage) // self.rows_per_file)

    def order_of(self, stage: Stage) -> WrittenFile:
        """Where the ids of a stage's records are."""
        return self.feedback_order if stage is Stage.FEEDBACK else self.order

    def records_of(self, stage: Stage) -> int:
        """How many records a stage reads."""
        return self.order_of(stage).bytes // _ID_BYTES

    def records_in(self, stage: Stage, part: int) -> int:
        """How many records a part has."""
        return max(0, min(self.rows_per_file, self.records_of(stage) - part * self.rows_per_file))


def this_release() -> str:
    """Names what decides about the bytes of an export, besides its records."""
    schemas = hashlib.sha256(b"".join(table.schema.serialize().to_pybytes() for table in TABLES))
    return f"{VERSION} pyarrow-{pa.__version__} {schemas.hexdigest()}"


def write_order(work: Path, record_ids: Iterable[bytes], *, of_feedback: bool = False) -> WrittenFile:
    """Keeps the chosen records' ids. ValueError for one of another length: it would shift all that follow."""
    waiting = iter(record_ids)
    with ExportFile(work, _ORDER[of_feedback]) as file:
        while chunk := list(islice(waiting, _IDS_AT_ONCE)):
            if any(len(record_id) != _ID_BYTES for record_id in chunk):
                raise ValueError(f"A record id has {_ID_BYTES} bytes.")
            file.write(b"".join(chunk))
        return file.publish()


def read_order(work: Path, plan: Plan, part: int, stage: Stage = Stage.VOTES) -> Iterator[bytes]:
    """The ids of the records of a part."""
    with (work / plan.order_of(stage).path).open("rb") as file:
        file.seek(part * plan.rows_per_file * _ID_BYTES)
        left = plan.records_in(stage, part)
        while left:
            ids = file.read(min(left, _IDS_AT_ONCE) * _ID_BYTES)
            yield from (ids[at : at + _ID_BYTES] for at in range(0, len(ids), _ID_BYTES))
            left -= len(ids) // _ID_BYTES


def save_plan(work: Path, plan: Plan) -> None:
    """Notes the plan: from here on the choice is made."""
    write_text(work, _PLAN, json.dumps(asdict(plan)))
    sync_folder(work / BUILDING)


def find_plan(work: Path, *, rows_per_file: int) -> Plan | None:
    """The plan of a builder that did not come to the end, if this one may go on with it."""
    stored = _read(work / _PLAN)
    try:
        orders = {name: WrittenFile(**stored[name]) for name in ("order", "feedback_order")}
        plan = Plan(**{**stored, **orders})
    except (TypeError, KeyError):
        return None
    fits = (plan.made_by, plan.rows_per_file) == (this_release(), rows_per_file)
    are_whole = all(_is_whole(work, order) for order in (plan.order, plan.feedback_order))
    return plan if fits and are_whole else None


def save_part(work: Path, key: PartKey, part: Part) -> None:
    """Notes that a part is complete."""
    for folder in {(work / file.path).parent for file in part.written}:
        sync_folder(folder)
    write_text(work, key.note, json.dumps(part.to_json()))


def find_part(work: Path, key: PartKey) -> Part | None:
    """A part that is complete, down to its last byte."""
    try:
        part = Part.from_json(_read(work / key.note))
    except (TypeError, KeyError, AttributeError):
        return None
    return part if all(_is_whole(work, file) for file in part.written) else None


def clear_but(work: Path, plan: Plan | None, parts: Mapping[PartKey, Part]) -> None:
    """Removes everything from a work folder that does not belong to these parts."""
    kept = {key.note for key in parts} | {file.path for part in parts.values() for file in part.written}
    if plan is not None:
        kept |= {_PLAN, *_ORDER.values()}
    for path in sorted(work.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(work).as_posix() not in kept:
            path.unlink()


def clear_plan(work: Path) -> None:
    """Removes what is no part of the export."""
    shutil.rmtree(work / BUILDING)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _is_whole(work: Path, file: WrittenFile) -> bool:
    path = work / file.path
    return path.is_file() and path.stat().st_size == file.bytes and sha256_of(path) == file.sha256
