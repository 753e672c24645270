"""What intake holds on a person, for that person to read."""

from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select, tuple_

from app.core.statements import query, scalar_query
from app.intake.comparisons.models import comparison_contents, comparisons
from app.intake.feedback.models import StoredFeedback, feedback
from app.intake.invitations.models import invitations
from app.intake.persons.models import conversation_sharing, quiet_conversations
from app.intake.uploads.models import uploads
from app.intake.votes.models import votes

_C: Final = comparisons.c
_V: Final = votes.c
_K: Final = comparison_contents.c
_F: Final = feedback.c
_U: Final = uploads.c
_I: Final = invitations.c
_Q: Final = quiet_conversations.c
_WORKSPACE: Final[Any] = bindparam("workspace_id")
_PERSON: Final[Any] = bindparam("person")


class HeldComparison(NamedTuple):
    """A comparison with its vote and its content, still sealed."""

    day: int
    id: bytes
    surface: str | None
    locale: str | None
    model_0: str
    model_1: str
    first_left: int
    sharing: str
    notice_version: str
    state: str
    withheld_reason: str | None
    skip_reason: str | None
    created_at: int
    shown_at: int | None
    expires_at: int
    closed_at: int | None
    api_key: bytes | None
    project: bytes | None
    conversation: bytes | None
    choice: str | None
    strength: int | None
    reasons: str | None
    comment_sealed: bytes | None
    cast_at: int | None
    changed_at: int | None
    undo_until: int | None
    shown_sealed: bytes | None
    private_sealed: bytes | None


_OF_COMPARISON: Final = HeldComparison._fields[:19]
_OF_VOTE: Final = HeldComparison._fields[19:26]
_JOINED: Final = comparisons.outerjoin(
    votes, (_V.workspace_id == _C.workspace_id) & (_V.day == _C.day) & (_V.comparison_id == _C.id)
).outerjoin(
    comparison_contents,
    (_K.workspace_id == _C.workspace_id) & (_K.day == _C.day) & (_K.comparison_id == _C.id),
)
LIST_COMPARISONS: Final = query(
    select(
        *(_C[name] for name in _OF_COMPARISON),
        *(_V[name] for name in _OF_VOTE),
        _K.shown_sealed,
        _K.private_sealed,
    )
    .select_from(_JOINED)
    .where(
        _C.workspace_id == _WORKSPACE,
        _C.person == _PERSON,
        tuple_(_C.day, _C.id)
        > tuple_(bindparam("after_day", type_=_C.day.type), bindparam("after_id", type_=_C.id.type)),
    )
    .order_by(_C.day, _C.id)
    .limit(bindparam("most")),
    HeldComparison,
)


class HeldFeedback(NamedTuple):
    """Feedback, with its text still sealed."""

    stored: StoredFeedback
    surface: str | None
    model: str | None
    created_at: int
    content_sealed: bytes | None

    @classmethod
    def from_row(
        cls,
        surface: str | None,
        model: str | None,
        created_at: int,
        content_sealed: bytes | None,
        *columns: Any,
    ) -> "HeldFeedback":
        """From the selected columns."""
        return cls(StoredFeedback._make(columns), surface, model, created_at, content_sealed)


LIST_FEEDBACK: Final = query(
    select(
        _F.surface,
        _F.model,
        _F.created_at,
        _F.content_sealed,
        *(_F[name] for name in StoredFeedback._fields),
    )
    .where(
        _F.workspace_id == _WORKSPACE,
        _F.person == _PERSON,
        tuple_(_F.day, _F.id)
        > tuple_(bindparam("after_day", type_=_F.day.type), bindparam("after_id", type_=_F.id.type)),
    )
    .order_by(_F.day, _F.id)
    .limit(bindparam("most")),
    HeldFeedback.from_row,
)


class HeldInvitation(NamedTuple):
    """An invitation."""

    surface: str | None
    locale: str | None
    model_0: str | None
    model_1: str | None
    propensity: float
    created_at: int
    expires_at: int
    redeemed_at: int | None


LIST_INVITATIONS: Final = query(
    select(*(_I[name] for name in HeldInvitation._fields)).where(
        _I.workspace_id == _WORKSPACE, _I.day == bindparam("day"), _I.person == _PERSON
    ),
    HeldInvitation,
)


class HeldUpload(NamedTuple):
    """A file of a comparison, without what is in it."""

    id: bytes
    media_type: str


_OF_THIS_COMPARISON: Final = (
    _U.workspace_id == _WORKSPACE,
    _U.comparison_id == bindparam("comparison_id"),
)
LIST_UPLOADS: Final = query(
    select(_U.id, _U.media_type).where(*_OF_THIS_COMPARISON).order_by(_U.id), HeldUpload
)
FIND_SEALED_UPLOAD: Final = scalar_query(
    select(_U.sealed).where(*_OF_THIS_COMPARISON, _U.id == bindparam("upload_id"))
)
LIST_QUIET_DAYS: Final = scalar_query(
    select(_Q.day).where(_Q.workspace_id == _WORKSPACE, _Q.person == _PERSON).order_by(_Q.day)
)
LIST_CONVERSATION_SHARING: Final = scalar_query(
    select(conversation_sharing.c.sharing).where(
        conversation_sharing.c.workspace_id == _WORKSPACE, conversation_sharing.c.person == _PERSON
    )
)
