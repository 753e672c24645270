"""Cells of too few persons do not leave, however an export is asked for."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow.parquet as pq
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.research.exports.jobs import build_exports
from app.research.exports.manifest import read_manifest
from app.research.exports.request import ExportFilters, ExportRequest, RaterScope
from app.research.exports.small_cells import Crowds, Survey, smaller_cells
from app.research.records.record import Outcome, Record, Sharing
from app.research.zone import Research
from tests.clock import MovableClock
from tests.conftest import Host
from tests.research.exports.records import MONDAY, record
from tests.research.exports.stored import build_again, contents, damage, folder_of, queue, store, surveyed

Vote = Callable[..., Record]


@pytest.fixture
def vote(workspace_id: bytes) -> Vote:
    """Makes a vote without text of a voter, by number; 0 is nobody that the host named."""
    made = 0

    def make(voter: int, **changes: Any) -> Record:
        nonlocal made
        made += 1
        return record(
            **{
                "record_id": b"record-%09d" % made,
                "workspace_id": workspace_id,
                "conversation": b"conversat-%06d" % made,
                "voter": b"voter%03d" % voter if voter else b"",
                "sharing": Sharing.VOTE_ONLY,
                "content": None,
                **changes,
            }
        )

    return make


def look(research: Research, workspace_id: bytes, k: int, **filters: Any) -> tuple[Survey, frozenset[bytes]]:
    return surveyed(research, workspace_id, ExportRequest(filters=ExportFilters(**filters), k=k))


def ids(records: Iterable[Record]) -> set[bytes]:
    return {each.record_id for each in records}


def test_persons_are_counted_and_not_rows(research: Research, workspace_id: bytes, vote: Vote) -> None:
    four = [vote(1 + number % 4) for number in range(40)]
    five = [vote(1 + number % 5, language="de") for number in range(10)]
    store(research, four + five)
    found, kept = look(research, workspace_id, 5)
    assert kept == ids(five)
    assert (found.rows_in, found.rows_out, found.dropped) == (50, 10, {"small_cell": 40})
    assert look(research, workspace_id, 4)[1] == ids(four + five)


def test_without_a_voter_each_conversation_is_somebody(
    research: Research, workspace_id: bytes, vote: Vote
) -> None:
    apart = [vote(0) for _ in range(3)]
    together = [vote(0, language="de", conversation=b"one-conversation") for _ in range(3)]
    store(research, apart + together)
    assert look(research, workspace_id, 3)[1] == ids(apart)


def test_k_1_suppresses_nothing_and_tells_what_is_rare(
    research: Research, workspace_id: bytes, vote: Vote
) -> None:
    alone = [vote(1, language="fr"), vote(1, language="fr"), vote(1, language=None)]
    crowd = [vote(number) for number in range(1, 8)]
    store(research, alone + crowd)
    found, kept = look(research, workspace_id, 1)
    assert kept == ids(alone + crowd)
    assert found.dropped == {"small_cell": 0}
    assert found.small_cells == {
        "2": {"cells": 2, "rows": 3},
        "5": {"cells": 2, "rows": 3},
        "10": {"cells": 3, "rows": 10},
        "20": {"cells": 3, "rows": 10},
    }


def test_no_count_tells_what_a_suppressed_record_holds(
    research: Research, workspace_id: bytes, vote: Vote
) -> None:
    """Whoever asks for its own language, surface, model and outcome learns no more than that it is there."""
    rare = [vote(1, language="fr", surface="beta", model_a="secret", outcome=Outcome.TIE)]
    store(research, rare + [vote(number) for number in range(1, 8)])
    for filters in (
        {"languages": ("fr",)},
        {"languages": ("es",)},
        {"outcomes": (Outcome.TIE,)},
        {"outcomes": (Outcome.BOTH_BAD,)},
        {"models": ("secret",)},
        {"models": ("none",)},
        {"surfaces": ("beta",)},
        {"surfaces": ("alpha",)},
        {"from_week": MONDAY, "to_week": MONDAY, "languages": ("fr",), "models": ("secret",)},
    ):
        found, kept = look(research, workspace_id, 5, **filters)
        assert kept == set()
        assert (found.rows_in, found.by_outcome, found.rows_with_text) == (1, {}, 0), filters
    assert look(research, workspace_id, 5, from_week=MONDAY + 7)[0].rows_in == 0


def test_among_what_is_chosen_there_are_k_persons_as_well(
    research: Research, workspace_id: bytes, vote: Vote
) -> None:
    few = [vote(number, model_a="rare") for number in range(1, 5)]
    store(research, few + [vote(number) for number in range(1, 9)])
    assert len(look(research, workspace_id, 5)[1]) == 12
    found, kept = look(research, workspace_id, 5, models=("rare",))
    assert (kept, found.rows_in, found.dropped) == (frozenset(), 4, {"small_cell": 4})
    assert look(research, workspace_id, 4, models=("rare",))[1] == ids(few)


def test_a_surface_is_told_apart_only_where_nobody_is_left_over_alone(
    research: Research, workspace_id: bytes, vote: Vote
) -> None:
    chat = [vote(number, surface="chat") for number in range(1, 11)]
    search = [vote(number, surface="search") for number in range(20, 26)]
    store(research, chat + search)
    assert look(research, workspace_id, 5, surfaces=("chat",))[1] == ids(chat)
    assert look(research, workspace_id, 5, surfaces=("chat", "search"))[1] == ids(chat + search)
    # Four persons elsewhere: everything less chat and search would be theirs.
    odd = [vote(number, surface="beta") for number in (40, 41)] + [
        vote(number, surface=None) for number in (41, 42, 43)
    ]
    store(research, odd)
    found, kept = look(research, workspace_id, 5, surfaces=("chat",))
    assert (kept, found.rows_in, found.rows_out) == (frozenset(), 21, 0)
    # Everything together still leaves. With a fifth person the rest is a crowd, in which no surface is told.
    assert look(research, workspace_id, 5)[1] == ids(chat + search + odd)
    store(research, [vote(44, surface="gamma")])
    assert look(research, workspace_id, 5, surfaces=("chat",))[1] == ids(chat)
    assert look(research, workspace_id, 5, surfaces=("beta", "gamma"))[1] == set()
    # Another week or language is another cell.
    store(research, [vote(1, surface="beta", language="de"), vote(1, surface="beta", voted_week=MONDAY + 7)])
    assert look(research, workspace_id, 5, surfaces=("chat",))[1] == ids(chat)


def test_a_filter_narrows_the_cells_of_each_surface(
    research: Research, workspace_id: bytes, vote: Vote
) -> None:
    chat = [vote(number, surface="chat", model_a="m") for number in range(1, 7)]
    search = [vote(number, surface="search", model_a="m" if number < 24 else "n") for number in range(20, 27)]
    store(research, chat + search)
    found, kept = look(research, workspace_id, 5, surfaces=("chat", "search"), models=("m",))
    assert kept == ids(chat)
    assert found.dropped == {"small_cell": 4}


@pytest.fixture
def mixed(research: Research, vote: Vote) -> list[Record]:
    """A crowd with text, a crowd without, and a person alone."""
    texts = record().content
    made = [vote(1 + number % 7, sharing=Sharing.VOTE_AND_CONTENT, content=texts) for number in range(21)]
    made += [vote(number, language="de") for number in range(1, 7)]
    made.append(vote(1, language="fr"))
    store(research, made)
    return made


@pytest.mark.usefixtures("mixed")
def test_a_dry_run_and_the_build_count_the_same(
    client: FlaskClient, workspace: Host, research: Research, clock: MovableClock
) -> None:
    for body in ({}, {"k": 5}, {"k": 7}, {"k": 9}, {"k": 6, "filters": {"languages": ["de", "fr"]}}):
        told = client.post("/v1/exports/dry-run", json=body, headers=workspace.headers).get_json()
        asked = client.post("/v1/exports", json=body, headers=workspace.headers).get_json()
        assert asked["k"] == told["k"] == body.get("k", 1)
        assert build_exports(research, at=clock()) == 1
        made = client.get(f"/v1/exports/{asked['id']}", headers=workspace.headers).get_json()
        dropped = {reason: count for reason, count in told["dropped"].items() if count}
        assert (made["rows_in"], made["rows_out"], made["dropped"], made["k"]) == (
            told["rows_in"],
            told["rows_out"],
            dropped,
            told["k"],
        ), body
        folder = research.exports_folder / asked["id"]
        manifest = read_manifest((folder / "manifest.json").read_text())
        assert (manifest.k, manifest.small_cells) == (told["k"], told["small_cells"])
        assert manifest.statistics["by_outcome"] == told["by_outcome"]
        report = json.loads((folder / "reports/small-cells.json").read_text())
        assert (report["k"], report["suppressed"]) == (told["k"], told["dropped"]["small_cell"])
        assert report["by_persons"] == told["small_cells"]
        rows = pq.read_table(folder / "data/votes").to_pylist()
        assert len(rows) == told["rows_out"]
        assert sum(row["response_a"] is not None for row in rows) == told["rows_with_text"]


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize("scope", list(RaterScope))
def test_what_was_suppressed_is_nowhere_and_the_export_is_whole(
    research: Research, workspace_id: bytes, clock: MovableClock, scope: RaterScope
) -> None:
    asked = ExportRequest(k=6, rater_scope=scope, rater_scope_reason="Raters are what is studied.")
    export_id = queue(research, workspace_id, asked)
    assert build_exports(research, at=clock()) == 1
    rows = pq.read_table(folder_of(research, export_id) / "data/votes").to_pylist()
    assert {row["language"] for row in rows} == {"en", "de"}
    assert damage(research, export_id) == []
    assert "`k` is 6" in (folder_of(research, export_id) / "README.md").read_text()
    assert contents(folder_of(research, export_id)) == contents(build_again(research, export_id))


def test_an_operators_k_is_the_least_that_may_be_asked_for(workspace: Host, strict_app: Flask) -> None:
    client = strict_app.test_client()
    for path in ("/v1/exports", "/v1/exports/dry-run"):
        refused = client.post(path, json={"k": 4}, headers=workspace.headers)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid-body")
        assert refused.get_json()["errors"] == [
            {"pointer": "/k", "detail": "At least 5 here (PAIRVOTE_EXPORT_K)."}
        ]
        assert client.post(path, json={}, headers=workspace.headers).get_json()["k"] == 5
        assert client.post(path, json={"k": 6}, headers=workspace.headers).get_json()["k"] == 6


@pytest.mark.parametrize("k", [0, 1001, "5", 2.5, True, None])
def test_an_odd_k_is_refused(client: FlaskClient, workspace: Host, k: object) -> None:
    refused = client.post("/v1/exports", json={"k": k}, headers=workspace.headers)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid-body")
    assert [error["pointer"] for error in refused.get_json()["errors"]] == ["/k"]


@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("voters", [(), (0,), (7,), (7, 7, 7), (0, 0, 0, 0, 0)])
def test_an_export_of_nobody_of_one_and_of_the_unknown_is_whole(
    research: Research, workspace_id: bytes, vote: Vote, clock: MovableClock, k: int, voters: tuple[int, ...]
) -> None:
    store(research, [vote(voter) for voter in voters])
    export_id = queue(research, workspace_id, ExportRequest(k=k))
    assert build_exports(research, at=clock()) == 1
    manifest = read_manifest((folder_of(research, export_id) / "manifest.json").read_text())
    rows = len(voters) if k == 1 or voters == (0,) * 5 else 0
    assert (manifest.rows_in, manifest.rows_out) == (len(voters), rows)
    assert damage(research, export_id) == []


def test_a_crowd_forgets_its_persons() -> None:
    crowds: Crowds[str] = Crowds(3)
    for person in ("a", "b", "a"):
        crowds.add("x", person)
    assert (crowds.size("x"), crowds.has_enough("x"), set(crowds.small())) == (2, False, {"x"})
    for person in ("c", "d", "e"):
        crowds.add("x", person)
    assert (crowds.size("x"), crowds.has_enough("x"), set(crowds.small())) == (3, True, set())
    assert crowds.size("nobody") == 0


def test_smaller_cells_are_counted_with_their_rows() -> None:
    told = smaller_cells([(1, 4), (2, 2), (19, 50), (20, 60)])
    assert list(told) == ["2", "5", "10", "20"]
    assert told["2"] == {"cells": 1, "rows": 4}
    assert told["5"] == told["10"] == {"cells": 2, "rows": 6}
    assert told["20"] == {"cells": 3, "rows": 56}
