"""What somebody can still read who has every file of the databases, the key ring, and the key store as it is today.

Whatever was ever sealed is remembered with its place. Keys are carved out of raw bytes, wherever a wrapped key may
lie: rows that live, rows that are deleted, write-ahead logs, journals. A sealed text counts as recovered when one of
these keys opens it, even where the files have lost it by now: a backup might have kept it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import text

from app.core.database import Database
from app.intake.comparisons.content import content_key_id
from app.intake.comparisons.models import comparison_contents, comparisons
from app.intake.uploads.models import uploads
from app.intake.votes.models import votes
from app.operations.installation import Installation
from app.privacy.errors import SealBroken, UnknownKeyVersion
from app.privacy.keyring import Keyring, Purpose
from app.privacy.models import content_keys, record_keys
from app.privacy.sealing import bind, unseal
from app.privacy.versioned_seal import VersionedSeal
from app.research.records.models import records
from tests.tables import rows_of

_NONCE_END: Final = 13
# Key version, version of the seal, nonce, key, tag.
_WRAPPED_BYTES: Final = 2 + 1 + 12 + 32 + 16
_ID_BYTES: Final = 16
# Between an id and what it wraps lie at most a length, and what rows are aligned by.
_MOST_BETWEEN: Final = 6


class Sealed(NamedTuple):
    """Something that was sealed, and where."""

    purpose: Purpose
    key_id: bytes
    bound_to: bytes
    sealed: bytes
    person: bytes
    """Empty for what has a key of its own."""


@dataclass
class Witness:
    """Remembers everything that an installation ever sealed under data keys, and in which order."""

    seen: dict[Sealed, int] = field(default_factory=dict)
    key_ids: dict[Purpose, set[bytes]] = field(
        default_factory=lambda: {Purpose.CONTENT: set(), Purpose.RECORD: set()}
    )
    step: int = 0

    def look(self, here: Installation) -> set[Sealed]:
        """What is sealed now; it is remembered."""
        self.step += 1
        now = set(_sealed_now(here))
        for each in now:
            self.seen.setdefault(each, self.step)
            self.key_ids[each.purpose].add(each.key_id)
        for purpose, table in ((Purpose.CONTENT, content_keys), (Purpose.RECORD, record_keys)):
            self.key_ids[purpose] |= {bytes(row.id) for row in rows_of(here.keystore_db, table)}
        return now


def _sealed_now(here: Installation) -> Iterator[Sealed]:
    person_of = {bytes(row.id): bytes(row.person) for row in rows_of(here.intake_db, comparisons)}
    for content in rows_of(here.intake_db, comparison_contents):
        place = (bytes(content.workspace_id), bytes(content.comparison_id))
        for part, sealed in (("shown", content.shown_sealed), ("private", content.private_sealed)):
            yield _content(place, part, bytes(sealed), person_of[place[1]])
    for vote in rows_of(here.intake_db, votes):
        if vote.comment_sealed is not None:
            place = (bytes(vote.workspace_id), bytes(vote.comparison_id))
            yield _content(place, "comment", bytes(vote.comment_sealed), person_of[place[1]])
    for upload in rows_of(here.intake_db, uploads):
        bound = bind("upload", bytes(upload.workspace_id), bytes(upload.id))
        yield Sealed(Purpose.CONTENT, bytes(upload.id), bound, bytes(upload.sealed), b"")
    for record in rows_of(here.research_db, records):
        if record.content_sealed is not None:
            bound = bind("record", bytes(record.workspace_id), bytes(record.id))
            yield Sealed(Purpose.RECORD, bytes(record.id), bound, bytes(record.content_sealed), b"")


def _content(place: tuple[bytes, bytes], part: str, sealed: bytes, person: bytes) -> Sealed:
    workspace_id, comparison_id = place
    key_id = content_key_id(workspace_id, person, comparison_id)
    return Sealed(Purpose.CONTENT, key_id, bind(part, workspace_id, comparison_id), sealed, person)


class Loot(NamedTuple):
    """What was found."""

    recovered_bytes: int
    recovered: list[Sealed]
    surviving: int
    """How many of the sealed texts still lie in the files."""
    carved_keys: int


def loot(files: Iterable[Path], keyring: Keyring, witness: Witness, wanted: Iterable[Sealed]) -> Loot:
    """Tries to read what is wanted with everything that the files hold."""
    wanted = list(wanted)
    keys: dict[tuple[Purpose, bytes], set[bytes]] = {}
    surviving: set[Sealed] = set()
    for path in files:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue  # a journal comes and goes
        for purpose, key_ids in witness.key_ids.items():
            seal = VersionedSeal(keyring, purpose, f"data-key/{purpose.value}")
            for key_id in key_ids:
                found = set(_carved(data, seal, purpose, key_id))
                keys.setdefault((purpose, key_id), set()).update(found)
        surviving |= {each for each in wanted if each.sealed[:_NONCE_END] in data}
    recovered = {each: size for each in wanted if (size := _opened(each, keys)) is not None}
    return Loot(sum(recovered.values()), [*recovered], len(surviving), sum(map(len, keys.values())))


def _carved(data: bytes, seal: VersionedSeal, purpose: Purpose, key_id: bytes) -> Iterator[bytes]:
    """Every wrapped key of an id that lies behind that id anywhere in raw bytes."""
    place, at = bind("data-key", purpose.value, key_id), data.find(key_id)
    while at >= 0:
        for between in range(_MOST_BETWEEN):
            start = at + _ID_BYTES + between
            try:
                yield seal.open(data[start : start + _WRAPPED_BYTES], place)
            except (SealBroken, UnknownKeyVersion):
                continue
        at = data.find(key_id, at + 1)


def _opened(each: Sealed, keys: dict[tuple[Purpose, bytes], set[bytes]]) -> int | None:
    for key in keys.get((each.purpose, each.key_id), ()):
        try:
            return len(unseal(key, each.sealed, bound_to=each.bound_to))
        except SealBroken:
            continue
    return None


def files_of(*urls: str) -> list[Path]:
    """Every file in which databases keep anything: SQLite's with its logs; of a server their tables and its log."""
    return [path for url in urls for path in _files_of(url)]


def _files_of(url: str) -> Iterator[Path]:
    database = Database(url)
    if database.is_sqlite:
        main = Path(str(database.url.database))
        yield from (path for path in main.parent.iterdir() if path.name.startswith(main.name))
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        number: Any = connection.execute(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        ).scalar_one()
    database.close()
    for place in (folder / "base" / str(number), folder / "pg_wal"):
        yield from (path for path in place.iterdir() if path.is_file())
