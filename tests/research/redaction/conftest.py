"""Records whose texts are redacted again, and reviewed."""

from typing import Any

import pytest

from app.privacy.redaction import Redaction
from app.research.records.record import Message, Record, RecordContent
from app.research.redaction.queries import FIND_RECORD, ReviewedRecord
from app.research.zone import Research
from tests.research.exports.records import record
from tests.research.exports.stored import read, store

PATTERNS = Redaction.from_setting("off", most_seconds=60)


class Archive:
    """The records of one workspace."""

    def __init__(self, research: Research, workspace_id: bytes) -> None:
        self.research = research
        self.workspace_id = workspace_id

    def put(self, number: int, *texts: str, comment: str | None = None, **changes: Any) -> bytes:
        """Stores a record of one user message and two responses, redacted by other rules; its id."""
        prompt, first, second = (*texts, "Yes.", "No.", "Yes.")[:3]
        content = RecordContent((Message("user", prompt),), first, second, comment)
        made = record(
            record_id=number.to_bytes(16, "big"),
            workspace_id=self.workspace_id,
            **{"content": content, "redaction_counts": {}, "quality_flags": (), **changes},
        )
        (record_id,) = store(self.research, [made])
        return record_id

    def all(self) -> list[Record]:
        """The records as an export reads them."""
        return read(self.research, self.workspace_id)

    def texts(self) -> list[list[str]]:
        """Their texts."""
        return [each.content.texts for each in self.all() if each.content is not None]

    def row(self, record_id: bytes) -> ReviewedRecord:
        """A row as stored."""
        return self.research.db.fetch(lambda tx: tx.one(FIND_RECORD, record_id=record_id))


@pytest.fixture
def archive(research: Research, workspace_id: bytes) -> Archive:
    """An empty one."""
    return Archive(research, workspace_id)
