"""What the Custom Elements Manifest and the type declarations say of the element is what the element has."""

import json
import re
from typing import Any, Final

import pytest

from tests.browser.conftest import Tab
from tests.browser.node import WIDGET, run_node
from tests.browser.served import Served
from tests.browser.watch import EVENTS

pytestmark = pytest.mark.browser

_TYPES: Final = WIDGET / "types"
_OBSERVED: Final = "customElements.get('pairvote-compare').observedAttributes"
_PARTS: Final = (
    """(element) => [...element.shadowRoot.querySelectorAll('[part]')].flatMap(({part}) => [...part])"""
)
_SHEETS: Final = """(element) => element.shadowRoot.adoptedStyleSheets
  .flatMap(({cssRules}) => [...cssRules].map(({cssText}) => cssText)).join('\\n')"""


def _said(kind: str) -> set[str]:
    manifest: dict[str, Any] = json.loads((_TYPES / "custom-elements.json").read_text())
    (declaration,) = manifest["modules"][0]["declarations"]
    names = [each["name"] for each in declaration[kind]]
    assert len(names) == len(set(names))
    return set(names)


def test_attributes_members_and_slots(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register())
    assert set(tab.page.evaluate(_OBSERVED)) == _said("attributes")
    missing = compare.evaluate(
        "(element, names) => names.filter((name) => !(name in element))", sorted(_said("members"))
    )
    assert missing == []
    own = compare.evaluate("(element) => Object.keys(Object.getOwnPropertyDescriptors(element))")
    assert own == []
    slots = compare.evaluate(
        "(element) => [...element.shadowRoot.querySelectorAll('slot')].map(({name}) => name)"
    )
    assert set(slots) == _said("slots")


def test_parts_and_custom_properties(tab: Tab, served: Served) -> None:
    compare = tab.open(served.register(conversation=[{"role": "user", "content": "How?"}]))
    seen = set(compare.evaluate(_PARTS))
    tab.vote("left")
    compare.locator(".after fieldset").first.wait_for()
    seen |= set(compare.evaluate(_PARTS))
    compare.locator("button.link.notice").click()
    compare.locator(".panel > *").first.wait_for()
    seen |= set(compare.evaluate(_PARTS))
    # What is offered after an opt-out to who has given something before is looked at in test_withdraw.py.
    assert seen | {"withdraw"} == _said("cssParts")
    assert set(re.findall(r"--pv-[a-z-]+", compare.evaluate(_SHEETS))) == _said("cssProperties")


def test_events() -> None:
    assert _said("events") == set(EVENTS)
    declared = re.findall(
        r'^  "(pairvote:\w+)": CustomEvent<', (_TYPES / "pairvote.d.ts").read_text(), re.MULTILINE
    )
    assert set(declared) == {*EVENTS, "pairvote:feedback"}


def test_the_declarations_say_the_same() -> None:
    text = (_TYPES / "pairvote.d.ts").read_text()
    attributes, _, element = text.partition("export interface PairvoteCompareElement")
    attributes = attributes.partition("export interface PairvoteAttributes {")[2]
    assert set(re.findall(r'^  "?([a-z-]+)"?\?: ', attributes, re.MULTILINE)) == _said("attributes")
    assert set(re.findall(r"^  (\w+)[:(]", element.partition("\n}")[0], re.MULTILINE)) == _said("members")


def test_hosts_in_typescript_react_and_vue_compile() -> None:
    done = run_node("node_modules/typescript/bin/tsc", "--project", "types")
    assert done.returncode == 0, done.stdout
