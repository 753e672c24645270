"""From a pseudonym to the numbers that stand for it behind the door, and to the records under them."""

from collections.abc import Iterator
from typing import NamedTuple

from app.core.clock import day_of, quarter_of, week_of
from app.core.statements import Query
from app.disconnection.models import AliasKey, AliasKind
from app.disconnection.queries import FIND_ALIAS, FIRST_QUARTER
from app.intake.zone import Intake
from app.privacy.links import Links
from app.research.records.queries import VotersRecord
from app.research.zone import Research


class Owner(NamedTuple):
    """Somebody, or a conversation, of a workspace, by pseudonym."""

    workspace_id: bytes
    kind: AliasKind
    pseudonym: bytes


def quarters_of(intake: Intake, owner: Owner, *, at: int) -> range:
    """The quarters in which the owner may have a number."""
    first = intake.db.fetch(
        lambda tx: tx.find(FIRST_QUARTER, workspace_id=owner.workspace_id, kind=owner.kind.value)
    )
    last = quarter_of(week_of(day_of(at)))
    return range(last + 1 if first is None else first, last + 1)


def number_of(intake: Intake, links: Links, owner: Owner, *, quarter: int) -> bytes | None:
    """The owner's number in a quarter; None where there is none. SealBroken, UnknownKeyVersion."""
    key = AliasKey(owner.workspace_id, owner.kind.value, quarter, owner.pseudonym)
    sealed = intake.db.fetch(lambda tx: tx.find(FIND_ALIAS, **key._asdict()))
    return None if sealed is None else links.open_link(sealed, key.place)


def records_of_person(
    intake: Intake,
    research: Research,
    links: Links,
    *,
    workspace_id: bytes,
    person: bytes,
    listed_by: Query[VotersRecord],
    at: int,
) -> Iterator[VotersRecord]:
    """Every record of a person, of votes or of feedback as it is `listed_by`, however long ago its row went."""
    owner = Owner(workspace_id, AliasKind.VOTER, person)
    for quarter in quarters_of(intake, owner, at=at):
        number = number_of(intake, links, owner, quarter=quarter)
        if number is not None:
            yield from research.db.fetch(
                lambda tx, number=number: tx.list(  # type: ignore[misc]
                    listed_by, workspace_id=workspace_id, voter=number
                )
            )
