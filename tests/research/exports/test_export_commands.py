"""`flask export …`, as an operator types it."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.core.clock import MS_PER_DAY, iso_date, rfc3339
from app.core.settings import Settings
from app.privacy.signatures import Signer, published_keys, read_public_keys
from app.research.exports.manifest import read_manifest
from app.research.exports.schemas import ExportFiltersSchema, NewExportSchema
from app.research.exports.verification import verify
from app.research.records.record import Outcome
from app.research.zone import Research
from tests.clock import MovableClock
from tests.conftest import Host
from tests.research.conftest import AuditEvent
from tests.research.exports.records import MONDAY, record
from tests.research.exports.stored import queue, records_of, store


def run(app: Flask, *command: str) -> Result:
    return app.test_cli_runner().invoke(args=["export", *command], catch_exceptions=False)


def test_create_builds_and_tells_where_it_is(
    app: Flask, workspace: Host, workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    settings = research.settings
    store(research, records_of(workspace_id, 40))
    made = run(app, "create", "--workspace", workspace.workspace_id, "--json")
    assert made.exit_code == 0, made.output
    # Nothing else on standard output: a script reads it.
    told = json.loads(made.stdout)
    path = Path(told["path"])
    assert path == Path(settings.exports).absolute() / told["export_id"]
    assert (told["rows"], told["dropped"]) == (40, {})
    assert told["expires_at"] == rfc3339(clock() + settings.export_days * MS_PER_DAY)
    assert verify(path, keys=[each.key for each in published_keys(research.keyring)]) == []


def test_create_takes_a_workspaces_name_and_filters(
    app: Flask, workspace_id: bytes, research: Research
) -> None:
    keys = (b"one-one-one-one-", b"two-two-two-two-", b"three-three-thre")
    weeks = (MONDAY, MONDAY + 7, MONDAY + 14)
    store(
        research,
        [
            record(record_id=key, workspace_id=workspace_id, voted_week=week)
            for key, week in zip(keys, weeks, strict=True)
        ],
    )
    week = iso_date(MONDAY + 9)
    made = run(
        app, "create", "--workspace", "Host product", "--from-week", week, "--to-week", week, "--model", "acme-large",
        "--purpose", "A look", "--json",
    )  # fmt: skip
    told = json.loads(made.stdout)
    assert told["rows"] == 1
    manifest = read_manifest((Path(told["path"]) / "manifest.json").read_text())
    monday = iso_date(MONDAY + 7)
    assert manifest.filters == {
        "from_week": monday, "to_week": monday, "models": ["acme-large"],
        "review_statuses": ["unreviewed", "reviewed"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--rater-scope", "export"], "--rater-scope-reason: The scope `export` needs a stated reason."),
        (["--from-week", "last"], "Not a date such as"),
        (["--to-week", "2026-02-30"], "--to-week: Not a date such as"),
        (["--outcome", "won"], "'won' is not one of 'model_a'"),
        (["--review-status", "fine"], "'fine' is not one of 'unreviewed', 'reviewed'"),
        (["--notice-version", "x" * 21], "--notice-version: Length must be between 1 and 20"),
        (["--model", ""], "--model: Length must be between 1 and 200"),
        (["--purpose", ""], "--purpose: Length must be between 1 and 500"),
        (["--k", "0"], "0 is not in the range 1<=x<=1000"),
        (["--k", "five"], "'five' is not a valid integer"),
    ],
)
def test_an_odd_request_is_refused_with_a_sentence(
    app: Flask, workspace: Host, options: list[str], sentence: str
) -> None:
    refused = run(app, "create", "--workspace", workspace.workspace_id, *options)
    assert refused.exit_code == 2
    assert sentence in refused.output


def test_create_takes_everything_that_the_call_takes(
    app: Flask, workspace: Host, workspace_id: bytes, research: Research
) -> None:
    """Each option by its name in the request, and the same counts whether it is tried or made."""
    store(
        research,
        [
            *(
                record(
                    record_id=b"chosen-%09d" % number, voter=b"voter%03d" % number, workspace_id=workspace_id
                )
                for number in range(5)
            ),
            record(record_id=b"outcome---------", workspace_id=workspace_id, outcome=Outcome.SKIP),
            record(record_id=b"notice----------", workspace_id=workspace_id, notice_version="2026-01"),
            record(record_id=b"alone-----------", workspace_id=workspace_id, language="fr"),
        ],
    )
    options = [
        "create", "--workspace", workspace.workspace_id, "--json", "--outcome", "model_a", "--outcome", "tie",
        "--notice-version", "2025-10", "--review-status", "unreviewed", "--surface", "chat", "--language", "en",
        "--k", "3",
    ]  # fmt: skip
    tried = run(app, *options, "--dry-run")
    assert json.loads(run(app, "list", "--json").stdout) == []
    told = json.loads(tried.stdout)
    assert (told["rows_in"], told["rows_out"], told["dropped"]) == (6, 5, {"small_cell": 1})
    made = json.loads(run(app, *options).stdout)
    assert (made["rows"], made["dropped"], made["k"]) == (5, {"small_cell": 1}, 3)
    manifest = read_manifest((Path(made["path"]) / "manifest.json").read_text())
    assert manifest.filters == {
        "outcomes": ["model_a", "tie"], "notice_versions": ["2025-10"], "review_statuses": ["unreviewed"],
        "surfaces": ["chat"], "languages": ["en"],
    }  # fmt: skip
    assert "rows out: 5" in run(app, *[each for each in options if each != "--json"], "--dry-run").output


def test_create_asks_for_no_less_than_the_operators_k(strict_app: Flask, workspace: Host) -> None:
    options = ["create", "--workspace", workspace.workspace_id, "--dry-run", "--json"]
    refused = run(strict_app, *options, "--k", "4")
    assert (refused.exit_code, "--k: At least 5 here (PAIRVOTE_EXPORT_K)." in refused.output) == (2, True)
    assert json.loads(run(strict_app, *options).stdout)["k"] == 5


def test_the_help_tells_every_option_of_the_call(app: Flask) -> None:
    told = run(app, "create", "--help").output
    names = {*NewExportSchema().fields, *ExportFiltersSchema().fields} - {"filters"}
    plural = {"formats", "models", "surfaces", "languages", "outcomes", "notice_versions"}
    for name in names - {"review_statuses"}:
        option = (name.removesuffix("s") if name in plural else name).replace("_", "-")
        assert f"--{option} " in told, name
    assert "--review-status " in told


def test_an_unknown_workspace_is_refused_with_a_sentence(app: Flask) -> None:
    refused = run(app, "create", "--workspace", "Nobody")
    assert refused.exit_code == 1
    assert "There is no such workspace" in refused.output


def test_a_command_is_in_the_audit_trail_as_the_operators(
    app: Flask, workspace: Host, audit_trail: Callable[[], list[AuditEvent]]
) -> None:
    assert run(app, "create", "--workspace", workspace.workspace_id).exit_code == 0
    assert [event.actor for event in audit_trail() if event.kind == "export_requested"] == ["operator"]


def test_verify_says_that_an_export_is_whole(app: Flask, workspace: Host) -> None:
    told = json.loads(run(app, "create", "--workspace", workspace.workspace_id, "--json").stdout)
    found = run(app, "verify", told["path"])
    assert (found.exit_code, found.output) == (0, "The export is whole.\n")
    assert json.loads(run(app, "verify", told["path"], "--json").stdout) == {
        "ok": True,
        "signature": "checked",
        "findings": [],
    }


@pytest.fixture
def exported(app: Flask, workspace: Host) -> str:
    """The folder of an export."""
    told = json.loads(run(app, "create", "--workspace", workspace.workspace_id, "--json").stdout)
    return str(told["path"])


@pytest.mark.parametrize("form", ["jwks", "jwk", "pem"])
def test_verify_takes_the_public_key_from_a_file(
    app: Flask, exported: str, tmp_path: Path, form: str
) -> None:
    printed = run(app, "keys", *(["--pem"] if form == "pem" else [])).stdout
    if form == "jwk":
        printed = json.dumps(json.loads(printed)["keys"][0])
    (tmp_path / "key").write_text(printed)
    found = run(app, "verify", exported, "--public-key", str(tmp_path / "key"))
    assert (found.exit_code, found.output) == (0, "The export is whole.\n")


def test_verify_names_an_export_that_another_key_has_signed(
    app: Flask, exported: str, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(Signer(bytes(32)).public_key.pem())
    found = run(app, "verify", exported, "--public-key", str(tmp_path / "key"))
    assert found.exit_code == 1
    assert "key-unknown  manifest.sig" in found.output


def test_verify_says_when_the_signature_was_not_checked(app: Flask, exported: str) -> None:
    (Path(exported) / "manifest.sig").write_bytes(bytes(64))
    sums = Path(exported) / "SHA256SUMS"
    lines = [line for line in sums.read_text().splitlines(keepends=True) if "manifest.sig" not in line]
    sums.write_text("".join([*lines, f"{sha256(bytes(64)).hexdigest()}  manifest.sig\n"]))
    assert "signature-wrong  manifest.sig" in run(app, "verify", exported).output
    found = run(app, "verify", exported, "--no-signature")
    assert found.exit_code == 0
    assert "signature was not checked" in found.output
    assert (
        json.loads(run(app, "verify", exported, "--no-signature", "--json").stdout)["signature"]
        == "not checked"
    )


def test_verify_needs_no_more_than_the_folder_and_the_key(app: Flask, exported: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(run(app, "keys").stdout)
    stranger = create_app(Settings(data=tmp_path / "nothing"))
    refused = run(stranger, "verify", exported)
    assert (refused.exit_code, "--public-key" in refused.output) == (1, True)
    assert run(stranger, "verify", exported, "--public-key", str(tmp_path / "key")).exit_code == 0
    assert not (tmp_path / "nothing").exists()


def test_verify_says_why_a_key_cannot_be_had(app: Flask, exported: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("no key")
    for source, sentence in (
        (str(tmp_path / "key"), "no Ed25519 public key"),
        (str(tmp_path / "missing"), "cannot be read"),
        ("http://127.0.0.1:1/keys", "cannot be fetched"),
    ):
        refused = run(app, "verify", exported, "--public-key", source)
        assert (refused.exit_code, sentence in refused.output) == (1, True), refused.output
    assert run(app, "verify", exported, "--no-signature", "--public-key", "x").exit_code == 2


def test_the_keys_that_are_printed_are_those_at_the_well_known_address(
    app: Flask, client: FlaskClient, research: Research
) -> None:
    answer = client.get("/.well-known/pairvote-export-keys.json")
    assert answer.status_code == 200
    assert json.loads(run(app, "keys").stdout) == answer.get_json()
    (published,) = published_keys(research.keyring)
    assert read_public_keys(answer.get_data(as_text=True)) == [published.key]
    assert run(app, "keys", "--pem").stdout == published.key.pem()
    (told,) = answer.get_json()["keys"]
    assert (told["kid"], told["is_primary"]) == (published.key.key_id, True)


def test_verify_names_what_is_damaged_and_ends_with_one(app: Flask, workspace: Host) -> None:
    path = Path(
        json.loads(run(app, "create", "--workspace", workspace.workspace_id, "--json").stdout)["path"]
    )
    (path / "csv/battles.csv").unlink()
    found = run(app, "verify", str(path))
    assert found.exit_code == 1
    assert "missing  csv/battles.csv" in found.output
    assert "The export is damaged." in found.output
    told = json.loads(run(app, "verify", str(path), "--json").stdout)
    assert told["ok"] is False
    assert {"missing"} <= {finding["problem"] for finding in told["findings"]}


def test_list_shows_exports_newest_first(
    app: Flask, workspace: Host, workspace_id: bytes, research: Research, clock: MovableClock
) -> None:
    assert "There is no export yet" in run(app, "list").output
    made = json.loads(run(app, "create", "--workspace", workspace.workspace_id, "--json").stdout)
    clock.advance(seconds=1)
    queue(research, workspace_id)
    listed = json.loads(run(app, "list", "--json").stdout)
    assert [each["state"] for each in listed] == ["queued", "ready"]
    assert listed[1]["export_id"] == made["export_id"]
    assert made["export_id"] in run(app, "list").output


def test_cancel_stops_what_is_not_built_yet(app: Flask, workspace_id: bytes, research: Research) -> None:
    queue(research, workspace_id)
    (waiting,) = json.loads(run(app, "list", "--json").stdout)
    assert run(app, "cancel", waiting["export_id"]).output == f"Cancelled {waiting['export_id']}.\n"
    again = run(app, "cancel", waiting["export_id"])
    assert (again.exit_code, "not being built" in again.output) == (1, True)
    assert run(app, "cancel", "exp_x").exit_code == 1
