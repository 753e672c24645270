"""Wherever a person's pseudonym is stored, an erasure reaches it, or says what it does instead."""

from app.core.tables import Privacy, intake
from app.disconnection.erasures.person_tables import PERSON_TABLES, TREATED_APART
from tests.invariants.source import import_everything

import_everything()


def test_every_table_with_a_pseudonym_is_covered_by_erasure() -> None:
    with_pseudonyms = {
        table.name
        for table in intake.sorted_tables
        if "person" in table.columns
        or any(column.info["privacy"] is Privacy.PSEUDONYM for column in table.columns)
    }
    covered = {table.name for table in PERSON_TABLES} | {table.name for table in TREATED_APART}
    assert with_pseudonyms == covered


def test_what_simply_goes_is_found_by_workspace_and_person() -> None:
    for table in PERSON_TABLES:
        ways = [list(table.primary_key), *(list(index.columns) for index in table.indexes)]
        assert ["workspace_id", "person"] in [[column.name for column in way[:2]] for way in ways], table.name
    assert all(reason for reason in TREATED_APART.values())
