"""Statements of erasures over the intake database."""

from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    Integer,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    null,
    or_,
    select,
    update,
)

from app.access.workspaces.models import SharingLevel
from app.core.statements import insert_row, query, scalar_query, statement
from app.disconnection.erasures.models import Erasure, ErasureScope, ErasureState, erasure_links, erasures
from app.disconnection.models import aliases, dropped_links, links
from app.intake.comparisons.models import (
    ComparisonState,
    comparison_contents,
    comparison_key,
    comparisons,
)
from app.intake.invitations.models import invitations
from app.intake.persons.models import Ask, persons
from app.intake.uploads.models import uploads
from app.intake.votes.models import votes

_E: Final = erasures.c
_EL: Final = erasure_links.c
_C: Final = comparisons.c
_V: Final = votes.c
_K: Final = comparison_contents.c
_L: Final = links.c
_A: Final = aliases.c
_I: Final = invitations.c
_P: Final = persons.c

_WORKSPACE: Final[Any] = bindparam("workspace_id")
_THIS: Final = (_E.workspace_id == _WORKSPACE, _E.id == bindparam("erasure_id"))
_ERASURE: Final = select(*(_E[name] for name in Erasure._fields)).where(*_THIS)

INSERT_ERASURE: Final = insert_row(erasures)
FIND_ERASURE: Final = query(_ERASURE, Erasure)
LOCK_ERASURE: Final = scalar_query(select(_E.state).where(*_THIS).with_for_update())
LIST_RUNNING: Final = query(
    select(*(_E[name] for name in Erasure._fields))
    .where(_E.state == ErasureState.RUNNING.value)
    .order_by(_E.requested_at),
    Erasure,
)
FIND_RUNNING_WITHDRAWAL: Final = query(
    select(*(_E[name] for name in Erasure._fields))
    .where(
        _E.state == ErasureState.RUNNING.value,
        _E.scope == ErasureScope.VOTES.value,
        _E.workspace_id == _WORKSPACE,
        _E.person == bindparam("person"),
    )
    .order_by(_E.requested_at.desc())
    .limit(1),
    Erasure,
)
SET_PROGRESS: Final = statement(update(erasures).where(*_THIS).values(progress=bindparam("new_progress")))
EXTEND_QUIET: Final = statement(
    update(erasures).where(*_THIS).values(quiet_until=bindparam("until", type_=BigInteger))
)
FINISH: Final = statement(
    update(erasures)
    .where(*_THIS)
    .values(
        state=ErasureState.DONE.value,
        person=None,
        conversations_pseudonyms=None,
        finished_at=bindparam("at", type_=BigInteger),
    )
)


class PersonsComparison(NamedTuple):
    """A comparison of a person, as far as taking it out needs it."""

    day: int
    id: bytes
    conversation: bytes | None
    invitation_id: bytes | None
    surface: str | None
    state: str
    shown_at: int | None
    created_at: int

    def key(self, workspace_id: bytes) -> dict[str, Any]:
        """The comparison's primary key as statement parameters."""
        return comparison_key(workspace_id, self.day, self.id)


_OF_COMPARISON: Final = tuple(_C[name] for name in PersonsComparison._fields)
_PERSONS: Final = (_C.workspace_id == _WORKSPACE, _C.person == bindparam("person"))
_THIS_COMPARISON: Final = (
    _C.workspace_id == _WORKSPACE,
    _C.day == bindparam("day"),
    _C.id == bindparam("comparison_id"),
)
_HAS_VOTE: Final = exists().where(
    _V.workspace_id == _C.workspace_id, _V.day == _C.day, _V.comparison_id == _C.id
)
_IS_VOTED: Final = or_(
    and_(_C.state == ComparisonState.OPEN.value, _HAS_VOTE),
    _C.state == ComparisonState.LEAVING.value,
    _C.state == ComparisonState.DISCONNECTED.value,
)
_MOST: Final = bindparam("most", type_=Integer)
# What can still leave, or be shown, is among the newest: it goes in the request's own transaction.
_NEWEST_FIRST: Final = (_C.day.desc(), _C.id.desc())

LIST_COMPARISONS: Final = query(
    select(*_OF_COMPARISON).where(*_PERSONS).order_by(*_NEWEST_FIRST).limit(_MOST), PersonsComparison
)
LIST_OF_CONVERSATION: Final = query(
    select(*_OF_COMPARISON)
    .where(*_PERSONS, _C.conversation == bindparam("conversation"))
    .order_by(*_NEWEST_FIRST)
    .limit(_MOST),
    PersonsComparison,
)
LIST_VOTED: Final = query(
    select(*_OF_COMPARISON).where(*_PERSONS, _IS_VOTED).order_by(*_NEWEST_FIRST).limit(_MOST),
    PersonsComparison,
)
FIND_COMPARISON: Final = query(select(*_OF_COMPARISON).where(*_THIS_COMPARISON), PersonsComparison)
DELETE_COMPARISON: Final = statement(delete(comparisons).where(*_THIS_COMPARISON))
HAS_CONTENT: Final = scalar_query(
    select(_C.id)
    .where(
        *_PERSONS,
        exists().where(_K.workspace_id == _C.workspace_id, _K.day == _C.day, _K.comparison_id == _C.id),
    )
    .limit(1)
)
FIND_VOTES_RECEIPT: Final = scalar_query(
    select(_V.receipt_digest).where(
        _V.workspace_id == _WORKSPACE,
        _V.day == bindparam("day"),
        _V.comparison_id == bindparam("comparison_id"),
    )
)
COUNT_CONTENT: Final = scalar_query(
    select(func.count()).where(
        _K.workspace_id == _WORKSPACE,
        _K.day == bindparam("day"),
        _K.comparison_id == bindparam("comparison_id"),
    )
)
COUNT_UPLOADS: Final = scalar_query(
    select(func.count()).where(
        uploads.c.workspace_id == _WORKSPACE, uploads.c.comparison_id == bindparam("comparison_id")
    )
)

_THIS_LINK: Final = (
    _L.workspace_id == _WORKSPACE,
    _L.day == bindparam("day"),
    _L.comparison_id == bindparam("comparison_id"),
)


class StoredLink(NamedTuple):
    """A link: what it leads from, and what it leads to, sealed."""

    day: int
    comparison_id: bytes
    link_sealed: bytes
    week: int


_OF_LINK: Final = tuple(_L[name] for name in StoredLink._fields)
FIND_LINKS_RECEIPT: Final = scalar_query(select(_L.receipt_digest).where(*_THIS_LINK))
KEEP_LINK: Final = statement(
    insert(erasure_links).from_select(
        ["workspace_id", "erasure_id", "day", "comparison_id", "link_sealed", "week"],
        select(
            _L.workspace_id,
            bindparam("erasure_id", type_=_EL.erasure_id.type),
            _L.day,
            _L.comparison_id,
            _L.link_sealed,
            _L.week,
        ).where(*_THIS_LINK),
    )
)
LIST_LINKS_OF_DAY: Final = query(
    select(*_OF_LINK)
    .where(
        _L.workspace_id == _WORKSPACE,
        _L.day == bindparam("day"),
        _L.week == bindparam("week"),
        _L.comparison_id > bindparam("after"),
    )
    .order_by(_L.comparison_id)
    .limit(_MOST),
    StoredLink,
)
_OF_ERASURE: Final = (_EL.workspace_id == _WORKSPACE, _EL.erasure_id == bindparam("erasure_id"))
LIST_ERASURE_LINKS: Final = query(
    select(*(_EL[name] for name in StoredLink._fields)).where(*_OF_ERASURE), StoredLink
)
DELETE_ERASURE_LINKS: Final = statement(delete(erasure_links).where(*_OF_ERASURE))
# As with every link of a vote that was taken back: looked at once more a day later, when no slow worker can be left.
DROP_ERASURE_LINKS: Final = statement(
    insert(dropped_links).from_select(
        ["workspace_id", "day", "comparison_id", "link_sealed", "dropped_at", "is_taken_back"],
        select(
            _EL.workspace_id,
            _EL.day,
            _EL.comparison_id,
            _EL.link_sealed,
            bindparam("at", type_=BigInteger),
            false(),
        ).where(*_OF_ERASURE),
    )
)

DELETE_ALIAS: Final = statement(
    delete(aliases).where(
        _A.workspace_id == _WORKSPACE,
        _A.kind == bindparam("kind"),
        _A.quarter == bindparam("quarter"),
        _A.pseudonym == bindparam("pseudonym"),
    )
)


class StoredAlias(NamedTuple):
    """A pseudonym of a quarter, and its sealed number."""

    pseudonym: bytes
    alias_sealed: bytes


LIST_ALIASES_OF_QUARTER: Final = query(
    select(_A.pseudonym, _A.alias_sealed)
    .where(
        _A.workspace_id == _WORKSPACE,
        _A.kind == bindparam("kind"),
        _A.quarter == bindparam("quarter"),
        _A.pseudonym > bindparam("after"),
    )
    .order_by(_A.pseudonym)
    .limit(_MOST),
    StoredAlias,
)


class PersonsInvitation(NamedTuple):
    """An invitation of a person."""

    id: bytes
    surface: str | None
    comparison_id: bytes | None
    conversation: bytes | None
    created_at: int


LIST_INVITATIONS: Final = query(
    select(*(_I[name] for name in PersonsInvitation._fields)).where(
        _I.workspace_id == _WORKSPACE, _I.day == bindparam("day"), _I.person == bindparam("person")
    ),
    PersonsInvitation,
)
FIRST_INVITATION_DAY: Final = scalar_query(select(func.min(_I.day)).where(_I.workspace_id == _WORKSPACE))
_THIS_INVITATION: Final = (
    _I.workspace_id == _WORKSPACE,
    _I.day == bindparam("day"),
    _I.id == bindparam("invitation_id"),
)
FIND_INVITATION: Final = query(
    select(*(_I[name] for name in PersonsInvitation._fields)).where(*_THIS_INVITATION), PersonsInvitation
)
DELETE_INVITATION: Final = statement(delete(invitations).where(*_THIS_INVITATION))

_THIS_PERSON: Final = (_P.workspace_id == _WORKSPACE, _P.person == bindparam("person"))
_UNTIL: Final = bindparam("until", type_=BigInteger)
SNOOZE: Final = statement(
    update(persons)
    .where(*_THIS_PERSON, or_(_P.ask_after.is_(None), _P.ask_after < _UNTIL))
    .values(ask_after=_UNTIL)
)
# What a person has refused outlives them, or erasing them would have them asked again. The rest of the row begins anew.
RESET_PERSON: Final = statement(
    update(persons)
    .where(*_THIS_PERSON)
    .values(
        created_day=bindparam("today", type_=Integer),
        ask=bindparam("new_ask"),
        ask_after=_UNTIL,
        sharing=bindparam("new_sharing"),
        last_vote_at=null(),
        last_skip_at=null(),
        consecutive_skips=0,
        asked_day=0,
        asked_in_day=0,
        asked_week=0,
        asked_in_week=0,
        has_quiet_conversations=False,
        has_conversation_levels=False,
        told_of_documents_at=null(),
        told_before_at=null(),
        sharing_chosen_at=null(),
    )
)
END_SNOOZE: Final = statement(
    update(persons).where(*_THIS_PERSON, _P.ask_after == _UNTIL).values(ask_after=null())
)
# Untouched since: who has come back meanwhile keeps what they said then.
DELETE_UNTOUCHED: Final = statement(
    delete(persons).where(
        *_THIS_PERSON,
        _P.ask == Ask.YES.value,
        or_(_P.sharing.is_(None), _P.sharing == SharingLevel.VOTE_AND_CONTENT.value),
        _P.ask_after.is_(None),
        _P.is_restricted.is_(False),
        _P.has_quiet_conversations.is_(False),
        _P.has_conversation_levels.is_(False),
        _P.asked_day == 0,
        _P.sharing_chosen_at.is_(None),
        _P.last_vote_at.is_(None),
        _P.last_skip_at.is_(None),
    )
)
