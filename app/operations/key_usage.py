"""What stored values still need which version of a key."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Table, bindparam, func, select

from app.access.idempotency import models as idempotency
from app.core.database import Database
from app.core.statements import query, scalar_query
from app.disconnection.erasures.models import erasure_links
from app.disconnection.models import aliases, dropped_links, links
from app.intake.comparisons.models import ComparisonState, comparisons
from app.intake.persons.models import conversation_sharing, persons, project_sharing, quiet_conversations
from app.operations.installation import Installation
from app.privacy.data_keys import DataKeys
from app.privacy.keyring import Purpose
from app.privacy.signatures import signing_version
from app.research.exports.queries import LIST_LIVING

# Pseudonyms and links begin with the version of their key.
_VERSION_BYTES: Final = 2


class _Count(NamedTuple):
    mark: bytes
    rows: int


def needed_by(here: Installation, purpose: Purpose, version: int) -> int:
    """How many stored values can be read only with this version of a key."""
    return _usage(here, purpose, version).get(version, 0)


def _usage(here: Installation, purpose: Purpose, version: int) -> Mapping[int, int]:
    match purpose:
        case Purpose.PSEUDONYM:
            return _added(
                _by_mark(here.intake_db, persons.c.person),
                _by_mark(here.intake_db, quiet_conversations.c.conversation),
                _by_mark(here.intake_db, conversation_sharing.c.conversation),
                _by_mark(here.intake_db, project_sharing.c.project),
            )
        case Purpose.LINK:
            return _added(
                _by_mark(here.intake_db, links.c.link_sealed),
                _by_mark(here.intake_db, dropped_links.c.link_sealed),
                _by_mark(here.intake_db, erasure_links.c.link_sealed),
                _by_mark(here.intake_db, aliases.c.alias_sealed),
            )
        case Purpose.TICKET:
            return {version: _open_tickets(here, version)}
        case Purpose.CONTENT:
            return _added(
                here.intake.data_keys.count_by_version(), _of_idempotency(here.intake_db, idempotency.INTAKE)
            )
        case Purpose.RECORD:
            return _added(
                here.record_keys.count_by_version(), _of_idempotency(here.research_db, idempotency.RESEARCH)
            )
        case Purpose.EXPORT_SIGNING:
            return _living_exports(here)


def _added(*counts: Mapping[int, int]) -> Mapping[int, int]:
    return sum((Counter(count) for count in counts), Counter())


def _of_idempotency(database: Database, table: Table) -> Mapping[int, int]:
    """Stored answers of the last day: without their key a retry would happen twice."""
    return _added(_by_mark(database, table.c.fingerprint), _by_mark(database, table.c.key_digest))


def _by_mark(database: Database, column: Column[Any]) -> dict[int, int]:
    mark = func.substr(column, 1, _VERSION_BYTES).label("mark")
    # By its name: PostgreSQL does not see that two expressions with parameters are the same.
    counts = query(select(mark, func.count()).group_by("mark"), _Count)
    return {
        int.from_bytes(bytes(row.mark), "big"): row.rows
        for row in database.fetch(lambda tx: tx.list(counts))
        if row.mark
    }


def _open_tickets(here: Installation, version: int) -> int:
    """Open comparisons from before the next key: their tickets may have been signed with this one."""
    newer = [
        key.created_at
        for key in here.keyring.status()
        if key.purpose is Purpose.TICKET and key.version > version
    ]
    counting = scalar_query(
        select(func.count())
        .select_from(comparisons)
        .where(
            comparisons.c.state == ComparisonState.OPEN.value, comparisons.c.created_at <= bindparam("before")
        )
    )
    before = min(newer, default=here.clock())
    return int(here.intake_db.fetch(lambda tx: tx.one(counting, before=before)))


def _living_exports(here: Installation) -> Mapping[int, int]:
    """Exports that are there or will be: with the secret goes the public key that checks their signatures."""
    created = here.research_db.fetch(lambda tx: tx.list(LIST_LIVING))
    return Counter(signing_version(here.keyring, at=at) for at in created)


def stores_to_rewrap(here: Installation, purpose: Purpose) -> DataKeys | None:
    """The data keys that a master key wraps; None for keys that wrap none."""
    return {Purpose.CONTENT: lambda: here.intake.data_keys, Purpose.RECORD: lambda: here.record_keys}.get(
        purpose, lambda: None
    )()
