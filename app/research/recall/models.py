"""The notices that rows of an export have to be deleted."""

from typing import Final, NamedTuple

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, String

from app.core.tables import Privacy, Retention, column, research, table


class Tombstone(NamedTuple):
    """One notice. Those of an export are numbered from 1 on, without gaps, in the order in which they were given."""

    number: int
    vote_id: str
    withdrawn_week: int


# A row without a number says that the export was looked through and does not hold the record.
tombstones: Final = table(
    "tombstones",
    research,
    column("export_id", LargeBinary(16), privacy=Privacy.OPERATIONAL, primary_key=True),
    column("record_id", LargeBinary(16), privacy=Privacy.DEIDENTIFIED, primary_key=True),
    column("number", Integer, privacy=Privacy.OPERATIONAL, nullable=True),
    column("vote_id", String(26), privacy=Privacy.DEIDENTIFIED, nullable=True),
    column("withdrawn_week", Integer, privacy=Privacy.DEIDENTIFIED),
    CheckConstraint("(number IS NULL) = (vote_id IS NULL)", name="numbered_or_not_held"),
    retention=Retention("Until the export expires."),
    sqlite_with_rowid=False,
)
Index("uq_tombstones_export_id_number", tombstones.c.export_id, tombstones.c.number, unique=True)
Index("ix_tombstones_record_id", tombstones.c.record_id)
