"""Statements on the intake side of the door."""

from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Boolean,
    Integer,
    bindparam,
    delete,
    false,
    func,
    insert,
    null,
    or_,
    select,
    tuple_,
    update,
)

from app.core.statements import insert_or_ignore, query, scalar_query, statement
from app.disconnection.models import aliases, dropped_links, links, withdrawn_receipts
from app.intake.comparisons.models import (
    ComparisonState,
    comparison_contents,
    comparison_key,
    comparisons,
)
from app.intake.uploads.models import uploads
from app.intake.votes.models import votes

_C: Final = comparisons.c
_V: Final = votes.c
_K: Final = comparison_contents.c
_L: Final = links.c
_D: Final = dropped_links.c
_A: Final = aliases.c
_U: Final = uploads.c


class DueAnswer(NamedTuple):
    """An answer that can no longer be undone: where it stands, and what it takes to prepare its leaving."""

    undo_until: int
    workspace_id: bytes
    day: int
    comparison_id: bytes
    """The comparison's id; of feedback its own. No two of them are the same."""
    person: bytes
    conversation: bytes | None
    cast_at: int

    @property
    def key(self) -> dict[str, Any]:
        """Its primary key as statement parameters."""
        return comparison_key(self.workspace_id, self.day, self.comparison_id)


class FinalVote(NamedTuple):
    """A vote with its comparison, as nobody can change them any more."""

    workspace_id: bytes
    day: int
    comparison_id: bytes
    person: bytes
    conversation: bytes | None
    project: bytes | None
    surface: str | None
    locale: str | None
    model_0: str
    model_1: str
    first_left: int
    propensity: float | None
    sharing: str
    notice_version: str
    shown_at: int | None
    choice: str
    strength: int | None
    reasons: str
    comment_sealed: bytes | None
    cast_at: int
    undo_until: int
    is_changed_after_reveal: bool
    receipt_digest: bytes

    @property
    def key(self) -> dict[str, Any]:
        """The comparison's primary key as statement parameters."""
        return comparison_key(self.workspace_id, self.day, self.comparison_id)


class DroppedLink(NamedTuple):
    """The link of a vote that was dropped or withdrawn, by its comparison's primary key."""

    workspace_id: bytes
    day: int
    comparison_id: bytes
    link_sealed: bytes

    @property
    def key(self) -> dict[str, Any]:
        """The comparison's primary key as statement parameters."""
        return comparison_key(self.workspace_id, self.day, self.comparison_id)


class StoredContent(NamedTuple):
    """The two sealed parts of a comparison's content."""

    shown_sealed: bytes
    private_sealed: bytes


_VOTED: Final = comparisons.join(
    votes, (_V.workspace_id == _C.workspace_id) & (_V.day == _C.day) & (_V.comparison_id == _C.id)
)
_THIS: Final = (
    _C.workspace_id == bindparam("workspace_id"),
    _C.day == bindparam("day"),
    _C.id == bindparam("comparison_id"),
)
_PLACE: Final = (_V.undo_until, _V.workspace_id, _V.day, _V.comparison_id)
_THIS_LINK: Final = (
    _L.workspace_id == bindparam("workspace_id"),
    _L.day == bindparam("day"),
    _L.comparison_id == bindparam("comparison_id"),
)

# A vote stands only while its comparison is open or leaving.
COUNT_DUE: Final = scalar_query(
    select(func.count()).select_from(votes).where(_V.undo_until <= bindparam("at"))
)
# From one place to the next, so that what another worker holds, or what fails, is passed by and not met again.
LIST_DUE: Final = query(
    select(*_PLACE, _C.person, _C.conversation, _V.cast_at)
    .select_from(_VOTED)
    .where(
        _V.undo_until <= bindparam("at"),
        _C.state == bindparam("state"),
        tuple_(*_PLACE)
        > tuple_(
            bindparam("after_undo_until", type_=_V.undo_until.type),
            bindparam("after_workspace_id", type_=_V.workspace_id.type),
            bindparam("after_day", type_=_V.day.type),
            bindparam("after_comparison_id", type_=_V.comparison_id.type),
        ),
    )
    .order_by(*_PLACE)
    .limit(bindparam("most", type_=Integer)),
    DueAnswer,
)
# One table only: the row that is locked is the newest. None while somebody else is at it.
LOCK_UNLESS_BUSY: Final = scalar_query(select(_C.state).where(*_THIS).with_for_update(skip_locked=True))
FIND_FINAL_VOTE: Final = query(
    select(
        _C.workspace_id,
        _C.day,
        _C.id,
        *(_C[name] for name in FinalVote._fields[3:15]),
        *(_V[name] for name in FinalVote._fields[15:]),
    )
    .select_from(_VOTED)
    .where(*_THIS),
    FinalVote,
)
INSERT_LINK: Final = insert_or_ignore(links, keys=["workspace_id", "day", "comparison_id"])
FIND_LINK: Final = scalar_query(select(_L.link_sealed).where(*_THIS_LINK))
DELETE_LINK: Final = statement(delete(links).where(*_THIS_LINK))
_MOVED: Final = (_L.workspace_id, _L.day, _L.comparison_id, _L.link_sealed)
KEEP_DROPPED_LINK: Final = statement(
    insert(dropped_links).from_select(
        [*(column.name for column in _MOVED), "dropped_at", "is_taken_back"],
        select(*_MOVED, bindparam("at", type_=_D.dropped_at.type), false()).where(*_THIS_LINK),
    )
)
_DROPPED_PLACE: Final = (_D.workspace_id, _D.day, _D.comparison_id)
# From one place to the next, so that a link that cannot be opened is passed by.
LIST_TO_TAKE_BACK: Final = query(
    select(*_DROPPED_PLACE, _D.link_sealed)
    .where(
        or_(_D.is_taken_back.is_(False), _D.dropped_at < bindparam("before")),
        tuple_(*_DROPPED_PLACE)
        > tuple_(
            bindparam("after_workspace_id", type_=_D.workspace_id.type),
            bindparam("after_day", type_=_D.day.type),
            bindparam("after_comparison_id", type_=_D.comparison_id.type),
        ),
    )
    .order_by(*_DROPPED_PLACE)
    .limit(bindparam("most", type_=Integer)),
    DroppedLink,
)
_THIS_DROPPED: Final = (
    _D.workspace_id == bindparam("workspace_id"),
    _D.day == bindparam("day"),
    _D.comparison_id == bindparam("comparison_id"),
)
DELETE_DROPPED_LINK: Final = statement(
    delete(dropped_links).where(*_THIS_DROPPED, _D.dropped_at < bindparam("before"))
)
NOTE_TAKEN_BACK: Final = statement(update(dropped_links).where(*_THIS_DROPPED).values(is_taken_back=True))
INSERT_WITHDRAWN: Final = insert_or_ignore(withdrawn_receipts, keys=["receipt_digest"])
# A comparison's id is its own in every workspace.
NOTE_WITHDRAWN: Final = statement(
    update(withdrawn_receipts)
    .where(withdrawn_receipts.c.comparison_id == bindparam("comparison_id"))
    .values(comparison_id=null(), is_tombstoned=bindparam("new_is_tombstoned", type_=Boolean))
)
INSERT_ALIAS: Final = insert_or_ignore(aliases, keys=["workspace_id", "kind", "quarter", "pseudonym"])
FIND_ALIAS: Final = scalar_query(
    select(_A.alias_sealed).where(
        _A.workspace_id == bindparam("workspace_id"),
        _A.kind == bindparam("kind"),
        _A.quarter == bindparam("quarter"),
        _A.pseudonym == bindparam("pseudonym"),
    )
)
FIRST_QUARTER: Final = scalar_query(
    select(func.min(_A.quarter)).where(
        _A.workspace_id == bindparam("workspace_id"), _A.kind == bindparam("kind")
    )
)
SET_LEAVING: Final = statement(update(comparisons).where(*_THIS).values(state=ComparisonState.LEAVING.value))
# With the state go the pseudonyms and details that nothing needs from here on, and that would help to find the
# record of a comparison by what both sides know. What stays is what counts, cool-down and erasure go by.
SET_DISCONNECTED: Final = statement(
    update(comparisons)
    .where(*_THIS, _C.state == ComparisonState.LEAVING.value)
    .values(
        state=ComparisonState.DISCONNECTED.value,
        closed_at=bindparam("at"),
        api_key=None,
        project=None,
        conversation=None,
        locale=None,
        propensity=None,
    )
)
FIND_CONTENT: Final = query(
    select(_K.shown_sealed, _K.private_sealed).where(
        _K.workspace_id == bindparam("workspace_id"),
        _K.day == bindparam("day"),
        _K.comparison_id == bindparam("comparison_id"),
    ),
    StoredContent,
)
