"""Reads and writes of persons that more than one use case needs."""

from typing import Any, Final

from sqlalchemy import BigInteger, bindparam, or_, select, update

from app.access.workspaces.models import SharingLevel
from app.core.statements import insert_or_ignore, query, statement
from app.intake.persons.models import Person, persons

_C: Final = persons.c
_THIS: Final = (_C.workspace_id == bindparam("workspace_id"), _C.person == bindparam("person"))
_SELECTED: Final = select(*(_C[name] for name in Person._fields)).where(*_THIS)

FIND_PERSON: Final = query(_SELECTED, Person)
LOCK_PERSON: Final = query(_SELECTED.with_for_update(), Person)
INSERT_PERSON: Final = insert_or_ignore(persons, keys=["workspace_id", "person"])
NOTE_VOTE: Final = statement(
    update(persons)
    .where(*_THIS, or_(_C.sharing.is_(None), _C.sharing != SharingLevel.OFF.value))
    .values(last_vote_at=bindparam("at", type_=BigInteger), consecutive_skips=0)
)
NOTE_SKIP: Final = statement(
    update(persons)
    .where(*_THIS)
    .values(last_skip_at=bindparam("at"), consecutive_skips=_C.consecutive_skips + 1)
)
NOTE_ASKED: Final = statement(
    update(persons)
    .where(*_THIS)
    .values(
        asked_day=bindparam("new_day"),
        asked_in_day=bindparam("new_in_day"),
        asked_week=bindparam("new_week"),
        asked_in_week=bindparam("new_in_week"),
    )
)
SET_PREFERENCES: Final = statement(
    update(persons)
    .where(*_THIS)
    .values(ask=bindparam("new_ask"), ask_after=bindparam("new_ask_after"), sharing=bindparam("new_sharing"))
)


def new_person(workspace_id: bytes, person: bytes, day: int) -> dict[str, Any]:
    """The row of somebody never seen before."""
    return {
        "workspace_id": workspace_id,
        "person": person,
        "created_day": day,
        "ask": "yes",
        "ask_after": None,
        "sharing": None,
        "is_restricted": False,
        "last_vote_at": None,
        "last_skip_at": None,
        "consecutive_skips": 0,
        "asked_day": 0,
        "asked_in_day": 0,
        "asked_week": 0,
        "asked_in_week": 0,
    }
