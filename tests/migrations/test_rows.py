"""Rows written before a migration are there after it, and after it has been taken back."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Engine, Float, Integer, LargeBinary, MetaData, Table, inspect

from app.core.migrations import CHAINS, downgrade, revisions, upgrade
from tests.migrations.structure import VERSION_TABLE, opened
from tests.stores import Backend, empty_database

_STEPS = [
    pytest.param(chain, before, after, id=f"{chain}-{after}")
    for chain in CHAINS
    for before, after in itertools.pairwise(revisions(chain))
]
# How the databases repeat `column IN ('a', 'b')`, also where there is only one value.
_LISTED = re.compile(r"\b(\w+)\W.*?(?:\bIN\b|=).*?'([^']*)'", re.DOTALL)
# Where a rule ties two columns together, or a value decides where a row goes, values that fit.
_FITTING = {
    ("records", "sharing"): "vote_and_content",
    ("feedback_records", "sharing"): "vote_and_content",
    ("data_keys", "purpose"): "content",
}


@pytest.fixture
def empty(backend: Backend, tmp_path: Path) -> Iterator[Engine]:
    with empty_database(backend, tmp_path) as url:
        yield opened(url)


@pytest.mark.parametrize(("chain", "before", "after"), _STEPS)
def test_rows_outlive_a_step_forward_and_back(empty: Engine, chain: str, before: str, after: str) -> None:
    upgrade(empty, chain, before)
    _write_a_row_into_every_table(empty)
    written = _rows(empty)
    assert all(written.values())

    upgrade(empty, chain, after)
    reached = _rows(empty)
    for table, row in written.items():
        kept = {name: value for name, value in row.items() if name in reached.get(table, {})}
        assert {name: reached[table][name] for name in kept} == kept, table

    downgrade(empty, chain, before)
    assert _rows(empty) == written


@pytest.mark.parametrize("chain", CHAINS)
def test_a_table_of_the_last_step_takes_a_row(empty: Engine, chain: str) -> None:
    upgrade(empty, chain)
    _write_a_row_into_every_table(empty)
    assert all(_rows(empty).values())


def _tables(engine: Engine) -> list[Table]:
    found = MetaData()
    found.reflect(engine)
    return [table for table in found.sorted_tables if table.name != VERSION_TABLE]


def _write_a_row_into_every_table(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in _tables(engine):
            listed = _first_listed_values(engine, table.name)
            row = {column.name: listed.get(column.name, _value(column)) for column in table.columns}
            connection.execute(table.insert(), row)


def _rows(engine: Engine) -> dict[str, dict[str, Any]]:
    with engine.connect() as connection:
        return {
            table.name: dict(row._mapping)
            for table in _tables(engine)
            for row in connection.execute(table.select())
        }


def _first_listed_values(engine: Engine, table: str) -> dict[str, str]:
    """For each column whose CHECK lists values, the first of them."""
    rules = [check["sqltext"] for check in inspect(engine).get_check_constraints(table)]
    listed = [match for rule in rules if " OR " not in rule and (match := _LISTED.search(rule))]
    fitting = {column: value for (owner, column), value in _FITTING.items() if owner == table}
    return {match[1]: match[2] for match in listed} | fitting


def _value(column: Column[Any]) -> Any:
    """Something that is neither empty nor a default, so that a lost value shows."""
    if isinstance(column.type, LargeBinary):
        return b"\x2a" * (column.type.length or 16)
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, Float):
        return 0.5
    if isinstance(column.type, Integer):
        return 42
    return "written before"[: getattr(column.type, "length", None)]
