"""Reads and writes of persons that more than one use case needs."""

from typing import Any, Final

from sqlalchemy import BigInteger, bindparam, delete, or_, select, update

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
    .values(told_of_documents_at=bindparam("told_at", type_=BigInteger))
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
DELETE_PROJECT_LEVEL: Final = statement(delete(project_sharing).where(*_THIS_PROJECT))


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
        "sharing_chosen_at": None,
        "has_conversation_levels": False,
    }
