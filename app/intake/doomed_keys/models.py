"""The table of data keys that must be destroyed."""

from typing import Final

from sqlalchemy import LargeBinary

from app.core.tables import Privacy, Retention, column, intake, table

doomed_keys: Final = table(
    "doomed_keys",
    intake,
    column("id", LargeBinary(16), privacy=Privacy.TIMED, primary_key=True),
    retention=Retention("Until the key is destroyed; seconds."),
    sqlite_with_rowid=False,
)

_UUID_VERSION_BYTE: Final = 6
_UUID7: Final = 7


def is_used_once(key_id: bytes) -> bool:
    """Whether a key id is that of one comparison or upload, which no later key can have.

    Those are UUIDs version 7. A person's key id, version 8, is made from the pseudonym and is the same each time they
    come back.
    """
    return key_id[_UUID_VERSION_BYTE] >> 4 == _UUID7
