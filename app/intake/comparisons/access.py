"""Access for a browser that holds a ticket."""

import secrets
from typing import Any, ClassVar, Protocol, TypeVar

from app.access.workspaces.models import Workspace
from app.core.clock import day_of
from app.core.errors import OriginNotAllowed
from app.core.http.request import Request
from app.core.ids import uuid7_time
from app.intake.comparisons.errors import TicketExpired, TicketInvalid
from app.intake.comparisons.models import comparison_key
from app.privacy import errors as privacy_errors
from app.privacy.tickets import TicketClaims, TicketPurpose, Tickets


class Ticketed(Protocol):
    """A row that a ticket was issued for."""

    @property
    def person(self) -> bytes:
        """Whose it is; empty without an account."""

    @property
    def ticket_digest(self) -> bytes | None:
        """What is stored of the ticket."""


R = TypeVar("R", bound=Ticketed)


class TicketHolder:
    """A genuine ticket; whether it still counts is decided by the comparison's row."""

    __slots__ = ("claims", "key", "workspace")

    def __init__(self, workspace: Workspace, claims: TicketClaims) -> None:
        self.workspace = workspace
        self.claims = claims
        day = day_of(uuid7_time(claims.comparison_id))
        self.key: dict[str, Any] = comparison_key(claims.workspace_id, day, claims.comparison_id)
        """The comparison's primary key as statement parameters."""

    @property
    def place(self) -> dict[str, bytes]:
        """What the comparison's sealed content is bound to."""
        return {"workspace_id": self.claims.workspace_id, "comparison_id": self.claims.comparison_id}

    def check(self, found: R | None, tickets: Tickets) -> R:
        """What was found, if this is the ticket that was issued for it and its person. TicketInvalid otherwise."""
        if found is None or found.ticket_digest is None:
            raise TicketInvalid
        expected = tickets.digest(self.claims, found.person)
        if not secrets.compare_digest(expected, bytes(found.ticket_digest)):
            raise TicketInvalid
        return found


def _is_own(origin: str, request: Request) -> bool:
    """Whether a page of this very server sent the request.

    The threat is a ticket that is used from somebody else's page. JavaScript in a browser can set neither `Origin`
    nor `Host`: another site's page sends its own origin and our host, which differ. A page that has its own name
    point at our address (DNS rebinding) has both the same, and gains nothing: there is no cookie to ride on, so it
    needs the ticket, and who has that may as well send it from a server, without any origin. A proxy in front has
    to pass `Host` on; where it does not, this refuses.
    """
    scheme, _, authority = origin.partition("://")
    return scheme in ("http", "https") and authority != "" and authority == request.header("HOST")


class TicketAccess:
    """A genuine, unexpired ticket, sent from an origin that its workspace has registered, from this server's own, or
    from a server.
    """

    scheme: ClassVar[str | None] = "ticket"
    is_cors: ClassVar[bool] = True

    def __init__(self, purpose: TicketPurpose = TicketPurpose.COMPARISON) -> None:
        self._purpose = purpose

    def authenticate(self, zone: Any, request: Request, at: int) -> TicketHolder:
        """The ticket's holder. TicketInvalid, TicketExpired, OriginNotAllowed."""
        token = request.bearer()
        if token is None:
            raise TicketInvalid
        try:
            claims = zone.tickets.read(token, at=at)
        except privacy_errors.TicketExpired:
            raise TicketExpired from None
        except privacy_errors.TicketInvalid:
            raise TicketInvalid from None
        workspace = zone.directory.find_workspace(claims.workspace_id)
        if workspace is None or claims.purpose is not self._purpose:
            raise TicketInvalid
        origin = request.header("ORIGIN")
        if origin is not None and origin not in workspace.origins and not _is_own(origin, request):
            raise OriginNotAllowed
        return TicketHolder(workspace, claims)
