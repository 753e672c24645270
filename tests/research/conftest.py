"""Fixtures of exports that are made from a database."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.access.workspaces.models import RESEARCH
from app.core.ids import from_text
from app.core.statements import query
from app.operations.installation import Installation
from app.research.exports.work_folder import work_folder
from app.research.zone import Research
from tests.conftest import Host
from tests.research.exports.records import details, rows
from tests.research.exports.written import write_export


@pytest.fixture
def research(installation: Installation) -> Research:
    """The research zone."""
    return installation.research


@pytest.fixture
def workspace_id(workspace: Host) -> bytes:
    """The workspace's id as records hold it."""
    raw = from_text("ws", workspace.workspace_id)
    assert raw is not None
    return raw


@pytest.fixture
def other_workspace(app: Flask) -> Host:
    """Somebody else's workspace."""
    made = _run(app, "workspace", "create", "Another product", "--origin", "https://other.example", "--json")
    return Host(made["workspace_id"], made["api_key"], "https://other.example")


@pytest.fixture
def strict_app(research: Research) -> Iterator[Flask]:
    """The same installation, whose operator has every export suppress cells of fewer than five persons."""
    made = create_app(replace(research.settings, export_k=5), research.clock)
    yield made
    made.extensions["pairvote"].close()


@pytest.fixture
def comparisons_key(app: Flask, workspace: Host) -> dict[str, str]:
    """The headers of a key that may not see exports."""
    made = _run(app, "apikey", "create", workspace.workspace_id, "--scope", "comparisons:write", "--json")
    return {"Authorization": f"Bearer {made['api_key']}"}


class AuditEvent(NamedTuple):
    """Who did what to which thing."""

    kind: str
    actor: str
    subject: str


_EVENTS = RESEARCH.audit_events.c
_LIST_EVENTS = query(select(_EVENTS.kind, _EVENTS.actor, _EVENTS.subject).order_by(_EVENTS.id), AuditEvent)


@pytest.fixture
def audit_trail(research: Research) -> Callable[[], list[AuditEvent]]:
    """The audit trail so far, oldest first."""
    return lambda: research.db.fetch(lambda tx: tx.list(_LIST_EVENTS))


def _run(app: Flask, *command: str) -> dict[str, str]:
    result = app.test_cli_runner().invoke(args=command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    printed: dict[str, str] = json.loads(result.output)
    return printed


@pytest.fixture(scope="module")
def export_and_other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole export, and beside it one of other votes under the same keys."""
    parent = tmp_path_factory.mktemp("exports")
    votes = list(rows(60))
    with work_folder(parent / "export") as work:
        gone = {votes[7]["vote_id"]: 20_409, votes[9]["vote_id"]: 20_409}
        write_export(work, votes, details(dropped={"withdrawn": 2}), withdrawn=lambda: gone)
    with work_folder(parent / "other") as work:
        write_export(work, rows(40, seed=2), details(export_id="exp_another"))
    return parent / "export"


@pytest.fixture
def copied(export_and_other: Path, tmp_path: Path) -> Path:
    """A copy that may be damaged."""
    shutil.copytree(export_and_other.parent / "other", tmp_path / "other")
    return Path(shutil.copytree(export_and_other, tmp_path / "export"))
