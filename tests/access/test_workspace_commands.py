"""`flask workspace set|show`: reasons, words for them, and masking."""

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from app.access.workspaces.models import INTAKE, RESEARCH, WorkspaceOptions
from app.operations.installation import Installation
from tests.conftest import Host
from tests.intake.conftest import Browser, HostServer
from tests.tables import rows_of


def _set(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["workspace", "set", "Host product", *options])


def _shown(app: Flask) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(args=["workspace", "show", "Host product"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)  # type: ignore[no-any-return]


def _browser(client: FlaskClient, workspace: Host) -> Browser:
    return HostServer(client, workspace).browser()


def test_reasons_and_their_words_reach_the_widget_and_the_vote(
    app: Flask, client: FlaskClient, workspace: Host
) -> None:
    result = _set(
        app,
        "--reason", "cites_sources", "--reason", "useful",
        "--reason-label", "cites_sources:en=Cites its sources", "--reason-label", "cites_sources:de=Nennt Quellen",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    browser = _browser(client, workspace)
    shown = browser.show().json or {}
    assert shown["reasons"] == ["cites_sources", "useful"]
    assert shown["reason_labels"] == {"cites_sources": {"en": "Cites its sources", "de": "Nennt Quellen"}}
    assert browser.vote("left", reasons=["cites_sources"]).status_code == 200
    assert browser.vote("left", reasons=["creative"]).status_code == 422


def test_without_words_of_ones_own_the_widget_gets_none(client: FlaskClient, workspace: Host) -> None:
    shown = _browser(client, workspace).show().json or {}
    assert "reason_labels" not in shown
    assert shown["reasons"] == list(WorkspaceOptions().reasons)


@pytest.mark.usefixtures("workspace")
def test_what_is_set_is_shown_and_audited(app: Flask, installation: Installation) -> None:
    before = len(rows_of(installation.intake_db, INTAKE.audit_events))
    assert (
        _set(app, "--mask-identity", "--reason", "clear", "--reason-label", "clear:pt-BR=Claro").exit_code
        == 0
    )
    shown = _shown(app)
    assert shown["masks_identity"] is True
    assert (shown["reasons"], shown["reason_labels"]) == (["clear"], {"clear": {"pt-BR": "Claro"}})
    assert (shown["name"], shown["origins"]) == ("Host product", ["https://host.example"])
    for database, tables in ((installation.intake_db, INTAKE), (installation.research_db, RESEARCH)):
        event = rows_of(database, tables.audit_events)[-1]
        assert (event.kind, event.actor) == ("workspace_changed", "operator")
    assert len(rows_of(installation.intake_db, INTAKE.audit_events)) == before + 1
    assert _set(app, "--no-mask-identity").exit_code == 0
    assert _shown(app) == shown | {"masks_identity": False}


@pytest.mark.usefixtures("workspace")
def test_labels_are_added_changed_and_taken_away(app: Flask) -> None:
    _set(app, "--reason-label", "useful:en=Helps me", "--reason-label", "useful:fr=Utile")
    _set(app, "--reason-label", "useful:en=Helpful", "--reason-label", "useful:fr=")
    assert _shown(app)["reason_labels"] == {"useful": {"en": "Helpful"}}
    assert _shown(app)["reasons"] == list(WorkspaceOptions().reasons)
    _set(app, "--reason", "complete")
    assert _shown(app)["reason_labels"] == {}


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--reason", "Not a code"], "a-z, 0-9"),
        (["--reason", ""], "a-z, 0-9"),
        (["--reason", "x" * 41], "a-z, 0-9"),
        ([part for n in range(21) for part in ("--reason", f"r{n}")], "20 reasons"),
        (["--reason-label", "useful"], "CODE:LANGUAGE=TEXT"),
        (["--reason-label", "useful=Helps"], "CODE:LANGUAGE=TEXT"),
        (["--reason-label", "useful:en"], "CODE:LANGUAGE=TEXT"),
        (["--reason-label", "useful:english language=Helps"], "CODE:LANGUAGE=TEXT"),
        (["--reason-label", "useful:en=" + "x" * 61], "60 characters"),
        (["--reason-label", "useful:en=two\nlines"], "CODE:LANGUAGE=TEXT"),
        (["--reason-label", "unheard_of:en=New"], "not offered"),
        (["--reason", "clear", "--reason-label", "useful:en=Helps"], "not offered"),
    ],
)
def test_what_is_odd_is_refused_with_a_sentence_and_changes_nothing(
    app: Flask, options: list[str], word: str
) -> None:
    before = _shown(app)
    refused = _set(app, *options, "--pause")
    assert refused.exit_code == 1
    assert word in refused.output
    assert _shown(app) == before
