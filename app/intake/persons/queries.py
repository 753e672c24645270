"""Reads and writes of persons that more than one use case needs."""

from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, and_, bindparam, delete, func, literal, or_, select, update

from app.access.workspaces.models import SharingLevel
from app.core.statements import insert_or_ignore, insert_or_update, query, scalar_query, statement
from app.intake.persons.models import (
    Person,
    conversation_sharing,
    persons,
    project_sharing,
    quiet_conversations,
)

_C: Final = persons.c
_Q: Final = quiet_conversations.c
_S: Final = conversation_sharing.c
_P: Final = project_sharing.c
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
    .values(
        ask=bindparam("new_ask"),
        ask_after=bindparam("new_ask_after"),
        sharing=bindparam("new_sharing"),
        has_quiet_conversations=bindparam("new_has_quiet_conversations"),
        has_conversation_levels=bindparam("new_has_conversation_levels"),
    )
)
# What was shown last counts, in whatever order it is written.
NOTE_TOLD: Final = statement(
    update(persons)
    .where(
        *_THIS,
        or_(
            _C.told_of_documents_at.is_(None),
            _C.told_of_documents_at < bindparam("told_at", type_=BigInteger),
        ),
    )
    .values(
        told_of_documents_at=bindparam("told_at", type_=BigInteger), told_before_at=_C.told_of_documents_at
    )
)
NOTE_CHOSEN: Final = statement(
    update(persons).where(*_THIS).values(sharing_chosen_at=bindparam("chosen_at", type_=BigInteger))
)
_OF_PERSON: Final = (_Q.workspace_id == bindparam("workspace_id"), _Q.person == bindparam("person"))
FIND_QUIET_CONVERSATION: Final = scalar_query(
    select(_Q.day).where(*_OF_PERSON, _Q.conversation == bindparam("conversation"))
)
PUT_QUIET_CONVERSATION: Final = insert_or_update(
    quiet_conversations, keys=["workspace_id", "person", "conversation"], update=["day"]
)
DELETE_QUIET_CONVERSATION: Final = statement(
    delete(quiet_conversations).where(*_OF_PERSON, _Q.conversation == bindparam("conversation"))
)
DELETE_QUIET_CONVERSATIONS: Final = statement(delete(quiet_conversations).where(*_OF_PERSON))
_THIS_CONVERSATION: Final = (
    _S.workspace_id == bindparam("workspace_id"),
    _S.person == bindparam("person"),
    _S.conversation == bindparam("conversation"),
)
FIND_CONVERSATION_LEVEL: Final = scalar_query(select(_S.sharing).where(*_THIS_CONVERSATION))
PUT_CONVERSATION_LEVEL: Final = insert_or_update(
    conversation_sharing, keys=["workspace_id", "person", "conversation"], update=["sharing"]
)
DELETE_CONVERSATION_LEVEL: Final = statement(delete(conversation_sharing).where(*_THIS_CONVERSATION))
_THIS_PROJECT: Final = (_P.workspace_id == bindparam("workspace_id"), _P.project == bindparam("project"))
FIND_PROJECT_LEVEL: Final = scalar_query(select(_P.sharing).where(*_THIS_PROJECT))
PUT_PROJECT_LEVEL: Final = insert_or_update(
    project_sharing, keys=["workspace_id", "project"], update=["sharing"]
)
# A project has no row that all could lock: on PostgreSQL its number stands for it. SQLite has one writer at a time.
HOLD_PROJECT: Final = scalar_query(
    select(func.pg_advisory_xact_lock_shared(bindparam("project_number", type_=BigInteger)))
)
LOCK_PROJECT: Final = scalar_query(
    select(func.pg_advisory_xact_lock(bindparam("project_number", type_=BigInteger)))
)
DELETE_PROJECT_LEVEL: Final = statement(delete(project_sharing).where(*_THIS_PROJECT))


class PersonInProject(NamedTuple):
    """A person, if they are known, and what their project says about sharing, if it says anything."""

    person: Person | None
    project_level: str | None


def _person_in_project(project_level: str | None, *person: Any) -> PersonInProject:
    return PersonInProject(Person(*person) if person[0] is not None else None, project_level)


# One row in any case: asking is paid for with each read.
_CALL: Final = select(literal(1).label("one")).subquery()
FIND_PERSON_IN_PROJECT: Final = query(
    select(_P.sharing, *(_C[name] for name in Person._fields)).select_from(
        _CALL.outerjoin(persons, and_(*_THIS)).outerjoin(project_sharing, and_(*_THIS_PROJECT))
    ),
    _person_in_project,
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
        "has_quiet_conversations": False,
        "told_of_documents_at": None,
        "told_before_at": None,
        "sharing_chosen_at": None,
        "has_conversation_levels": False,
    }
