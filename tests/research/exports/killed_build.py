"""Builds an export in a process of its own that ends at a stated moment of the work, as if somebody killed it."""

import os
import resource
import signal
import sys
from typing import Any

from app.core.settings import Settings
from app.operations.installation import Installation
from app.research.exports import build, making
from app.research.exports.build import BuildFailed
from app.research.exports.claims import BuiltExport
from app.research.exports.parts import Part, write_votes
from app.research.exports.progress import Progress
from tests.research.exports.stored import claim

# Less than the files of the test that fills the disk.
_FULL = 64 * 1024


class _KilledBuild(build._Build):
    """Ends with the last step before the export is made ready."""

    def run(self) -> BuiltExport:
        built = super().run()
        _die()
        return built


def _die(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _write_on_a_full_disk(*args: Any, **options: Any) -> Part:
    """Files grow to a limit while a part is written; the databases' may go on growing afterwards."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FULL, before[1]))
    try:
        return write_votes(*args, **options)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# A step of the build that goes wrong, in the place of the one that does not.
_STEPS: dict[str, tuple[object, str, object]] = {
    "ordered": (making, "read_records", _die),
    "conversations": (making, "write_conversations", _die),
    "described": (build, "clear_plan", _die),
    "complete": (build, "_Build", _KilledBuild),
    "full": (making, "write_votes", _write_on_a_full_disk),
}


def main(settings: Settings, export_id: bytes, at: int, moment: str, rows_per_file: int) -> None:
    """`moment`: one of the steps, or a number of rows."""
    research = Installation(settings, lambda: at).research
    claimed = claim(research, export_id)
    assert claimed is not None
    if moment in _STEPS:
        module, step, by = _STEPS[moment]
        setattr(module, step, by)

    def progress(at: Progress) -> None:
        if moment not in _STEPS and at.rows_out >= int(moment):
            _die()

    try:
        build.build_export(research, claimed, progress=progress, rows_per_file=rows_per_file)
    except BuildFailed:
        assert moment == "full"


if __name__ == "__main__":
    main(
        Settings.from_env(os.environ),
        bytes.fromhex(sys.argv[1]),
        int(sys.argv[2]),
        sys.argv[3],
        int(sys.argv[4]),
    )
