"""Use cases of key rotation: add a primary, move what can be moved, retire what nothing needs any more."""

from collections.abc import Callable, Mapping
from pathlib import Path

from app.privacy.errors import KeyringError
from app.privacy.keyring import Keyring, KeyStatus, Purpose, locked_update


class KeyStillInUse(KeyringError):
    """Something stored can only be read with this key."""


def rotate_key(path: Path | str, purpose: Purpose, *, at: int) -> KeyStatus:
    """Add a new primary for `purpose` to the ring at `path`; running processes see it at their next start."""
    changed = locked_update(path, lambda ring: ring.rotate(purpose, at))
    return [status for status in changed.status() if status.purpose is purpose][-1]


def retire_key(
    path: Path | str, purpose: Purpose, version: int, *, in_use: Callable[[], Mapping[int, int]]
) -> None:
    """Destroy the secret of an old key, unless `in_use` (values by key version) says that something needs it.

    Everything that was made with the key and is not counted by `in_use` becomes unreadable.
    """

    def retire(ring: Keyring) -> Keyring:
        ring.get(purpose, version)
        needed_by = in_use().get(version, 0)
        if needed_by:
            raise KeyStillInUse(
                f"Version {version} of the {purpose} key is needed by {needed_by} stored values."
            )
        return ring.retire(purpose, version)

    locked_update(path, retire)


def rewrap_all(rewrap: Callable[[int], int], *, batch: int, progress: Callable[[int], None]) -> int:
    """Move all data keys to the primary master key in batches that each commit; can be killed and run again."""
    moved = 0
    while count := rewrap(batch):
        moved += count
        progress(moved)
    return moved
