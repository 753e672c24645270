"""Who visits the settings page: links, the cookie of their session, and forms that only the page itself can send.

The threats: a link or an address that ends up in a log, a history or a Referer; a page of somebody else's that sends a
form in the visitor's name. A link is good for minutes and is gone from the address at once; what is stored opens
nothing; a form must come from this page (`Sec-Fetch-Site`, `Origin`) and carry its session's token. Whoever holds a
link in time is let in: that is what it is for, and the host's to keep to itself.
"""

from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from werkzeug.http import dump_cookie

from app.access.workspaces.models import Workspace
from app.core.http.request import Request
from app.core.settings import Settings
from app.intake.documents.models import DocumentKind, Edition
from app.intake.preference_links import services
from app.intake.preference_links.models import SESSION_MS, Session
from app.intake.zone import Intake
from app.privacy.preference_links import OpenedSession

PATH: Final = "/preferences"
SESSION_COOKIE: Final = "pairvote-preferences"
# Which erasure was asked for: it outlives the session, which an erasure takes away.
ERASURE_COOKIE: Final = "pairvote-erasure"
_MS: Final = 1000


class PageClosed(Exception):
    """There is no such link or session, or its time is over; which of them is told to nobody."""

    status: Final = 404


class FormRefused(Exception):
    """A form that this session's page did not send."""

    status: Final = 403


class Visit(NamedTuple):
    """A person on their settings page."""

    session: OpenedSession
    row: Session
    workspace: Workspace
    editions: Sequence[Edition]
    """The documents that the workspace has published itself."""
    notice_version: str
    """Of the voting notice that holds now."""

    @property
    def return_url(self) -> str | None:
        """Where the host wants them back."""
        sealed = self.row.return_url_sealed
        return None if sealed is None else self.session.unseal(bytes(sealed))


def open_link(intake: Intake, text: str, *, at: int) -> OpenedSession:
    """The session that a link opens. PageClosed."""
    link = intake.preference_links.read_link(text)
    # Read first: whoever makes links up costs no transaction that others wait for.
    if link is None or not intake.db.fetch(lambda tx: services.may_open(tx, link=link, at=at)):
        raise PageClosed
    if not intake.db.write(lambda tx: services.open_link(tx, link=link, at=at)):
        raise PageClosed
    return link.session


def find_visit(intake: Intake, request: Request, *, at: int) -> Visit:
    """Who has come, by their cookie. PageClosed."""
    session = intake.preference_links.read_session(cookie_of(intake.settings, request))
    row = None
    if session is not None:
        row = intake.db.fetch(lambda tx: services.find_session(tx, session=session, at=at))
    workspace = None if row is None else intake.directory.find_workspace(row.workspace_id)
    if session is None or row is None or workspace is None:
        raise PageClosed
    library = intake.library
    notice = library.current(workspace.id, DocumentKind.VOTING_NOTICE, at=at)
    return Visit(session, row, workspace, library.published(workspace.id), notice.version)


def check_form(settings: Settings, request: Request, visit: Visit, fields: dict[str, str]) -> None:
    """Raises FormRefused unless the visitor's own page has sent the form."""
    if request.header("SEC_FETCH_SITE") not in (None, "same-origin"):
        raise FormRefused
    origin = request.header("ORIGIN")
    # A proxy in front of us may end TLS: without the public address only the host can be compared.
    ours = settings.public_url or request.origin
    if origin is not None and origin != ours and (settings.public_url or _host(origin) != _host(ours)):
        raise FormRefused
    if not visit.session.is_form_token(fields.get("token", "")):
        raise FormRefused


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc or "null"
    except ValueError:
        return "null"


def cookie_of(settings: Settings, request: Request, *, name: str = SESSION_COOKIE) -> str:
    """What the visitor's browser sends back of a cookie, or nothing."""
    try:
        sent = SimpleCookie(request.header("COOKIE") or "")
    except CookieError:
        return ""
    found = sent.get(_name(settings, request, name))
    return "" if found is None else found.value


def cookie(settings: Settings, request: Request, text: str, *, name: str = SESSION_COOKIE) -> str:
    """A `Set-Cookie` header: for this page alone, out of reach of scripts and of other sites' forms."""
    return dump_cookie(
        _name(settings, request, name),
        text,
        max_age=SESSION_MS // _MS,
        sync_expires=False,
        path=PATH,
        secure=_is_secure(settings, request),
        httponly=True,
        samesite="Lax",
    )


def _name(settings: Settings, request: Request, name: str) -> str:
    """Over https a prefix that no page without TLS can set a cookie under."""
    return f"__Secure-{name}" if _is_secure(settings, request) else name


def _is_secure(settings: Settings, request: Request) -> bool:
    return (settings.public_url or request.origin).startswith("https:")
