"""Given and registered are the sums of what became of them, before and after the rows are deleted."""

from typing import Any

import pytest

from app.core.clock import day_of, iso_date
from app.core.connections import Transaction
from app.intake.comparisons.jobs import expire_comparisons
from app.intake.invitations.exposures import roll_up_comparisons, roll_up_invitations
from app.operations.installation import Installation
from tests.clock import MovableClock
from tests.intake.invitations.calls import Calls

_INVITATIONS = {"given": 0, "redeemed": 0, "unredeemed": 0, "pending": 0}
_COMPARISONS = {
    "registered": 0,
    "withheld": 0,
    "voted": 0,
    "skipped": 0,
    "expired": 0,
    "not_shown": 0,
    "open": 0,
}


class Killed(Exception):
    """The process died before COMMIT."""


def _report(calls: Calls, first: str, last: str) -> dict[str, Any]:
    return calls.send("GET", f"/v1/exposures?from={first}&to={last}")


def _every_outcome(calls: Calls, clock: MovableClock, installation: Installation) -> None:
    """One of each on chat, an invitation without surface that nobody uses, a comparison without invitation."""
    tickets = [calls.invite_and_register(name, surface="chat") for name in ("v", "s", "x", "n")]
    calls.register(identifiers={"account": "w"}, surface="chat", signals={"gpc": True})
    calls.register(identifiers={"account": "u"})
    calls.invite("later")
    calls.vote(tickets[0])
    calls.skip(tickets[1])
    calls.show(tickets[2])
    installation.intake.shown.flush()
    clock.advance(seconds=2 * 3600)


def test_every_outcome_is_counted_on_its_day_and_surface(
    calls: Calls, clock: MovableClock, installation: Installation
) -> None:
    _every_outcome(calls, clock, installation)
    calls.invite("pending", surface="chat")
    calls.register(identifiers={"account": "open"}, surface="chat")
    today = iso_date(day_of(clock.at))
    report = _report(calls, today, today)
    assert report["rows"] == [
        {
            "day": today,
            "surface": "",
            "invitations": _INVITATIONS | {"given": 1, "unredeemed": 1},
            "comparisons": _COMPARISONS | {"registered": 1, "not_shown": 1},
        },
        {
            "day": today,
            "surface": "chat",
            "invitations": _INVITATIONS | {"given": 5, "redeemed": 4, "pending": 1},
            "comparisons": _COMPARISONS
            | {
                "registered": 6,
                "withheld": 1,
                "voted": 1,
                "skipped": 1,
                "expired": 1,
                "not_shown": 1,
                "open": 1,
            },
        },
    ]
    assert report["total"] == {
        "invitations": {"given": 6, "redeemed": 4, "unredeemed": 1, "pending": 1},
        "comparisons": _COMPARISONS
        | {"registered": 7, "withheld": 1, "voted": 1, "skipped": 1, "expired": 1, "not_shown": 2, "open": 1},
    }


def test_the_expiry_sweep_changes_no_count(
    calls: Calls, clock: MovableClock, installation: Installation
) -> None:
    _every_outcome(calls, clock, installation)
    today = iso_date(day_of(clock.at))
    before = _report(calls, today, today)
    assert expire_comparisons(installation.intake, at=clock.at) == 3
    assert _report(calls, today, today) == before


def test_deletion_leaves_the_report_as_it_was(
    calls: Calls, workspace_id: bytes, clock: MovableClock, installation: Installation
) -> None:
    for _ in range(2):
        _every_outcome(calls, clock, installation)
        clock.advance(days=8)
    expire_comparisons(installation.intake, at=clock.at)
    _disconnect_votes(installation)
    last = day_of(clock.at)
    report = _report(calls, iso_date(last - 20), iso_date(last))
    assert report["total"]["comparisons"]["registered"] == 12

    def roll_up(tx: Transaction) -> int:
        return sum(
            each(tx, workspace_id=workspace_id, before_day=last - 3, most=2, at=clock.at)
            for each in (roll_up_invitations, roll_up_comparisons)
        )

    def roll_up_and_die(tx: Transaction) -> int:
        roll_up(tx)
        raise Killed

    deleted: list[int] = []
    while not deleted or deleted[-1]:
        with pytest.raises(Killed):
            installation.intake_db.write(roll_up_and_die)
        deleted.append(installation.intake_db.write(roll_up))
        assert _report(calls, iso_date(last - 20), iso_date(last)) == report
    assert sum(deleted) == 10 + 12
    assert max(deleted) <= 4


def _disconnect_votes(installation: Installation) -> None:
    """What disconnection leaves behind, as far as the counts see it."""
    with installation.intake_db.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE comparisons SET state = 'disconnected' WHERE id IN (SELECT comparison_id FROM votes)"
        )
        connection.exec_driver_sql("DELETE FROM votes")


def test_what_is_open_is_not_deleted_however_old(
    calls: Calls, workspace_id: bytes, clock: MovableClock, installation: Installation
) -> None:
    calls.register(identifiers={"account": "u"})
    clock.advance(days=200)

    def roll_up(tx: Transaction) -> int:
        return roll_up_comparisons(
            tx, workspace_id=workspace_id, before_day=day_of(clock.at) - 90, most=10, at=clock.at
        )

    assert installation.intake_db.write(roll_up) == 0
    expire_comparisons(installation.intake, at=clock.at)
    assert installation.intake_db.write(roll_up) == 1


def test_the_last_week_is_the_default(calls: Calls, clock: MovableClock) -> None:
    calls.invite()
    clock.advance(days=6)
    report = calls.send("GET", "/v1/exposures")
    today = day_of(clock.at)
    assert (report["from"], report["to"]) == (iso_date(today - 6), iso_date(today))
    assert report["total"]["invitations"]["given"] == 1
    clock.advance(days=1)
    assert calls.send("GET", "/v1/exposures")["total"]["invitations"]["given"] == 0


def test_another_workspace_sees_none_of_it(calls: Calls, other_calls: Calls) -> None:
    calls.invite()
    assert other_calls.send("GET", "/v1/exposures")["rows"] == []


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-11-03&to=2026-11-02",
        "from=2024-01-01&to=2026-01-01",
        "from=2026-02-30",
        "from=20261102",
        "from=yesterday",
        "to=2026-11-02T00:00:00Z",
        "surface=chat",
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_odd_days_are_refused(calls: Calls, query: str) -> None:
    assert calls.send("GET", f"/v1/exposures?{query}", expect=400)["code"] == "invalid-parameter"
