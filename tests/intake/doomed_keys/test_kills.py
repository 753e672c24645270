"""A key dies with its content, wherever a process dies between the two: the next sweep finds what was left."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Table

from app import create_app
from app.core.clock import MS_PER_DAY
from app.intake.comparisons.jobs import expire_comparisons
from app.intake.comparisons.models import comparison_contents
from app.intake.doomed_keys.jobs import destroy_doomed_keys
from app.intake.doomed_keys.models import doomed_keys
from app.intake.uploads.jobs import delete_unused_uploads
from app.intake.uploads.models import uploads
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from app.privacy.models import content_keys
from tests.clock import MovableClock
from tests.disconnection.killing import Fuse, ended, fused, lay_fuse, started
from tests.intake.conftest import Browser, HostServer
from tests.intake.doomed_keys.dooming import doom_new_keys
from tests.tables import rows_of

_MOST_STEPS = 60
_PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 16


def _ids(here: Installation, table: Table) -> set[bytes]:
    database = here.keystore_db if table is content_keys else here.intake_db
    name = "comparison_id" if table is comparison_contents else "id"
    return {bytes(row._mapping[name]) for row in rows_of(database, table)}


def _upload(server: HostServer) -> str:
    answer = server.client.post(
        "/v1/uploads", data=_PNG, content_type="image/png", headers=server.host.headers
    )
    identifier: str = answer.get_json()["id"]
    return identifier


def _browser_without_account(server: HostServer) -> Browser:
    """A comparison that has two keys to itself: its own, and its picture's."""
    picture = {"type": "image_url", "image_url": {"url": f"upload:{_upload(server)}"}}
    messages = [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, picture]}]
    return server.browser(identifiers={"project": "p"}, conversation=messages)


def _skip(here: Installation, fuse: Fuse, headers: dict[str, str]) -> None:
    """Skips by HTTP in an application of its own, as the server does."""
    app = create_app(here.settings, here.clock)
    lay_fuse(app.extensions["pairvote"], fuse)
    answer = app.test_client().post("/v1/ticket/skip", json={}, headers=headers)
    assert answer.status_code == 200, answer.data


def _kill_at_every_step(here: Installation, begin: Callable[[], Callable[[Fuse], Any]]) -> set[bytes]:
    """Begins something anew, kills it one step later each time, and checks that keys end with their contents.

    Returns the ids of the keys that a kill had saved until the sweep came.
    """
    saved: set[bytes] = set()
    for step in range(1, _MOST_STEPS):
        work = begin()
        here.close()
        code = ended(started(partial(work, Fuse(step))))
        assert code in (0, 1)
        left = _ids(here, content_keys) - _ids(here, comparison_contents) - _ids(here, uploads)
        assert left <= _ids(here, doomed_keys)
        saved |= left
        destroy_doomed_keys(here.intake)
        assert _ids(here, content_keys) == _ids(here, comparison_contents) | _ids(here, uploads)
        assert _ids(here, doomed_keys) == set()
        if code == 0:
            return saved
    pytest.fail("it never came to its end")


def test_a_skip_killed_before_or_after_any_step(server: HostServer, installation: Installation) -> None:
    def begin() -> Callable[[Fuse], Any]:
        browser = _browser_without_account(server)
        return lambda fuse: _skip(installation, fuse, browser.headers)

    # After the commit, before the destruction; and after its begin. Both keys each time.
    assert len(_kill_at_every_step(installation, begin)) >= 4
    assert _ids(installation, content_keys) != set(), "skips that were killed early still show their content"


def test_an_expiry_killed_before_or_after_any_step(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    def begin() -> Callable[[Fuse], Any]:
        _browser_without_account(server)
        clock.advance(seconds=3600)
        return lambda fuse: expire_comparisons(fused(installation, fuse).intake, at=clock())

    assert len(_kill_at_every_step(installation, begin)) >= 4
    assert _ids(installation, content_keys) == set()


def test_a_deletion_of_unused_uploads_killed_before_or_after_any_step(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    def begin() -> Callable[[Fuse], Any]:
        _upload(server)
        clock.advance(ms=MS_PER_DAY + 1)
        return lambda fuse: delete_unused_uploads(
            fused(installation, fuse).intake, before=clock() - MS_PER_DAY
        )

    assert len(_kill_at_every_step(installation, begin)) >= 2
    assert _ids(installation, content_keys) == set()


def test_a_sweep_of_doomed_keys_killed_before_or_after_any_step(
    installation: Installation, clock: MovableClock
) -> None:
    def begin() -> Callable[[Fuse], Any]:
        doom_new_keys(installation, 2, clock())
        return lambda fuse: destroy_doomed_keys(fused(installation, fuse).intake)

    assert len(_kill_at_every_step(installation, begin)) >= 2
    assert _ids(installation, content_keys) == set()


def test_the_jobs_of_an_intake_process_finish_what_was_left(
    server: HostServer, installation: Installation
) -> None:
    browser = _browser_without_account(server)
    installation.close()
    # Fetch and write in turn: the last step of all is the destruction.
    steps = next(
        step
        for step in range(1, _MOST_STEPS)
        if ended(started(partial(_skip, installation, Fuse(step), browser.headers))) == 1
        and _ids(installation, comparison_contents) == set()
    )
    assert steps
    assert len(_ids(installation, content_keys)) == 2
    assert job_runner(installation).run_once()["destroy_doomed_keys"] == 2
    assert _ids(installation, content_keys) == set()
