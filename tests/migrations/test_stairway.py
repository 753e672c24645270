"""Every migration goes up, down and up again, and the last one ends at what the code declares."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData

from app.core.migrations import CHAINS, current, downgrade, is_current, revisions, upgrade
from app.core.tables import intake, keystore, research
from tests.invariants.source import ROOT, import_everything
from tests.migrations.structure import opened, store_of, structure, tables
from tests.stores import Backend, empty_database

import_everything()
_DECLARED: dict[str, MetaData] = {"intake": intake, "research": research, "keystore": keystore}


@pytest.fixture
def empty(backend: Backend, tmp_path: Path) -> Iterator[Engine]:
    with empty_database(backend, tmp_path) as url:
        yield opened(url)


@pytest.fixture
def second(backend: Backend, tmp_path: Path) -> Iterator[Engine]:
    with empty_database(backend, tmp_path) as url:
        yield opened(url)


@pytest.mark.parametrize("chain", CHAINS)
def test_every_step_can_be_taken_back_and_taken_again(empty: Engine, chain: str) -> None:
    before = structure(empty)
    steps = ["base", *revisions(chain)]
    for previous, revision in itertools.pairwise(steps):
        upgrade(empty, chain, revision)
        reached = structure(empty)
        downgrade(empty, chain, previous)
        assert structure(empty) == before, f"{chain} {revision} does not take everything back"
        upgrade(empty, chain, revision)
        assert structure(empty) == reached, f"{chain} {revision} is not the same the second time"
        before = reached
    with store_of(empty) as store:
        assert is_current(store, chain)


@pytest.mark.parametrize("chain", CHAINS)
def test_all_the_way_down_leaves_nothing(empty: Engine, chain: str) -> None:
    upgrade(empty, chain)
    assert tables(empty) == set(_DECLARED[chain].tables)
    downgrade(empty, chain, "base")
    assert tables(empty) == set()
    with store_of(empty) as store:
        assert current(store) is None


@pytest.mark.parametrize("chain", CHAINS)
def test_the_last_step_is_what_the_code_declares(empty: Engine, second: Engine, chain: str) -> None:
    upgrade(empty, chain)
    _DECLARED[chain].create_all(second)
    assert structure(empty) == structure(second)


@pytest.mark.parametrize("chain", CHAINS)
def test_alembic_would_write_no_further_migration(empty: Engine, chain: str) -> None:
    upgrade(empty, chain)
    with empty.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, _DECLARED[chain]) == []


@pytest.mark.parametrize("chain", CHAINS)
def test_upgrading_what_is_newest_changes_nothing(empty: Engine, chain: str) -> None:
    upgrade(empty, chain)
    before = structure(empty)
    upgrade(empty, chain)
    assert structure(empty) == before


@pytest.mark.parametrize("chain", CHAINS)
def test_the_chain_is_numbered_without_gaps_or_branches(chain: str) -> None:
    script = ScriptDirectory(str(ROOT / "migrations" / chain))
    known = [entry.revision for entry in reversed([*script.walk_revisions()])]
    assert revisions(chain) == known == [f"{number:04d}" for number in range(1, len(known) + 1)]
