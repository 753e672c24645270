"""Where the files of an export are now: on this machine, or in the store that the machines share."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.research.exports import services
from app.research.exports.byte_ranges import FileBlocks, Span, open_file
from app.research.exports.models import StoredFile
from app.research.exports.store import ExportStore, StoreBlocks
from app.research.exports.work_folder import discard
from app.research.zone import Research

if TYPE_CHECKING:
    from app.research.exports.tables import Table


def open_export_file(
    research: Research, export_id: bytes, file: StoredFile, span: Span
) -> FileBlocks | StoreBlocks:
    """Bytes of an export's file. StorageUnavailable unless it is there and as long as it was."""
    folder = services.export_folder(research.exports_folder, export_id)
    if research.export_store is None or folder.exists():
        return open_file(folder, file, span)
    return research.export_store.open_file(services.export_text(export_id), file, span)


def copy_export(
    research: Research,
    export_id: bytes,
    files: Iterable[StoredFile],
    target: ExportStore,
    *,
    beat: Callable[[], object],
) -> None:
    """Copies a finished export, from wherever it is, into a store. StorageUnavailable, SourceDamaged."""

    def read(file: StoredFile) -> contextlib.AbstractContextManager[Iterable[bytes]]:
        whole = Span(0, file.size_bytes, file.size_bytes)
        return contextlib.closing(open_export_file(research, export_id, file, whole))

    target.write(services.export_text(export_id), files, read, beat=beat)


def leave_to_store(research: Research, export_id: bytes) -> None:
    """Removes the files from this machine where the store has them."""
    if research.export_store is not None:
        discard(services.export_folder(research.exports_folder, export_id))


def remove_export(research: Research, export_id: bytes) -> None:
    """Removes an export's files everywhere. ExportBusy, StorageUnavailable."""
    discard(services.export_folder(research.exports_folder, export_id))
    if research.export_store is not None:
        files = research.db.fetch(lambda tx: services.list_files(tx, export_id=export_id))
        research.export_store.delete(services.export_text(export_id), was_there=bool(files))


@contextlib.contextmanager
def open_parts(
    research: Research, export_id: bytes, files: Sequence[StoredFile], table: "Table"
) -> Iterator[list[Any]]:
    """The Parquet files of a table as Arrow opens them: paths, or files in the store; none of them
    where they are elsewhere.
    """
    # Arrow takes 50 MB: only a process that has something to look for loads it.
    from app.research.exports.parquet_file import parts_of  # noqa: PLC0415

    parts: list[Path] = parts_of(services.export_folder(research.exports_folder, export_id), table)
    if parts or research.export_store is None:
        yield [*parts]
        return
    with contextlib.ExitStack() as stack:
        name = services.export_text(export_id)
        yield [
            stack.enter_context(contextlib.closing(research.export_store.open_whole(name, file.path)))
            for file in files
            if file.path.startswith(table.parquet_folder)
        ]
