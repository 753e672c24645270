"""A person votes, says more, changes their mind, takes it back and skips; the host's server sees each step."""

import json
from pathlib import Path

import pytest

from tests.browser.conftest import OpenTab
from tests.browser.served import serve
from tests.stores import Backend

pytestmark = pytest.mark.browser


def test_a_vote_from_the_ticket_to_the_skip(open_tab: OpenTab, backend: Backend, tmp_path: Path) -> None:
    with serve(tmp_path, backend=backend, options=("--reveal-models",)) as served:
        comparison = served.register()
        tab = open_tab(at=served)
        compare = tab.open(comparison, 'continues="chosen"')

        compare.get_by_role("button", name="A is better").click()
        first = tab.wait_for("pairvote:vote")
        assert (first["side"], first["content"], first["changed"]) == ("left", comparison.left, False)
        assert first["revealed"] == dict(zip(("left", "right"), comparison.models, strict=True))
        assert served.state(comparison)["choice"] == "left"

        compare.get_by_role("button", name="B is better").click()
        second = tab.wait_for("pairvote:vote", 2)
        assert (second["side"], second["content"], second["changed"]) == ("right", comparison.right, True)

        compare.get_by_role("button", name="Much better").click()
        compare.get_by_role("button", name="Creative").click()
        compare.get_by_role("textbox", name="Comment").fill("Shorter.")
        with tab.page.expect_response(lambda answer: "Shorter." in (answer.request.post_data or "")) as sent:
            compare.get_by_role("button", name="Send").click()
        assert sent.value.ok
        body = json.loads(sent.value.request.post_data or "")
        assert body.pop("shown_ms") > 0
        assert body == {"choice": "right", "strength": 3, "reasons": ["creative"], "comment": "Shorter."}

        compare.get_by_role("button", name="Undo").click()
        tab.wait_for("pairvote:undo")
        assert "choice" not in served.state(comparison)

        compare.get_by_role("button", name="Skip").click()
        tab.wait_for("pairvote:skip")
        served.wait_for_state(comparison, "skipped")
        names = [each["name"].removeprefix("pairvote:") for each in tab.watch.heard]
        assert names == ["ready", "vote", "vote", "undo", "skip"]
        tab.watch.finish()
