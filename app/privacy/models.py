"""The key store's one table: wrapped data keys, whose deletion is what erases content."""

from typing import Final, NamedTuple

from sqlalchemy import Index, Integer, LargeBinary, String

from app.core.tables import Privacy, Retention, column, keystore, table

data_keys: Final = table(
    "data_keys",
    keystore,
    column("id", LargeBinary(16), primary_key=True, privacy=Privacy.PSEUDONYM),
    column("wrapped", LargeBinary, privacy=Privacy.SEALED),
    column("purpose", String(20), privacy=Privacy.OPERATIONAL),
    column("key_version", Integer, privacy=Privacy.OPERATIONAL),
    column("created_day", Integer, privacy=Privacy.TIMED),
    retention=Retention("Until the person is erased, or the content it seals is gone for good."),
    sqlite_with_rowid=False,
)
# Rotation looks for the keys that an older master key wraps.
Index("ix_data_keys_purpose_key_version", data_keys.c.purpose, data_keys.c.key_version)


class WrappedKey(NamedTuple):
    """A stored data key, readable with the master key that its first two bytes name."""

    id: bytes
    wrapped: bytes
