"""Every column says how private it is, every table how long its rows are kept, and research holds no pseudonym."""

from dataclasses import fields

import pytest
from sqlalchemy import BigInteger, Integer, Table

from app.core.retention import all_classes
from app.core.settings import Settings
from app.core.tables import Privacy, Retention, all_tables, intake, keystore, research
from tests.invariants.source import import_everything

import_everything()
_TABLES = [
    pytest.param(table, id=f"{store}-{table.name}")
    for store, metadata in (("intake", intake), ("research", research), ("keystore", keystore))
    for table in metadata.sorted_tables
]
# What stands for somebody, or says when that somebody did something, stops at the door.
_NEVER_IN_RESEARCH = {Privacy.PSEUDONYM, Privacy.CHOICE}


@pytest.mark.parametrize("table", _TABLES)
def test_every_column_has_a_privacy_level(table: Table) -> None:
    assert [
        column.name for column in table.columns if not isinstance(column.info.get("privacy"), Privacy)
    ] == []


@pytest.mark.parametrize("table", _TABLES)
def test_every_table_has_a_retention_in_a_sentence(table: Table) -> None:
    retention = table.info.get("retention")
    assert isinstance(retention, Retention)
    assert retention.rule.endswith(".")
    assert retention.rule[0].isupper() or retention.rule[0] == "`"


@pytest.mark.parametrize("table", _TABLES)
def test_a_retention_in_days_has_a_column_to_count_from(table: Table) -> None:
    retention: Retention = table.info["retention"]
    assert (retention.days is None) == (retention.clock_column is None)
    if retention.clock_column is not None:
        column = table.columns[retention.clock_column]
        assert column.name.rpartition("_")[2] in ("day", "at")
        assert not column.nullable


def test_a_period_and_its_setting_lie_within_what_a_workspace_may_choose() -> None:
    limits = {entry.name: entry.metadata for entry in fields(Settings)}
    for each in all_classes():
        kept = each.retention
        if kept.bounds is not None:
            least, most = kept.bounds
            assert kept.days is not None
            assert 1 <= least <= kept.days <= most, each.name
            assert each.table is None or each.is_by_workspace, each.name
        if kept.setting is not None:
            assert each.days(Settings()) == kept.days, each.name
            assert kept.bounds == (limits[kept.setting]["least"], limits[kept.setting]["most"]), each.name
    assert len({(each.zone, each.name) for each in all_classes()}) == len([*all_classes()])
    names = [each.name for each in all_classes() if each.retention.bounds is not None]
    assert len(set(names)) == len(names), "a workspace names a class without its zone"


@pytest.mark.parametrize("table", _TABLES)
def test_times_are_whole_milliseconds_and_days_whole_days(table: Table) -> None:
    for column in table.columns:
        kind = {"at": BigInteger, "day": Integer}.get(column.name.rpartition("_")[2])
        assert kind is None or type(column.type) is kind, column.name


@pytest.mark.parametrize("table", _TABLES)
def test_a_sealed_column_is_called_so_and_the_other_way_round(table: Table) -> None:
    for column in table.columns:
        is_called_so = column.name.rpartition("_")[2] in ("sealed", "wrapped")
        assert is_called_so == (column.info["privacy"] is Privacy.SEALED), column.name


def test_research_holds_nothing_that_stands_for_a_person() -> None:
    found = [
        str(column)
        for table in research.sorted_tables
        for column in table.columns
        if column.info["privacy"] in _NEVER_IN_RESEARCH
    ]
    assert found == []


def test_a_key_that_names_a_workspace_begins_with_it() -> None:
    for table in all_tables():
        names = [column.name for column in table.primary_key]
        assert "workspace_id" not in names[1:], table.name
