"""Builds an export in a process of its own that ends at a stated moment of the work, as if somebody killed it."""

import os
import resource
import signal
import sys
from typing import Any

from app.core.settings import Settings
from app.operations.installation import Installation
from app.research.exports import build
from app.research.exports.build import BuildFailed
from app.research.exports.claims import BuiltExport
from app.research.exports.folder import write_export
from app.research.exports.manifest import Manifest
from tests.research.exports.stored import claim

# Less than the files of the test that fills the disk.
_FULL = 64 * 1024


class _KilledBuild(build._Build):
    """Ends with the last step before the export is made ready."""

    def run(self) -> BuiltExport:
        built = super().run()
        _die()
        return built


def _die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _replace(step: str, by: object) -> None:
    """Puts a step of the build that goes wrong in the place of the one that does not."""
    setattr(build, step, by)


def _write_on_a_full_disk(*args: Any, **options: Any) -> Manifest:
    """Files grow to a limit while the export is written; the databases' may go on growing afterwards."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FULL, before[1]))
    try:
        return write_export(*args, **options)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def main(export_id: bytes, at: int, moment: str) -> None:
    """`moment`: a number of rows, `ordered` before the first row, `complete`, or `full` for a full disk."""
    research = Installation(Settings.from_env(os.environ), lambda: at).research
    claimed = claim(research, export_id)
    assert claimed is not None
    if moment == "complete":
        _replace("_Build", _KilledBuild)
    if moment == "ordered":
        _replace("read_records", _die)
    if moment == "full":
        _replace("write_export", _write_on_a_full_disk)

    def progress(rows_out: int, _: int) -> None:
        if moment == str(rows_out):
            _die()

    try:
        build.build_export(research, claimed, progress=progress)
    except BuildFailed:
        assert moment == "full"


if __name__ == "__main__":
    main(bytes.fromhex(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
