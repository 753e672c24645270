"""The examples in docs/examples do what they say: they show, vote, hear of it, and go away without a trace."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.browser.conftest import Tab
from tests.browser.node import ROOT, run_node
from tests.browser.served import Comparison, Served

pytestmark = pytest.mark.browser

_EXAMPLES: Final = ROOT / "docs" / "examples"
_BUILD: Final = ROOT / "tests" / "browser" / "build_example.mjs"
_PAGE: Final = """<!doctype html>
<html lang="en">
<title>Chat</title>
<script type="module" crossorigin src="/pairvote/static/widget/v1/pairvote.js"></script>
<div id="chat" data-ticket="{ticket}"></div>
<script type="module" src="{script}"></script>
"""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types {policies}"
)

BuildExample = Callable[[str], bytes]


@pytest.fixture
def build(tmp_path: Path) -> BuildExample:
    """Builds an example's entry and returns the module."""

    def build_one(entry: str) -> bytes:
        output = tmp_path / "built.js"
        done = run_node(_BUILD, _EXAMPLES / entry, output)
        assert done.returncode == 0, done.stderr
        return output.read_bytes()

    return build_one


def test_the_plain_page(tab: Tab, served: Served) -> None:
    comparison = served.register()
    page = (_EXAMPLES / "plain.html").read_text()
    assert page.count("https://votes.example.com/") == page.count("TICKET") == 1
    page = page.replace("https://votes.example.com", served.server.url).replace("TICKET", comparison.ticket)
    script = (_EXAMPLES / "plain.js").read_text()
    served.site.put("/page/plain.js", script, "text/javascript")
    policy = served.site.other_origin_policy.replace("script-src", "script-src 'self'")
    tab.page.goto(served.site.put_html(page, policy=policy))
    _vote(tab, served, comparison)
    tab.page.get_by_text("You go on with: ").wait_for()


@pytest.mark.parametrize(
    ("entry", "policies"),
    # Vue's own run time makes a Trusted Types policy of that name.
    [("react/main.tsx", "'none'"), ("vue/main.js", "vue")],
)
def test_a_framework(tab: Tab, served: Served, build: BuildExample, entry: str, policies: str) -> None:
    comparison = served.register()
    _open(tab, served, build(entry), comparison, policies)
    _vote(tab, served, comparison)
    assert tab.page.locator("#answer").text_content() == comparison.left
    tab.page.get_by_role("button", name="Close").click()
    tab.compare.wait_for(state="detached")
    asked = list(tab.watch.addresses)
    tab.page.wait_for_timeout(500)
    assert tab.watch.addresses == asked


@pytest.mark.parametrize(("entry", "policies"), [("react/main.tsx", "'none'"), ("vue/main.js", "vue")])
def test_a_framework_takes_the_element_away_after_a_skip(
    tab: Tab, served: Served, build: BuildExample, entry: str, policies: str
) -> None:
    comparison = served.register()
    _open(tab, served, build(entry), comparison, policies)
    tab.wait_for("pairvote:ready")
    tab.compare.locator("button.link.skip").click()
    tab.compare.wait_for(state="detached")
    served.wait_for_state(comparison, "skipped")


def _open(tab: Tab, served: Served, script: bytes, comparison: Comparison, policies: str) -> None:
    address = served.site.put(f"/example/{comparison.id}.js", script, "text/javascript")
    page = _PAGE.format(ticket=comparison.ticket, script=address)
    tab.page.goto(served.site.put_html(page, policy=_POLICY.format(policies=policies)))


def _vote(tab: Tab, served: Served, comparison: Comparison) -> None:
    tab.wait_for("pairvote:ready")
    tab.compare.get_by_role("button", name="A is better").click()
    detail = tab.wait_for("pairvote:vote")
    assert (detail["choice"], detail["content"]) == ("left", comparison.left)
    assert served.state(comparison)["choice"] == "left"
