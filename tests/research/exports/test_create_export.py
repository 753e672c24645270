"""Asking for an export and following it, through HTTP."""

from collections.abc import Callable
from typing import Any

import duckdb
import pandas as pd
import pytest
from flask.testing import FlaskClient

from app.core.clock import iso_date, week_of
from app.core.ids import from_text
from app.research.exports import build, services
from app.research.exports.jobs import build_exports
from app.research.exports.progress import Phase, Progress
from app.research.exports.verification import verify
from app.research.records.record import Outcome
from app.research.zone import Research
from tests.clock import MovableClock
from tests.conftest import Host
from tests.research.conftest import AuditEvent
from tests.research.exports.records import MONDAY, record
from tests.research.exports.stored import claim, records_of, store

SCOPED = {"rater_scope": "export", "rater_scope_reason": "Agreement between raters is the question."}


def ask(client: FlaskClient, workspace: Host, **body: Any) -> dict[str, Any]:
    answered = client.post("/v1/exports", json=body, headers=workspace.headers)
    assert answered.status_code == 202, answered.json
    told: dict[str, Any] = answered.get_json()
    return told


def look(client: FlaskClient, workspace: Host, export_id: str) -> dict[str, Any]:
    answered = client.get(f"/v1/exports/{export_id}", headers=workspace.headers)
    assert answered.status_code == 200, answered.json
    told: dict[str, Any] = answered.get_json()
    return told


def test_progress_is_told_while_it_is_built(
    client: FlaskClient,
    workspace: Host,
    workspace_id: bytes,
    research: Research,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(build, "_EXTEND_SECONDS", 0.0)
    store(research, records_of(workspace_id, 250, characters=40))
    asked = ask(client, workspace)
    assert asked["progress"] == 0
    told: dict[Phase, list[float]] = {}

    def progress(at: Progress) -> None:
        told.setdefault(at.phase, []).append(look(client, workspace, asked["id"])["progress"])

    claimed = claim(research, services.read_export_text(asked["id"]))
    assert claimed is not None
    build.build_export(research, claimed, progress=progress, rows_per_file=100)
    assert [*told] == [*Phase]
    all_told = [share for shares in told.values() for share in shares]
    assert all_told == sorted(all_told)
    # In every phase it tells more than in the one before.
    ends = [shares[-1] for shares in told.values()]
    assert len(set(ends)) == len(Phase)
    assert look(client, workspace, asked["id"])["progress"] == 1


def test_an_export_is_queued_built_and_opened(
    client: FlaskClient, workspace: Host, workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    stored = list(records_of(workspace_id, 250))
    store(research, stored)
    store(research, records_of(b"another-workspac", 5, seed=2))
    asked = ask(client, workspace, purpose="A look", recipient="The lab")
    assert (asked["state"], asked["files"], asked["rows_in"]) == ("queued", [], None)
    assert (asked["purpose"], asked["recipient"], asked["rater_scope"]) == (
        "A look",
        "The lab",
        "conversation",
    )
    assert build_exports(research, at=clock()) == 1
    ready = look(client, workspace, asked["id"])
    assert (ready["state"], ready["rows_in"], ready["rows_out"], ready["dropped"]) == ("ready", 250, 250, {})
    folder = research.exports_folder / asked["id"]
    assert verify(folder, keys=None) == []
    assert {file["path"] for file in ready["files"]} == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }
    assert ready["bytes"] == sum(file["bytes"] for file in ready["files"])
    frame = pd.read_parquet(folder / "data/votes")
    assert sorted(frame["outcome"]) == sorted(each.outcome.value for each in stored)
    texts = {each.content.response_a for each in stored if each.content}
    assert set(frame["response_a"].dropna()) == texts
    connection = duckdb.connect()
    (battles,) = connection.execute(f"SELECT count(*) FROM '{folder}/csv/battles.csv'").fetchall()[0]
    assert battles == frame["winner"].notna().sum()


def test_filters_choose_the_records(
    client: FlaskClient, workspace: Host, workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    late = {"voted_week": MONDAY + 7, "model_a": "third"}
    chosen: dict[bytes, dict[str, Any]] = {
        b"one-one-one-one-": {},
        b"two-two-two-two-": {"surface": "editor"},
        b"three-three-thre": late,
        b"four-four-four-f": {"outcome": Outcome.SKIP, "notice_version": "2026-01"},
        b"five-five-five-f": {"language": "de"},
    }
    store(
        research,
        [record(record_id=key, workspace_id=workspace_id, **changes) for key, changes in chosen.items()],
    )
    sunday = iso_date(MONDAY + 6)
    expected: list[tuple[dict[str, Any], int]] = [
        ({}, 5),
        ({"from_week": sunday}, 5),
        ({"to_week": sunday}, 4),
        ({"from_week": iso_date(MONDAY + 7)}, 1),
        ({"models": ["third", "nobody"]}, 1),
        ({"models": ["acme-small"]}, 5),
        ({"surfaces": ["editor"]}, 1),
        ({"languages": ["de", "en"], "surfaces": ["chat"]}, 4),
        ({"outcomes": ["skip"]}, 1),
        ({"notice_versions": ["2026-01"], "outcomes": ["tie"]}, 0),
        ({"review_statuses": ["unreviewed"]}, 5),
        ({"review_statuses": ["reviewed"]}, 0),
    ]
    for filters, rows in expected:
        told = client.post("/v1/exports/dry-run", json={"filters": filters}, headers=workspace.headers)
        assert told.status_code == 200
        assert told.get_json()["rows_out"] == told.get_json()["rows_in"] == rows, filters
        asked = ask(client, workspace, filters=filters)
        assert build_exports(research, at=clock()) == 1
        assert look(client, workspace, asked["id"])["rows_out"] == rows, filters


def test_a_dry_run_makes_nothing(
    client: FlaskClient, workspace: Host, workspace_id: bytes, research: Research
) -> None:
    stored = list(records_of(workspace_id, 60))
    store(research, stored)
    told = client.post("/v1/exports/dry-run", json={}, headers=workspace.headers)
    assert told.get_json()["rows_out"] == sum(told.get_json()["by_outcome"].values()) == 60
    assert told.get_json()["rows_with_text"] == sum(each.content is not None for each in stored)
    assert client.get("/v1/exports", headers=workspace.headers).get_json()["data"] == []


def test_weeks_are_told_by_their_mondays(client: FlaskClient, workspace: Host) -> None:
    asked = ask(client, workspace, filters={"from_week": "2026-11-04"})
    assert asked["filters"] == {"from_week": "2026-11-02", "review_statuses": ["unreviewed", "reviewed"]}
    assert week_of(MONDAY) == MONDAY


def test_raters_are_followed_through_an_export_only_with_a_reason(
    client: FlaskClient, workspace: Host, workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    refused = client.post("/v1/exports", json={"rater_scope": "export"}, headers=workspace.headers)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid-body")
    assert refused.get_json()["errors"][0]["pointer"] == "/rater_scope_reason"
    keys = [b"one-one-one-one-", b"two-two-two-two-"]
    store(
        research,
        [record(record_id=key, conversation=key, workspace_id=workspace_id) for key in keys],
    )
    scoped, default = ask(client, workspace, **SCOPED), ask(client, workspace)
    assert scoped["rater_scope_reason"] == SCOPED["rater_scope_reason"]
    build_exports(research, at=clock())
    raters = [
        pd.read_parquet(research.exports_folder / each["id"] / "data/votes")["rater_id"]
        for each in (scoped, default)
    ]
    assert [found.nunique() for found in raters] == [1, 2]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"purpos": "x"}, "/purpos"),
        ({"purpose": ""}, "/purpose"),
        ({"filters": {"from_week": "2026-13-01"}}, "/filters/from_week"),
        ({"filters": {"from_week": "20261102"}}, "/filters/from_week"),
        ({"filters": {"to_week": 3}}, "/filters/to_week"),
        ({"filters": {"models": []}}, "/filters/models"),
        ({"filters": {"models": ["m"] * 101}}, "/filters/models"),
        ({"filters": {"outcomes": ["won"]}}, "/filters/outcomes/0"),
        ({"rater_scope": "world"}, "/rater_scope"),
    ],
)
def test_an_odd_request_is_refused_with_its_place(
    client: FlaskClient, workspace: Host, body: dict[str, Any], pointer: str
) -> None:
    refused = client.post("/v1/exports", json=body, headers=workspace.headers)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid-body")
    assert [error["pointer"] for error in refused.get_json()["errors"]] == [pointer]


def test_a_retry_under_the_same_key_gets_the_same_export(client: FlaskClient, workspace: Host) -> None:
    headers = {**workspace.headers, "Idempotency-Key": "monthly-11"}
    first, second = (client.post("/v1/exports", json={}, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json == second.json
    assert len(client.get("/v1/exports", headers=workspace.headers).get_json()["data"]) == 1


def test_the_list_is_read_page_by_page_newest_first(
    client: FlaskClient, workspace: Host, clock: MovableClock
) -> None:
    asked = []
    for number in range(5):
        # Two at the same moment: pages must neither repeat nor leave out one of them.
        clock.advance(ms=number % 2)
        asked.append(ask(client, workspace)["id"])
    found: list[str] = []
    cursor = ""
    while True:
        page = client.get(f"/v1/exports?limit=2{cursor}", headers=workspace.headers).get_json()
        found += [each["id"] for each in page["data"]]
        assert page["has_more"] == (page["next_cursor"] is not None)
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(found) == sorted(asked)
    assert found[-1] == asked[0]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=2.0", "cursor=x", f"cursor={'f' * 48}", "page=2"]
)
def test_an_odd_page_is_refused(client: FlaskClient, workspace: Host, query: str) -> None:
    refused = client.get(f"/v1/exports?{query}", headers=workspace.headers)
    assert (refused.status_code, refused.get_json()["code"]) == (400, "invalid-parameter")


def test_another_workspaces_export_is_not_found(
    client: FlaskClient, workspace: Host, other_workspace: Host, research: Research, clock: MovableClock
) -> None:
    asked = ask(client, workspace)
    build_exports(research, at=clock())
    for path in (asked["id"], f"{asked['id']}/files/manifest.json"):
        with client.get(f"/v1/exports/{path}", headers=workspace.headers) as found:
            assert found.status_code == 200
        refused = client.get(f"/v1/exports/{path}", headers=other_workspace.headers)
        assert (refused.status_code, refused.get_json()["code"]) == (404, "not-found")
    assert client.get("/v1/exports", headers=other_workspace.headers).get_json()["data"] == []


@pytest.mark.parametrize(
    "export_id", ["exp_", "cmp_00000000000000000000000000", "exp_00000000000000000000000000"]
)
def test_what_is_no_export_is_not_found(client: FlaskClient, workspace: Host, export_id: str) -> None:
    assert client.get(f"/v1/exports/{export_id}", headers=workspace.headers).status_code == 404


def test_a_key_without_the_scope_is_refused(client: FlaskClient, comparisons_key: dict[str, str]) -> None:
    for answered in (
        client.post("/v1/exports", json={}, headers=comparisons_key),
        client.get("/v1/exports", headers=comparisons_key),
    ):
        assert (answered.status_code, answered.get_json()["code"]) == (403, "not-permitted")


def test_a_request_is_in_the_audit_trail(
    client: FlaskClient, workspace: Host, audit_trail: Callable[[], list[AuditEvent]]
) -> None:
    asked = ask(client, workspace)
    (event,) = [each for each in audit_trail() if each.kind == "export_requested"]
    assert event.actor.startswith("key_")
    raw = from_text("exp", asked["id"])
    assert raw is not None
    assert event.subject == raw.hex()
