"""Whether an export keeps to its k, as far as whoever has the folder can see."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from app.research.exports.findings import Problem
from app.research.exports.identities import ExportIdentities
from app.research.exports.reduced_copy import apply_tombstones
from app.research.exports.request import RaterScope
from app.research.exports.tombstone_signatures import signed_tombstone
from app.research.exports.work_folder import work_folder
from app.research.records.record import Record
from tests.research.exports.damage import found
from tests.research.exports.records import KEY, MONDAY, SIGNER, details, project, record
from tests.research.exports.written import write_export

DATA = ("data/votes/", Problem.CONTENT_WRONG)


def votes_of(*persons: int, conversation: int | None = None, language: str = "en") -> list[Record]:
    """One vote of each of these persons, each in a conversation of its own unless they share one; 0 is nobody."""
    return [
        record(
            record_id=f"{language}-record-{number:06d}".encode(),
            conversation=f"{language}-conver-{conversation or number:06d}".encode(),
            voter=b"voter%03d" % person if person else b"",
            language=language,
        )
        for number, person in enumerate(persons, start=1)
    ]


def export(target: Path, votes: Iterable[Record], scope: RaterScope, **changes: object) -> list[str]:
    """Writes an export of votes with k 3; their ids."""
    identities = ExportIdentities(KEY, rater_scope=scope)
    rows = [project(vote, identities) for vote in votes]
    with work_folder(target) as work:
        write_export(work, rows, details(k=3, rater_scope=scope, **changes))
    return [str(row["vote_id"]) for row in rows]


@pytest.mark.parametrize(
    ("scope", "is_found"),
    [(RaterScope.NONE, False), (RaterScope.CONVERSATION, False), (RaterScope.EXPORT, True)],
)
def test_persons_are_counted_where_raters_are_followed(
    tmp_path: Path, scope: RaterScope, is_found: bool
) -> None:
    """Four rows of two persons: in an export whose raters nobody can follow, they may be four persons' rows."""
    export(tmp_path / "export", votes_of(1, 2, 1, 2), scope)
    assert (DATA in found(tmp_path / "export")) is is_found


@pytest.mark.parametrize("scope", [RaterScope.CONVERSATION, RaterScope.EXPORT])
def test_rows_of_one_conversation_are_of_the_raters_that_it_has(tmp_path: Path, scope: RaterScope) -> None:
    export(tmp_path / "export", votes_of(1, 2, 1, 2, conversation=1), scope)
    assert DATA in found(tmp_path / "export")


@pytest.mark.parametrize("scope", list(RaterScope))
def test_fewer_rows_than_k_are_too_few_in_any_scope(tmp_path: Path, scope: RaterScope) -> None:
    export(tmp_path / "export", votes_of(1, 2, 3) + votes_of(1, 2, language="de"), scope)
    assert DATA in found(tmp_path / "export")


@pytest.mark.parametrize("scope", list(RaterScope))
def test_k_persons_and_nobody_are_enough(tmp_path: Path, scope: RaterScope) -> None:
    export(tmp_path / "export", votes_of(1, 2, 0), scope)
    assert found(tmp_path / "export") == set()


def test_a_cell_may_be_short_of_what_was_taken_out_and_of_no_more(tmp_path: Path) -> None:
    """A record can be withdrawn between the choice and its reading, and what is withdrawn later is deleted."""
    ids = export(tmp_path / "copy", votes_of(1, 2), RaterScope.EXPORT, dropped={"withdrawn": 1})
    assert found(tmp_path / "copy") == set()
    notice = signed_tombstone(
        details().export_id, number=1, vote_id=ids[0], withdrawn_week=MONDAY, signer=SIGNER
    )
    apply_tombstones(tmp_path / "copy", [notice], [SIGNER.public_key])
    assert found(tmp_path / "copy") == set()
    export(tmp_path / "other", votes_of(1), RaterScope.EXPORT, dropped={"withdrawn": 1, "small_cell": 7})
    assert DATA in found(tmp_path / "other")
