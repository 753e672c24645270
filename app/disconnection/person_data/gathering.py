"""Gathers what is held on a person, on both sides of the door, piece by piece.

Whoever adds a table that holds something of a person adds it here, and to `erasures/person_tables.py`.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.access.workspaces.models import SharingLevel, Workspace
from app.core.clock import day_of, iso_date, rfc3339
from app.core.statements import Query
from app.core.tables import Retention, intake, research
from app.disconnection.erasures.queries import FIRST_INVITATION_DAY
from app.disconnection.numbers import records_of_person
from app.disconnection.person_data.queries import (
    FIND_SEALED_UPLOAD,
    LIST_COMPARISONS,
    LIST_CONVERSATION_SHARING,
    LIST_FEEDBACK,
    LIST_INVITATIONS,
    LIST_QUIET_DAYS,
    LIST_UPLOADS,
    HeldComparison,
    HeldFeedback,
    HeldInvitation,
    HeldUpload,
)
from app.disconnection.zone import Doorstep
from app.intake.comparisons.content import content_key_id, open_comment, open_private, open_shown
from app.intake.comparisons.models import public_state
from app.intake.consents.models import Consent
from app.intake.consents.services import list_consents
from app.intake.feedback.content import open_text, open_word
from app.intake.persons.queries import FIND_PERSON
from app.privacy.sealing import DataKey, bind, unseal
from app.research.exports.holding import Holding, find_holdings
from app.research.exports.reading import read_feedback, read_records
from app.research.feedback.record import FeedbackRecord
from app.research.records.queries import LIST_FEEDBACK_OF_VOTER, LIST_OF_VOTER, VotersRecord
from app.research.records.record import Record
from app.research.zone import Research

_PAGE: Final = 20
_OF_INTEREST: Final = (
    "persons", "consents", "conversation_sharing", "quiet_conversations", "preference_links",
    "invitations", "comparisons", "comparison_contents", "uploads", "votes", "feedback",
    "links", "aliases", "withdrawn_receipts", "erasures", "records", "feedback_records",
)  # fmt: skip


@dataclass(frozen=True)
class Gathering:
    """Whose data, as of when, and what it is read with."""

    doorstep: Doorstep
    workspace: Workspace
    person: bytes
    at: int
    _numbers: dict[bytes, int] = field(default_factory=dict, init=False)
    """By comparison: they are gone through more than once, and some may go meanwhile."""

    @property
    def _this(self) -> dict[str, Any]:
        return {"workspace_id": self.workspace.id, "person": self.person}

    def wishes(self) -> dict[str, Any]:
        """What the person wishes now."""
        db = self.doorstep.intake.db
        row = db.fetch(lambda tx: tx.find(FIND_PERSON, **self._this))
        quiet = db.fetch(lambda tx: tx.list(LIST_QUIET_DAYS, **self._this))
        default = self.workspace.options.sharing
        told: dict[str, Any] = {
            "is_known": row is not None,
            "sharing": (
                SharingLevel(row.sharing).stricter(default) if row and row.sharing else default
            ).value,
            "own_sharing": row.sharing if row is not None else None,
            "ask": row.ask if row is not None else "yes",
            "ask_after": _time(row.ask_after) if row is not None else None,
            "quiet_conversations_since": [iso_date(day) for day in quiet],
            "conversation_sharing": db.fetch(lambda tx: tx.list(LIST_CONVERSATION_SHARING, **self._this)),
            "history": [_consent(each) for each in db.fetch(lambda tx: list_consents(tx, **self._this))],
        }
        if row is not None:
            told |= {
                "first_met_day": iso_date(row.created_day),
                "told_of_documents_at": _time(row.told_of_documents_at),
                "sharing_chosen_at": _time(row.sharing_chosen_at),
                "last_vote_at": _time(row.last_vote_at),
                "last_skip_at": _time(row.last_skip_at),
                "skips_in_a_row": row.consecutive_skips,
                "is_restricted": row.is_restricted,
                "last_asked_day": iso_date(row.asked_day) if row.asked_day else None,
                "asked_on_that_day": row.asked_in_day,
                "asked_in_that_week": row.asked_in_week,
            }
        return told

    def comparisons(self) -> Iterator[dict[str, Any]]:
        """Every comparison that intake still has, with content and vote in clear where they are there."""
        return map(self._comparison, self._comparisons())

    def _number(self, held: HeldComparison) -> int:
        return self._numbers.setdefault(held.id, len(self._numbers) + 1)

    def _comparisons(self) -> Iterator[HeldComparison]:
        after: dict[str, Any] = {"after_day": -1, "after_id": b""}
        db = self.doorstep.intake.db
        while page := db.fetch(
            lambda tx, after=after: tx.list(LIST_COMPARISONS, **self._this, **after, most=_PAGE)  # type: ignore[misc]
        ):
            yield from page
            after = {"after_day": page[-1].day, "after_id": page[-1].id}

    def _comparison(self, held: HeldComparison) -> dict[str, Any]:
        state = public_state(held.state, undo_until=held.undo_until, expires_at=held.expires_at, at=self.at)
        told: dict[str, Any] = {
            "number": self._number(held),
            "state": state,
            "registered_at": rfc3339(held.created_at),
            "shown_at": _time(held.shown_at),
            "closed_at": _time(held.closed_at),
            "surface": held.surface,
            "locale": held.locale,
            "models": [held.model_0, held.model_1],
            "stood_left": [held.model_0, held.model_1][held.first_left],
            "shared": held.sharing,
            "notice_version": held.notice_version,
            "withheld_reason": held.withheld_reason,
            "skip_reason": held.skip_reason,
            "has_pseudonym_of": [
                name for name in ("api_key", "project", "conversation") if getattr(held, name) is not None
            ],
            "vote": None,
            "content": None,
            "files": [path for path, _ in self._files(held)],
        }
        place = {"workspace_id": self.workspace.id, "comparison_id": held.id}
        key = self._key(held)
        if held.choice is not None:
            told["vote"] = {
                "choice": held.choice,
                "strength": held.strength,
                "reasons": json.loads(held.reasons or "[]"),
                "comment": open_comment(key, held.comment_sealed, **place)
                if key is not None and held.comment_sealed is not None
                else None,
                "cast_at": _time(held.cast_at),
                "changed_at": _time(held.changed_at),
                "undo_until": _time(held.undo_until),
            }
        if key is not None and held.shown_sealed is not None and held.private_sealed is not None:
            told["content"] = {
                "shown": _without_ids(json.loads(open_shown(key, held.shown_sealed, **place))),
                "private": open_private(key, held.private_sealed, **place),
            }
        return told

    def _key(self, held: HeldComparison) -> DataKey | None:
        return self.doorstep.intake.data_keys.find(content_key_id(self.workspace.id, self.person, held.id))

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file of the comparisons: its path, and what is in it."""
        for held in self._comparisons():
            for path, upload in self._files(held):
                key = self.doorstep.intake.data_keys.find(upload.id)
                sealed = self._sealed(held, upload)
                if key is not None and sealed is not None:
                    bound_to = bind("upload", self.workspace.id, upload.id)
                    yield path, unseal(key, sealed, bound_to=bound_to)

    def _sealed(self, held: HeldComparison, upload: HeldUpload) -> bytes | None:
        this = {"workspace_id": self.workspace.id, "comparison_id": held.id, "upload_id": upload.id}
        return self.doorstep.intake.db.fetch(lambda tx: tx.find(FIND_SEALED_UPLOAD, **this))

    def _files(self, held: HeldComparison) -> list[tuple[str, HeldUpload]]:
        found = self.doorstep.intake.db.fetch(
            lambda tx: tx.list(LIST_UPLOADS, workspace_id=self.workspace.id, comparison_id=held.id)
        )
        return [
            (f"files/comparison-{self._number(held)}-{place}.{upload.media_type.rpartition('/')[2]}", upload)
            for place, upload in enumerate(found, start=1)
        ]

    def feedback(self) -> Iterator[dict[str, Any]]:
        """All feedback that intake still has, with rating and text in clear where they are there."""
        after: dict[str, Any] = {"after_day": -1, "after_id": b""}
        db = self.doorstep.intake.db
        while page := db.fetch(
            lambda tx, after=after: tx.list(LIST_FEEDBACK, **self._this, **after, most=_PAGE)  # type: ignore[misc]
        ):
            yield from map(self._feedback, page)
            after = {"after_day": page[-1].stored.day, "after_id": page[-1].stored.id}

    def _feedback(self, held: HeldFeedback) -> dict[str, Any]:
        stored = held.stored
        place = {"workspace_id": self.workspace.id, "feedback_id": stored.id}
        key = self.doorstep.intake.data_keys.find(content_key_id(self.workspace.id, self.person, stored.id))
        told: dict[str, Any] = {
            "state": stored.public_state(self.at),
            "target": stored.target_kind,
            "registered_at": rfc3339(held.created_at),
            "surface": held.surface,
            "locale": stored.locale,
            "model": held.model,
            "shared": stored.sharing,
            "notice_version": stored.notice_version,
            "has_pseudonym_of": [
                name for name in ("target", "project", "conversation") if getattr(stored, name) is not None
            ],
            "rating": None,
            "content": None,
        }
        if stored.rating is not None:
            told["rating"] = {
                "rating": stored.rating,
                "reasons": json.loads(stored.reasons or "[]"),
                "comment": open_word(key, stored.comment_sealed, what="comment", **place)
                if key is not None and stored.comment_sealed is not None
                else None,
                "rated_at": _time(stored.rated_at),
                "undo_until": _time(stored.undo_until),
            }
        if key is not None and held.content_sealed is not None:
            text = open_text(key, held.content_sealed, **place)
            told["content"] = {
                "prompt": [{"role": role, "content": words} for role, words in text.prompt],
                "response": text.response,
                "usage": text.usage,
            }
        return told

    def invitations(self) -> Iterator[dict[str, Any]]:
        """Every invitation that was given. Nothing leads from a person to them: each day is looked through."""
        db = self.doorstep.intake.db
        first = db.fetch(lambda tx: tx.find(FIRST_INVITATION_DAY, workspace_id=self.workspace.id))
        today = day_of(self.at)
        for day in range(today + 1 if first is None else first, today + 1):
            for held in db.fetch(lambda tx, day=day: tx.list(LIST_INVITATIONS, **self._this, day=day)):  # type: ignore[misc]
                yield _invitation(held)

    def records(self) -> Iterator[dict[str, Any]]:
        """Every record in research, redacted as it is there, and the exports that have it."""
        research = self.doorstep.research
        if research is None:
            return
        dropped: Counter[str] = Counter()
        held = self._held(research, LIST_OF_VOTER, is_feedback=False)
        for record in read_records(research, iter(held), dropped=dropped):
            yield _record(record) | _exports(held[record.record_id])
        held = self._held(research, LIST_FEEDBACK_OF_VOTER, is_feedback=True)
        for rated in read_feedback(research, iter(held), dropped=dropped):
            yield _feedback_record(rated) | _exports(held[rated.record_id])

    def _held(
        self, research: Research, listed_by: Query[VotersRecord], *, is_feedback: bool
    ) -> Mapping[bytes, Holding]:
        """The person's records, by id, with the exports that have each."""
        found = records_of_person(
            self.doorstep.intake,
            research,
            self.doorstep.links,
            workspace_id=self.workspace.id,
            person=self.person,
            listed_by=listed_by,
            at=self.at,
        )
        weeks = {each.id: each.voted_week for each in found}
        return find_holdings(research, workspace_id=self.workspace.id, weeks=weeks, is_feedback=is_feedback)

    def retention(self) -> list[dict[str, Any]]:
        """How long each kind of row is kept."""
        declared = {table.name: table for metadata in (intake, research) for table in metadata.sorted_tables}
        told = []
        for name in _OF_INTEREST:
            kept: Retention = declared[name].info["retention"]
            told.append({"kind": name, "rule": kept.rule, "days": kept.days})
        return told

    def notice(self, locale: str | None) -> dict[str, Any]:
        """The notice as it reads now; each comparison tells the version that was shown beside it."""
        notice = self.doorstep.intake.library.notice(self.workspace, locale, at=self.at)
        return {"version": notice.version, "text": notice.text}


def _exports(holding: Holding) -> dict[str, Any]:
    return {
        "exports": [export._asdict() for export in holding.exports],
        "exports_known": holding.is_whole,
    }


def _time(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)


def _consent(consent: Consent) -> dict[str, Any]:
    told = consent._asdict() | {"at": rfc3339(consent.at), "ask_after": _time(consent.ask_after)}
    # A pseudonym says nothing to anybody; `scope` tells that it was for one conversation.
    del told["conversation"]
    return told


def _without_ids(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in ("id", "choices", "asks", "reasons")}


def _invitation(held: HeldInvitation) -> dict[str, Any]:
    return {
        "given_at": rfc3339(held.created_at),
        "expires_at": rfc3339(held.expires_at),
        "redeemed_at": _time(held.redeemed_at),
        "surface": held.surface,
        "locale": held.locale,
        "models": [held.model_0, held.model_1] if held.model_0 is not None else None,
        "probability": held.propensity,
    }


def _record(record: Record) -> dict[str, Any]:
    content = record.content
    return {
        "state": "disconnected",
        "week": iso_date(record.voted_week),
        "outcome": record.outcome.value,
        "model_a": record.model_a,
        "model_b": record.model_b,
        "strength": record.strength,
        "reasons": list(record.reasons),
        "surface": record.surface,
        "language": record.language,
        "notice_version": record.notice_version,
        "shared": record.sharing.value,
        "content": None
        if content is None
        else {
            "prompt": [{"role": each.role, "content": each.content} for each in content.prompt],
            "response_a": content.response_a,
            "response_b": content.response_b,
            "comment": content.comment,
        },
    }


def _feedback_record(record: FeedbackRecord) -> dict[str, Any]:
    content = record.content
    return {
        "state": "disconnected",
        "week": iso_date(record.given_week),
        "target": record.target.value,
        "rating": record.rating.value,
        "model": record.model,
        "reasons": list(record.reasons),
        "surface": record.surface,
        "language": record.language,
        "notice_version": record.notice_version,
        "shared": record.sharing.value,
        "content": None
        if content is None
        else {
            "prompt": [{"role": each.role, "content": each.content} for each in content.prompt],
            "response": content.response,
            "comment": content.comment,
        },
    }
