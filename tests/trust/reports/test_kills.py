"""A report is filed whole or not at all, and ends with its key, wherever a process dies."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from app import create_app
from app.core.clock import MS_PER_DAY
from app.operations.installation import Installation
from app.trust.reports.jobs import delete_old_reports
from app.trust.reports.models import reports
from app.trust.reports.queries import FIND_REPORT
from app.trust.reports.services import open_report
from tests.clock import MovableClock
from tests.disconnection.killing import Fuse, ended, fused, lay_fuse, started
from tests.intake.conftest import Browser, HostServer
from tests.tables import rows_of
from tests.trust.reports.stored import key_ids, keys_of_reports

_MOST_STEPS: Final = 60
_BODY: Final = {"side": "both", "category": "spam", "comment": "Buy now."}


def _kill_at_every_step(here: Installation, begin: Callable[[], Callable[[Fuse], Any]]) -> list[int]:
    """Begins something anew and kills it one step later each time; after each, `begin` looks at what was left."""
    codes: list[int] = []
    for step in range(1, _MOST_STEPS):
        work = begin()
        here.close()
        codes.append(ended(started(partial(work, Fuse(step)))))
        assert codes[-1] in (0, 1)
        if codes[-1] == 0:
            return codes
    pytest.fail("it never came to its end")


def _post(here: Installation, headers: dict[str, str], fuse: Fuse) -> None:
    """Reports by HTTP in an application of its own, as the server does."""
    app = create_app(here.settings, here.clock)
    lay_fuse(app.extensions["pairvote"], fuse)
    answer = app.test_client().post("/v1/ticket/report", json=_BODY, headers=headers)
    assert answer.status_code == 201, answer.data


def _readable(here: Installation) -> int:
    """How many reports there are; each can be read."""
    rows = rows_of(here.intake_db, reports)
    for row in rows:
        stored = here.intake_db.fetch(partial(_find, bytes(row.id)))
        content = open_report(here.intake.data_keys, report=stored)
        assert content is not None
        assert content["comment"] == "Buy now."
    return len(rows)


def _find(report_id: bytes, tx: Any) -> Any:
    return tx.one(FIND_REPORT, report_id=report_id)


def test_a_report_killed_before_or_after_any_step_is_there_or_not_and_can_be_sent_again(
    server: HostServer, installation: Installation
) -> None:
    sent: list[Browser] = []

    def begin() -> Callable[[Fuse], Any]:
        if sent:
            before = _readable(installation)
            assert before in (len(sent) - 1, len(sent))
            assert sent[-1].report(**_BODY).status_code == 201
            assert _readable(installation) == len(sent)
        sent.append(server.browser())
        return lambda fuse: _post(installation, sent[-1].headers, fuse)

    codes = _kill_at_every_step(installation, begin)
    assert len(codes) >= 5
    assert _readable(installation) == len(sent)


def test_a_sweep_killed_before_or_after_any_step_leaves_no_key_without_its_report(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    others: set[bytes] = set()

    def begin() -> Callable[[Fuse], Any]:
        # What is left of reports can be found by their rows; no key outlives its row.
        assert key_ids(installation) - others <= keys_of_reports(installation)
        server.browser().report()
        others.update(key_ids(installation) - keys_of_reports(installation))
        at = clock() + 55 * MS_PER_DAY
        return lambda fuse: _sweep(fused(installation, fuse), at)

    codes = _kill_at_every_step(installation, begin)
    assert len(codes) >= 5
    assert rows_of(installation.intake_db, reports) == []
    assert key_ids(installation) == others


def _sweep(here: Installation, at: int) -> int:
    return delete_old_reports(here.intake_db, here.intake.data_keys, at=at)
