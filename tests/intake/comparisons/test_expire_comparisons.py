"""The expiry sweep."""

from app.intake.comparisons.jobs import expire_comparisons
from app.intake.comparisons.models import comparison_contents, comparisons
from app.operations.installation import Installation
from app.privacy.models import content_keys
from tests.clock import MovableClock
from tests.intake.conftest import HostServer
from tests.tables import rows_of


def test_what_nobody_answered_is_closed_and_its_content_deleted(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    server.register()
    assert expire_comparisons(installation.intake, at=clock()) == 0
    clock.advance(seconds=361)
    assert expire_comparisons(installation.intake, at=clock()) == 1
    assert expire_comparisons(installation.intake, at=clock()) == 0
    assert rows_of(installation.intake_db, comparison_contents) == []
    (row,) = rows_of(installation.intake_db, comparisons)
    assert row.state == "expired"


def test_a_voted_comparison_does_not_expire(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    server.browser().vote()
    clock.advance(days=2)
    assert expire_comparisons(installation.intake, at=clock()) == 0
    assert len(rows_of(installation.intake_db, comparison_contents)) == 1


def test_the_own_key_of_an_expired_comparison_is_destroyed(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    for identifiers in ({"project": "p"}, {"account": "anna"}):
        server.register(identifiers=identifiers)
    clock.advance(days=1)
    assert expire_comparisons(installation.intake, at=clock()) == 2
    assert len(rows_of(installation.keystore_db, content_keys)) == 1


def test_more_than_a_batch_is_closed_in_one_run(
    server: HostServer, installation: Installation, clock: MovableClock
) -> None:
    for number in range(230):
        server.register(identifiers={"account": f"p{number % 3}"})
    clock.advance(days=1)
    assert expire_comparisons(installation.intake, at=clock()) == 230
