"""An invitation tells which response will stand left, so that a host may stream both before it registers them."""

from app.intake.invitations.models import invitations
from app.operations.installation import Installation
from tests.intake.conftest import HostServer
from tests.intake.invitations.calls import Calls
from tests.tables import rows_of

_TRIES = 200
# More than this of 200 fair draws on one side happens less often than once in a million (four of them are made here).
_MOST = 136


def test_the_comparison_keeps_the_order_of_its_invitation(calls: Calls) -> None:
    for number in range(20):
        invitation = calls.invite(f"user-{number}")
        assert sorted(invitation["order"]) == [0, 1]
        registered = calls.register(invitation=invitation["invitation"])
        assert registered["order"] == invitation["order"]


def test_what_is_shown_left_is_what_the_invitation_said(server: HostServer) -> None:
    contents = ["Rayleigh scattering.", "Because of the sea."]
    for number in range(10):
        account = {"identifiers": {"account": f"person-{number}"}}
        invitation = server.post("/v1/invitations", account).get_json()
        browser = server.browser(identifiers=None, invitation=invitation["invitation"])
        left, right = invitation["order"]
        shown = browser.show().json or {}
        assert (shown["left"]["content"], shown["right"]["content"]) == (contents[left], contents[right])


def test_both_orders_are_drawn_alike_and_follow_from_nothing_told_before(calls: Calls) -> None:
    models = ["model-a", "model-b"]
    drawn = [calls.invite(f"user-{number}", models=models) for number in range(_TRIES)]
    first_left = sum(invitation["order"][0] == 0 for invitation in drawn)
    assert _TRIES - _MOST <= first_left <= _MOST
    # Nor is it tied to which of the two models was drawn first, or to the invitation's number.
    with_order = sum(
        (invitation["order"][0] == 0) == (invitation["models"][0] == "model-a") for invitation in drawn
    )
    assert _TRIES - _MOST <= with_order <= _MOST
    with_id = sum(
        (invitation["order"][0] == 0) == (ord(invitation["invitation"][-1]) % 2 == 0) for invitation in drawn
    )
    assert _TRIES - _MOST <= with_id <= _MOST


def test_without_an_invitation_the_order_is_drawn_at_registration(calls: Calls) -> None:
    orders = [calls.register(identifiers={"account": f"user-{number}"})["order"] for number in range(_TRIES)]
    assert _TRIES - _MOST <= sum(order == [0, 1] for order in orders) <= _MOST


def test_an_invitation_of_the_previous_release_has_no_order_and_is_redeemed(
    calls: Calls, installation: Installation
) -> None:
    orders = set()
    for number in range(24):
        invitation = calls.invite(f"user-{number}")["invitation"]
        with installation.intake_db.engine.begin() as connection:
            connection.execute(invitations.update().values(first_left=None))
        orders.add(tuple(calls.register(invitation=invitation)["order"]))
    assert orders == {(0, 1), (1, 0)}
    assert all(row.first_left is None for row in rows_of(installation.intake_db, invitations))


def test_a_no_has_no_order(calls: Calls) -> None:
    calls.set_policy(sampling_rate=0.0)
    assert calls.invite().keys() == {"ask", "reason"}
