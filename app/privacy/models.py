"""The key store's one table: wrapped data keys, whose deletion is what erases content."""

from typing import Final, NamedTuple

from sqlalchemy import Integer, LargeBinary

from app.core.tables import Privacy, Retention, column, keystore, table

data_keys: Final = table(
    "data_keys",
    keystore,
    column("id", LargeBinary(16), primary_key=True, privacy=Privacy.PSEUDONYM),
    column("wrapped", LargeBinary, privacy=Privacy.SEALED),
    column("key_version", Integer, index=True, privacy=Privacy.OPERATIONAL),
    column("created_day", Integer, privacy=Privacy.TIMED),
    retention=Retention("until the person is erased, or the content it seals is gone for good"),
    sqlite_with_rowid=False,
)


class WrappedKey(NamedTuple):
    """A stored data key, readable with the master key that its first two bytes name."""

    id: bytes
    wrapped: bytes
