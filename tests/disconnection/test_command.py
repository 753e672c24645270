"""`flask disconnect`: what is due leaves now."""

import json

from flask import Flask

from app.operations.installation import Installation
from app.privacy.keyring import Keyring
from tests.clock import MovableClock
from tests.disconnection.voting import UNDO_MS, Booth


def test_it_disconnects_what_is_due_and_counts_it(booth: Booth, app: Flask, clock: MovableClock) -> None:
    voted = booth.vote(clock())
    booth.vote(clock(), account="somebody else")
    booth.share(voted, "off", clock())
    runner = app.test_cli_runner()
    early = runner.invoke(args=["disconnect", "--json"], catch_exceptions=False)
    assert json.loads(early.stdout) == {"disconnected": 0, "withheld": {}, "dropped": {}, "failed": 0}
    clock.advance(ms=UNDO_MS)
    result = runner.invoke(args=["disconnect", "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "disconnected": 1,
        "withheld": {},
        "dropped": {"sharing_off": 1},
        "failed": 0,
    }
    again = runner.invoke(args=["disconnect"], catch_exceptions=False)
    assert again.stdout == "0 disconnected, 0 dropped, 0 failed.\n"


def test_a_vote_that_cannot_leave_makes_it_fail(booth: Booth, app: Flask, clock: MovableClock) -> None:
    booth.vote(clock())
    booth.here.intake_db.write(
        lambda tx: tx.raw("UPDATE comparison_contents SET shown_sealed = private_sealed")
    )
    clock.advance(ms=UNDO_MS)
    result = app.test_cli_runner().invoke(args=["disconnect", "--json"], catch_exceptions=False)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["failed"] == 1


def test_it_refuses_a_key_ring_that_the_data_were_not_written_with(
    booth: Booth, app: Flask, clock: MovableClock
) -> None:
    booth.vote(clock())
    clock.advance(ms=UNDO_MS)
    here = booth.here
    stranger = Installation(here.settings, clock)
    stranger.__dict__["keyring"] = Keyring.create(at=clock())
    app.extensions["pairvote"] = stranger
    result = app.test_cli_runner().invoke(args=["disconnect"])
    stranger.close()
    assert result.exit_code == 1
    assert "key ring" in result.stderr
    app.extensions["pairvote"] = here
    assert booth.disconnect(clock()) == 1
