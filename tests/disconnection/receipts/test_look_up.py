"""A receipt tells its holder how the vote stands, and nobody anything else."""

import pytest

from app.core.clock import MS_PER_DAY, iso_date, rfc3339
from app.disconnection.crossing import _claim
from app.disconnection.models import withdrawn_receipts
from app.intake.comparisons.models import Choice
from tests.disconnection.receipts.conftest import Holder
from tests.disconnection.test_records_of_votes import LATER, MONDAY, NOON
from tests.disconnection.test_sharing import count
from tests.disconnection.voting import Booth

_WEEK = iso_date(MONDAY // MS_PER_DAY)


def test_a_vote_is_recorded_until_it_can_no_longer_be_undone(booth: Booth, holder: Holder) -> None:
    voted = booth.vote(NOON)
    expected = {"state": "recorded", "undo_until": rfc3339(LATER)}
    assert holder.look_up(voted, NOON) == expected
    assert holder.look_up(voted, LATER - 1) == expected
    assert holder.look_up(voted, LATER) == {"state": "final"}


def test_a_vote_on_its_way_is_final_and_then_disconnected_with_no_more_than_its_week(
    booth: Booth, holder: Holder
) -> None:
    voted = booth.vote(NOON)
    _claim(booth.door, booth.list_due(LATER), LATER)
    assert holder.look_up(voted, LATER) == {"state": "final"}
    booth.disconnect(LATER)
    assert holder.look_up(voted, LATER + 1) == {"state": "disconnected", "week": _WEEK}
    assert holder.look_up(voted, LATER + 400 * MS_PER_DAY) == {"state": "disconnected", "week": _WEEK}


def test_an_undone_vote_is_unknown_until_it_is_cast_again(booth: Booth, holder: Holder) -> None:
    voted = booth.vote(NOON)
    booth.undo(voted, NOON + 1)
    assert holder.look_up(voted, NOON + 1) == "receipt-unknown"
    booth.cast(voted, NOON + 2, choice=Choice.TIE)
    assert holder.look_up(voted, NOON + 2)["state"] == "recorded"


def test_a_vote_that_was_dropped_is_withdrawn(booth: Booth, holder: Holder) -> None:
    voted = booth.vote(NOON)
    booth.share(voted, "off", NOON + 1)
    booth.disconnect(LATER)
    assert holder.look_up(voted, LATER) == {"state": "withdrawn"}
    assert holder.withdraw(voted, LATER) == {"state": "withdrawn"}


@pytest.mark.parametrize(
    "text", ["pvr_" + "A" * 32, "pvr_AQ" + "A" * 30, "pvr_", "x", "pvt_" + "A" * 32, "pvr_" + "é" * 32, " "]
)
def test_what_was_never_given_out_and_what_is_no_receipt_are_answered_alike(
    booth: Booth, holder: Holder, text: str
) -> None:
    booth.vote(NOON)
    for call in (holder.ask, holder.give_back):
        answer = call(text)
        problem = {name: value for name, value in answer.get_json().items() if name != "request_id"}
        assert answer.status_code == 404
        assert problem == {
            "type": "/docs/errors#receipt-unknown",
            "title": "No vote is recorded under this receipt",
            "status": 404,
            "code": "receipt-unknown",
        }


@pytest.mark.parametrize("path", ["/v1/receipts/lookup", "/v1/receipts/withdraw"])
@pytest.mark.parametrize(
    "body", [[], {}, {"receipt": 1}, {"receipt": ""}, {"receipt": "p" * 101}, {"receipt": "x", "who": "me"}]
)
def test_a_body_of_another_shape_is_refused_and_changes_nothing(
    booth: Booth, holder: Holder, path: str, body: object
) -> None:
    voted = booth.vote(NOON)
    assert holder.client.post(path, json=body).status_code == 422
    assert holder.look_up(voted, NOON)["state"] == "recorded"


@pytest.mark.parametrize("path", ["/v1/receipts/lookup", "/v1/receipts/withdraw"])
def test_pages_of_other_origins_cannot_call(booth: Booth, holder: Holder, path: str) -> None:
    voted = booth.vote(NOON)
    origin = {"Origin": "https://host.example", "Access-Control-Request-Method": "POST"}
    assert holder.client.options(path, headers=origin).status_code == 405
    # What a form of another site can send without asking first.
    body = f'{{"receipt":"{holder.receipt(voted)}"}}'
    answer = holder.client.post(path, data=body, content_type="text/plain", headers=origin)
    assert answer.status_code == 415
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert holder.look_up(voted, NOON)["state"] == "recorded"


def test_a_receipt_is_asked_for_in_the_body_alone(booth: Booth, holder: Holder) -> None:
    receipt = holder.receipt(booth.vote(NOON))
    for path in ("/v1/receipts/lookup", "/v1/receipts/withdraw"):
        assert holder.client.get(path, query_string={"receipt": receipt}).status_code == 405
        assert holder.client.post(f"{path}/{receipt}", json={}).status_code == 404


def test_looking_up_changes_nothing(booth: Booth, holder: Holder) -> None:

    voted = booth.vote(NOON)
    for at in (NOON, LATER):
        holder.look_up(voted, at)
    assert booth.disconnect(LATER) == 1
    assert count(booth, withdrawn_receipts) == 0
