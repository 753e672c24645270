"""Attacks by joining: who holds two exports of the same real votes looks for rows, and raters, of one in the other.

The votes are those of the LLMFAO study: 8,931 judgements by 124 raters on answers of 59 models to the study's prompts.
"""

import os
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pytest

from app.research.exports.identities import ExportIdentities
from app.research.exports.manifest import RATER_LINKAGE
from app.research.exports.request import RaterScope
from app.research.exports.rows import Row
from app.research.records.record import Message, Outcome, Record, RecordContent
from tests.attacks.report import report
from tests.replay.llmfao import Verdict, Vote, read_votes
from tests.research.exports.records import MONDAY, project, record

DATA: Final = Path(os.environ.get("PAIRVOTE_TEST_DATA", Path(__file__).parents[3] / "shared/data")) / "llmfao"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the LLMFAO votes are not here")

# All that a row tells of how and when somebody voted, and on what, but for identifiers and text.
TOLD: Final = (
    "voted_week", "language", "model_a", "model_b", "outcome", "strength", "reasons", "time_to_vote_bucket",
    "latency_bucket_a", "latency_bucket_b", "finish_reason_a", "finish_reason_b", "selection_probability",
    "quality_flags", "notice_version", "turn_index", "n_turns",
)  # fmt: skip
TEXT: Final = ("prompt", "response_a", "response_b")
_OUTCOMES: Final = {
    Verdict.LEFT: Outcome.MODEL_A,
    Verdict.RIGHT: Outcome.MODEL_B,
    Verdict.TIE: Outcome.TIE,
}


def _record(number: int, vote: Vote) -> Record:
    left, right = vote.answers
    return record(
        record_id=b"record-%09d" % number,
        conversation=b"conversat-%06d" % number,
        voter=b"rater%03d" % vote.worker,
        # The study tells no time; neighbours in its file have raters in common.
        voted_week=MONDAY + 7 * random.Random(number).randrange(8),
        outcome=_OUTCOMES[vote.verdict],
        model_a=left.model,
        model_b=right.model,
        strength=None,
        reasons=(),
        turn_index=0,
        n_turns=1,
        content=RecordContent((Message("user", vote.prompt),), left.text, right.text),
    )


@pytest.fixture(scope="module", params=[4, pytest.param(1, marks=pytest.mark.drill)])
def votes(request: pytest.FixtureRequest) -> list[Record]:
    """Every fourth vote; all of them in the drill."""
    return [
        _record(number, vote) for number, vote in enumerate(read_votes(DATA)) if number % request.param == 0
    ]


class Export:
    """The rows of an export in its order, and what the attacker does not have: whose each is."""

    def __init__(self, votes: Sequence[Record], key: bytes, scope: RaterScope) -> None:
        identities = ExportIdentities(key, rater_scope=scope)
        ordered = sorted(votes, key=lambda vote: identities.order_key(vote.record_id))
        self.rows: list[Row] = [project(vote, identities) for vote in ordered]
        self.records = [vote.record_id for vote in ordered]
        self.raters = np.array([int(vote.voter[-3:]) for vote in ordered])


@pytest.fixture(scope="module")
def pair(votes: list[Record]) -> tuple[Export, Export]:
    """Two exports at the default scope."""
    scope = RaterScope.CONVERSATION
    return Export(votes, b"1" * 32, scope), Export(votes, b"2" * 32, scope)


@pytest.fixture(scope="module")
def chance(votes: list[Record]) -> float:
    """How often another vote, drawn blindly, is of the same rater."""
    counts = Counter(vote.voter for vote in votes)
    return sum(count * (count - 1) for count in counts.values()) / (len(votes) * (len(votes) - 1))


def _same_rater_rate(one: Export, other: Export, columns: Sequence[str]) -> tuple[int, int]:
    """For rows of one export, the row of the other that is told most alike, and is not the same: of the same rater?"""
    draw = np.random.default_rng(1)
    codes = {name: _codes(one, other, name) for name in columns}
    places = {record_id: place for place, record_id in enumerate(other.records)}
    found = 0
    for place in range(len(one.rows)):
        alike: npt.NDArray[np.float64] = draw.random(len(other.rows)) / 2
        for ours, theirs in codes.values():
            alike += theirs == ours[place]
        alike[places[one.records[place]]] = -1
        found += other.raters[int(np.argmax(alike))] == one.raters[place]
    return found, len(one.rows)


def _codes(one: Export, other: Export, name: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    seen: dict[str, int] = {}
    ours, theirs = (
        np.array([seen.setdefault(repr(row[name]), len(seen)) for row in export.rows])
        for export in (one, other)
    )
    return ours, theirs


def _matched_rows(one: Export, other: Export, columns: Sequence[str]) -> tuple[int, int]:
    """Of the rows that stand alone by these columns: those found in the other export, and how many there are."""

    def alone(export: Export) -> Mapping[str, bytes]:
        found: defaultdict[str, list[bytes]] = defaultdict(list)
        for row, record_id in zip(export.rows, export.records, strict=True):
            found[repr([row[name] for name in columns])].append(record_id)
        return {told: ids[0] for told, ids in found.items() if len(ids) == 1}

    ours, theirs = alone(one), alone(other)
    return sum(theirs.get(told) == record_id for told, record_id in ours.items()), len(ours)


def test_what_rows_tell_leads_to_no_other_vote_of_a_rater(pair: tuple[Export, Export], chance: float) -> None:
    """Week, language, models, judgement, ranges and the rest: no better than drawing blindly."""
    found, tried = _same_rater_rate(*pair, TOLD)
    rate = report("another vote of the same rater, by all columns but text", found, tried)
    print(f"drawn blindly: {chance:.1%}")
    # Three standard errors.
    assert rate < chance + 3 * np.sqrt(chance * (1 - chance) / tried)


def test_a_second_export_leads_to_no_more_votes_of_a_rater_than_the_first(
    pair: tuple[Export, Export], chance: float
) -> None:
    """Raters of the study judged several answers to a prompt: its text is a link, in one export as in two."""
    columns = (*TOLD, "prompt")
    within, tried = _same_rater_rate(pair[0], pair[0], columns)
    between, _ = _same_rater_rate(*pair, columns)
    report("another vote of the same rater by text, within one export", within, tried)
    report("another vote of the same rater by text, in another export", between, tried)
    print(f"drawn blindly: {chance:.1%}")
    # Both draw the same votes blindly where rows are alike: three standard errors of a difference.
    assert abs(between - within) / tried < 3 * np.sqrt(2 * between / tried / tried)


def test_the_same_row_is_known_by_its_text_and_leads_no_further(pair: tuple[Export, Export]) -> None:
    """A residual risk that cards state: text is what an export is for, and equal texts can be matched."""
    one, other = pair
    for name, columns in {"its text and all else": (*TOLD, *TEXT), "all but its text": TOLD}.items():
        found, alone = _matched_rows(one, other, columns)
        # Several raters of the study saw the same texts; in a product a prompt is its rater's own.
        report(f"the same row, of those alone with {name}", found, alone)
        report(f"the same row, of all, by {name}", found, len(one.rows))
        assert found == alone > 0
    raters: defaultdict[Any, set[int]] = defaultdict(set)
    for place, row in enumerate(one.rows):
        raters[row["rater_id"]].add(place)
    followed = sum(len(places) - 1 for places in raters.values())
    report("votes that lead to another one of their rater", followed, len(one.rows))
    assert followed == 0
    assert RATER_LINKAGE[RaterScope.CONVERSATION] == followed / len(one.rows)


@pytest.mark.parametrize("scope", list(RaterScope))
def test_raters_are_joined_as_far_as_the_manifest_says(votes: list[Record], scope: RaterScope) -> None:
    """Without a look at text: each rater of one export is the one of the other with most equal rows."""
    votes = [replace(vote, content=None) for vote in votes]
    one, other = Export(votes, b"1" * 32, scope), Export(votes, b"2" * 32, scope)
    whose: defaultdict[str, list[str]] = defaultdict(list)
    for row in other.rows:
        whose[repr([row[name] for name in TOLD])].append(row["rater_id"])
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in one.rows:
        found[row["rater_id"]].update(whose[repr([row[name] for name in TOLD])])
    truth_one, truth_other = _truth(one), _truth(other)
    # Only a rater whose votes in several conversations belong together can be followed from one to the next.
    has_several = {name for name, count in Counter(row["rater_id"] for row in one.rows).items() if count > 1}
    followed = {
        rater
        for name in has_several & truth_one.keys()
        for rater in truth_one[name]
        if truth_other.get(found[name].most_common(1)[0][0]) == truth_one[name] == {rater}
    }
    raters = {rater for rater, count in Counter(map(int, one.raters)).items() if count > 1}
    rate = report(f"raters joined from one export to the other, scope {scope}", len(followed), len(raters))
    assert rate == RATER_LINKAGE[scope]


def _truth(export: Export) -> dict[str, set[int]]:
    """Who really is behind each rater's name."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for row, rater in zip(export.rows, export.raters, strict=True):
        if row["rater_id"] is not None:
            found[row["rater_id"]].add(int(rater))
    return found
