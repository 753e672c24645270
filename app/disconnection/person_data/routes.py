"""The call of a host for a person: everything that is held on them."""

from collections.abc import Iterator
from typing import Final

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope, Workspace
from app.access.workspaces.services import KEY_PREFIX
from app.core.http import Answer, Call, Operations
from app.core.ids import to_text
from app.disconnection.person_data import services
from app.disconnection.person_data.gathering import Gathering
from app.disconnection.person_data.package import FILE_NAME, pack
from app.disconnection.person_data.schemas import PersonDataRequest, PersonDataSchema
from app.disconnection.zone import Doorstep
from app.intake.persons.services import resolve_subject
from app.intake.preferences.errors import AccountNeeded

operations: Final[Operations[Doorstep]] = Operations("person-data")

HEADERS: Final = (
    ("Content-Type", "application/zip"),
    ("Content-Disposition", f'attachment; filename="{FILE_NAME}"'),
)


@operations.operation(
    "POST",
    "/v1/person-data",
    access=HostKey(Scope.PERSON_DATA),
    body=PersonDataSchema,
    answer_type="application/zip",
    errors=[AccountNeeded],
    example={"identifiers": {"account": "user-1042"}, "locale": "en"},
)
def read_person_data(doorstep: Doorstep, call: Call[PersonDataRequest, HostCaller]) -> Answer:
    """Get everything that is held on a person, as a ZIP file for that person.

    `index.html` can be read by anybody; the JSON files say the same. What is in research comes redacted, as it is
    there, with the exports that have it. Nothing of it is logged or kept.
    """
    intake, workspace = doorstep.intake, call.caller.workspace
    subject = resolve_subject(
        intake.db, intake.pseudonyms, workspace=workspace, identifiers=call.body.identifiers
    )
    blocks = read(
        doorstep,
        workspace=workspace,
        person=subject.person,
        locale=call.body.locale,
        actor=to_text(KEY_PREFIX, call.caller.key_id),
        at=call.at,
    )
    return Answer(blocks, headers=HEADERS)


def read(
    doorstep: Doorstep, *, workspace: Workspace, person: bytes, locale: str | None, actor: str, at: int
) -> Iterator[bytes]:
    """The ZIP file of a person, piece by piece; that it is read is in the audit trail first. AccountNeeded."""
    if not person:
        raise AccountNeeded
    doorstep.intake.db.write(lambda tx: services.note_read(tx, workspace=workspace, actor=actor, at=at))
    return pack(Gathering(doorstep, workspace, person, at), locale=locale)
