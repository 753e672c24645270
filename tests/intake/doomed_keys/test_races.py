"""Late destruction, destruction by two, destruction beside new content: only the keys of deleted content die."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from app.core.clock import day_of
from app.core.connections import Transaction
from app.core.database import Database
from app.core.errors import StorageUnavailable
from app.core.ids import from_text, uuid7, uuid7_time
from app.intake.comparisons.forgetting import delete_content
from app.intake.doomed_keys import jobs
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.doomed_keys.models import doomed_keys
from app.intake.doomed_keys.services import doom_keys
from app.intake.persons.models import persons
from app.intake.uploads.queries import INSERT_UPLOAD
from app.operations.installation import Installation
from app.privacy.data_keys import person_key_id
from app.privacy.models import content_keys
from tests.clock import MovableClock
from tests.disconnection.voting import reopened
from tests.intake.conftest import HostServer
from tests.intake.doomed_keys.dooming import doom_new_keys
from tests.tables import rows_of

R = TypeVar("R")


class InterruptedDatabase(Database):
    """A database beside which something happens, once, at the moment before its next write."""

    def __init__(self, url: str, event: Callable[[], object], **options: Any) -> None:
        super().__init__(url, **options)
        self._events = [event]

    def write(self, work: Callable[[Transaction], R], **options: Any) -> R:
        if self._events:
            self._events.pop()()
        return super().write(work, **options)


def _keys(here: Installation) -> set[bytes]:
    return {bytes(row.id) for row in rows_of(here.keystore_db, content_keys)}


def _doomed(here: Installation) -> set[bytes]:
    return {bytes(row.id) for row in rows_of(here.intake_db, doomed_keys)}


def _person_key(here: Installation) -> bytes:
    ((workspace_id, person),) = [(row.workspace_id, row.person) for row in rows_of(here.intake_db, persons)]
    return person_key_id(bytes(workspace_id), bytes(person))


def _unavailable() -> None:
    raise StorageUnavailable


@pytest.mark.parametrize("store", ["intake_db", "keystore_db"])
def test_what_is_doomed_while_a_sweep_runs_is_not_forgotten(
    installation: Installation, clock: MovableClock, store: str
) -> None:
    late: set[bytes] = set()
    early = doom_new_keys(installation, 3, clock())
    beside = reopened(installation)
    beside.__dict__[store] = InterruptedDatabase(
        getattr(installation, store).url.render_as_string(hide_password=False),
        lambda: late.update(doom_new_keys(installation, 3, clock() - 1_000)),
        **({"rollback_journal": True} if store == "keystore_db" else {}),
    )
    assert destroy_doomed_keys(beside.intake) == 3
    beside.close()
    assert (_keys(installation), _doomed(installation)) == (late, late)
    assert not early & late
    assert destroy_doomed_keys(installation.intake) == 3
    assert (_keys(installation), _doomed(installation)) == (set(), set())


def test_a_sweep_between_a_skips_commit_and_its_destruction_changes_nothing_for_it(
    server: HostServer, installation: Installation
) -> None:
    browser = server.browser(identifiers={"project": "p"})
    shown = server.browser(identifiers={"project": "q"})
    beside = reopened(installation)
    # The first write to the key store after this one is the skip's.
    installation.keystore_db.close()
    interrupted = InterruptedDatabase(
        installation.settings.keystore_url,
        lambda: destroy_doomed_keys(beside.intake),
        rollback_journal=True,
    )
    installation.intake.data_keys._database = interrupted
    assert browser.skip().status_code == 200
    assert interrupted._events == []
    assert (len(_keys(installation)), _doomed(installation)) == (1, set())
    assert (shown.show().json or {})["left"]
    for each in (interrupted, beside):
        each.close()


def test_sweeps_side_by_side_share_the_work(installation: Installation, clock: MovableClock) -> None:
    doom_new_keys(installation, 700, clock())
    together = threading.Barrier(4)
    others = [reopened(installation) for _ in range(4)]

    def sweep(here: Installation) -> None:
        together.wait()
        destroy_doomed_keys(here.intake)

    threads = [threading.Thread(target=sweep, args=(here,)) for here in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for here in others:
        here.close()
    assert (_keys(installation), _doomed(installation)) == (set(), set())


def test_more_than_a_batch_goes_in_one_run(installation: Installation, clock: MovableClock) -> None:
    doom_new_keys(installation, jobs._BATCH + 1, clock())
    assert destroy_doomed_keys(installation.intake) == jobs._BATCH + 1
    assert destroy_doomed_keys(installation.intake) == 0


def test_a_person_who_comes_back_before_the_sweep_keeps_the_key_it_seals_under(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    upload_id = uuid7(clock())
    installation.intake.data_keys.get_or_create(upload_id, day=day_of(clock()))
    left = server.register()
    row = {"media_type": "image/png", "size_bytes": 1, "sealed": b"picture", "created_at": clock()}
    installation.intake_db.write(lambda tx: _delete(tx, left["id"], installation, {"id": upload_id, **row}))
    # Whoever deleted it died there. The person's next comparison is sealed under the same key as the last.
    returned = server.browser()
    assert destroy_doomed_keys(installation.intake) == 1
    assert _keys(installation) == {_person_key(installation)}
    assert (returned.show().json or {})["prompt"] == "Why is the sky blue?"


def _delete(tx: Transaction, identifier: str, here: Installation, upload: dict[str, Any]) -> None:
    """Deletes the content of a comparison, which shows an upload."""
    comparison_id = from_text("cmp", identifier)
    assert comparison_id is not None
    (person,) = rows_of(here.intake_db, persons)
    owner = {"workspace_id": bytes(person.workspace_id), "comparison_id": comparison_id}
    tx.run(INSERT_UPLOAD, **owner, day=day_of(upload["created_at"]), **upload)
    key = {**owner, "day": day_of(uuid7_time(comparison_id))}
    assert delete_content(tx, key=key, person=bytes(person.person)) == [upload["id"]]


def test_a_persons_key_cannot_be_doomed(server: HostServer, installation: Installation) -> None:
    server.register()
    key_id = _person_key(installation)
    with pytest.raises(ValueError, match="comparison or an upload"):
        installation.intake_db.write(lambda tx: doom_keys(tx, key_ids=[uuid7(1), key_id]))
    assert _doomed(installation) == set()


def test_dooming_twice_is_dooming_once(installation: Installation) -> None:
    key_id = uuid7(1)
    for _ in range(2):
        installation.intake_db.write(lambda tx: doom_keys(tx, key_ids=[key_id]))
    assert _doomed(installation) == {key_id}


def test_a_skip_whose_destruction_fails_is_finished_by_the_sweep(
    server: HostServer, installation: Installation
) -> None:
    browser = server.browser(identifiers={"project": "p"})
    store = installation.intake.data_keys._database
    broken = InterruptedDatabase(installation.settings.keystore_url, _unavailable, rollback_journal=True)
    installation.intake.data_keys._database = broken
    assert browser.skip().status_code == 503
    assert broken._events == []
    # Skipped is skipped: the retry finds nothing to destroy, and the content is gone already.
    assert browser.skip().status_code == 200
    installation.intake.data_keys._database = store
    comparison_id = from_text("cmp", browser.registered["id"])
    assert (_keys(installation), _doomed(installation)) == ({comparison_id}, {comparison_id})
    assert destroy_doomed_keys(installation.intake) == 1
    assert (_keys(installation), _doomed(installation)) == (set(), set())
    broken.close()


def test_a_skip_that_is_refused_dooms_nothing(server: HostServer, installation: Installation) -> None:
    browser = server.browser(identifiers={"project": "p"})
    browser.vote()
    assert browser.skip().status_code == 409
    assert _doomed(installation) == set()
    assert len(_keys(installation)) == 1
