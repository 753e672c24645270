"""Where a person's pseudonym is stored, and what an erasure does about it: the one list to add a table to."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import Table, bindparam, delete

from app.core.statements import Statement, statement
from app.disconnection.erasures.models import erasures
from app.disconnection.models import aliases
from app.intake.comparisons.models import comparisons
from app.intake.consents.models import consents
from app.intake.feedback.models import feedback
from app.intake.invitations.models import invitations
from app.intake.persons.models import conversation_sharing, persons, project_sharing, quiet_conversations
from app.intake.preference_links.models import preference_links

PERSON_TABLES: Final[tuple[Table, ...]] = (
    quiet_conversations,
    conversation_sharing,
    consents,
    preference_links,
)
"""Tables whose rows of (workspace_id, person) simply go with the person."""

TREATED_APART: Final[Mapping[Table, str]] = {
    comparisons: "taken out one by one, with their content, votes and links",
    feedback: "taken out one by one, with their links",
    invitations: "looked for day by day: they have no index by person",
    persons: "goes last; what is left of it is a refusal to be asked or to share",
    aliases: "gone through by quarter, after the records that they lead to",
    project_sharing: "stays: an administrator's choice, about no single person",
    erasures: "the erasure itself; it forgets whom it is about when it is done",
}
"""Tables with a pseudonym that need more than that, and what they get."""


class Emptied(NamedTuple):
    """A table, and the statement that deletes a person's rows from it."""

    name: str
    delete: Statement


EMPTIED: Final = tuple(
    Emptied(
        each.name,
        statement(
            delete(each).where(
                each.c.workspace_id == bindparam("workspace_id"), each.c.person == bindparam("person")
            )
        ),
    )
    for each in PERSON_TABLES
)
