"""Data keys, one for each person, wrapped by a master key and kept in a store from which they can vanish."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import Table, bindparam, delete, func, select, update

from app.core.connections import Transaction
from app.core.database import Database
from app.core.statements import Query, Statement, insert_or_ignore, query, statement
from app.privacy.data_key_cache import DataKeyCache
from app.privacy.derivation import bind
from app.privacy.keyring import Keyring, Purpose
from app.privacy.models import WrappedKey, content_keys, record_keys
from app.privacy.sealing import DataKey
from app.privacy.versioned_seal import VersionedSeal, key_version

KEY_ID_BYTES: Final = 16
DEFAULT_CACHE_SIZE: Final = 20_000
DEFAULT_CACHE_SECONDS: Final = 10.0

_KEY_BYTES: Final = 32
# A list in a statement has a fixed length; shorter ones are filled up by repeating an id.
_LIST: Final = 100
_IDS: Final = [f"id_{place}" for place in range(_LIST)]


class _VersionCount(NamedTuple):
    version: int
    keys: int


class _Statements(NamedTuple):
    """What is done with one table of data keys."""

    find: Query[WrappedKey]
    list_many: Query[WrappedKey]
    list_stale: Query[WrappedKey]
    count_versions: Query[_VersionCount]
    insert: Statement
    delete: Statement
    replace: Statement


def _statements(table: Table) -> _Statements:
    c = table.c
    wrapped = select(c.id, c.wrapped)
    stale = wrapped.where(c.key_version != bindparam("primary")).limit(bindparam("batch"))
    # Only what was read is replaced: a key that was destroyed meanwhile, or wrapped anew elsewhere, stays as it is.
    as_read = (c.id == bindparam("old_id"), c.wrapped == bindparam("old_wrapped"))
    return _Statements(
        find=query(wrapped.where(c.id == bindparam("id")), WrappedKey),
        list_many=query(wrapped.where(c.id.in_([bindparam(name) for name in _IDS])), WrappedKey),
        list_stale=query(stale, WrappedKey),
        count_versions=query(select(c.key_version, func.count()).group_by(c.key_version), _VersionCount),
        insert=insert_or_ignore(table, keys=["id"]),
        delete=statement(delete(table).where(c.id == bindparam("id"))),
        replace=statement(
            update(table)
            .where(*as_read)
            .values(wrapped=bindparam("new_wrapped"), key_version=bindparam("new_version"))
        ),
    )


_STORES: Final = {
    Purpose.CONTENT: _statements(content_keys),
    Purpose.RECORD: _statements(record_keys),
}


class DataKeys:
    """Makes, finds and destroys the data keys of one purpose, each purpose in a table of its own. Thread-safe.

    Destroying a key makes everything sealed under it unreadable, in every copy and backup; a key made later under the
    same id is another key.
    """

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        *,
        monotonic: Callable[[], float],
        purpose: Purpose = Purpose.CONTENT,
        cache_size: int = DEFAULT_CACHE_SIZE,
        cache_seconds: float = DEFAULT_CACHE_SECONDS,
    ) -> None:
        self._database = database
        self._purpose = purpose
        self._sql = _STORES[purpose]
        self._seal = VersionedSeal(keyring, purpose, f"data-key/{purpose.value}")
        self._cache = DataKeyCache(size=cache_size, seconds=cache_seconds, monotonic=monotonic)

    def find(self, key_id: bytes) -> DataKey | None:
        """The key, or None: it was destroyed, or never made."""
        cached = self._cache.find(key_id)
        if cached is not None:
            return cached
        destructions = self._cache.destructions
        row = self._database.fetch(lambda tx: tx.find(self._sql.find, id=key_id))
        return None if row is None else self._admit(row, destructions)

    def find_many(self, key_ids: Iterable[bytes], *, keep: bool = True) -> dict[bytes, DataKey]:
        """Those of the keys that exist, in a few reads. `keep` them for the next who asks; who reads all does not."""
        found, missing = self._split_cached(key_ids)
        destructions = self._cache.destructions
        for group in _groups(missing):
            rows = self._database.fetch(partial(self._list_rows, key_ids=group))
            if keep:
                found.update((row.id, self._admit(row, destructions)) for row in rows)
            else:
                found.update((row.id, DataKey(self._unwrap(row))) for row in rows)
        return found

    def get_or_create(self, key_id: bytes, *, day: int) -> DataKey:
        """The key, made first if there is none; durable before it is returned, so nothing is sealed in vain."""
        return self.find(key_id) or self.create_many([key_id], day=day)[key_id]

    def create_many(self, key_ids: Iterable[bytes], *, day: int) -> dict[bytes, DataKey]:
        """The keys of all these ids, making those that do not exist, in as few commits as there are groups."""
        found, missing = self._split_cached(key_ids)
        destructions = self._cache.destructions
        for group in _groups(missing):
            new_rows = [self._new_row(key_id, day) for key_id in group]
            rows = self._database.write(partial(self._insert_missing, key_ids=group, new_rows=new_rows))
            found.update((row.id, self._admit(row, destructions)) for row in rows)
        return found

    def destroy(self, key_ids: Iterable[bytes]) -> None:
        """Delete the keys for good: at once in this process, within the cache's seconds in all others."""
        gone = sorted(set(key_ids))
        if not gone:
            return
        rows = [{"id": key_id} for key_id in gone]
        try:
            self._database.write(lambda tx: tx.run_many(self._sql.delete, rows))
        finally:
            # Also when nobody knows whether the commit got through.
            self._cache.forget(gone)

    def rewrap(self, batch: int) -> int:
        """Wrap up to `batch` keys anew that are not under the primary master key; how many it found. 0: all done."""
        primary = self._seal.primary_version
        stale = self._database.fetch(lambda tx: tx.list(self._sql.list_stale, primary=primary, batch=batch))
        changes = [
            {
                "old_id": row.id,
                "old_wrapped": row.wrapped,
                "new_wrapped": self._wrap(row.id, self._unwrap(row)),
                "new_version": primary,
            }
            for row in stale
        ]
        self._database.write(lambda tx: tx.run_many(self._sql.replace, changes))
        return len(stale)

    def count_by_version(self) -> dict[int, int]:
        """How many keys each version of the master key wraps: a version may be retired when it has none."""
        counts = self._database.fetch(lambda tx: tx.list(self._sql.count_versions))
        return {count.version: count.keys for count in counts}

    def _split_cached(self, key_ids: Iterable[bytes]) -> tuple[dict[bytes, DataKey], list[bytes]]:
        found: dict[bytes, DataKey] = {}
        missing = []
        # In order of id, so that two writers of the same keys cannot deadlock.
        for key_id in sorted(set(key_ids)):
            cached = self._cache.find(key_id)
            if cached is None:
                missing.append(key_id)
            else:
                found[key_id] = cached
        return found, missing

    def _admit(self, row: WrappedKey, destructions: int) -> DataKey:
        key = DataKey(self._unwrap(row))
        self._cache.put(row.id, key, destructions=destructions)
        return key

    def _new_row(self, key_id: bytes, day: int) -> dict[str, object]:
        if len(key_id) != KEY_ID_BYTES:
            raise ValueError(f"a key id has {KEY_ID_BYTES} bytes")
        wrapped = self._wrap(key_id, os.urandom(_KEY_BYTES))
        return {
            "id": key_id,
            "wrapped": wrapped,
            "key_version": key_version(wrapped),
            "created_day": day,
        }

    def _insert_missing(
        self, tx: Transaction, key_ids: Sequence[bytes], new_rows: Sequence[dict[str, object]]
    ) -> list[WrappedKey]:
        tx.run_many(self._sql.insert, new_rows)
        # Read back: another process may have been first with some of them.
        return self._list_rows(tx, key_ids)

    def _list_rows(self, tx: Transaction, key_ids: Sequence[bytes]) -> list[WrappedKey]:
        filled = [*key_ids, *[key_ids[-1]] * (_LIST - len(key_ids))]
        return tx.list(self._sql.list_many, **dict(zip(_IDS, filled, strict=True)))

    def _wrap(self, key_id: bytes, key: bytes) -> bytes:
        return self._seal.seal(key, bind("data-key", self._purpose.value, key_id))

    def _unwrap(self, row: WrappedKey) -> bytes:
        return self._seal.open(row.wrapped, bind("data-key", self._purpose.value, row.id))


def person_key_id(workspace_id: bytes, person: bytes) -> bytes:
    """The id of a person's data key: a UUID version 8 (RFC 9562), which no comparison and no upload has."""
    key_id = bytearray(hashlib.sha256(bind("person-key", workspace_id, person)).digest()[:KEY_ID_BYTES])
    key_id[6] = 0x80 | key_id[6] & 0x0F
    key_id[8] = 0x80 | key_id[8] & 0x3F
    return bytes(key_id)


def _groups(key_ids: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(key_ids), _LIST):
        yield key_ids[start : start + _LIST]
