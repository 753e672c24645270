"""The values that a migrated database admits are exactly the members of the enum in the code."""

import enum
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import CheckConstraint, MetaData, String, inspect

from app.core.migrations import CHAINS
from app.core.tables import intake, keystore, research
from tests.invariants.source import import_everything
from tests.migrations.structure import opened
from tests.stores import Stores

import_everything()
_DECLARED: dict[str, MetaData] = {"intake": intake, "research": research, "keystore": keystore}
_QUOTED = re.compile(r"'([^']*)'")


def _declared(chain: str) -> Iterator[tuple[str, str, str, type[enum.StrEnum]]]:
    """Table, column, constraint name and enum of every enum CHECK."""
    for table in _DECLARED[chain].sorted_tables:
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint) and "enum" in constraint.info:
                yield table.name, constraint.info["column"], str(constraint.name), constraint.info["enum"]


@pytest.mark.parametrize("chain", CHAINS)
def test_the_database_admits_the_enums_members_and_nothing_else(stores: Stores, chain: str) -> None:
    inspector = inspect(opened(getattr(stores, chain)))
    for table, column, name, members in _declared(chain):
        texts = {str(check["name"]): check["sqltext"] for check in inspector.get_check_constraints(table)}
        assert name in texts, f"{table}.{column} has no CHECK named {name}: {sorted(texts)}"
        assert set(_QUOTED.findall(texts[name])) == {member.value for member in members}, f"{table}.{column}"


@pytest.mark.parametrize("chain", CHAINS)
def test_every_member_fits_into_its_column(chain: str) -> None:
    for table, column, _, members in _declared(chain):
        kind = _DECLARED[chain].tables[table].columns[column].type
        assert isinstance(kind, String)
        assert kind.length is not None
        assert max(len(member.value) for member in members) <= kind.length, f"{table}.{column}"


def test_there_are_enum_checks_in_intake_and_research() -> None:
    assert len(list(_declared("intake"))) >= 5
    assert len(list(_declared("research"))) >= 3
