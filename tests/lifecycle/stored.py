"""What the three stores hold, as the model tells it."""

from typing import Final, NamedTuple

from sqlalchemy import func, select

from app.core.statements import Query, query, scalar_query
from app.intake.comparisons.models import comparison_contents
from app.intake.feedback.models import feedback
from app.intake.votes.models import votes
from app.operations.installation import Installation
from app.privacy.models import content_keys, record_keys
from app.research.feedback.models import feedback_records
from app.research.records.models import records

_F: Final = feedback.c


class StoredRating(NamedTuple):
    """What intake has of feedback that has not left: the thumb, and whether there is text beside it."""

    rating: str | None
    has_content: bool
    has_comment: bool


class StoredRecord(NamedTuple):
    """Of a record in research: what was said, whether it has text, which model stood left (or was rated)."""

    outcome: str
    has_text: bool
    model: str


_CONTENTS: Final[Query[bytes]] = query(select(comparison_contents.c.comparison_id), bytes)
_VOTES: Final[Query[bytes]] = query(select(votes.c.comparison_id), bytes)
_RATINGS: Final = query(
    select(_F.id, _F.rating, _F.content_sealed.is_not(None), _F.comment_sealed.is_not(None)).where(
        _F.state != "disconnected"
    ),
    lambda key, rating, content, comment: (bytes(key), StoredRating(rating, bool(content), bool(comment))),
)
_CONTENT_KEYS: Final[Query[bytes]] = query(select(content_keys.c.id), bytes)
_RECORD_KEYS: Final = scalar_query(select(func.count()).select_from(record_keys))
_RECORDS: Final = query(
    select(records.c.outcome, records.c.content_sealed.is_not(None), records.c.model_a),
    lambda outcome, has_text, model: StoredRecord(outcome, bool(has_text), model),
)
_FEEDBACK_RECORDS: Final = query(
    select(
        feedback_records.c.rating, feedback_records.c.content_sealed.is_not(None), feedback_records.c.model
    ),
    lambda rating, has_text, model: StoredRecord(rating, bool(has_text), model),
)


class Intake(NamedTuple):
    """What intake has."""

    votes: set[bytes]
    """The comparisons that have one."""
    contents: set[bytes]
    """The comparisons whose text is there."""
    ratings: dict[bytes, StoredRating]


def in_intake(here: Installation) -> Intake:
    """What intake has at this moment."""
    return here.intake_db.fetch(
        lambda tx: Intake(set(tx.list(_VOTES)), set(tx.list(_CONTENTS)), dict(tx.list(_RATINGS)))
    )


def in_research(here: Installation) -> list[StoredRecord]:
    """All records, of votes and of feedback."""
    return sorted(here.research_db.fetch(lambda tx: [*tx.list(_RECORDS), *tx.list(_FEEDBACK_RECORDS)]))


def content_keys_of(here: Installation) -> set[bytes]:
    """The ids of the data keys of persons, comparisons and feedback."""
    return set(here.keystore_db.fetch(lambda tx: tx.list(_CONTENT_KEYS)))


def count_record_keys(here: Installation) -> int:
    """How many records and exports have a key."""
    return int(here.keystore_db.fetch(lambda tx: tx.one(_RECORD_KEYS)))
