"""Key check values: each database remembers which keys wrote it, without knowing them."""

from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Integer, LargeBinary, MetaData, String, Table, select

from app.core.connections import Transaction
from app.core.errors import StartRefused
from app.core.statements import Query, Statement, insert_or_ignore, query
from app.core.tables import Privacy, Retention, column, intake, keystore, research, table
from app.privacy.keyring import Keyring, KeyState, Purpose


class KeyCheck(NamedTuple):
    """A key that has been used with a database."""

    purpose: str
    version: int
    check_value: bytes


def _key_checks(metadata: MetaData) -> Table:
    return table(
        "key_checks",
        metadata,
        column("purpose", String(20), privacy=Privacy.OPERATIONAL, primary_key=True),
        column("version", Integer, privacy=Privacy.OPERATIONAL, primary_key=True, autoincrement=False),
        column("check_value", LargeBinary(16), privacy=Privacy.DIGEST),
        retention=Retention("Kept: without it a wrong key ring would not be noticed."),
    )


INTAKE = _key_checks(intake)
RESEARCH = _key_checks(research)
KEYSTORE = _key_checks(keystore)

# Which keys a database's rows depend on.
PURPOSES = {
    INTAKE: (Purpose.PSEUDONYM, Purpose.CONTENT, Purpose.TICKET, Purpose.LINK),
    RESEARCH: (Purpose.RECORD, Purpose.EXPORT_SIGNING),
    KEYSTORE: (Purpose.CONTENT, Purpose.RECORD),
}


class _Statements(NamedTuple):
    read: Query[KeyCheck]
    insert: Statement


@lru_cache
def _statements(table: Table) -> _Statements:
    c = table.c
    return _Statements(
        query(select(c.purpose, c.version, c.check_value), KeyCheck),
        insert_or_ignore(table, keys=["purpose", "version"]),
    )


def list_key_checks(tx: Transaction, table: Table) -> list[KeyCheck]:
    """The keys a database has been used with."""
    return tx.list(_statements(table).read)


def check_keyring(tx: Transaction, table: Table, *, keyring: Keyring, place: str) -> None:
    """Compares the key ring with what a database was written with, and notes keys that are new.

    StartRefused when a key is missing (a lost or older ring) or another one (a ring of another installation).
    """
    ours = keyring.check_values()
    states = {(entry.purpose, entry.version): entry.state for entry in keyring.status()}
    held = {purpose for purpose, _ in states}
    for stored in list_key_checks(tx, table):
        slot = (Purpose(stored.purpose), stored.version)
        if slot[0] not in held or states.get(slot) is KeyState.RETIRED:
            continue  # a process that is not given this purpose, or a key that was given up on purpose
        value = ours.get(slot)
        if value != bytes(stored.check_value):
            found = "lacks" if value is None else "has another"
            raise StartRefused(
                f"The key ring {found} key {stored.purpose} version {stored.version}, with which {place} was written. "
                "Start with the key ring that belongs to this data (PAIRVOTE_KEYRING), or with other data."
            )
    for (purpose, version), value in ours.items():
        if purpose in PURPOSES[table]:
            tx.run(_statements(table).insert, purpose=purpose, version=version, check_value=value)
