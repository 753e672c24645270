"""The step that gives each zone's keys a table of their own: every key arrives where it belongs, and leaves no copy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from app.core.migrations import downgrade, upgrade
from tests.migrations.structure import opened
from tests.stores import Backend, empty_database

_KEYS: list[dict[str, Any]] = [
    {
        "id": bytes([number]) * 16,
        "wrapped": bytes([number]) * 61,
        "purpose": purpose,
        "version": 3,
        "day": day,
    }
    for number, purpose, day in ((65, "content", 20_000), (66, "record", 20_001), (67, "content", 20_002))
]


@pytest.fixture
def before(backend: Backend, tmp_path: Path) -> Iterator[Engine]:
    """A key store in which the keys of both zones lie in one table."""
    with empty_database(backend, tmp_path) as url:
        engine = opened(url)
        upgrade(engine, "keystore", "0001")
        with engine.begin() as connection:
            connection.execute(
                text("INSERT INTO data_keys VALUES (:id, :wrapped, :purpose, :version, :day)"), _KEYS
            )
        yield engine


def _rows(engine: Engine, table: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        rows = connection.execute(text(f"SELECT * FROM {table} ORDER BY id"))
        return [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in rows
        ]


def test_every_key_goes_to_its_own_zones_table_and_back(before: Engine) -> None:
    written = _rows(before, "data_keys")
    upgrade(before, "keystore", "0002")
    found = {table: _rows(before, table) for table in ("content_keys", "record_keys")}
    assert {table: [row[0] for row in rows] for table, rows in found.items()} == {
        "content_keys": [_KEYS[0]["id"], _KEYS[2]["id"]],
        "record_keys": [_KEYS[1]["id"]],
    }
    assert found["record_keys"] == [(_KEYS[1]["id"], _KEYS[1]["wrapped"], 3, 20_001)]
    downgrade(before, "keystore", "0001")
    assert _rows(before, "data_keys") == written


def test_a_moved_key_leaves_no_copy_that_its_destruction_does_not_reach(
    before: Engine, backend: Backend
) -> None:
    if backend != "sqlite":
        pytest.skip("PostgreSQL deletes a dropped table's file")
    upgrade(before, "keystore", "0002")
    file = Path(before.url.database or "")
    assert all(file.read_bytes().count(key["wrapped"]) == 1 for key in _KEYS)
