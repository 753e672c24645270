"""What feedback has of its own on its way through the door."""

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, bindparam, func, select, tuple_, update

from app.access.workspaces.models import INTAKE, SharingLevel
from app.core.connections import Transaction
from app.core.languages import language_of
from app.core.statements import query, scalar_query, statement
from app.disconnection.coarsening import rounded_count, week_of_time
from app.disconnection.kinds import Kind
from app.disconnection.preparation import Numbers, redacted_or_withheld
from app.disconnection.queries import DueAnswer
from app.intake.comparisons.models import comparison_key
from app.intake.feedback.content import RatedText, open_text, open_word
from app.intake.feedback.models import FeedbackState, feedback
from app.intake.persons.levels import Levels, workspace_level
from app.intake.persons.models import project_sharing
from app.privacy.redaction import Redaction, WithheldReason
from app.privacy.sealing import DataKey
from app.research.feedback.content import seal_text
from app.research.feedback.record import FeedbackContent, FeedbackRating, FeedbackRecord, FeedbackTarget
from app.research.feedback.services import has_feedback, insert_feedback
from app.research.records.record import DeidLevel, Message, Sharing

_F: Final = feedback.c
_P: Final = project_sharing.c
_W: Final = INTAKE.workspaces.c
_THIS: Final = (
    _F.workspace_id == bindparam("workspace_id"),
    _F.day == bindparam("day"),
    _F.id == bindparam("comparison_id"),
)
_PLACE: Final = (_F.undo_until, _F.workspace_id, _F.day, _F.id)


class FinalFeedback(NamedTuple):
    """A rating as nobody can change it any more."""

    workspace_id: bytes
    day: int
    comparison_id: bytes
    person: bytes
    conversation: bytes | None
    project: bytes | None
    target_kind: str
    surface: str | None
    locale: str | None
    model: str | None
    sharing: str
    notice_version: str
    rating: str
    reasons: str
    cast_at: int
    undo_until: int
    receipt_digest: bytes

    @property
    def key(self) -> dict[str, Any]:
        """Its primary key as statement parameters."""
        return comparison_key(self.workspace_id, self.day, self.comparison_id)


class SealedFeedback(NamedTuple):
    """What is sealed of it; either may never have been there."""

    content_sealed: bytes | None
    comment_sealed: bytes | None


_IS_DUE: Final = _F.undo_until <= bindparam("at")
_NAMES: Final = {"comparison_id": "id", "cast_at": "rated_at"}


def _columns(row: type[DueAnswer] | type[FinalFeedback]) -> list[Any]:
    return [_F[_NAMES.get(name, name)] for name in row._fields]


_COUNT_DUE: Final = scalar_query(select(func.count()).select_from(feedback).where(_IS_DUE))
_LIST_DUE: Final = query(
    select(*_columns(DueAnswer))
    .where(
        _IS_DUE,
        _F.state == bindparam("state"),
        tuple_(*_PLACE)
        > tuple_(
            bindparam("after_undo_until", type_=_F.undo_until.type),
            bindparam("after_workspace_id", type_=_F.workspace_id.type),
            bindparam("after_day", type_=_F.day.type),
            bindparam("after_comparison_id", type_=_F.id.type),
        ),
    )
    .order_by(*_PLACE)
    .limit(bindparam("most", type_=Integer)),
    DueAnswer,
)
_LOCK_UNLESS_BUSY: Final = scalar_query(select(_F.state).where(*_THIS).with_for_update(skip_locked=True))
_FIND_FINAL: Final = query(
    select(*_columns(FinalFeedback)).where(*_THIS, _F.undo_until.is_not(None)), FinalFeedback
)
_SET_LEAVING: Final = statement(update(feedback).where(*_THIS).values(state=FeedbackState.LEAVING.value))
_LOCK: Final = scalar_query(select(_F.day).where(*_THIS).with_for_update())


class _Standing(NamedTuple):
    state: str
    sharing: str
    project_sharing: str | None
    workspace_options: str | None

    @property
    def levels(self) -> Levels:
        """What may be kept of it now; its person's and conversation's no is on its own row."""
        return Levels(
            workspace=workspace_level(self.workspace_options),
            project=SharingLevel(self.project_sharing) if self.project_sharing is not None else None,
            person=SharingLevel(self.sharing),
        )


_FIND_STANDING: Final = query(
    select(_F.state, _F.sharing, _P.sharing.label("project_sharing"), _W.options)
    .select_from(
        feedback.outerjoin(
            project_sharing, (_P.workspace_id == _F.workspace_id) & (_P.project == _F.project)
        ).outerjoin(INTAKE.workspaces, _W.id == _F.workspace_id)
    )
    .where(*_THIS),
    _Standing,
)
_MARK_UNSHARED: Final = statement(
    update(feedback)
    .where(*_THIS, _F.state == FeedbackState.LEAVING.value)
    .values(sharing=SharingLevel.OFF.value)
)
_FIND_CONTENT: Final = query(select(_F.content_sealed, _F.comment_sealed).where(*_THIS), SealedFeedback)
# What stays tells that the person has rated the target, so that they do it once, and is found by an erasure.
_SET_DISCONNECTED: Final = statement(
    update(feedback)
    .where(*_THIS, _F.state == FeedbackState.LEAVING.value)
    .values(
        state=FeedbackState.DISCONNECTED.value,
        project=None,
        conversation=None,
        surface=None,
        locale=None,
        model=None,
        rating=None,
        reasons=None,
        comment_sealed=None,
        content_sealed=None,
        receipt_sealed=b"",
        rated_at=None,
        undo_until=None,
        receipt_digest=None,
        expires_at=bindparam("at", type_=_F.expires_at.type),
    )
)


def _is_overtaken(tx: Transaction, key: dict[str, Any]) -> bool:
    tx.lock(_LOCK, **key)
    found = tx.find(_FIND_STANDING, **key)
    return found is not None and found.state == FeedbackState.LEAVING and found.levels.is_off


def _nothing_is_left(_tx: Transaction, _key: dict[str, Any]) -> None:
    """All of it is in the row."""


def prepare_feedback(
    key: DataKey,
    given: FinalFeedback,
    stored: SealedFeedback,
    *,
    numbers: Numbers,
    level: SharingLevel,
    redaction: Redaction,
) -> FeedbackRecord:
    """The record of a rating. Without text where the rating alone is shared, or text is withheld."""
    content, counts, usage = None, dict[str, int](), dict[str, int]()
    flags: tuple[str, ...] = ()
    if level is SharingLevel.VOTE_AND_CONTENT:
        text, comment = _opened(key, given, stored)
        if text is not None or comment is not None:
            passed, withheld = redacted_or_withheld(given, _redacting(text, comment, redaction))
            content, counts = passed or (None, {})
            upload = WithheldReason.UPLOAD if text is not None and text.has_uploads else None
            flags = tuple(reason.value for reason in (withheld, upload) if reason)
        usage = text.usage if text is not None else {}
    return FeedbackRecord(
        record_id=numbers.record_id,
        workspace_id=given.workspace_id,
        conversation=numbers.conversation,
        voter=numbers.voter,
        given_week=week_of_time(given.cast_at),
        target=FeedbackTarget(given.target_kind),
        rating=FeedbackRating(given.rating),
        sharing=Sharing.VOTE_AND_CONTENT if content else Sharing.VOTE_ONLY,
        deid_level=DeidLevel.PATTERNS_AND_NER if redaction.recognizes_names else DeidLevel.PATTERNS_ONLY,
        model=given.model,
        surface=given.surface,
        language=language_of(given.locale),
        reasons=tuple(json.loads(given.reasons)),
        input_tokens=rounded_count(usage.get("input_tokens")),
        output_tokens=rounded_count(usage.get("output_tokens")),
        quality_flags=flags,
        notice_version=given.notice_version,
        redaction_counts=counts,
        content=content,
    )


def _opened(
    key: DataKey, given: FinalFeedback, stored: SealedFeedback
) -> tuple[RatedText | None, str | None]:
    place = {"workspace_id": given.workspace_id, "feedback_id": given.comparison_id}
    text = open_text(key, stored.content_sealed, **place) if stored.content_sealed is not None else None
    if stored.comment_sealed is None:
        return text, None
    return text, open_word(key, stored.comment_sealed, what="comment", **place)


def _redacting(
    text: RatedText | None, comment: str | None, redaction: Redaction
) -> Callable[[], tuple[FeedbackContent | None, dict[str, int]]]:
    """Redacts in the order of a reader, so that a detail has the same placeholder in the prompt and in all after it."""

    def redact() -> tuple[FeedbackContent | None, dict[str, int]]:
        messages = text.prompt if text is not None else []
        response = text.response if text is not None else None
        if not messages and response is None and comment is None:
            return None, {}
        content = FeedbackContent(tuple(Message(*message) for message in messages), response, comment)
        texts, counts = redaction.redact(content.texts)
        return content.with_texts(texts), counts

    return redact


FEEDBACK: Final = Kind(
    count_due=_COUNT_DUE,
    list_due=_LIST_DUE,
    lock_unless_busy=_LOCK_UNLESS_BUSY,
    find_final=_FIND_FINAL,
    set_leaving=_SET_LEAVING,
    find_content=_FIND_CONTENT,
    is_overtaken=_is_overtaken,
    mark_unshared=_MARK_UNSHARED,
    set_disconnected=_SET_DISCONNECTED,
    delete_rest=_nothing_is_left,
    prepare=prepare_feedback,
    seal_text=seal_text,
    insert_record=insert_feedback,
    has_record=has_feedback,
)
