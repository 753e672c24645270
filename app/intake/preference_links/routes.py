"""The call by which a host gets a link to a person's settings page."""

from typing import Final

from app.access.workspaces.directory import HostCaller, HostKey
from app.access.workspaces.models import Scope
from app.core.clock import MS_PER_SECOND, rfc3339
from app.core.connections import Transaction
from app.core.http import Answer, Call, Operations
from app.intake.persons.services import resolve_subject
from app.intake.preference_links import services
from app.intake.preference_links.errors import ReturnAddressNotAllowed
from app.intake.preference_links.schemas import LinkSchema, NewLink, NewLinkSchema
from app.intake.preferences.errors import AccountNeeded
from app.intake.zone import Intake
from app.privacy.secrets import new_reference

operations: Final[Operations[Intake]] = Operations("preferences")

OPEN_PATH: Final = "/preferences/open"
"""Where a link leads; its reference is the rest of the path, because the page works without scripts."""


@operations.operation(
    "POST",
    "/v1/preference-links",
    access=HostKey(Scope.PERSON_DATA),
    body=NewLinkSchema,
    answer=LinkSchema,
    status=201,
    errors=[AccountNeeded, ReturnAddressNotAllowed],
    is_idempotent=True,
    example={
        "identifiers": {"account": "user-1042"},
        "locale": "de",
        "return_url": "https://app.example.com/settings",
    },
    answer_example={
        "url": "https://votes.example.com/preferences/open/pvl_…",
        "expires_at": "2026-11-22T10:25:21.000Z",
    },
)
def create_preference_link(intake: Intake, call: Call[NewLink, HostCaller]) -> Answer:
    """Get a short-lived link to a person's settings page.

    Redirect the person's browser to it from your own settings. They see and change what they share and whether they
    are asked, see what is kept, and can withdraw, download or erase it all. Whoever opens the link in time is let in:
    make it when the person asks for it, and keep it nowhere.
    """
    workspace, new = call.caller.workspace, call.body
    subject = resolve_subject(intake.db, intake.pseudonyms, workspace=workspace, identifiers=new.identifiers)
    link = intake.preference_links.issue(new_reference())
    expires_at = call.at + intake.settings.preference_link_seconds * MS_PER_SECOND
    base = intake.settings.public_url or call.request.origin

    def make(tx: Transaction) -> Answer:
        services.make_link(
            tx,
            workspace=workspace,
            subject=subject,
            link=link,
            locale=new.locale,
            return_url=new.return_url,
            expires_at=expires_at,
        )
        return Answer(
            {"url": f"{base}{OPEN_PATH}/{link.text}", "expires_at": rfc3339(expires_at)}, status=201
        )

    return call.write(intake.db, make)
