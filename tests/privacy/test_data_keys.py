"""Data keys are durable before use, the same for everyone, and gone when destroyed."""

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.database import Database
from app.core.statements import query
from app.privacy import models
from app.privacy.data_keys import DataKeys, person_key_id
from app.privacy.errors import SealBroken, UnknownKeyVersion
from app.privacy.keyring import Keyring, Purpose
from app.privacy.rotation import KeyStillInUse, retire_key, rewrap_all, rotate_key
from app.privacy.sealing import seal, unseal
from tests.stores import Stores, fresh_stores

AT = 1_700_000_000_000
DAY = 19_675
EVERY_ROW = query(select(models.content_keys.c.id, models.content_keys.c.wrapped), models.WrappedKey)


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(stores: Stores) -> Iterator[Database]:
    database = open_store(stores)
    yield database
    database.close()


def open_store(stores: Stores) -> Database:
    return Database(stores.keystore, rollback_journal=stores.keystore.startswith("sqlite"))


@pytest.fixture
def ring() -> Keyring:
    return Keyring.create(AT)


def ids(count: int) -> list[bytes]:
    return [number.to_bytes(16, "big") for number in range(count)]


def test_a_key_is_made_once_and_found_by_every_process(store: Database, ring: Keyring, clock: Clock) -> None:
    here, there = DataKeys(store, ring, monotonic=clock), DataKeys(store, ring, monotonic=clock)
    (key_id,) = ids(1)
    assert here.find(key_id) is None
    sealed = seal(here.get_or_create(key_id, day=DAY), b"content", bound_to=b"row")
    assert unseal(there.get_or_create(key_id, day=DAY), sealed, bound_to=b"row") == b"content"
    found = there.find(key_id)
    assert found is not None
    assert unseal(found, sealed, bound_to=b"row") == b"content"


def test_a_key_is_found_again_after_a_restart(stores: Stores, ring: Keyring, clock: Clock) -> None:
    store = open_store(stores)
    (key_id,) = ids(1)
    sealed = seal(
        DataKeys(store, ring, monotonic=clock).get_or_create(key_id, day=DAY), b"content", bound_to=b""
    )
    store.close()
    reopened = open_store(stores)
    key = DataKeys(reopened, Keyring.load_text(ring.to_text()), monotonic=clock).find(key_id)
    assert key is not None
    assert unseal(key, sealed, bound_to=b"") == b"content"
    reopened.close()


def test_threads_that_ask_at_once_get_one_key(store: Database, ring: Keyring, clock: Clock) -> None:
    (key_id,) = ids(1)
    sealed: list[bytes] = []

    def work() -> None:
        keys = DataKeys(store, ring, monotonic=clock)
        sealed.append(seal(keys.get_or_create(key_id, day=DAY), b"content", bound_to=b""))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    key = DataKeys(store, ring, monotonic=clock).find(key_id)
    assert key is not None
    assert [unseal(key, one, bound_to=b"") for one in sealed] == [b"content"] * 16


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_many_keys_come_in_lists_of_any_length(
    store: Database, ring: Keyring, clock: Clock, count: int
) -> None:
    keys = DataKeys(store, ring, monotonic=clock, cache_size=10)
    wanted = ids(count)
    made = keys.create_many([*wanted, *wanted], day=DAY)
    assert set(made) == set(wanted)
    again = DataKeys(store, ring, monotonic=clock).find_many([*wanted, b"?" * 16])
    assert set(again) == set(wanted)
    for key_id in wanted:
        assert unseal(again[key_id], seal(made[key_id], key_id, bound_to=b""), bound_to=b"") == key_id


def test_who_reads_all_keys_may_keep_none(store: Database, ring: Keyring, clock: Clock) -> None:
    here, there = (DataKeys(store, ring, monotonic=clock) for _ in range(2))
    wanted = ids(3)
    here.create_many(wanted, day=DAY)
    assert set(there.find_many(wanted, keep=False)) == set(wanted)
    here.destroy(wanted)
    assert there.find_many(wanted) == {}


def test_creating_keys_that_exist_changes_none(store: Database, ring: Keyring, clock: Clock) -> None:
    one, two, three = ids(3)
    sealed = seal(
        DataKeys(store, ring, monotonic=clock).get_or_create(two, day=DAY), b"content", bound_to=b""
    )
    made = DataKeys(store, ring, monotonic=clock).create_many([one, two, three], day=DAY + 1)
    assert unseal(made[two], sealed, bound_to=b"") == b"content"


def test_a_destroyed_key_is_gone_here_at_once_and_elsewhere_within_the_cache_seconds(
    store: Database, ring: Keyring, clock: Clock
) -> None:
    here = DataKeys(store, ring, monotonic=clock, cache_seconds=30)
    there = DataKeys(store, ring, monotonic=clock, cache_seconds=30)
    gone, kept = ids(2)
    here.create_many([gone, kept], day=DAY)
    assert set(there.find_many([gone, kept])) == {gone, kept}
    here.destroy([gone])
    assert here.find(gone) is None
    assert here.find_many([gone, kept]).keys() == {kept}
    clock.now = 29.9
    assert there.find(gone) is not None
    clock.now = 30.0
    assert there.find(gone) is None
    assert there.find(kept) is not None


def test_a_new_key_under_an_old_id_does_not_open_what_was_destroyed(
    store: Database, ring: Keyring, clock: Clock
) -> None:
    keys = DataKeys(store, ring, monotonic=clock)
    (key_id,) = ids(1)
    sealed = seal(keys.get_or_create(key_id, day=DAY), b"content", bound_to=b"")
    keys.destroy([key_id])
    with pytest.raises(SealBroken):
        unseal(keys.get_or_create(key_id, day=DAY), sealed, bound_to=b"")


def test_a_destroyed_key_leaves_no_bytes_in_the_embedded_store(
    tmp_path: Path, ring: Keyring, clock: Clock
) -> None:
    with fresh_stores("sqlite", tmp_path) as stores:
        store = open_store(stores)
        keys = DataKeys(store, ring, monotonic=clock)
        keys.create_many(ids(50), day=DAY)
        wrapped = [row.wrapped for row in store.fetch(lambda tx: tx.list(EVERY_ROW))]
        before = [file.read_bytes() for file in tmp_path.iterdir()]
        assert all(any(one in content for content in before) for one in wrapped)
        keys.destroy(ids(50))
        after = [file.read_bytes() for file in tmp_path.iterdir()]
        assert not any(one in content for one in wrapped for content in after)
        store.close()


def test_the_cache_keeps_the_most_recently_used(store: Database, ring: Keyring, clock: Clock) -> None:
    keys = DataKeys(store, ring, monotonic=clock, cache_size=2)
    one, two, three = ids(3)
    first = keys.get_or_create(one, day=DAY)
    second = keys.get_or_create(two, day=DAY)
    assert keys.find(one) is first
    keys.get_or_create(three, day=DAY)
    assert keys.find(one) is first
    assert keys.find(two) is not second


def test_a_wrapped_key_does_not_open_in_another_row_or_for_another_purpose(
    store: Database, ring: Keyring, clock: Clock
) -> None:
    one, two = ids(2)
    DataKeys(store, ring, monotonic=clock).create_many([one, two], day=DAY)
    with store.engine.begin() as connection:
        rows = {row.id: row._asdict() for row in connection.execute(models.content_keys.select())}
        connection.execute(models.record_keys.insert(), rows[one])
        connection.execute(
            models.content_keys.update()
            .where(models.content_keys.c.id == one)
            .values(wrapped=rows[two]["wrapped"])
        )
    with pytest.raises(SealBroken):
        DataKeys(store, ring, monotonic=clock, purpose=Purpose.RECORD).find(one)
    with pytest.raises(SealBroken):
        DataKeys(store, ring, monotonic=clock).find(one)


def test_keys_of_one_purpose_are_out_of_reach_for_the_other(
    store: Database, ring: Keyring, clock: Clock
) -> None:
    (key_id,) = ids(1)
    contents = DataKeys(store, ring, monotonic=clock, cache_size=0)
    of_records = DataKeys(store, ring, monotonic=clock, purpose=Purpose.RECORD, cache_size=0)
    sealed = seal(contents.get_or_create(key_id, day=DAY), b"content", bound_to=b"")
    assert of_records.find(key_id) is None
    assert of_records.count_by_version() == {}
    of_records.get_or_create(key_id, day=DAY)
    of_records.destroy([key_id])
    kept = contents.find(key_id)
    assert kept is not None
    assert unseal(kept, sealed, bound_to=b"") == b"content"


def test_a_key_id_of_another_length_is_refused(store: Database, ring: Keyring, clock: Clock) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        DataKeys(store, ring, monotonic=clock).get_or_create(b"short", day=DAY)


def test_a_persons_key_id_is_never_one_of_a_comparison() -> None:
    made = {uuid.UUID(bytes=person_key_id(b"w", bytes([number]))) for number in range(100)}
    assert len(made) == 100
    assert {one.version for one in made} == {8}


def test_person_key_ids_depend_on_workspace_and_person() -> None:
    made = {
        person_key_id(workspace, person) for workspace in (b"w" * 16, b"v" * 16) for person in (b"p", b"q")
    }
    assert len(made) == 4
    assert {len(key_id) for key_id in made} == {16}


def test_rotation_rewraps_every_key_before_the_old_master_key_can_go(
    tmp_path: Path, store: Database, clock: Clock
) -> None:
    path = tmp_path / "keyring.json"
    ring = Keyring.create(AT)
    ring.save(path)
    made = DataKeys(store, ring, monotonic=clock).create_many(ids(25), day=DAY)
    sealed = {key_id: seal(key, b"content", bound_to=key_id) for key_id, key in made.items()}

    assert rotate_key(path, Purpose.CONTENT, at=AT + 1).version == 2
    keys = DataKeys(store, Keyring.load_file(path), monotonic=clock)
    with pytest.raises(KeyStillInUse, match="25 stored values"):
        retire_key(path, Purpose.CONTENT, 1, in_use=keys.count_by_version)
    seen: list[int] = []
    assert rewrap_all(keys.rewrap, batch=10, progress=seen.append) == 25
    assert seen == [10, 20, 25]
    assert keys.count_by_version() == {2: 25}
    retire_key(path, Purpose.CONTENT, 1, in_use=keys.count_by_version)

    after = DataKeys(store, Keyring.load_file(path), monotonic=clock)
    for key_id, key in after.find_many(ids(25)).items():
        assert unseal(key, sealed[key_id], bound_to=key_id) == b"content"
    with pytest.raises(UnknownKeyVersion):
        retire_key(path, Purpose.CONTENT, 1, in_use=keys.count_by_version)


def test_rewrapping_never_brings_a_destroyed_key_back(
    store: Database, ring: Keyring, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (key_id,) = ids(1)
    keys = DataKeys(store, ring, monotonic=clock)
    keys.get_or_create(key_id, day=DAY)
    rotated = DataKeys(store, ring.rotate(Purpose.CONTENT, AT), monotonic=clock)
    unwrap = rotated._unwrap

    def destroyed_after_the_read(row: models.WrappedKey) -> bytes:
        keys.destroy([row.id])
        return unwrap(row)

    monkeypatch.setattr(rotated, "_unwrap", destroyed_after_the_read)
    assert rotated.rewrap(10) == 1
    assert rotated.count_by_version() == {}
    assert rotated.find(key_id) is None
