"""Asks axe-core what in a page a person could not use."""

from functools import cache
from typing import Any, Final

from playwright.sync_api import Frame, Page

from tests.browser.node import PACKAGES, require_packages

_OPTIONS: Final = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
# The rules that look at colours; all others find the same in every scheme.
_COLOURS: Final = ["color-contrast", "link-in-text-block"]


@cache
def _source() -> str:
    require_packages()
    return (PACKAGES / "axe-core" / "axe.min.js").read_text()


def violations(page: Page | Frame, *, of_colours: bool = False) -> list[str]:
    """Every violation in the page, open shadow roots included: rule, element and what is wrong with it.

    `of_colours` asks for those alone that another colour scheme could bring.
    """
    page.evaluate(_source())
    options = {**_OPTIONS, "runOnly": {"type": "rule", "values": _COLOURS}} if of_colours else _OPTIONS
    found: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {_path(node['target'])}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def _path(target: list[str | list[str]]) -> str:
    """Where an element is; inside a shadow root, by way of its host."""
    return " ".join(part if isinstance(part, str) else " ".join(part) for part in target)
