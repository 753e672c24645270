"""`flask keys`: a key is rotated, what it wraps is moved along, and it goes only when nothing stored needs it."""

import copy
import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.operations.installation import Installation
from app.privacy.keyring import Purpose
from app.research.exports.jobs import expire_exports
from tests.clock import MovableClock
from tests.conftest import Host
from tests.disconnection.voting import UNDO_MS, Booth, reopened

Run = Callable[..., Result]


@pytest.fixture
def booth(installation: Installation, clock: MovableClock) -> Booth:
    """A workspace with a vote that has left intake, and one that can still be undone."""
    made = Booth(installation)
    made.vote(clock() - UNDO_MS)
    made.disconnect(clock())
    made.vote(clock())
    return made


@pytest.fixture
def run(booth: Booth, clock: MovableClock) -> Iterator[Run]:
    """Runs a command in a process of its own, which reads the key ring anew."""
    opened = []

    def command(*arguments: str) -> Result:
        app = create_app(booth.here.settings, clock)
        opened.append(app.extensions["pairvote"])
        return app.test_cli_runner().invoke(args=["keys", *arguments])

    yield command
    for here in opened:
        here.close()


def _states(run: Run, purpose: Purpose) -> list[tuple[int, str]]:
    rows = json.loads(run("status", "--json").stdout)
    return [(row["version"], row["state"]) for row in rows if row["purpose"] == purpose.value]


@pytest.mark.parametrize(
    ("purpose", "needed"),
    [
        (Purpose.PSEUDONYM, 1),  # the person
        (Purpose.CONTENT, 1),  # the person's data key
        (Purpose.TICKET, 1),  # the open comparison's ticket
        (Purpose.LINK, 2),  # the link to the record, and the voter's number
        (Purpose.RECORD, 1),  # the record's data key
    ],
)
def test_a_key_that_something_stored_needs_cannot_be_retired(
    run: Run, clock: MovableClock, purpose: Purpose, needed: int
) -> None:
    assert run("rotate", purpose.value).exit_code == 0
    clock.advance(days=1)
    refused = run("retire", purpose.value, "1", "--yes")
    assert refused.exit_code == 1
    assert refused.stderr == (
        f"Error: Version 1 of the {purpose.value} key is needed by {needed} stored values.\n"
    )
    assert [version for version, _ in _states(run, purpose)] == [1, 2]


@pytest.mark.parametrize("purpose", [Purpose.CONTENT, Purpose.RECORD])
def test_a_key_whose_data_keys_were_moved_along_can_be_retired(
    run: Run, booth: Booth, clock: MovableClock, purpose: Purpose
) -> None:
    run("rotate", purpose.value)
    assert "1 data keys are wrapped by the primary" in run("rewrap", purpose.value).stdout
    clock.advance(days=1)
    assert run("retire", purpose.value, "1", "--yes").exit_code == 0
    assert [state for _, state in _states(run, purpose)] == ["retired", "primary"]
    after = copy.copy(booth)
    after.here = reopened(booth.here)
    after.disconnect(clock())
    assert [record.content is not None for record in after.records()] == [True, True]
    after.here.close()


def test_a_signing_key_can_be_retired_at_once_where_that_is_forced(run: Run) -> None:
    run("rotate", Purpose.EXPORT_SIGNING.value)
    refused = run("retire", Purpose.EXPORT_SIGNING.value, "1", "--yes")
    assert (refused.exit_code, "less than a day ago" in refused.stderr) == (1, True)
    assert run("retire", Purpose.EXPORT_SIGNING.value, "1", "--yes", "--force").exit_code == 0


def test_a_signing_key_is_kept_as_long_as_an_export_lives_that_it_signed(
    run: Run, app: Flask, workspace: Host, installation: Installation, clock: MovableClock
) -> None:
    make = ["export", "create", "--workspace", workspace.workspace_id]
    assert app.test_cli_runner().invoke(args=make).exit_code == 0
    run("rotate", Purpose.EXPORT_SIGNING.value)
    clock.advance(days=2)
    refused = run("retire", Purpose.EXPORT_SIGNING.value, "1", "--yes")
    assert (refused.exit_code, "needed by 1 stored values" in refused.stderr) == (1, True)
    clock.advance(days=installation.settings.export_days)
    assert expire_exports(installation.research, at=clock()) == 1
    assert run("retire", Purpose.EXPORT_SIGNING.value, "1", "--yes").exit_code == 0


def test_a_stolen_signing_key_is_retired_by_force_while_its_exports_live(
    run: Run, app: Flask, workspace: Host
) -> None:
    make = ["export", "create", "--workspace", workspace.workspace_id]
    assert app.test_cli_runner().invoke(args=make).exit_code == 0
    run("rotate", Purpose.EXPORT_SIGNING.value)
    assert run("retire", Purpose.EXPORT_SIGNING.value, "1", "--yes", "--force").exit_code == 0


def test_the_primary_key_cannot_be_retired(run: Run, clock: MovableClock) -> None:
    clock.advance(days=1)
    for purpose in Purpose:
        assert run("retire", purpose.value, "1", "--yes").exit_code == 1
        assert _states(run, purpose) == [(1, "primary")]
