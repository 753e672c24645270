"""The key store's tables: wrapped data keys, whose deletion is what erases content.

Each zone has its own, so that a database user can be given one of them and not the other.
"""

from typing import Final, NamedTuple

from sqlalchemy import Index, Integer, LargeBinary, Table

from app.core.tables import Privacy, Retention, column, keystore, table


def _data_keys(name: str, *, id_is: Privacy, day_is: Privacy, kept: str) -> Table:
    made = table(
        name,
        keystore,
        column("id", LargeBinary(16), primary_key=True, privacy=id_is),
        column("wrapped", LargeBinary, privacy=Privacy.SEALED),
        column("key_version", Integer, privacy=Privacy.OPERATIONAL),
        column("created_day", Integer, privacy=day_is),
        retention=Retention(kept),
        sqlite_with_rowid=False,
    )
    # Rotation looks for the keys that an older master key wraps.
    Index(f"ix_{name}_key_version", made.c.key_version)
    return made


content_keys: Final = _data_keys(
    "content_keys",
    id_is=Privacy.PSEUDONYM,
    day_is=Privacy.TIMED,
    kept="Until the person is erased, or the content it seals is gone for good.",
)
record_keys: Final = _data_keys(
    "record_keys",
    id_is=Privacy.DEIDENTIFIED,
    day_is=Privacy.DEIDENTIFIED,
    kept="Until the record is withdrawn, or the export has ended.",
)


class WrappedKey(NamedTuple):
    """A stored data key, readable with the master key that its first two bytes name."""

    id: bytes
    wrapped: bytes
