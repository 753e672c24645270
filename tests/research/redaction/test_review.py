"""A reader of an export takes out what the rules missed, puts it back, or disputes what they took out."""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.access.workspaces.models import AuditKind
from app.core.ids import to_text
from app.privacy.errors import SealBroken
from app.privacy.redaction import PLACEHOLDER, Kind
from app.research.exports import services as exports
from app.research.exports.identities import ExportIdentities
from app.research.exports.queries import FIND_EXPORT
from app.research.records.record import Message, Record, RecordContent, ReviewStatus, Sharing
from app.research.redaction.errors import PassageRefused
from app.research.redaction.rerun import rerun
from app.research.redaction.review import (
    Passage,
    Review,
    add_passage,
    dispute_redaction,
    lift_passage,
    open_review,
)
from app.research.redaction.reviewing import decide
from tests.research.conftest import AuditEvent
from tests.research.exports.records import record
from tests.research.exports.stored import queue
from tests.research.redaction.conftest import PATTERNS, Archive


class Holder(NamedTuple):
    """Somebody who holds an export of the archive, at the command line."""

    app: Flask
    archive: Archive
    export_id: bytes

    def vote_id(self, record_id: bytes) -> str:
        """What the export calls a record."""
        research = self.archive.research
        export = research.db.fetch(lambda tx: tx.one(FIND_EXPORT, export_id=self.export_id))
        key = exports.open_key(research.record_keys, export)
        assert key is not None
        return ExportIdentities(key).vote_id(record_id)

    def run(self, command: str, record_id: bytes, *arguments: str, text: str | None = None) -> Result:
        """One decision about a row."""
        export, vote = to_text("exp", self.export_id), self.vote_id(record_id)
        runner = self.app.test_cli_runner()
        return runner.invoke(args=["redaction", command, export, vote, *arguments], input=text)

    def add(self, record_id: bytes, place: str, text: str, kind: str = "PERSON") -> Result:
        """Takes a passage out: `place` is like `response_a:3:7`."""
        field, start, end = place.split(":")
        options = ["--field", field, "--start", start, "--end", end, "--kind", kind, "--json"]
        return self.run("add", record_id, *options, text=text)


@pytest.fixture
def holder(app: Flask, archive: Archive) -> Holder:
    """A holder of an export that was asked for, with its key and without its files."""
    return Holder(app, archive, queue(archive.research, archive.workspace_id))


def test_a_passage_is_taken_out_wherever_it_stands(holder: Holder, audit_trail: Callable[[], Any]) -> None:
    archive = holder.archive
    record_id = archive.put(
        1,
        "[PERSON_1] met Quill.",
        "Quill and Quillon met Quill.",
        "quill",
        comment="“Quill”?",
        redaction_counts={"PERSON": 1},
    )
    result = holder.add(record_id, "response_a:0:5", "Quill\n")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"kind": "PERSON", "placeholder": "[PERSON_2]", "passages": 4}
    assert archive.texts() == [
        ["[PERSON_1] met [PERSON_2].", "[PERSON_2] and Quillon met [PERSON_2].", "quill", "“[PERSON_2]”?"]
    ]
    (changed,) = archive.all()
    assert changed.redaction_counts == {"PERSON": 5}
    assert changed.review_status is ReviewStatus.REVIEWED
    assert AuditEvent("passage_redacted", "operator", f"{record_id.hex()} PERSON") in audit_trail()


def test_places_are_counted_in_code_points(holder: Holder) -> None:
    record_id = holder.archive.put(1, "🦉🦉 Ωmega é Zoë")
    assert holder.add(record_id, "prompt[0]:9:13", " Zoë").exit_code == 1
    assert holder.add(record_id, "prompt[0]:11:14", "Zoë").exit_code == 0
    assert holder.archive.texts()[0][0] == "🦉🦉 Ωmega é [PERSON_1]"


def test_a_passage_may_come_from_a_file(holder: Holder, tmp_path: Path) -> None:
    record_id = holder.archive.put(1, "two\nlines")
    (tmp_path / "passage").write_text("two\nlines", encoding="utf-8")
    place = ["--field", "prompt[0]", "--start", "0", "--end", "9", "--kind", "ADDRESS"]
    result = holder.run("add", record_id, *place, "--text-file", os.fspath(tmp_path / "passage"))
    assert result.stdout == "[ADDRESS_1]: 1 passages of the vote.\n"
    (tmp_path / "passage").write_bytes(b"\xff\xfe")
    refused = holder.run("add", record_id, *place, "--text-file", os.fspath(tmp_path / "passage"))
    assert (refused.exit_code, "not UTF-8" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("place", "text", "said"),
    [
        ("response_a:0:5", "Quilt", "does not stand at that place"),
        ("response_a:1:6", "Quill", "does not stand at that place"),
        ("response_a:0:400", "Quill", "does not stand at that place"),
        ("prompt[1]:0:5", "Quill", "fields of the vote are prompt[0], response_a, response_b."),
        ("comment:0:5", "Quill", "fields of the vote are"),
        ("response_a:5:6", " ", "not all of them blank"),
        ("response_a:0:7", "Quill [", "touches a placeholder"),
        ("response_a:6:16", "[PERSON_1]", "touches a placeholder"),
        ("response_a:7:13", "PERSON", "touches a placeholder"),
    ],
)
def test_a_passage_that_does_not_fit_is_refused(place: str, text: str, said: str) -> None:
    field, start, end = place.split(":")
    content = RecordContent((Message("user", "?"),), "Quill [PERSON_1]", "")
    passage = Passage(field, int(start), int(end), text)
    with pytest.raises(PassageRefused) as refused:
        add_passage(record(content=content), Review(), passage=passage, kind=Kind.PERSON)
    assert said in (refused.value.detail or "")
    assert "Quill" not in (refused.value.detail or "")


def test_a_refused_passage_changes_nothing_and_is_not_repeated(holder: Holder) -> None:
    record_id = holder.archive.put(1, "Something else.")
    before = holder.archive.row(record_id)
    result = holder.add(record_id, "prompt[0]:0:5", "Quill")
    assert result.exit_code == 1
    assert "does not stand at that place" in result.stderr
    assert "Quill" not in result.output
    assert holder.archive.row(record_id) == before


def test_what_a_reviewer_took_out_can_be_put_back_and_the_rules_then_leave_it(holder: Holder) -> None:
    archive = holder.archive
    record_id = archive.put(1, "Mail grace@example.org, says Grace.", "grace@example.org")
    assert holder.add(record_id, "prompt[0]:5:22", "grace@example.org", "EMAIL").exit_code == 0
    assert archive.texts()[0][:2] == ["Mail [EMAIL_1], says Grace.", "[EMAIL_1]"]
    result = holder.run("lift", record_id, "[EMAIL_1]")
    assert result.stdout == "[EMAIL_1]: 2 passages of the vote.\n"
    (lifted,) = archive.all()
    assert lifted.content is not None
    assert lifted.content.texts[:2] == ["Mail grace@example.org, says Grace.", "grace@example.org"]
    assert lifted.redaction_counts == {}
    assert rerun(archive.research, PATTERNS).replaced == {}
    assert archive.texts()[0][1] == "grace@example.org"
    assert holder.run("lift", record_id, "[EMAIL_1]").exit_code == 1


def test_looking_again_keeps_what_a_reviewer_took_out(holder: Holder) -> None:
    archive = holder.archive
    record_id = archive.put(1, "Quill wrote to a@example.org.")
    assert holder.add(record_id, "prompt[0]:0:5", "Quill").exit_code == 0
    assert rerun(archive.research, PATTERNS).replaced == {"EMAIL": 1}
    assert archive.texts()[0][0] == "[PERSON_1] wrote to [EMAIL_1]."
    assert archive.all()[0].redaction_counts == {"EMAIL": 1, "PERSON": 1}
    assert holder.run("lift", record_id, "[PERSON_1]").exit_code == 0
    assert archive.texts()[0][0] == "Quill wrote to [EMAIL_1]."


def test_what_the_rules_took_out_cannot_be_put_back_but_disputed(
    app: Flask, holder: Holder, audit_trail: Callable[[], Any]
) -> None:
    archive = holder.archive
    record_id = archive.put(1, "[PERSON_1] wrote Hamlet.", redaction_counts={"PERSON": 1})
    refused = holder.run("lift", record_id, "[PERSON_1]")
    assert (refused.exit_code, "never kept" in refused.stderr) == (1, True)
    for _ in range(2):
        assert holder.run("dispute", record_id, "[PERSON_1]").exit_code == 0
    assert archive.texts()[0][0] == "[PERSON_1] wrote Hamlet."
    status = app.test_cli_runner().invoke(args=["redaction", "status", "--json"], catch_exceptions=False)
    told = json.loads(status.stdout)
    assert (told["reviewed"], told["added"], told["disputed"]) == (1, {}, {"PERSON": 1})
    assert AuditEvent("redaction_disputed", "operator", f"{record_id.hex()} PERSON") in audit_trail()
    for placeholder in ("[PERSON_2]", "PERSON_1", "[NOBODY_1]"):
        assert holder.run("dispute", record_id, placeholder).exit_code == 1


def test_the_passage_lies_sealed_in_its_own_place_and_no_export_reads_it(holder: Holder) -> None:
    archive = holder.archive
    record_id = archive.put(1, "Quill wrote.")
    assert holder.add(record_id, "prompt[0]:0:5", "Quill").exit_code == 0
    row = archive.row(record_id)
    key = archive.research.record_keys.find(record_id)
    assert key is not None
    assert row.review_sealed is not None
    place = {"workspace_id": archive.workspace_id, "record_id": record_id}
    assert open_review(key, row.review_sealed, **place).added == (("[PERSON_1]", "Quill"),)
    with pytest.raises(SealBroken):
        open_review(key, row.review_sealed, **{**place, "record_id": bytes(16)})
    assert "review_sealed" not in row.stored._fields
    assert "Quill" not in repr(archive.all())


def test_a_vote_that_is_not_there_is_said_so(holder: Holder) -> None:
    archive = holder.archive
    known = archive.put(1, "Quill")
    bare = archive.put(2, content=None, sharing=Sharing.VOTE_ONLY)
    assert "no such vote" in holder.add(b"?" * 16, "prompt[0]:0:5", "Quill").stderr
    assert "no text" in holder.add(bare, "prompt[0]:0:5", "Quill").stderr
    archive.research.record_keys.destroy([known])
    assert "withdrawn" in holder.add(known, "prompt[0]:0:5", "Quill").stderr
    other = holder._replace(export_id=secrets.token_bytes(16))
    arguments = ["redaction", "lift", to_text("exp", other.export_id), "v_x", "[PERSON_1]"]
    assert "no such export" in holder.app.test_cli_runner().invoke(args=arguments).stderr
    assert holder.app.test_cli_runner().invoke(args=[*arguments[:2], "x", "v_x", "y"]).exit_code == 2


def test_a_decision_is_made_about_the_text_as_it_is_now(archive: Archive) -> None:
    record_id = archive.put(1, "Quill wrote to a@example.org.")
    attempts = 0

    def edit(found: Record, review: Review) -> Any:
        nonlocal attempts
        attempts += 1
        # Between reading and writing, somebody else looks through the texts again.
        rerun(archive.research, PATTERNS)
        return add_passage(found, review, passage=Passage("prompt[0]", 0, 5, "Quill"), kind=Kind.PERSON)

    decide(archive.research, record_id=record_id, edit=edit, kind=AuditKind.PASSAGE_REDACTED, actor="test")
    assert attempts == 2
    assert archive.texts()[0][0] == "[PERSON_1] wrote to [EMAIL_1]."


_PIECES = st.lists(
    st.sampled_from(["ab", "a", "b", " ", "[PERSON_1]", "[EMAIL_7]", "aba", "\n", "é"]), max_size=8
)


@given(
    st.lists(_PIECES.map("".join), min_size=3, max_size=3),
    st.integers(0, 2),
    st.integers(0, 30),
    st.integers(1, 4),
)
def test_taking_out_and_putting_back_gives_the_same_text(
    texts: list[str], field: int, start: int, length: int
) -> None:
    before = record(
        content=RecordContent((Message("user", texts[0]),), texts[1], texts[2]), redaction_counts={}
    )
    assert before.content is not None
    name = before.content.fields[field]
    passage = Passage(name, start, start + length, texts[field][start : start + length])
    try:
        added = add_passage(before, Review(), passage=passage, kind=Kind.PERSON)
    except PassageRefused:
        return
    assert added.record.content is not None
    told = [match[0] for text in added.record.content.texts for match in PLACEHOLDER.finditer(text)]
    assert told.count(added.placeholder) == added.passages == added.record.redaction_counts["PERSON"]
    assert added.placeholder not in "".join(texts)
    lifted = lift_passage(added.record, added.review, placeholder=added.placeholder)
    assert lifted.record.content == before.content
    assert lifted.record.redaction_counts == {}
    with pytest.raises(PassageRefused):
        dispute_redaction(added.record, added.review, placeholder=added.placeholder)
