"""Attacks on a finished export: what somebody who has the folder can find out. Each prints its success rate."""

import base64
import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from app.core.clock import MS_PER_DAY
from app.operations.installation import Installation
from app.research.exports.jobs import build_exports
from app.research.exports.request import ExportRequest, RaterScope
from app.research.records.record import Record
from tests.attacks.report import report
from tests.disconnection.voting import Booth
from tests.research.exports.stored import folder_of, queue, records_of, store


def _export(installation: Installation, workspace_id: bytes, request: ExportRequest | None = None) -> Path:
    research = installation.research
    export_id = queue(research, workspace_id, request)
    assert build_exports(research, at=research.clock()) == 1
    return folder_of(research, export_id)


def _decoded(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, as it is and as a reader of its format sees it."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        name = path.relative_to(folder).as_posix()
        yield name, content
        if path.suffix == ".gz":
            yield name, gzip.decompress(content)
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            yield name, json.dumps(table.to_pylist(), default=str).encode()
            yield name, repr((table.schema.metadata, pq.read_metadata(path))).encode()


def _spellings(secret: bytes) -> set[bytes]:
    """How a program may write bytes down."""
    made = {secret, secret.hex().encode(), base64.b64encode(secret), base64.urlsafe_b64encode(secret)}
    made |= {base64.b32encode(secret), base64.b32encode(secret).lower(), str(int.from_bytes(secret)).encode()}
    return {spelling.rstrip(b"=") for spelling in made}


def test_no_column_that_is_not_listed_gets_out(installation: Installation) -> None:
    """Unmistakable values in all of a record that an export does not show, and in all of its request."""
    workspace_id = b"s3ntinelworkspac"
    records = [
        replace(
            record,
            record_id=b"s3ntinelrec%05d" % number,
            conversation=b"s3ntinelcnv%05d" % number,
            voter=b"s3nv%04d" % number,
            surface=f"s3ntinel-surface-{number}",
        )
        for number, record in enumerate(records_of(workspace_id, 200))
    ]
    store(installation.research, records)
    asked = ExportRequest(purpose="s3ntinel-purpose", recipient="s3ntinel-recipient")
    folder = _export(installation, workspace_id, asked)
    secrets = [workspace_id, b"s3ntinel-purpose", b"s3ntinel-recipient", b"s3ntinel"]
    for record in records:
        secrets += [record.record_id, record.conversation, record.voter, str(record.surface).encode()]
    spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
    # A short one would be found by chance.
    assert min(map(len, spellings)) >= 8
    found = {
        (name, spelling)
        for name, content in _decoded(folder)
        for spelling in spellings
        if spelling in content
    }
    report("sentinels", len(found), len(spellings))
    assert found == set()
    # The same search finds what an export does show.
    shown = records[0].model_a.encode()
    assert any(shown in content for _, content in _decoded(folder))


def _likely_identifiers(count: int) -> Iterator[str]:
    """What accounts are called."""
    names = ("anna", "ben", "carla", "deniz", "emma", "felix", "grace", "hugo", "ines", "jan")
    for number in range(count // 5):
        yield f"person {number}"
        yield f"user-{number}"
        yield str(number)
        yield f"{names[number % 10]}{number // 10}@example.com"
        yield f"acct_{number:08x}"


def _disguises(identifier: str) -> Iterable[bytes]:
    """What naive services publish in the place of an identifier."""
    plain = identifier.encode()
    yield plain
    for algorithm in ("md5", "sha1", "sha256", "blake2b"):
        yield hashlib.new(algorithm, plain).digest()


def _id_bytes(values: Iterable[str]) -> set[bytes]:
    """Identifiers as text, and as the bytes that they may stand for."""
    known = set()
    for value in values:
        body = value.partition("_")[2]
        known |= {value.encode(), body.encode(), base64.b32decode(body.upper() + "=" * (-len(body) % 8))}
    return known


@pytest.mark.parametrize("count", [100_000, pytest.param(1_000_000, marks=pytest.mark.drill)])
def test_no_likely_identifier_is_behind_any_id(installation: Installation, count: int) -> None:
    """Real votes of people with guessable accounts, and everybody's list of guesses."""
    booth = Booth(installation)
    noon = installation.clock()
    for number in range(12):
        booth.vote(noon, account=f"person {number}")
    booth.disconnect(noon + MS_PER_DAY)
    folder = _export(installation, booth.workspace.id, ExportRequest(rater_scope=RaterScope.EXPORT))
    rows = pq.read_table(folder / "data" / "votes").to_pylist()
    assert len(rows) == 12
    ids = {str(value) for row in rows for name, value in row.items() if name.endswith("_id") and value}
    assert len(ids) >= 36
    known = _id_bytes(ids)
    lengths = {len(each) for each in known}
    found = sum(
        disguise[:length] in known
        for identifier in _likely_identifiers(count)
        for disguise in _disguises(identifier)
        for length in (*lengths, len(disguise))
    )
    report("dictionary", found, count)
    assert found == 0


def _overlapping(
    installation: Installation, scope: RaterScope
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, bytes]]:
    """Two exports of the same 400 votes of 40 raters, and who really gave each answer."""
    workspace_id = b"linked-workspace"
    voters = [f"rater{number:03d}".encode() for number in range(40)]
    made: list[Record] = [
        replace(record, voter=voters[number % 40])
        for number, record in enumerate(records_of(workspace_id, 500))
        if record.content is not None
    ][:400]
    made = [_distinct(record, number) for number, record in enumerate(made)]
    store(installation.research, made)
    reason = "Rater effects are what is studied." if scope is RaterScope.EXPORT else None
    asked = ExportRequest(rater_scope=scope, rater_scope_reason=reason)
    first, second = (
        pq.read_table(_export(installation, workspace_id, asked) / "data" / "votes").to_pylist()
        for _ in range(2)
    )
    truth = {str(record.content.response_a): record.voter for record in made if record.content}
    return first, second, truth


def _distinct(record: Record, number: int) -> Record:
    assert record.content is not None
    return replace(
        record, content=replace(record.content, response_a=f"{record.content.response_a} {number}")
    )


def test_two_exports_share_no_id_and_no_order(installation: Installation) -> None:
    first, second, _ = _overlapping(installation, RaterScope.CONVERSATION)
    for name in ("vote_id", "conversation_id", "rater_id"):
        shared = {row[name] for row in first} & {row[name] for row in second} - {None}
        report(f"same {name}", len(shared), len(first))
        assert shared == set()
    places = {row["response_a"]: number for number, row in enumerate(second)}
    order = np.array([places[row["response_a"]] for row in first])
    same = int((order == np.arange(len(order))).sum())
    report("same place", same, len(order))
    # Two independent shuffles agree in one place on average, and their ranks do not go together: four sigmas.
    assert same <= 6
    correlation = float(np.corrcoef(order, np.arange(len(order)))[0, 1])
    print(f"order: a rank correlation of {correlation:+.3f}")
    assert abs(correlation) < 4 / np.sqrt(len(order))


def test_no_time_finer_than_a_week_is_told(installation: Installation) -> None:
    first, second, _ = _overlapping(installation, RaterScope.CONVERSATION)
    for row in first + second:
        assert row["voted_week"].weekday() == 0
    texts = json.dumps([[str(value) for value in row.values()] for row in first])
    assert "T00:" not in texts


def _linked_pairs(rows: list[dict[str, Any]], truth: dict[str, bytes]) -> tuple[int, int]:
    """Pairs of votes of one rater that a reader knows to be of one rater, and how many there are."""
    known: dict[str, list[bytes]] = defaultdict(list)
    everyone: dict[bytes, int] = defaultdict(int)
    for row in rows:
        voter = truth[row["response_a"]]
        everyone[voter] += 1
        if row["rater_id"]:
            known[row["rater_id"]].append(voter)
    pairs: Callable[[int], int] = lambda count: count * (count - 1) // 2  # noqa: E731
    return sum(pairs(len(group)) for group in known.values()), sum(map(pairs, everyone.values()))


@pytest.mark.parametrize(("scope", "rate"), [(RaterScope.CONVERSATION, 0.0), (RaterScope.EXPORT, 1.0)])
def test_a_rater_can_be_followed_as_far_as_the_scope_says(
    installation: Installation, scope: RaterScope, rate: float
) -> None:
    """By default nobody's votes in two conversations can be told to be theirs; with `export` all can, and joined."""
    first, second, truth = _overlapping(installation, scope)
    found, tried = _linked_pairs(first, truth)
    report(f"votes of one rater, scope {scope.value}", found, tried)
    assert found / tried == rate
    # The same rows in two exports are known by their text; only raters who have a name in both can be joined.
    names = {row["response_a"]: row["rater_id"] for row in second}
    joined: dict[str, set[str]] = defaultdict(set)
    for row in first:
        joined[row["rater_id"]].add(names[row["response_a"]])
    followed = sum(1 for row in first if len(joined[row["rater_id"]]) == 1 and _votes_of(first, row) > 1)
    report(f"raters followed from one export to the other, scope {scope.value}", followed, len(first))
    assert followed / len(first) == rate


def _votes_of(rows: list[dict[str, Any]], row: dict[str, Any]) -> int:
    return sum(each["rater_id"] == row["rater_id"] for each in rows)
