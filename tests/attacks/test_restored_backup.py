"""A backup from before an erasure, restored beside today's key store, shows what was erased to nobody."""

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import MetaData, Table

from app.core.database import Database
from app.core.tables import intake, research
from app.disconnection.jobs import sweep
from app.disconnection.services import DropReason
from app.intake.comparisons.models import comparison_contents, comparisons
from app.operations.installation import Installation
from app.research.exports.jobs import build_exports
from app.research.records.models import records
from tests.attacks.recovery import Witness, files_of, loot
from tests.clock import MovableClock
from tests.disconnection.erasures.conftest import UNDO_SECONDS, Eraser
from tests.disconnection.voting import door_of
from tests.intake.conftest import HostServer
from tests.stores import Backend, Stores, fresh_stores
from tests.tables import rows_of

Backup = dict[Table, list[dict[str, Any]]]


@pytest.fixture
def stores(backend: Backend, tmp_path: Path) -> Iterator[Stores]:
    """The data where the test wants them; the key store in the file that is made for it."""
    with fresh_stores(backend, tmp_path) as made, fresh_stores("sqlite", tmp_path) as files:
        yield made._replace(keystore=files.keystore)


@pytest.fixture
def eraser(client: FlaskClient, workspace: Any, installation: Installation, clock: MovableClock) -> Eraser:
    """A host with end users."""
    return Eraser(HostServer(client, workspace), installation, clock)


def _copied(database: Database, metadata: MetaData) -> Backup:
    return {
        table: [dict(row._mapping) for row in rows_of(database, table)] for table in metadata.sorted_tables
    }


def _restore(database: Database, backup: Backup) -> None:
    with database.engine.begin() as connection:
        for table in backup:
            connection.execute(table.delete())
        for table, rows in backup.items():
            if rows:
                connection.execute(table.insert(), rows)


def test_a_restored_backup_shows_nothing_and_can_be_erased_again(eraser: Eraser) -> None:
    eraser.vote()
    eraser.disconnect()
    browser = eraser.server.browser()
    browser.show()
    browser.vote(comment="still here")
    here, witness = eraser.here, Witness()
    before = witness.look(here)
    backups = (_copied(here.intake_db, intake), _copied(here.research_db, research))
    eraser.finish(eraser.erase()["id"])
    _restore(here.intake_db, backups[0])
    _restore(here.research_db, backups[1])
    assert len(eraser.rows(comparison_contents)) == len(eraser.rows(records)) == 1

    # Whoever asks: the browser, the person, researchers, and somebody with all the files but old keys.
    shown = browser.show().get_json()
    assert "conversation" not in shown
    assert "comment" not in (shown["vote"] or {})
    given = eraser.server.post("/v1/person-data", {"identifiers": {"account": "anna"}})
    with zipfile.ZipFile(BytesIO(given.data)) as archive:
        held = json.loads(archive.read("comparisons.json"))
        assert [each["content"] for each in held] == [None, None]
        assert json.loads(archive.read("research.json")) == []
    export_id = eraser.server.post("/v1/exports", {}).get_json()["id"]

    build_exports(here.research, at=eraser.clock())
    assert eraser.server.get(f"/v1/exports/{export_id}").get_json()["rows_out"] == 0
    settings = here.settings
    urls = (settings.database_url, settings.research_url, settings.keystore_url)
    found = loot(files_of(*urls), here.keyring, witness, before)
    assert (found.recovered_bytes, found.recovered) == (0, [])
    assert found.surviving > 0

    # What cannot be read does not go through the door; asking again takes out the rest.
    eraser.clock.advance(seconds=UNDO_SECONDS)
    assert sweep(door_of(here), at=eraser.clock()).dropped == {DropReason.KEY_DESTROYED: 1}
    eraser.finish(eraser.erase()["id"])
    assert eraser.rows(comparisons) == eraser.rows(records) == []
    assert eraser.mentions(eraser.person()) == set()
