"""A release without withdrawals finds withdrawn comparisons closed, not broken."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.migrations import downgrade, upgrade
from app.intake.comparisons.models import ComparisonState
from tests.migrations.structure import opened
from tests.stores import Backend, empty_database

_INSERT = """
    INSERT INTO comparisons (workspace_id, day, id, person, model_0, model_1, first_left, sharing, notice_version,
                             state, created_at, expires_at)
    VALUES (:w, 1, :id, :w, 'a', 'b', 0, 'off', '1', :state, 1, 2)
"""


def test_what_was_withdrawn_is_disconnected_for_the_release_before(backend: Backend, tmp_path: Path) -> None:
    with empty_database(backend, tmp_path) as url:
        engine = opened(url)
        upgrade(engine, "intake", "0008")
        with engine.begin() as connection:
            for number, state in enumerate(ComparisonState):
                row = {"w": b"w" * 16, "id": bytes([number] * 16), "state": state.value}
                connection.execute(text(_INSERT), row)
        downgrade(engine, "intake", "0007")
        with engine.begin() as connection:
            states = connection.execute(text("SELECT state FROM comparisons ORDER BY id")).scalars().all()
        expected = [state.value for state in ComparisonState if state is not ComparisonState.WITHDRAWN]
        assert states == [*expected, "disconnected"]
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(text(_INSERT), {"w": b"w" * 16, "id": b"x" * 16, "state": "withdrawn"})
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(
                text(_INSERT.replace("'off'", "'all'")), {"w": b"w" * 16, "id": b"y" * 16, "state": "open"}
            )
        engine.dispose()
