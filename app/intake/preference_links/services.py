"""Use cases of links to the settings page: make one, open it, find whose page is open."""

from urllib.parse import urlsplit

from app.access.workspaces.errors import OddOrigin
from app.access.workspaces.models import Workspace
from app.access.workspaces.services import check_origin
from app.core.connections import Transaction
from app.intake.persons.services import Subject
from app.intake.preference_links.errors import ReturnAddressNotAllowed
from app.intake.preference_links.models import SESSION_MS, Session
from app.intake.preference_links.queries import (
    FIND_EXPIRY,
    FIND_SESSION,
    INSERT_LINK,
    NOTE_CHANGE,
    OPEN_LINK,
)
from app.intake.preferences.errors import AccountNeeded
from app.privacy.preference_links import IssuedLink, OpenedSession


def make_link(
    tx: Transaction,
    *,
    workspace: Workspace,
    subject: Subject,
    link: IssuedLink,
    locale: str | None,
    return_url: str | None,
    expires_at: int,
) -> None:
    """Stores a link that may be opened until `expires_at` (ms). AccountNeeded, ReturnAddressNotAllowed."""
    if not subject.person:
        raise AccountNeeded
    if return_url is not None:
        _check_return_address(workspace, return_url)
    tx.run(
        INSERT_LINK,
        link_digest=link.digest,
        session_digest=link.session.digest,
        workspace_id=workspace.id,
        person=subject.person,
        projects=b"".join(subject.projects),
        conversations=b"".join(subject.conversations),
        locale=locale,
        return_url_sealed=None if return_url is None else link.session.seal(return_url),
        last_change=None,
        expires_at=expires_at,
        ends_at=expires_at,
    )


def _check_return_address(workspace: Workspace, address: str) -> None:
    """A browser has to read the address as we do: nothing that either might take for something else."""
    if not address.isascii() or not address.isprintable() or set(address) & set(' \\"<>^`{|}'):
        raise ReturnAddressNotAllowed
    try:
        parts = urlsplit(address)
        origin = check_origin(f"{parts.scheme}://{parts.netloc}")
    except (ValueError, OddOrigin):
        raise ReturnAddressNotAllowed from None
    if origin not in workspace.origins:
        raise ReturnAddressNotAllowed


def may_open(tx: Transaction, *, link: IssuedLink, at: int) -> bool:
    """Whether the link was issued and may be opened now."""
    expires_at = tx.find(FIND_EXPIRY, link_digest=link.digest)
    return expires_at is not None and at < expires_at


def open_link(tx: Transaction, *, link: IssuedLink, at: int) -> bool:
    """Whether the link may be opened now; its session begins, or begins anew: a link is not used up."""
    return bool(tx.run(OPEN_LINK, link_digest=link.digest, at=at, new_ends_at=at + SESSION_MS))


def find_session(tx: Transaction, *, session: OpenedSession, at: int) -> Session | None:
    """Whose page is open; None when the session never was or has ended."""
    return tx.find(FIND_SESSION, session_digest=session.digest, at=at)


def note_change(tx: Transaction, *, session: OpenedSession, change: str | None) -> None:
    """Remembers what was changed last, for as long as the session lasts."""
    tx.run(NOTE_CHANGE, session_digest=session.digest, new_last_change=change)
