"""Every setting is documented with its default, and every documented name is a setting."""

import re
from dataclasses import fields

from app.console.setting_list import settings_markdown
from app.core.settings import FOREIGN_NAMES, PREFIX, Settings
from tests.invariants.source import ROOT, texts

_NAMES = {f"{PREFIX}{field.name.upper()}": field for field in fields(Settings)}
_MENTION = re.compile(r"\bPAIRVOTE_[A-Z][A-Z_]*[A-Z]\b")
_PAGE = "docs/settings.md"


def test_every_setting_has_a_sentence() -> None:
    for name, field in _NAMES.items():
        assert field.metadata["help"].endswith("."), name


def test_the_reference_lists_exactly_the_settings_there_are() -> None:
    documented = set(_MENTION.findall((ROOT / _PAGE).read_text()))
    assert documented - FOREIGN_NAMES == set(_NAMES)


def test_the_reference_gives_each_setting_its_sentence_and_default() -> None:
    page = (ROOT / _PAGE).read_text()
    for name, field in _NAMES.items():
        assert field.metadata["help"] in page, name
        line = next(line for line in page.splitlines() if f"`{name}`" in line)
        assert not field.default or str(field.default) in line, name


def test_numbers_have_bounds() -> None:
    for name, field in _NAMES.items():
        if field.type is int:
            assert field.metadata["least"] <= field.default <= field.metadata["most"], name


def test_nothing_mentions_a_setting_that_does_not_exist() -> None:
    known = set(_NAMES) | FOREIGN_NAMES
    unknown = {
        f"{path}: {name}"
        for path, text in texts()
        if path.endswith((".md", "Makefile", ".toml")) or path.startswith("app/")
        for name in _MENTION.findall(text)
        if name not in known
    }
    assert unknown == set()


def test_the_reference_is_what_the_code_says() -> None:
    assert (ROOT / _PAGE).read_text() == settings_markdown(), "flask docs settings > docs/settings.md"
