"""Puts something of each class into an installation: rows made from the tables' declarations, and files."""

import os
import secrets
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Table, and_, select

from app.core.clock import MS_PER_DAY, NS_PER_MS, day_of
from app.core.ids import uuid7
from app.core.retention import RetentionClass
from app.disconnection.models import link_place
from app.operations.installation import Installation
from app.privacy.links import Links
from app.research.exports import services as exports
from app.research.exports.request import ExportRequest

IsThere = Callable[[], bool]
_numbers: Final = count(1)


def keep(
    here: Installation, which: RetentionClass, *, workspace_id: bytes, at: int, days: int | None = None
) -> IsThere:
    """Keeps one thing of a class as of a time; whether it, and the key it may have, is still there."""
    if which.table is None:
        return _FILES[which.name](here, workspace_id, at, days or which.days(here.settings))
    values = _row(which.table, at) | _FITTING.get(which.name, _nothing)(here, workspace_id, at)
    return _insert(here, which, values | {"workspace_id": workspace_id})


def gone_at(which: RetentionClass, *, kept_at: int, days: int) -> int:
    """The first moment at which something kept at a time is gone, as people would say it."""
    ends = kept_at + days * MS_PER_DAY
    if which.retention.clock_column != "day":
        return ends if which.retention.is_at_most else ends + 1
    midnight = day_of(ends) * MS_PER_DAY
    return midnight if which.retention.is_at_most else midnight + MS_PER_DAY


def _insert(here: Installation, which: RetentionClass, values: Mapping[str, Any]) -> IsThere:
    table, engine = which.table, here.databases()[which.zone].engine
    assert table is not None
    row = {name: value for name, value in values.items() if name in table.c}
    with engine.begin() as connection:
        connection.execute(table.insert(), row)
    this = and_(*(column == row[column.name] for column in table.primary_key))
    key_id = row.get("key_id") or (row["id"] if which.name == "uploads" else None)

    def is_there() -> bool:
        with engine.connect() as connection:
            there = connection.execute(select(table).where(this)).first() is not None
        # A key lives exactly as long as its row.
        assert key_id is None or (here.intake.data_keys.find(key_id) is not None) == there, which.name
        return there

    return is_there


def _row(table: Table, at: int) -> dict[str, Any]:
    listed = {
        each.info["column"]: next(iter(each.info["enum"])).value
        for each in table.constraints
        if isinstance(each, CheckConstraint) and "enum" in each.info
    }
    row = {
        column.name: listed.get(column.name, _value(column))
        for column in table.columns
        if not column.nullable
    }
    retention = table.info["retention"]
    return row | {retention.clock_column: retention.units(at)}


def _value(column: Column[Any]) -> Any:
    number = next(_numbers)
    if isinstance(column.type, LargeBinary):
        return number.to_bytes(column.type.length or 16)
    return number if isinstance(column.type, Integer) else str(number)[: getattr(column.type, "length", None)]


def _nothing(_here: Installation, _workspace_id: bytes, _at: int) -> dict[str, Any]:
    return {}


def _report(here: Installation, _workspace_id: bytes, at: int) -> dict[str, Any]:
    key_id = secrets.token_bytes(16)
    here.intake.data_keys.create_many([key_id], day=day_of(at))
    return {"key_id": key_id}


def _upload(here: Installation, _workspace_id: bytes, at: int) -> dict[str, Any]:
    upload_id = uuid7(at)
    here.intake.data_keys.create_many([upload_id], day=day_of(at))
    return {"id": upload_id}


def _dropped_link(here: Installation, workspace_id: bytes, at: int) -> dict[str, Any]:
    comparison_id = uuid7(at)
    place = link_place(workspace_id, comparison_id)
    sealed = Links(here.keyring).seal_link(secrets.token_bytes(16), place)
    return {"comparison_id": comparison_id, "link_sealed": sealed, "is_taken_back": True}


# What a row needs beside values that its columns admit.
_FITTING: Final[Mapping[str, Callable[[Installation, bytes, int], dict[str, Any]]]] = {
    "reports": _report,
    "uploads": _upload,
    "dropped_links": _dropped_link,
    "erasures": lambda *_: {"state": "done"},
    "comparisons": lambda *_: {"state": "skipped"},
    "feedback": lambda *_: {"state": "disconnected"},
    "invitations": lambda _here, _workspace_id, at: {"expires_at": at},
}


def _export(here: Installation, workspace_id: bytes, at: int, days: int) -> IsThere:
    research = here.research
    export = exports.prepare_export(
        research.record_keys, workspace_id=workspace_id, request=ExportRequest(), keep_days=days, at=at
    )
    research.db.write(lambda tx: exports.request_export(tx, export=export, actor="test"))
    folder = exports.export_folder(research.exports_folder, export.id)
    _write(folder / "manifest.json", at)

    def is_there() -> bool:
        assert (research.record_keys.find(export.id) is not None) == folder.exists()
        return folder.exists()

    return is_there


def _leftover(here: Installation, _workspace_id: bytes, at: int, _days: int) -> IsThere:
    folder = exports.export_folder(here.research.exports_folder, secrets.token_bytes(16))
    work = folder.with_name(f".{folder.name}.partial")
    for each in (folder, work):
        _write(each / "manifest.json", at)
    return lambda: folder.exists() or work.exists()


def _key_ring_copy(here: Installation, _workspace_id: bytes, at: int, _days: int) -> IsThere:
    ring = Path(here.settings.keyring)
    copy = ring.with_name(f".{ring.name}.{secrets.token_hex(8)}")
    _write(copy, at)
    return copy.exists


def _write(path: Path, at: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("kept", "utf-8")
    for each in (path, path.parent):
        os.utime(each, ns=(at * NS_PER_MS, at * NS_PER_MS))


_FILES: Final[Mapping[str, Callable[[Installation, bytes, int, int], IsThere]]] = {
    "export_folders": _export,
    "export_leftovers": _leftover,
    "key_ring_copies": _key_ring_copy,
}
