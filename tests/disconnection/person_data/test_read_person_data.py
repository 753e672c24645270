"""A person gets everything that is held on them, readable, and nothing of anybody else."""

import io
import json
import re
import zipfile
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from app.access.workspaces.models import INTAKE, AuditKind
from app.core.languages import LANGUAGES
from app.disconnection.person_data.gathering import Gathering
from app.intake.comparisons.models import comparisons
from app.research.exports.places import open_parts
from tests.clock import MovableClock
from tests.console.html_page import read_page
from tests.core.test_openapi_answers import _PNG
from tests.disconnection.erasures.conftest import Eraser
from tests.intake.conftest import HostServer
from tests.intake.feedback.conftest import give


@pytest.fixture
def eraser(client: FlaskClient, workspace: Any, installation: Any, clock: MovableClock) -> Eraser:
    """A host with end users."""
    return Eraser(HostServer(client, workspace), installation, clock)


def _read(eraser: Eraser, account: str = "anna", **more: str) -> dict[str, bytes]:
    answer = eraser.server.post("/v1/person-data", {"identifiers": {"account": account}, **more})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def _ask_about(question: str, upload: str | None = None) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"type": "text", "text": question}]
    if upload:
        parts.append({"type": "image_url", "image_url": {"url": f"upload:{upload}"}})
    return [{"role": "user", "content": parts}]


def test_everything_is_there_in_clear_and_nothing_of_another(eraser: Eraser) -> None:
    eraser.vote()
    eraser.disconnect()
    export_id = eraser.export()
    host = {**eraser.server.host.headers, "Content-Type": "image/png"}
    upload = eraser.server.client.post("/v1/uploads", data=_PNG, headers=host).get_json()["id"]
    browser = eraser.server.browser(
        identifiers={"account": "anna", "project": "p"}, conversation=_ask_about("<b>Why me?</b>", upload)
    )
    browser.show()
    browser.vote("right", comment="</script> & more", reasons=["useful"], strength=2)
    eraser.server.browser(identifiers={"account": "bert"}, conversation=_ask_about("Secret of Bert"))
    eraser.server.put("/v1/preferences", {"identifiers": {"account": "anna"}, "sharing": "vote_and_content"})
    files = _read(eraser)

    assert b"Secret of Bert" not in b"".join(files.values())
    assert not re.search(rb"anna|cmp_|pvr_|pvt_|upl_", b"".join(files.values()).replace(upload.encode(), b""))
    assert files["files/comparison-2-1.png"] == _PNG
    gone, held = json.loads(files["comparisons.json"])
    assert (gone["state"], gone["content"], gone["vote"]) == ("final", None, None)
    assert held["vote"] == {**held["vote"], "choice": "right", "comment": "</script> & more", "strength": 2}
    assert held["has_pseudonym_of"] == ["project"]
    assert "<b>Why me?</b>" in json.dumps(held["content"]["shown"])
    (record,) = json.loads(files["research.json"])
    assert [each["id"] for each in record["exports"]] == [export_id]
    assert record["content"]["comment"] == "well said"
    assert "id" not in record
    wishes = json.loads(files["wishes.json"])
    assert (wishes["own_sharing"], wishes["first_met_day"]) == ("vote_and_content", "2026-11-02")
    assert wishes["sharing_chosen_at"].startswith("2026-11-02T")
    (consent,) = wishes["history"]
    assert (consent["sharing"], consent["source"]) == ("vote_and_content", "host")

    page = files["index.html"].decode()
    assert "<b>" not in page
    assert "<script" not in page
    assert "&lt;b&gt;Why me?&lt;/b&gt;" in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    (event,) = [each for each in eraser.rows(INTAKE.audit_events) if each.kind == AuditKind.PERSON_DATA_READ]
    assert event.subject == eraser.workspace_id.hex()


def test_files_keep_the_numbers_of_their_comparisons_while_others_go(eraser: Eraser) -> None:
    """The parts are read one after the other while they are sent."""
    host = {**eraser.server.host.headers, "Content-Type": "image/png"}
    for _ in range(2):
        upload = eraser.server.client.post("/v1/uploads", data=_PNG, headers=host).get_json()["id"]
        eraser.server.browser(conversation=_ask_about("What is this?", upload))
        eraser.clock.advance(seconds=1)
    workspace = eraser.here.intake.directory.find_workspace(eraser.workspace_id)
    assert workspace is not None
    gathering = Gathering(eraser.here.doorstep, workspace, eraser.person(), eraser.clock())
    told = [each["files"] for each in gathering.comparisons()]
    assert told == [["files/comparison-1-1.png"], ["files/comparison-2-1.png"]]
    first = min(row.id for row in eraser.rows(comparisons))
    with eraser.here.intake_db.engine.begin() as connection:
        connection.execute(delete(comparisons).where(comparisons.c.id == first))
    assert [path for path, _ in gathering.files()] == told[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_languages_of_the_widget(eraser: Eraser, language: str, backend: str) -> None:
    if backend != "sqlite":
        pytest.skip("the texts are the same")
    (root,) = read_page(_read(eraser, "nobody", locale=f"{language}-XX")["index.html"].decode()).all("html")
    assert root.attributes["lang"] == language
    assert root.attributes["dir"] == ("rtl" if language == "ar" else "ltr")
    assert len(root.all("h2")) == 7


def test_an_erased_person_is_told_that_there_is_nothing(eraser: Eraser) -> None:
    eraser.vote()
    eraser.disconnect()
    eraser.finish(eraser.erase()["id"])
    files = _read(eraser)
    names = ("comparisons", "feedback", "invitations", "research")
    assert [json.loads(files[f"{name}.json"]) for name in names] == [[]] * 4
    assert json.loads(files["wishes.json"])["is_known"] is False
    refused = eraser.server.post("/v1/person-data", {"identifiers": {"project": "p"}})
    assert refused.get_json()["code"] == "account-needed"


def test_feedback_is_there_before_and_after_it_has_left(eraser: Eraser) -> None:
    give(eraser.server)
    eraser.disconnect()
    export_id = eraser.export()
    give(eraser.server, target="msg-2", rating="up", reasons=["other"], comment="Thank you")
    give(eraser.server, target="msg-2", identifiers={"account": "bert"}, comment="Secret of Bert")
    files = _read(eraser)
    assert b"Secret of Bert" not in b"".join(files.values())
    gone, held = json.loads(files["feedback.json"])
    assert (gone["state"], gone["rating"], gone["content"]) == ("final", None, None)
    assert held["rating"] == {**held["rating"], "rating": "up", "reasons": ["other"], "comment": "Thank you"}
    assert held["content"]["response"] == "Because of the sea."
    (record,) = json.loads(files["research.json"])
    assert (record["rating"], record["content"]["response"]) == ("down", "Because of the sea.")
    assert [each["id"] for each in record["exports"]] == [export_id]
    assert "Because of the sea." in files["index.html"].decode()


def test_an_export_is_gone_through_once_for_all_records(
    eraser: Eraser, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []

    def noting(research: Any, export_id: bytes, *more: Any) -> Any:
        opened.append(export_id)
        return open_parts(research, export_id, *more)

    monkeypatch.setattr("app.research.exports.holding.open_parts", noting)
    for _ in range(3):
        eraser.vote()
    eraser.disconnect()
    first = eraser.export()
    eraser.vote()
    eraser.disconnect()
    second = eraser.export()
    held = [
        sorted(export["id"] for export in record["exports"])
        for record in json.loads(_read(eraser)["research.json"])
    ]
    assert sorted(held, key=len) == [[second], *[sorted([first, second])] * 3]
    # Once for the page and once for the file.
    assert len(opened) == 4
