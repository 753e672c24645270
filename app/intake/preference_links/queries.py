"""Statements over links to the settings page and their sessions."""

from typing import Final

from sqlalchemy import bindparam, delete, select, update

from app.core.statements import insert_row, query, scalar_query, statement
from app.intake.preference_links.models import Session, preference_links

_C: Final = preference_links.c
_THIS: Final = _C.session_digest == bindparam("session_digest")

INSERT_LINK: Final = insert_row(preference_links)
FIND_EXPIRY: Final = scalar_query(select(_C.expires_at).where(_C.link_digest == bindparam("link_digest")))
OPEN_LINK: Final = statement(
    update(preference_links)
    .where(_C.link_digest == bindparam("link_digest"), _C.expires_at > bindparam("at"))
    .values(ends_at=bindparam("new_ends_at"))
)
FIND_SESSION: Final = query(
    select(*(_C[name] for name in Session._fields)).where(_THIS, _C.ends_at > bindparam("at")), Session
)
NOTE_CHANGE: Final = statement(
    update(preference_links)
    .where(_THIS)
    .values(last_change=bindparam("new_last_change", type_=_C.last_change.type))
)
LIST_ENDED: Final = scalar_query(
    select(_C.link_digest)
    .where(_C.ends_at <= bindparam("at"))
    # In one order, so that two sweeps at a time wait for each other instead of deadlocking.
    .order_by(_C.link_digest)
    .limit(bindparam("most"))
)
DELETE_LINK: Final = statement(
    delete(preference_links).where(_C.link_digest == bindparam("link_digest"), _C.ends_at <= bindparam("at"))
)
