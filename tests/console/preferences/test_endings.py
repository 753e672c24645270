"""A person withdraws all votes, or is erased, after a second question, and can see how far it has come."""

import io
import json
import zipfile

from app.disconnection.models import links
from app.intake.preference_links.models import preference_links
from app.intake.votes.models import votes
from app.operations.installation import Installation
from app.operations.jobs import job_runner
from tests.clock import MovableClock
from tests.console.preferences.conftest import WHO, Visitor, fields_of
from tests.tables import rows_of


def _vote(visitor: Visitor) -> None:
    browser = visitor.host.browser(identifiers=WHO)
    browser.show()
    assert browser.vote().status_code == 200


def test_all_votes_are_withdrawn_after_a_question(
    visitor: Visitor, installation: Installation, clock: MovableClock
) -> None:
    _vote(visitor)
    clock.advance(seconds=901)
    job_runner(installation).run_once()
    _vote(visitor)
    page = visitor.come()
    counts = [each.text for each in page.all("dd") if "class" not in each.attributes]
    assert counts == ["0", "1", "1", "0"]
    question = visitor.page("/preferences/withdraw")
    assert len(rows_of(installation.intake_db, votes)) == 1
    report = visitor.send(question, form="/preferences/withdraw")
    assert report.all("h1")[0].text == "Your votes and ratings are being withdrawn"
    assert rows_of(installation.intake_db, votes) == rows_of(installation.intake_db, links) == []
    clock.advance(seconds=200)
    job_runner(installation).run_once()
    report = visitor.page("/preferences/erasure")
    assert report.all("h1")[0].text == "Your votes and ratings are withdrawn"
    assert [each.text for each in visitor.page().all("dd")] == ["0", "0", "0", "0"]


def test_somebody_erased_is_told_how_it_stands_when_nothing_knows_them_any_more(
    visitor: Visitor, installation: Installation, clock: MovableClock
) -> None:
    _vote(visitor)
    visitor.come()
    question = visitor.page("/preferences/erase")
    for fields in ({"sure": "no"}, {"forget": "yes"}):
        assert (
            visitor.post(
                "/preferences/erase", fields_of(question, "/preferences/erase", "") | fields
            ).status_code
            == 200
        )
    assert len(rows_of(installation.intake_db, votes)) == 1
    report = visitor.send(question, form="/preferences/erase", sure="yes")
    assert report.all("h1")[0].text == "You are being erased"
    (reference,) = [each.text for each in report.all("code")]
    for _ in range(3):
        job_runner(installation).run_once()
        clock.advance(seconds=200)
    assert rows_of(installation.intake_db, preference_links) == []
    closed = visitor.client.get("/preferences")
    assert closed.status_code == 404
    assert "See the report on your erasure or withdrawal" in closed.text
    assert visitor.page("/preferences/erasure").all("h1")[0].text == "You are erased"
    # Later, from a new link: the reference is all that still leads to the report.
    visitor.client.delete_cookie("pairvote-erasure", path="/preferences")
    assert "See the report" not in visitor.client.get("/preferences").text
    page = visitor.come()
    report = visitor.send(page, form="/preferences/erasure", reference=f" {reference} ")
    assert report.all("h1")[0].text == "You are erased"


def test_a_person_downloads_what_is_held_on_them_and_nobody_else_can(visitor: Visitor) -> None:
    _vote(visitor)
    page = visitor.come(locale="fr")
    assert visitor.post("/preferences/data", {"token": "x"}).status_code == 403
    assert visitor.client.get("/preferences/data").status_code == 405
    answer = visitor.post("/preferences/data", fields_of(page, "/preferences/data", ""))
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert b'lang="fr"' in archive.read("index.html")
        (held,) = json.loads(archive.read("comparisons.json"))
        history = json.loads(archive.read("wishes.json"))["history"]
    assert (held["vote"]["choice"], history) == ("left", [])
