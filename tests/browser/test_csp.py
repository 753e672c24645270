"""Under the strictest policy, with parts that were tampered with, and without Pairvote: the vote and the page go on."""

import json
from typing import Final

import pytest

from app.operations.widget_files import BUILT_FOLDER
from tests.browser.conftest import OpenTab, Tab
from tests.browser.served import Served
from tests.browser.site import FIRST_PARTY_POLICY, element

pytestmark = pytest.mark.browser

_CONTENT: Final = """| litres | minutes |
| ---: | ---: |
| 1 | 2 |

```python
def boil(litres: float) -> float:
    return litres * 2
```

$E = m c \\Delta T$, and ![a kettle](https://example.com/kettle.png)

""" + "\n\n".join(f"Step {number}: wait and look at the kettle." for number in range(40))


def _integrity() -> dict[str, str]:
    names: dict[str, str] = json.loads((BUILT_FOLDER / "integrity.json").read_text())
    return names


def _part(name: str) -> str:
    (file,) = (file for file in _integrity() if file.startswith(f"parts/{name}-"))
    return f"/pairvote/static/widget/v1/{file}"


def _use_everything(tab: Tab) -> None:
    compare = tab.compare
    compare.locator("math").first.wait_for()
    compare.locator("[class*=keyword]").first.wait_for()
    compare.locator("button.differences").click()
    compare.locator("mark").first.wait_for(state="attached")
    for panel in ("notice", "help", "report", "opt_out"):
        compare.locator(f"button.link.{panel}").click()
        compare.locator(".panel > *").first.wait_for()
    tab.vote("right")
    tab.wait_for("pairvote:vote")
    compare.locator(".after .chip").first.click()
    compare.locator("button.link.undo").click()
    tab.wait_for("pairvote:undo")
    compare.locator("button.link.skip").click()
    tab.wait_for("pairvote:skip")


def test_the_policy_is_the_one_that_is_promised(tab: Tab, served: Served) -> None:
    assert FIRST_PARTY_POLICY == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    with tab.page.expect_response(lambda response: "/page/" in response.url) as page:
        tab.open(served.register())
    assert page.value.header_value("content-security-policy") == FIRST_PARTY_POLICY


def test_everything_works_first_party_under_the_policy(tab: Tab, served: Served) -> None:
    tab.open(served.register(_CONTENT, _CONTENT.replace("wait", "stay")))
    _use_everything(tab)


def test_everything_works_from_another_origin_under_the_policy(tab: Tab, served: Served) -> None:
    tab.open(served.register(_CONTENT, _CONTENT.replace("wait", "stay")), first_party=False)
    _use_everything(tab)


def test_other_languages_come_under_the_policy(tab: Tab, served: Served) -> None:
    tab.open(served.register(), lang="ar", direction="rtl")
    assert "GET /pairvote/static/widget/v1/locales/ar.json" in tab.watch.addresses


def test_a_violation_would_be_noticed(tab: Tab, served: Served) -> None:
    tab.page.goto(served.site.put_page("<p style='color: red'>Inline</p>"))
    tab.watch.allow("style-src")
    tab.watch.allow("inline style")
    assert "style-src-attr inline " in tab.page.evaluate("window.policyViolations")


@pytest.mark.parametrize("first_party", [True, False])
def test_a_host_can_pin_the_script_itself(tab: Tab, served: Served, first_party: bool) -> None:
    comparison = served.register()
    tag = element(comparison.ticket, first_party=first_party)
    integrity = _integrity()["pairvote.js"]
    tab.page.goto(served.site.put_page(tag, first_party=first_party, integrity=integrity))
    tab.wait_for("pairvote:ready")


def test_a_tampered_renderer_is_refused_and_the_vote_still_works(tab: Tab, served: Served) -> None:
    comparison = served.register()
    tab.watch.allow("integrity")
    with served.site.instead(_part("render"), "window.tampered = true; export {};"):
        tab.open(comparison)
        tab.compare.get_by_text(str(comparison.left)[:10]).first.wait_for()
    assert tab.page.evaluate("window.tampered") is None
    tab.vote("left")
    assert tab.wait_for("pairvote:vote")["content"] == comparison.left
    assert served.state(comparison)["choice"] == "left"


@pytest.mark.parametrize("name", ["panels", "diff", "highlight", "math"])
def test_other_tampered_parts_are_refused_and_the_vote_still_works(
    tab: Tab, served: Served, name: str
) -> None:
    comparison = served.register(_CONTENT, _CONTENT.replace("wait", "stay"))
    tab.watch.allow("integrity")
    with served.site.instead(_part(name), "window.tampered = true; export {};"):
        with tab.page.expect_response(lambda answer: _part(name) in answer.url):
            tab.open(comparison)
            tab.compare.locator("button.differences").click()
        tab.vote("both_bad")
        tab.wait_for("pairvote:vote")
    assert tab.page.evaluate("window.tampered") is None
    assert served.state(comparison)["choice"] == "both_bad"


def test_a_part_that_is_gone_does_not_stop_the_vote(tab: Tab, served: Served) -> None:
    comparison = served.register()
    tab.watch.allow("404|integrity")
    tab.page.route("**/parts/*.js", lambda route: route.fulfill(status=404))
    tab.open(comparison)
    tab.vote("right")
    tab.wait_for("pairvote:vote")
    assert served.state(comparison)["choice"] == "right"


def test_without_a_ticket_nothing_is_seen_and_nothing_asked(tab: Tab, served: Served) -> None:
    tab.page.goto(served.site.put_page(element(None) + "<p>The page</p>"))
    tab.page.wait_for_load_state("networkidle")
    assert tab.compare.bounding_box() is None
    assert tab.watch.addresses == ["GET /pairvote/static/widget/v1/pairvote.js"]
    assert tab.watch.heard == []


def test_when_pairvote_is_down_the_page_carries_on(tab: Tab, served: Served) -> None:
    tab.watch.allow("502")
    tab.page.route("**/v1/ticket", lambda route: route.fulfill(status=502))
    tab.page.goto(served.site.put_page(element(served.register().ticket) + "<p>The page</p>"))
    assert tab.wait_for("pairvote:error")["status"] == 502
    assert tab.compare.bounding_box() is None
    assert len(tab.watch.heard) == 1
    tab.page.get_by_text("The page").click()


def test_when_pairvote_is_too_slow_the_page_carries_on(open_tab: OpenTab, served: Served) -> None:
    tab = open_tab()
    tab.page.route("**/v1/ticket", lambda _: None)
    page = served.site.put_page(element(served.register().ticket, 'timeout="300"') + "<p>The page</p>")
    tab.page.goto(page)
    assert tab.wait_for("pairvote:error")["status"] == 0
    assert tab.compare.bounding_box() is None
    assert [each["name"] for each in tab.watch.heard] == ["pairvote:error"]


def test_a_forged_ticket_is_told_to_the_host_and_nothing_is_seen(tab: Tab, served: Served) -> None:
    tab.watch.allow("401")
    tab.page.goto(served.site.put_page(element("pvt_" + "A" * 120)))
    assert tab.wait_for("pairvote:error")["code"] == "ticket-invalid"
    assert tab.compare.bounding_box() is None
