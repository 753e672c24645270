"""The set of versioned keys a process holds: one primary for each purpose, older ones that still read."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Self

from app.privacy.errors import (
    KeyringDamaged,
    KeyringError,
    KeyringExposed,
    KeyringMissing,
    KeyStillPrimary,
    UnknownKeyVersion,
)
from app.privacy.key_files import exclusive_access, read_private_file, replace_private_file
from app.privacy.keyring_text import decode_keys, encode_keys
from app.privacy.keys import MAX_VERSION, SECRET_BYTES, Key, KeyState, KeyStatus, Purpose
from app.privacy.opaque import Opaque

__all__ = [
    "Key",
    "KeyState",
    "KeyStatus",
    "KeyStillPrimary",
    "Keyring",
    "KeyringDamaged",
    "KeyringError",
    "KeyringExposed",
    "KeyringMissing",
    "Purpose",
    "UnknownKeyVersion",
    "load_or_create",
    "locked_update",
]


class Keyring(Opaque):
    """An unchanging set of keys; rotating or retiring gives a new one.

    Keys of each purpose are kept newest first, and the newest is the primary.
    """

    __slots__ = ("_by_purpose", "_by_version")

    def __init__(self, keys: Iterable[Key]) -> None:
        self._by_version: dict[tuple[Purpose, int], Key] = {}
        for key in sorted(keys, key=lambda each: each.version, reverse=True):
            if (key.purpose, key.version) in self._by_version:
                raise KeyringDamaged(f"The key ring is damaged: two {key.purpose} keys of one version.")
            self._by_version[key.purpose, key.version] = key
        self._by_purpose = {
            purpose: tuple(key for key in self._by_version.values() if key.purpose is purpose)
            for purpose in Purpose
            if any(key.purpose is purpose for key in self._by_version.values())
        }
        for purpose, held in self._by_purpose.items():
            if [key.version for key in held if key.state is KeyState.PRIMARY] != [held[0].version]:
                raise KeyringDamaged(f"The key ring is damaged: the newest {purpose} key is not the primary.")

    @classmethod
    def create(cls, at: int) -> Self:
        """A new ring with version 1 of every purpose."""
        return cls(_new_key(purpose, version=1, at=at) for purpose in Purpose)

    @classmethod
    def load_text(cls, text: str) -> Self:
        """The ring that `to_text` wrote, from an environment variable or a secret store."""
        return cls(decode_keys(text))

    @classmethod
    def load_file(cls, path: Path | str) -> Self:
        """The ring in a file that only its owner may read."""
        return cls.load_text(read_private_file(Path(path)))

    def to_text(self) -> str:
        """Everything, secrets included."""
        return encode_keys(key for keys in self._by_purpose.values() for key in reversed(keys))

    def save(self, path: Path | str) -> None:
        """Replace the file at `path` in one step. To change an existing ring use `locked_update`."""
        replace_private_file(Path(path), self.to_text())

    def primary(self, purpose: Purpose) -> Key:
        """The key that makes new values."""
        return self._held(purpose)[0]

    def get(self, purpose: Purpose, version: int) -> Key:
        """The key that made a stored value."""
        key = self._by_version.get((purpose, version))
        if key is None or not key.is_readable:
            state = "not in this key ring" if key is None else "retired"
            raise UnknownKeyVersion(f"Version {version} of the {purpose} key is {state}.")
        return key

    def readable(self, purpose: Purpose) -> tuple[Key, ...]:
        """All keys that can still read, newest first."""
        return tuple(key for key in self._held(purpose) if key.is_readable)

    def rotate(self, purpose: Purpose, at: int) -> "Keyring":
        """A ring with a new primary for `purpose`; the old primary still reads."""
        newest = self.primary(purpose)
        if newest.version == MAX_VERSION:
            raise KeyringError(f"The {purpose} key has used up its {MAX_VERSION} versions.")
        new = _new_key(purpose, version=newest.version + 1, at=at)
        return self._with(replace(newest, state=KeyState.ACTIVE), new)

    def retire(self, purpose: Purpose, version: int) -> "Keyring":
        """A ring without that key's secret: what it made can never be read again. Its number stays taken."""
        key = self.get(purpose, version)
        if key.state is KeyState.PRIMARY:
            raise KeyStillPrimary(f"Version {version} is the primary {purpose} key; rotate first.")
        return self._with(replace(key, state=KeyState.RETIRED, secret=b""))

    def restricted(self, purposes: Iterable[Purpose]) -> "Keyring":
        """A ring with those purposes only, for a process that must not hold the others."""
        kept = frozenset(purposes)
        return Keyring(key for key in self._by_version.values() if key.purpose in kept)

    def status(self) -> list[KeyStatus]:
        """What an operator may see, in order of purpose and version."""
        return [
            KeyStatus(
                purpose=key.purpose,
                version=key.version,
                state=key.state,
                created_at=key.created_at,
                check=key.check_value().hex() if key.is_readable else "",
            )
            for keys in self._by_purpose.values()
            for key in reversed(keys)
        ]

    def check_values(self) -> dict[tuple[Purpose, int], bytes]:
        """For each readable key, bytes to keep beside the data, to see at a start if the ring fits."""
        return {slot: key.check_value() for slot, key in self._by_version.items() if key.is_readable}

    def __repr__(self) -> str:
        return f"<Keyring: {len(self._by_version)} keys, redacted>"

    def _held(self, purpose: Purpose) -> tuple[Key, ...]:
        try:
            return self._by_purpose[purpose]
        except KeyError:
            raise UnknownKeyVersion(f"This process holds no {purpose} key.") from None

    def _with(self, *changed: Key) -> "Keyring":
        keys = dict(self._by_version)
        for key in changed:
            keys[key.purpose, key.version] = key
        return Keyring(keys.values())


def locked_update(path: Path | str, change: Callable[[Keyring], Keyring]) -> Keyring:
    """Read, change and replace the ring at `path` while no one else can, so that no rotation is lost."""
    path = Path(path)
    if not path.parent.is_dir():
        raise KeyringMissing(f"There is no key ring at {path}.")
    with exclusive_access(path):
        changed = change(Keyring.load_file(path))
        changed.save(path)
    return changed


def load_or_create(path: Path | str, *, at: int) -> Keyring:
    """The ring at `path`, made first if there is none; processes that start together agree on one."""
    path = Path(path)
    with exclusive_access(path):
        try:
            return Keyring.load_file(path)
        except KeyringMissing:
            if path.exists():
                raise
        created = Keyring.create(at)
        created.save(path)
    return created


def _new_key(purpose: Purpose, *, version: int, at: int) -> Key:
    return Key(purpose, version, secrets.token_bytes(SECRET_BYTES), at, KeyState.PRIMARY)
